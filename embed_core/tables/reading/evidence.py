"""Whether a line names the columns of the rows below it."""

import itertools

from embed_core.tables.reading.plain_values import is_day, is_number, is_year
from embed_core.tables.reading.records import Record

_ROWS = 100
_MOST = 0.8
_COUNTED = 4
_MOST_DIGITS = 18


def is_header(cells: list[str], rows: list[list[str]], *, below_title: bool) -> bool:
    """Whether ``cells`` name the columns below them; who writes a title hardly leaves the names out."""
    if _is_progression(cells, rows):
        return True
    for_names, against = _evidence(cells, rows)
    if for_names or against:
        return for_names > against
    if below_title:
        return True
    filled = [(column, cell) for column, cell in enumerate(cells) if cell]
    repeated = sum(
        any(len(row) > column and row[column] == cell for row in rows[:100]) for column, cell in filled
    )
    return repeated <= len(filled) * 2 / 3


def is_sure_header(cells: list[str], rows: list[Record]) -> bool:
    """Whether more ``cells`` are words over values than are values themselves."""
    for_names, against = _evidence(cells, [row.cells for row in rows])
    return for_names > against


def _evidence(cells: list[str], rows: list[list[str]]) -> tuple[int, int]:
    """Count the cells that are a word over values, and those that are values themselves."""
    for_names = against = 0
    for column, cell in enumerate(cells):
        below = [row[column] for row in rows[:_ROWS] if len(row) > column and row[column]]
        numbers = bool(below) and sum(map(is_number, below)) >= _MOST * len(below)
        days = bool(below) and not numbers and sum(map(is_day, below)) >= _MOST * len(below)
        if is_number(cell) or (days and is_day(cell)):
            against += 1
        elif (numbers or days) and cell.strip():
            for_names += 1
    return for_names, against


def filled(record: Record) -> int:
    """Return how many cells of a record hold something."""
    return sum(bool(cell.strip()) for cell in record.cells)


def _is_progression(cells: list[str], rows: list[list[str]]) -> bool:
    """Whether the numbers among ``cells`` are years, or count, in equal steps, as the rows do not: these are names."""

    def step(cells: list[str]) -> int:
        numbers = [int(cell) for cell in cells if cell.strip().isdecimal() and len(cell) <= _MOST_DIGITS]
        steps = {after - before for before, after in itertools.pairwise(numbers)}
        least = 2 if all(map(is_year, map(str, numbers))) else _COUNTED
        others = [cell for cell in cells if not cell.strip().isdecimal()]
        return (
            steps.pop()
            if len(numbers) >= least and len(steps) == 1 and not any(map(is_number, others))
            else 0
        )

    return bool(step(cells)) and sum(map(bool, map(step, rows[:_ROWS]))) <= len(rows[:_ROWS]) / 2
