"""Money, percent, durations and dates as people write them, worked out in SQL; the rest of `column_types`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from embed_core.errors import listed
from embed_core.tables.reading import written_dates, written_durations, written_numbers
from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.reading.written_dates import Form, find_dates, with_offset
from embed_core.tables.reading.written_durations import duration
from embed_core.tables.reading.written_numbers import cleaned, number
from embed_core.tables.wide import Source, of

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_BATCH = 100
_FEW = 20
_PATTERNS = written_dates.PATTERNS | written_numbers.PATTERNS | written_durations.PATTERNS


def find_forms(run: Run, source: Source, columns: Mapping[str, int], *, decimal: str) -> dict[str, Form]:
    """Find out how the cells of columns of texts are written that are neither plain numbers nor plain dates.

    Args:
        run: executes SQL over ``source``.
        source: what SQL reads from.
        columns: their names, each with how many cells are filled.
        decimal: the decimal mark of most other columns.
    """
    forms: dict[str, Form] = {}
    days: list[str] = []
    commas = 0
    for name, counts in _counted(run, source, _possible(run, source, list(columns))):
        filled = columns[name]
        if read := number(name, counts, filled, decimal):
            value, fits, says = read
            forms[name] = Form(value, fits, notes=(says,))
            commas += (counts["comma"] == filled) - (counts["point"] == filled)
        elif counts["offset"] == filled:
            forms[name] = with_offset(name)
        elif lasting := duration(name, counts, filled):
            if not _are_few(run, source, name):
                value, fits, says = lasting
                forms[name] = Form(value, fits, notes=(says,))
        elif counts["day"] == filled:
            days.append(name)
    # Who writes "1 010,50 €" writes the day before the month.
    by_comma = "," if commas > 0 else decimal
    return forms | find_dates(run, source, {name: columns[name] for name in days}, decimal=by_comma)


def decimal_of(run: Run, source: Source, name: str, *, usual: str) -> str:
    """Return the decimal mark with which more cells of a column are numbers."""
    counts = dict(_counted(run, source, [name]))[name]
    if counts["point"] == counts["comma"]:
        return usual
    return "." if counts["point"] > counts["comma"] else ","


def as_number(name: str, decimal: str) -> str:
    """Return SQL that reads whatever is a number in a cell, and gives nothing for the rest."""
    column = identifier(name)
    return f"coalesce(TRY_CAST({cleaned(column, decimal)} AS DOUBLE), TRY_CAST({column} AS DOUBLE))"


@cache
def _forms() -> list[re.Pattern[str]]:
    """Return what fits a cell that is written in some form; made when asked for, as it takes a tenth of a second."""
    kinds = (*written_numbers.FORMS, *written_dates.FORMS, *written_durations.FORMS)
    return [re.compile(_PATTERNS[kind]) for kind in kinds]


def _possible(run: Run, source: Source, names: list[str]) -> list[str]:
    """Return the columns of which one cell at least is written in some form: a look at one rules most others out."""
    kept = []
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        row = run(
            f"SELECT {', '.join(f'any_value({identifier(name)})' for name in batch)} FROM {of(source, batch)}"
        )[0]
        cells = zip(batch, row, strict=True)
        kept += [name for name, cell in cells if cell and any(form.fullmatch(cell) for form in _forms())]
    return kept


def _counted(run: Run, source: Source, names: list[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """Count how many cells of each column look like what: each text once, as to prepare a test takes longest."""
    tests = [
        f"coalesce(sum(repeats) FILTER (regexp_full_match(cell, {literal(pattern)})), 0)::BIGINT"
        for pattern in _PATTERNS.values()
    ]
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        columns = ", ".join(map(identifier, batch))
        cells = f"SELECT unnest(range({len(batch)})) AS place, unnest([{columns}]) AS cell FROM {of(source, batch)}"
        distinct = (
            f"SELECT place, cell, count(*) AS repeats FROM ({cells}) WHERE cell IS NOT NULL GROUP BY ALL"
        )
        rows = run(f"SELECT place, {', '.join(tests)} FROM ({distinct}) GROUP BY place")
        found = {place: counts for place, *counts in rows}
        for place, name in enumerate(batch):
            yield name, dict(zip(_PATTERNS, found.get(place, [0] * len(_PATTERNS)), strict=True))


def _are_few(run: Run, source: Source, name: str) -> bool:
    """Whether some texts come again and again: they are categories, and called by what is written."""
    column = identifier(name)
    distinct, filled = run(f"SELECT count(DISTINCT {column}), count({column}) FROM {of(source, [name])}")[0]
    return bool(distinct <= _FEW and filled >= 2 * distinct)


def notes_on(forms: Mapping[str, Form]) -> list[str]:
    """Return what people must know about the forms, a sentence each."""
    notes = [note for form in forms.values() for note in form.notes]
    unlike = [
        name
        for name, form in forms.items()
        if not form.written and not form.notes and "strptime" in form.value
    ]
    if unlike:
        notes.append(f"The dates in {listed(unlike)} are written in more than one way, and shown in one.")
    return notes
