"""Ids that are stored as decimal numbers only because one is missing."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from embed_core.tables.reading.engine import ENGINE_ERRORS, identifier
from embed_core.tables.wide import NAME, Source, Wide, hold, of, parts_of

_FIRST_ROWS = 10_000
_SAFE_INTEGER = 2**53


def with_whole_numbers(connection: Any, source: Source) -> None:
    """Make the view "data" of ``source``, in which such ids are whole numbers: 101 and not 101.0.

    Args:
        connection: Ibis on DuckDB.
        source: what it reads from.
    """
    engine = connection.con
    if isinstance(source, Wide):
        schema = source.table.schema
        names = _ids(engine, source, [field.name for field in schema if pa.types.is_floating(field.type)])
        whole = pa.schema(
            [field.with_type(pa.int64()) if field.name in set(names) else field for field in schema]
        )
        hold(connection, source.table.cast(whole))
        return
    described = engine.execute(f"DESCRIBE {source}").fetchall()
    names = _ids(engine, source, [row[0] for row in described if row[1] in ("DOUBLE", "FLOAT")])
    replaced = ", ".join(f"{identifier(name)}::BIGINT AS {identifier(name)}" for name in names)
    chosen = f"* REPLACE ({replaced})" if replaced else "*"
    # A temporary one, since what it reads may end with the connection, too.
    engine.execute(f"CREATE TEMPORARY VIEW {NAME} AS SELECT {chosen} FROM {source}").fetchall()


def _ids(engine: Any, source: Source, names: list[str]) -> list[str]:
    # The first rows rule nearly all others out, and are read at once.
    for first in (f" LIMIT {_FIRST_ROWS}", ""):
        names = _those(
            engine,
            source,
            names,
            lambda name: (
                f"coalesce(bool_and({name} = floor({name}) AND abs({name}) < {_SAFE_INTEGER}), true)"
            ),
            first=first,
        )
    return _those(engine, source, names, lambda name: f"count({name}) BETWEEN 1 AND count(*) - 1")


def _those(
    engine: Any, source: Source, names: list[str], test: Callable[[str], str], *, first: str = ""
) -> list[str]:
    """Return the columns of which a test in SQL holds, in all rows or the ``first``."""
    held = []
    for part in parts_of(names):
        tests = ", ".join(test(identifier(name)) for name in part)
        try:
            found = engine.execute(f"SELECT {tests} FROM (FROM {of(source, part)}{first})").fetchall()[0]
        except ENGINE_ERRORS:
            # What cannot be read is said when it is asked for.
            return []
        held += [name for name, holds in zip(part, found, strict=True) if holds]
    return held
