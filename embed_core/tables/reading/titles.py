"""Lines above the column names: titles, comments, settings, and what an account holds."""

import itertools

from embed_core.tables.reading.evidence import filled, is_sure_header
from embed_core.tables.reading.lines_about import begins_with_a_digit
from embed_core.tables.reading.lines_of_names import lines_of_names
from embed_core.tables.reading.plain_values import is_value, is_year
from embed_core.tables.reading.records import Record

_LONGEST_NAME = 250
_NAMES_BELOW_TITLE = 3
_BODY = 20
_ROWS = 100
_MOST = 0.8
_MOSTLY_FULL = 2 / 3
_LEAST_ROWS = 5


def is_title(record: Record, following: list[Record], width: int) -> bool:
    """Whether a record stands above the table: a comment, or a few cells over a wider table."""
    cells, after = filled(record), following[0]
    if record.cells[0].startswith("#"):
        return len(record.cells) != width or after.cells[0].startswith("#")
    if len(record.cells) > width:
        return is_sure_header(after.cells, following[1:])
    if _is_label(record, following, width) or _is_setting([record, *following], width):
        return True
    if len(record.cells) < width and (cells <= max(1, width // 3) or _stands_above(following, width)):
        return not (_fills_gaps(record, after) or _spans_columns(record, following, width))
    if cells > 1 or len(record.cells) < width:
        return False
    # One cell, with separators after it for the width of the table; more lines of that kind may follow.
    if _is_apart(record, after):
        return max(map(filled, following[:_BODY])) > 1
    below = next((at for at, row in enumerate(following[:_BODY]) if filled(row) > 1), None)
    if below is None:
        return False
    names = following[below]
    if max(map(len, names.cells)) > _LONGEST_NAME:
        return False
    return filled(names) >= _NAMES_BELOW_TITLE or is_sure_header(names.cells, following[below + 1 :])


def _is_label(record: Record, following: list[Record], width: int) -> bool:
    """Whether a word stands alone, or beside a value, above sure names with nothing but few cells in between."""

    def is_label(row: Record) -> bool:
        return filled(row) <= max(1, width // 2) or (
            row.cells[0].strip().endswith(":") and filled(row) < width
        )

    are_values = (is_value(cell) and not is_year(cell) for cell in record.cells)
    if not is_label(record) or not record.cells[0].strip():
        return False
    if filled(record) > 1 and not record.cells[0].strip().endswith(":") and not any(are_values):
        return False
    narrow = sum(1 for _ in itertools.takewhile(is_label, following[:_BODY]))
    names, rows = following[narrow : narrow + 1], following[narrow + 1 :]
    return any(filled(each) > _MOSTLY_FULL * width and is_sure_header(each.cells, rows) for each in names)


def _is_setting(found: list[Record], width: int) -> bool:
    """Whether the first of these, and all before an empty line, set something, and names of rows of digits follow."""
    ends = (
        at for at, (one, other) in enumerate(itertools.pairwise(found[:_BODY]), 1) if _is_apart(one, other)
    )
    end = next(ends, 0)
    names, rows = found[end : end + 1], found[end + 1 : end + 1 + _ROWS]
    if not end or not rows or any(map(begins_with_a_digit, [*found[:end], *names])):
        return False
    return (
        sum(map(begins_with_a_digit, rows)) >= max(_LEAST_ROWS, _MOST * len(rows))
        and filled(names[0]) == width
        and is_sure_header(names[0].cells, rows)
        and (any(map(is_value, found[0].cells)) or not is_sure_header(found[0].cells, found[1:end]))
    )


def _is_apart(record: Record, following: Record) -> bool:
    """Whether an empty line stands between two records."""
    return following.line > record.line + 1 + "".join(record.cells).count("\n")


def _stands_above(following: list[Record], width: int) -> bool:
    """Whether the first record of the table's width is certainly its names: narrower ones before it are not."""
    below = next((at for at, row in enumerate(following[:_BODY]) if len(row.cells) == width), None)
    return below is not None and is_sure_header(following[below].cells, following[below + 1 :])


def _fills_gaps(record: Record, below: Record) -> bool:
    """Whether a record has names for most columns, and for all that the next record has none for."""
    names = [cell.strip() for cell in record.cells]
    gaps = [at for at, cell in enumerate(below.cells) if not cell.strip()]
    return (
        bool(gaps)
        and 2 * sum(map(bool, names)) > len(below.cells)
        and all(any(names[at : at + 1]) for at in gaps)
    )


def _spans_columns(record: Record, following: list[Record], width: int) -> bool:
    """Whether several names, with none over the first column, go on in the next record."""
    return (
        filled(record) > 1 and not record.cells[0].strip() and lines_of_names([record, *following], width) > 1
    )
