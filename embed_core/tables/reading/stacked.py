"""Tables that stand one under the other in a file: the titles between them, and names that are said again."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from embed_core.tables.reading.evidence import filled
from embed_core.tables.reading.plain_values import is_value
from embed_core.tables.reading.records import Record

_NAMES_BELOW_TITLE = 3
_AHEAD = 3


def without_titles(
    found: Iterator[Record], names: Sequence[str], on_drop: Callable[[int], object]
) -> Iterator[Record]:
    """Leave out, after an empty line, a title over the names of a further table, and names that are said again.

    Args:
        found: the records.
        names: the cells of the line of column names.
        on_drop: called with the number of each line that is left out.
    """
    least = max(2, min(_NAMES_BELOW_TITLE, len(names)))
    said = list(names)
    after_blank = False
    ahead: deque[Record] = deque()
    while record := ahead.popleft() if ahead else next(found, None):
        if after_blank:  # of other records nothing is asked: there may be millions
            ahead.extend(itertools.islice(found, _AHEAD - len(ahead)))
            below = next((each for each in ahead if filled(each)), None)
            if (below is not None and _is_title(record, below, least)) or (said and record.cells == said):
                on_drop(record.line)
                continue
        yield record
        after_blank = not (record.cells and record.cells[0].strip()) and not filled(record)


def _is_title(record: Record, below: Record, least: int) -> bool:
    return (
        filled(record) == 1
        and bool(record.cells[0].strip())
        and filled(below) >= least
        and not any(map(is_value, below.cells))
    )
