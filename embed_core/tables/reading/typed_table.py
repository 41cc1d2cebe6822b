"""From a table of texts to one in which numbers are numbers and dates are dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from embed_core.tables.reading.below import notes_on_below
from embed_core.tables.reading.column_types import (
    NOT_PLAIN,
    Counts,
    choose_kinds,
    count_kinds,
    is_grouped,
    text_notes,
    typed,
)
from embed_core.tables.reading.decimals import Decimals, codes_and_notes, decimals_of
from embed_core.tables.reading.engine import identifier
from embed_core.tables.reading.nothing import (
    notes_on_nothing,
    rows_below,
    texts_for_nothing,
    without,
)
from embed_core.tables.reading.overruling import lost_note
from embed_core.tables.reading.written_forms import Form, as_number, as_time, decimal_of, find_forms, notes_on
from embed_core.tables.wide import Source, Wide, of

_SAMPLE_ROWS = 50_000


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


@dataclass
class _Guess:
    """What the columns look like, in the rows that were looked at."""

    counted: dict[str, Counts]
    kinds: dict[str, str]
    forms: dict[str, Form]
    decimals: dict[str, Decimals]
    nothing: dict[str, list[str]]
    usual: str
    notes: list[str]


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

    The types are guessed from the first rows and checked on all while the table is made; only when
    the guess does not hold are all rows looked at first.

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
    guess = _guess(run, sample, free, decimal, delimiter, rows=seen)
    partial = seen >= _SAMPLE_ROWS and isinstance(source, str)
    if partial:
        run("DROP TABLE sample")
    else:
        source = sample
    if partial and not all(counts.filled for counts in guess.counted.values()):
        guess, partial = _guess(run, source, free, decimal, delimiter), False
    opened: Source = "opened"
    while True:
        # What may be a code is one only if two texts of all rows are one number.
        doubted = {n: d for n, d in guess.decimals.items() if d.suspect} if partial else guess.decimals
        codes, notes = codes_and_notes(run, without(source, guess.nothing), doubted)
        guess.kinds |= dict.fromkeys(codes, "text")
        nothing = {name: texts for name, texts in guess.nothing.items() if name not in codes}
        wanted = {
            name: _column(name, guess, types, marks, checked=partial)
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
            if NOT_PLAIN not in str(error):
                raise
            guess, partial = _guess(run, source, free, decimal, delimiter), False
        else:
            break
    left = {
        name: counts
        for name, counts in guess.counted.items()
        if name not in guess.forms and name not in codes
    }
    notes = guess.notes + notes + notes_on(guess.forms) + notes_on_nothing(nothing)
    notes += text_notes(left, guess.kinds, first_rows=seen if partial else None)
    notes += _lost(run, source, types, guess.usual, marks)
    below = rows_below(run, source, names) if nothing and not partial else []
    there = [name for name in names if types.get(name) != "ignore"]
    if len(there) > 1:
        notes += notes_on_below(run, "opened" if partial else source, there)
    run("DROP TABLE IF EXISTS sample")
    written = {name: form.written for name, form in guess.forms.items() if form.written}
    return Typed(guess.usual, written, notes, below, opened)


def _guess(
    run: Any,
    source: Source,
    names: Sequence[str],
    decimal: str | None,
    delimiter: str,
    *,
    rows: int | None = None,
) -> _Guess:
    counted = count_kinds(run, source, names, rows=rows)
    kinds, usual, notes = choose_kinds(counted, decimal=decimal, delimiter=delimiter)
    left = {name: counted[name].filled for name in names if kinds[name] == "text" and counted[name].numeric}
    forms = find_forms(run, source, left, decimal=usual)
    nothing = texts_for_nothing(
        run, source, {name: counted[name] for name in left if name not in forms}, names
    )
    if nothing:
        source = without(source, nothing)
        recounted = counted | count_kinds(run, source, list(nothing))
        kinds, usual, notes = choose_kinds(recounted, decimal=decimal, delimiter=delimiter)
        left = {name: recounted[name].filled for name in left if kinds[name] == "text"}
        forms = find_forms(run, source, left, decimal=usual)
        nothing = {name: texts for name, texts in nothing.items() if kinds[name] != "text" or name in forms}
        counted |= {name: recounted[name] for name in nothing}
    plain = [n for n in names if kinds[n] in ("point", "comma") and not is_grouped(counted[n], kinds[n])]
    decimals = decimals_of(run, source, {name: kinds[name] for name in plain})
    return _Guess(counted, kinds, forms, decimals, nothing, usual, notes)


def _column(
    name: str, guess: _Guess, types: Mapping[str, str], marks: Mapping[str, str], *, checked: bool
) -> str:
    column = identifier(name)
    kind = types.get(name)
    if kind is not None:
        return f"{_said(name, kind, guess.usual, marks)} AS {column}"
    if name in guess.forms and guess.kinds[name] == "text":
        form = guess.forms[name]
        value = form.value
        if checked:
            fits = f"{column} IS NULL OR ({form.fits})"
            value = f"CASE WHEN {fits} THEN {value} ELSE error('{NOT_PLAIN}') END"
        return f"{value} AS {column}"
    kind = guess.kinds[name]
    grouped = is_grouped(guess.counted[name], kind)
    condition = guess.decimals[name].condition(name) if checked and name in guess.decimals else ""
    return typed(name, kind, grouped=grouped, checked=checked, condition=condition)


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
