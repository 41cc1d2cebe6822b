"""From a table of texts to one in which numbers are numbers and dates are dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from embed_core.errors import quoted
from embed_core.tables.reading.below import notes_on_below
from embed_core.tables.reading.column_types import text_notes
from embed_core.tables.reading.decimals import codes_and_notes, with_twins_in_blanks
from embed_core.tables.reading.digits import with_foreign_digits, with_plain_digits
from embed_core.tables.reading.engine import identifier
from embed_core.tables.reading.guess import Guess, guess
from embed_core.tables.reading.nothing import notes_on_nothing, rows_below, without
from embed_core.tables.reading.overruling import lost_note
from embed_core.tables.reading.written_dates import as_time
from embed_core.tables.reading.written_forms import as_number, decimal_of, notes_on
from embed_core.tables.wide import Source, Wide, of

_SAMPLE_ROWS = 50_000
_TEXTS = "texts"
_NOT_PLAIN = "category-atlas: a cell does not fit the type of its column"


@dataclass(frozen=True)
class Typed:
    """What was found out.

    Attributes:
        decimal: the decimal mark of most columns.
        written: for columns of dates, the format that gives their text back.
        notes: sentences for people.
        below: rows at the end that hold something, though perhaps only a footnote, which no column holds now.
        opened: what SQL reads the table from.
    """

    decimal: str
    written: dict[str, str]
    notes: list[str]
    below: list[int]
    opened: Source = "opened"


def make_typed(
    engine: Any,
    source: Source,
    names: Sequence[str],
    *,
    decimal: str | None,
    delimiter: str,
    types: Mapping[str, str],
) -> Typed:
    """Make the table "opened" from the texts of ``source``.

    The types are guessed from the first rows and checked on all while the table is made; columns of which
    the guess does not hold are looked at in all rows first.

    Args:
        engine: a DuckDB connection.
        source: what SQL reads the texts from. Of a wide table all rows are looked at, and "opened" is one of Arrow.
        names: its columns.
        decimal: the decimal mark, None to detect it.
        delimiter: what stands between cells, which tells something about the decimal mark.
        types: what a person says that some columns are.
    """

    def run(sql: str) -> Any:
        return engine.execute(sql).fetchall()

    said = [name for name in names if types.get(name) == "number"]
    marks = {
        name: decimal or decimal_of(run, source, name, usual="," if delimiter == ";" else ".")
        for name in said
    }
    free = [name for name in names if name not in types]
    sample: Source = "sample"
    if isinstance(source, Wide):
        sample, seen = source, source.table.num_rows
    else:
        run(f"CREATE OR REPLACE TABLE sample AS FROM {source} LIMIT {_SAMPLE_ROWS}")
        seen = run("SELECT count(*) FROM sample")[0][0]
    foreign = [] if isinstance(source, Wide) else with_foreign_digits(run, sample, free)
    if foreign:
        guessed = guess(run, with_plain_digits(sample, foreign), foreign, decimal, delimiter)
        foreign = [name for name in foreign if guessed.kinds[name] != "text" or guessed.is_form(name)]
        source, sample = with_plain_digits(source, foreign), with_plain_digits(sample, foreign)
    guessed = guess(run, sample, free, decimal, delimiter, rows=seen)
    numbers = [name for name in free if guessed.kinds[name] in ("integer", "point", "comma")]
    twins = with_twins_in_blanks(run, sample, numbers)
    is_whole = seen < _SAMPLE_ROWS or isinstance(source, Wide)
    if is_whole:
        source = sample
    else:
        run("DROP TABLE sample")
        guessed.first_rows = dict.fromkeys(free, seen)
    again = [name for name in guessed.first_rows if not guessed.counted[name].filled]
    opened: Source = "opened"
    checked = True
    while True:
        if again:
            source, is_whole = _stored(run, source), True
            guessed = guess(run, source, free, decimal, delimiter, known=guessed, again=again)
        # What may be a code is one only if two texts of all rows are one number.
        codes, notes = codes_and_notes(run, without(source, guessed.nothing), guessed.decimals)
        nothing = {name: texts for name, texts in guessed.nothing.items() if name not in codes}
        wanted = {
            name: f"{_value(name, guessed, codes, types, marks, checked=checked)} AS {identifier(name)}"
            for name in names
            if types.get(name) != "ignore"
        }
        filled = without(source, nothing)
        try:
            if isinstance(filled, Wide):
                opened = Wide(engine, filled.selected(wanted))
            else:
                run(f"CREATE OR REPLACE TABLE opened AS SELECT {', '.join(wanted.values())} FROM {filled}")
        except duckdb.Error as error:
            if _NOT_PLAIN not in str(error):
                raise
            source = _stored(run, source)
            again, checked = guessed.misfits(run, source), False
        else:
            break
    kinds = guessed.kinds | dict.fromkeys(codes, "text")
    left = {
        name: counts
        for name, counts in guessed.counted.items()
        if name not in guessed.forms and name not in codes
    }
    notes = guessed.notes + notes + notes_on(guessed.forms) + notes_on_nothing(nothing)
    notes += text_notes(left, kinds, first_rows=guessed.first_rows)
    notes += [
        f'Some numbers in {quoted(name)} have blanks around them: " 1" and "1" became one. Read it as "text" if they '
        "are two."
        for name in twins
        if kinds[name] != "text"
    ]
    notes += _lost(run, source, types, guessed.usual, marks)
    below = rows_below(run, source, names) if nothing and is_whole else []
    there = [name for name in names if types.get(name) != "ignore"]
    if len(there) > 1:
        notes += notes_on_below(run, source if is_whole else "opened", there)
    for table in ("sample", _TEXTS):
        run(f"DROP TABLE IF EXISTS {table}")
    written = {
        name: form.written for name, form in guessed.forms.items() if form.written and name not in foreign
    }
    return Typed(guessed.usual, written, notes, below, opened)


def _stored(run: Any, source: Source) -> Source:
    """Return a table of the texts of ``source``, so that they are read from the file once more and not many times."""
    if isinstance(source, Wide) or source.isidentifier():
        return source
    run(f"CREATE OR REPLACE TABLE {_TEXTS} AS FROM {source}")
    return _TEXTS


def _value(
    name: str,
    guessed: Guess,
    codes: Sequence[str],
    types: Mapping[str, str],
    marks: Mapping[str, str],
    *,
    checked: bool,
) -> str:
    """Return SQL that reads a column and, ``checked``, stops at a cell unlike the first rows, if we know no more."""
    column, said = identifier(name), types.get(name)
    if said is not None:
        return _said(name, said, guessed.usual, marks)
    if name in codes:
        return column
    value = guessed.value(name)
    if checked and name in guessed.first_rows and (fits := guessed.fits(name)):
        value = f"CASE WHEN {column} IS NULL OR ({fits}) THEN {value} ELSE error('{_NOT_PLAIN}') END"
    return value


def _said(name: str, kind: str, usual: str, marks: Mapping[str, str]) -> str:
    """Return SQL that reads a column as what a person says that it is."""
    if kind == "number":
        return as_number(name, marks[name])
    return as_time(name, day_first=usual == ",") if kind == "time" else identifier(name)


def _lost(
    run: Any, source: Source, types: Mapping[str, str], usual: str, marks: Mapping[str, str]
) -> list[str]:
    """Say which cells are not what a person said that their column holds."""
    notes = []
    for name, kind in types.items():
        if kind not in ("number", "time"):
            continue
        column, value = identifier(name), _said(name, kind, usual, marks)
        rows, example = run(
            f"SELECT count(*), min({column}) FROM {of(source, [name])} WHERE {column} IS NOT NULL AND {value} IS NULL"
        )[0]
        if rows:
            notes.append(lost_note(name, rows, kind, example))
    return notes
