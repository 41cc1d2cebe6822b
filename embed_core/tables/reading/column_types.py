"""Which columns of a table of texts are numbers or dates, worked out in SQL."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from embed_core.errors import listed
from embed_core.tables.reading.engine import identifier
from embed_core.tables.wide import Source, Wide, of

# At most 18 digits before the mark: longer ones are codes, and no number type of the engine holds them.
_DIGITS = r"(0|[1-9]\d{0,17})"
_EXPONENT = r"(\d{1,2}|[12]\d\d)"
# Blanks around a number do not belong to it.
_INTEGER = rf"\s*-?{_DIGITS}\s*"
_POINT = rf"\s*(-?{_DIGITS}?\.\d+([eE][+-]?{_EXPONENT})?|-?{_DIGITS}(\.|[eE][+-]{_EXPONENT})?)\s*"
_COMMA = rf"\s*(-?{_DIGITS}?,\d+([eE][+-]?{_EXPONENT})?|-?{_DIGITS}(,|[eE][+-]{_EXPONENT})?)\s*"
_POINT_GROUPED = r"\s*-?[1-9]\d{0,2}(,\d{3}){1,5}(\.\d+)?\s*"
_COMMA_GROUPED = r"\s*-?[1-9]\d{0,2}(\.\d{3}){1,5}(,\d+)?\s*"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = _DATE + r"([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z?)?"
_PATTERNS = {
    "integer": _INTEGER,
    "point": f"{_POINT}|{_POINT_GROUPED}",
    "comma": f"{_COMMA}|{_COMMA_GROUPED}",
    "point_grouped": _POINT_GROUPED,
    "comma_grouped": _COMMA_GROUPED,
    "date": _DATE,
    "time": _TIME,
    "zero": r"\s*-?0\d+\s*",
    "digits": "[^A-Za-z]*[0-9][^A-Za-z]*",
    "small": r"\s*-?(0|[1-9]\d{0,2})\s*",
}
_PROMISING = ("digits", "point", "comma", "time")
_FORMS = [re.compile(_PATTERNS[kind]) for kind in _PROMISING]
_FIRST_ROWS = 30
_BATCH = 200
_NOTES = 20
_FEWEST_GROUPED = 3
_FEW_CELLS, _FEW_COLUMNS = 5_000_000, 50
_WIDE_BATCH = 1_000

Run = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class Counts:
    """How many cells of a column are filled, whether one has a digit, and how many look like each kind of value."""

    filled: int
    numeric: bool = False
    integer: int = 0
    point: int = 0
    comma: int = 0
    point_grouped: int = 0
    comma_grouped: int = 0
    date: int = 0
    time: int = 0
    zero: int = 0
    digits: int = 0
    small: int = 0


def count_kinds(
    run: Run, source: Source, columns: Sequence[str], *, rows: int | None = None
) -> dict[str, Counts]:
    """Count what the cells of every column look like; ``run`` executes SQL over ``source``, which has so many rows."""
    if isinstance(source, Wide):
        return _count_wide(source, columns)
    if rows is not None and rows * len(columns) <= _FEW_CELLS and len(columns) > _FEW_COLUMNS:
        return _count_few(run, source, columns)
    counted: dict[str, Counts] = {}
    for start in range(0, len(columns), _BATCH):
        batch = columns[start : start + _BATCH]
        some = [
            expression
            for name in map(identifier, batch)
            for expression in (f"count({name})", f"bool_or(regexp_matches({name}, '[0-9]'))")
        ]
        row = run(f"SELECT {', '.join(some)} FROM {of(source, batch)}")[0]
        counted |= {
            name: Counts(row[2 * position], bool(row[2 * position + 1]))
            for position, name in enumerate(batch)
        }
        # Columns without any digit are done: in a wide table of categories that is most of the time.
        numeric = [name for position, name in enumerate(batch) if row[2 * position + 1]]
        numeric = _promising(run, source, numeric)
        if numeric:
            counted |= _count_patterns(run, source, numeric, counted)
    return counted


def _promising(run: Run, source: Source, columns: Sequence[str]) -> list[str]:
    """Return the columns of whose first cells one at least looks like a value: others are texts with digits in them."""
    if not columns:
        return []
    rows = run(f"SELECT {', '.join(map(identifier, columns))} FROM {of(source, columns)} LIMIT {_FIRST_ROWS}")
    cells_of = ([cell for cell in cells if cell is not None] for cells in zip(*rows, strict=True))
    # Of a column that is empty at first nothing is known yet.
    return [
        name
        for name, cells in zip(columns, cells_of, strict=True)
        if not cells or any(form.fullmatch(cell) for cell in cells for form in _FORMS)
    ]


def _count_patterns(
    run: Run, source: Source, columns: Sequence[str], counted: dict[str, Counts]
) -> dict[str, Counts]:
    expressions = [
        f"count_if({_test(identifier(name), kind, pattern)})"
        for name in columns
        for kind, pattern in _PATTERNS.items()
    ]
    row = run(f"SELECT {', '.join(expressions)} FROM {of(source, columns)}")[0]
    size = len(_PATTERNS)
    return {
        name: Counts(counted[name].filled, True, *row[position * size : (position + 1) * size])
        for position, name in enumerate(columns)
    }


def _count_few(run: Run, source: Source, columns: Sequence[str]) -> dict[str, Counts]:
    """Count as `count_kinds` does, with one test for each kind and not for each kind and column.

    To prepare a test takes longer than to run it on a thousand cells.
    """
    tests = [
        f"coalesce(sum(repeats) FILTER ({_test('cell', kind, pattern)}), 0)::BIGINT"
        for kind, pattern in _PATTERNS.items()
    ]
    facts = ", ".join(["sum(repeats)::BIGINT", "bool_or(regexp_matches(cell, '[0-9]'))", *tests])
    counted = dict.fromkeys(columns, Counts(0))
    for start in range(0, len(columns), _WIDE_BATCH):
        batch = columns[start : start + _WIDE_BATCH]
        names = ", ".join(map(identifier, batch))
        cells = (
            f"SELECT unnest(range({len(batch)})) AS place, unnest([{names}]) AS cell FROM {of(source, batch)}"
        )
        distinct = (
            f"SELECT place, cell, count(*) AS repeats FROM ({cells}) WHERE cell IS NOT NULL GROUP BY ALL"
        )
        found = {
            batch[row[0]]: row[1:] for row in run(f"SELECT place, {facts} FROM ({distinct}) GROUP BY place")
        }
        promising = set(_promising(run, source, [name for name, row in found.items() if row[1]]))
        counted |= {
            name: Counts(*row) if name in promising else Counts(row[0], bool(row[1]))
            for name, row in found.items()
        }
    return counted


def _count_wide(source: Wide, columns: Sequence[str]) -> dict[str, Counts]:
    """Count as `count_kinds` does, with one test for each kind and text."""
    tests = [
        "regexp_matches(cell, '[0-9]')",
        *(_test("cell", kind, pattern) for kind, pattern in _PATTERNS.items()),
    ]
    counted = {}
    for names, found, filled in source.facts(columns, tests):
        numeric, counts = found[0].any(axis=1), found[1:].sum(axis=2).T.tolist()
        first = found[[1 + list(_PATTERNS).index(kind) for kind in _PROMISING], :, :_FIRST_ROWS]
        promising = numeric & (first.any(axis=(0, 2)) | ~filled[:, :_FIRST_ROWS].any(axis=1))
        for at, name in enumerate(names):
            more = counts[at] if promising[at] else ()
            counted[name] = Counts(int(filled[at].sum()), bool(numeric[at]), *more)
    return counted


def _test(column: str, kind: str, pattern: str) -> str:
    """Return SQL that tells whether a cell looks like ``kind``; not every date that looks like one exists."""
    exists = f" AND TRY_CAST({column} AS TIMESTAMP) IS NOT NULL" if kind in ("date", "time") else ""
    return f"regexp_full_match({column}, '{pattern}')" + exists


def choose_kinds(
    counted: dict[str, Counts], *, decimal: str | None, delimiter: str
) -> tuple[dict[str, str], str, list[str]]:
    """Return each column's kind, the decimal mark of most columns, and notes on what is ambiguous.

    Kinds are "integer", "point", "comma", "date", "time" and "text". A column is a number only when
    every filled cell is.
    """
    ambiguous: dict[str, list[str]] = {"point": [], "comma": []}
    point_only = sum(_all(c, "point") and not _all(c, "comma") for c in counted.values())
    comma_only = sum(_all(c, "comma") and not _all(c, "point") for c in counted.values())
    usual = decimal or ("," if comma_only > point_only else ".")
    comma_if_ambiguous = usual == "," or (delimiter == ";" and not point_only and decimal is None)
    kinds = {}
    for name, counts in counted.items():
        fits_point = _all(counts, "point") and decimal != ","
        fits_comma = _all(counts, "comma") and decimal != "."
        if _all(counts, "integer"):
            kinds[name] = "integer"
        elif _all(counts, "date"):
            kinds[name] = "date"
        elif _all(counts, "time"):
            kinds[name] = "time"
        elif fits_point and fits_comma:
            commas = counts.point_grouped > counts.comma_grouped
            grouped = counts.point_grouped + counts.comma_grouped
            if _FEWEST_GROUPED <= grouped == counts.filled - counts.small and counts.small:
                by_comma = not commas  # 900 beside 1.010 has no decimals: the mark is that of thousands
            else:
                by_comma = comma_if_ambiguous if commas else usual == ","
            kinds[name] = "comma" if by_comma else "point"
            mark = "comma" if by_comma else "point"
            ambiguous[mark].append(name)
        else:
            kinds[name] = "point" if fits_point else "comma" if fits_comma else "text"
    notes = [
        f"The numbers in {listed(names)} are ambiguous: the {mark} was taken as decimal mark."
        for mark, names in ambiguous.items()
        if names
    ]
    unlike = [name for name, kind in kinds.items() if kind == "point" and not _all(counted[name], "comma")]
    if usual == "," and unlike:
        notes.append(f"The numbers in {listed(unlike)} have a decimal point, unlike the other columns.")
    return kinds, usual, notes


def text_notes(counted: dict[str, Counts], kinds: dict[str, str], *, first_rows: dict[str, int]) -> list[str]:
    """Return a sentence for every column that looks like numbers and was kept as text.

    Args:
        counted: what their cells look like.
        kinds: what they are read as.
        first_rows: the columns of which only so many rows were looked at.
    """
    notes = []
    for name, counts in counted.items():
        where = f" of the first {first_rows[name]:,} rows" if name in first_rows else ""
        numbers = max(counts.point, counts.comma, counts.integer)
        if kinds[name] != "text" or not counts.filled:
            continue
        if counts.zero and numbers + counts.zero >= counts.filled / 2:
            notes.append(
                f'"{name}" was kept as text: {counts.zero:,} of its cells{where} have leading zeros.'
            )
        elif numbers and max(numbers, counts.digits) >= counts.filled / 2:
            others = counts.filled - numbers
            notes.append(
                f'"{name}" was kept as text: {others:,} of {counts.filled:,} filled cells{where} are not '
                "plain numbers."
                if others
                else f'"{name}" was kept as text: its numbers are too long, or not written in one way.'
            )
    shown = notes[:_NOTES]
    return shown + (
        [f"{len(notes) - _NOTES:,} more columns were kept as text."] if len(notes) > _NOTES else []
    )


def typed(name: str, kind: str, *, grouped: bool) -> str:
    """Return SQL that turns the text column ``name`` into ``kind``.

    Args:
        name: the column.
        kind: one of the kinds of `choose_kinds`.
        grouped: whether thousands are set apart.
    """
    column = identifier(name)
    if kind == "comma":
        digits = f"replace({column}, '.', '')" if grouped else column
        digits = f"replace({digits}, ',', '.')"
    else:
        digits = f"replace({column}, ',', '')" if grouped else column
    return {
        "text": column,
        "integer": f"TRY_CAST({column} AS BIGINT)",
        "point": f"TRY_CAST({digits} AS DOUBLE)",
        "comma": f"TRY_CAST({digits} AS DOUBLE)",
        "date": f"TRY_CAST({column} AS DATE)",
        "time": f"TRY_CAST({column} AS TIMESTAMP)",
    }[kind]


def fits(name: str, kind: str, *, grouped: bool) -> str:
    """Return SQL that holds where a cell is of ``kind``, see `typed`; "" for a text, which any cell is."""
    column, value = identifier(name), typed(name, kind, grouped=grouped)
    # Where a cheap test says as much as the pattern, it is taken: this runs on every cell.
    if kind in ("text", "integer"):
        return f"{value}::VARCHAR = trim({column})" if kind == "integer" else ""
    if kind == "date":
        return f"length({column}) = 10 AND {value} IS NOT NULL"
    return f"regexp_full_match({column}, '{_pattern(kind, grouped)}') AND {value} IS NOT NULL"


def is_grouped(counts: Counts, kind: str) -> bool:
    """Whether some of a column's numbers, read as ``kind``, have their thousands set apart."""
    return {"point": counts.point_grouped, "comma": counts.comma_grouped}.get(kind, 0) > 0


def _pattern(kind: str, grouped: bool) -> str:
    if grouped:
        return _PATTERNS[kind]
    return {"point": _POINT, "comma": _COMMA}.get(kind, _PATTERNS[kind])


def _all(counts: Counts, kind: str) -> bool:
    return 0 < counts.filled == getattr(counts, kind)
