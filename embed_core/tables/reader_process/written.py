"""A table as a Parquet file of our own, and the table that it is opened as."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq

from embed_core.tables.reading.engine import connect, identifier, literal, table_in
from embed_core.tables.table import Table
from embed_core.tables.wide import NAME, held

# What Parquet has no type for, and DuckDB would write as something else.
_AS_TEXT = ("HUGEINT", "UHUGEINT", "INTERVAL", "TIME WITH TIME ZONE", "BIT", "BIGNUM", "TIME_NS")


@dataclass(frozen=True)
class Column:
    """A column of a written table.

    Attributes:
        name: what it is called.
        type: DuckDB's name of its type.
        is_same: whether Parquet has the same type.
    """

    name: str
    type: str
    is_same: bool


def write(table: Table, path: Path) -> list[Column]:
    """Write a table of DuckDB to a Parquet file, whose columns are called c0, c1 and so on.

    Raises:
        AtlasError: it cannot be read to its end.
    """
    engine: Any = table.expression.get_backend()
    with table.asking():
        here = held(table.expression)
        rows = f"({engine.compile(table.expression)})" if here is None else NAME
        found = [row[:2] for row in engine.con.execute(f"DESCRIBE FROM {rows}").fetchall()]
        values = ", ".join(
            f"{identifier(name)}{'::VARCHAR' if kind in _AS_TEXT else ''} AS c{at}"
            for at, (name, kind) in enumerate(found)
        )
        target = literal(path)
        if here is None:
            engine.con.execute(f"COPY (SELECT {values} FROM {rows}) TO {target} (FORMAT parquet)").fetchall()
        else:
            pq.write_table(here.rename_columns([f"c{at}" for at in range(len(found))]), path)
        written = engine.con.execute(f"DESCRIBE FROM read_parquet({target})").fetchall()
    return [Column(name, kind, kind == row[1]) for (name, kind), row in zip(found, written, strict=True)]


def opened(path: Path, columns: list[Column]) -> ibis.Table:
    """Open a Parquet file that `write` has written, in a DuckDB that can open nothing else."""
    connection = connect()
    engine = connection.con
    values = ", ".join(
        f"c{at}{'' if column.is_same else f'::{column.type}'} AS {identifier(column.name)}"
        for at, column in enumerate(columns)
    )
    # In another order the file itself could not be opened.
    engine.execute(f"SET allowed_paths = [{literal(path)}]").fetchall()
    engine.execute(
        f"CREATE TEMPORARY VIEW data AS SELECT {values} FROM read_parquet({literal(path, pattern=True)})"
    ).fetchall()
    for setting in ("enable_external_access = false", "lock_configuration = true"):
        engine.execute(f"SET {setting}").fetchall()
    return table_in(connection)
