"""How much memory DuckDB takes where the rows of a large text lie in a file, and what if that is too little."""

import os
import weakref
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import duckdb

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_MEGABYTES = 125  # for each processor, which works on rows of its own
_FEWEST, _FEWEST_READING = 2, 4
_before: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


def limit(connection: Any, *, is_read: bool = False) -> None:
    """Have a connection (Ibis on DuckDB) write what it works with to disk early.

    Unless told, DuckDB does so when it has taken four fifths of the machine's memory: a column of ten million texts is
    then counted in a gigabyte.

    Args:
        connection: nobody else's, as the limit may be taken off again.
        is_read: whether the rows lie there and are asked for: beside them, TensorFlow takes most of a gigabyte, and
            DuckDB fills what it is given with rows that the machine keeps in memory as well.
    """
    _before.setdefault(connection, _limit_of(connection))
    processors = max(os.cpu_count() or 1, _FEWEST if is_read else _FEWEST_READING)
    connection.raw_sql(f"SET memory_limit = '{_MEGABYTES * processors}MB'").fetchall()


def with_enough(connection: Any, work: Callable[[], _Result]) -> _Result:
    """Return what ``work`` returns, done a second time without the limit where that was too low.

    Args:
        connection: the one that ``work`` asks, of any engine.
        work: what can be begun again.
    """
    try:
        return work()
    except duckdb.OutOfMemoryException:
        if connection not in _before:
            raise
    # RESET would change what is said of the limit, and not the limit.
    connection.raw_sql(f"SET memory_limit = '{_before.pop(connection)}'").fetchall()
    return work()


def together_or_each(
    items: Sequence[_Item],
    together: Callable[[Sequence[_Item]], list[_Result]],
    each: Callable[[_Item], _Result],
) -> list[_Result]:
    """Return what ``together`` returns of all items, or where memory does not hold that, ``each`` of every one.

    DuckDB writes the groups of a group-by to disk, and gives up where it counts the values of several columns at once.

    Args:
        items: what is asked about.
        together: answers for all of them at once, which is faster.
        each: answers for one.
    """
    try:
        return together(items)
    except duckdb.OutOfMemoryException:
        return [each(item) for item in items]


def _limit_of(connection: Any) -> str:
    return str(connection.raw_sql("SELECT current_setting('memory_limit')").fetchall()[0][0])
