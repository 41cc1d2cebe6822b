"""Ids that are stored as decimal numbers only because one is missing."""

from typing import Any

import duckdb

from embed_core.tables.reading.engine import identifier

_FIRST_ROWS = 10_000
_SAFE_INTEGER = 2**53


def with_whole_numbers(engine: Any, source: str) -> None:
    """Make the view "data" of ``source``, in which such ids are whole numbers: 101 and not 101.0."""
    described = engine.execute(f"DESCRIBE {source}").fetchall()
    names = [row[0] for row in described if row[1] in ("DOUBLE", "FLOAT")]
    # The first rows rule nearly all others out, and are read at once.
    for rows in (f"(FROM {source} LIMIT {_FIRST_ROWS})", source):
        names = _whole(engine, rows, names)
    names = _with_gaps(engine, source, names)
    replaced = ", ".join(f"{identifier(name)}::BIGINT AS {identifier(name)}" for name in names)
    chosen = f"* REPLACE ({replaced})" if replaced else "*"
    # A temporary one, since what it reads may end with the connection, too.
    engine.execute(f"CREATE TEMPORARY VIEW data AS SELECT {chosen} FROM {source}").fetchall()


def _whole(engine: Any, rows: str, names: list[str]) -> list[str]:
    tests = (
        f"coalesce(bool_and({name} = floor({name}) AND abs({name}) < {_SAFE_INTEGER}), true)"
        for name in map(identifier, names)
    )
    return _those(engine, rows, names, list(tests))


def _with_gaps(engine: Any, rows: str, names: list[str]) -> list[str]:
    tests = [f"count({name}) BETWEEN 1 AND count(*) - 1" for name in map(identifier, names)]
    return _those(engine, rows, names, tests)


def _those(engine: Any, rows: str, names: list[str], tests: list[str]) -> list[str]:
    if not names:
        return []
    try:
        found = engine.execute(f"SELECT {', '.join(tests)} FROM {rows}").fetchall()[0]
    except duckdb.Error:
        # What cannot be read is said when it is asked for.
        return []
    return [name for name, holds in zip(names, found, strict=True) if holds]
