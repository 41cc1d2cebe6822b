"""The DuckDB that a table lives in when it does not come with an engine of its own."""

import contextlib
import tempfile
import uuid
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.expr.operations import DatabaseTable, Namespace

from embed_core.tables.memory import limit

ENGINE_ERRORS = (duckdb.Error, UnicodeDecodeError)
"""What DuckDB raises: its message quotes cells, and one that it cuts within a letter cannot be decoded."""
LIMITS: dict[str, Any] = {}
"""Settings of DuckDB for every connection of this process; a process that reads what strangers bring has some."""


def connect(folder: Path | None = None) -> Any:
    """Return a DuckDB of its own, which never downloads anything.

    Args:
        folder: where its tables lie, in a file, and memory is limited; None has them in memory.
    """
    connection = ibis.duckdb.connect(
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
        temp_directory=tempfile.gettempdir(),
        **LIMITS,
    )
    # Ibis takes what was opened with the same settings for the same database, and it would be found under one key.
    connection.db_identity = uuid.uuid4().hex
    # In a notebook without ipywidgets DuckDB has no progress bar, and refuses to hear of one.
    with contextlib.suppress(duckdb.InvalidInputException):
        connection.raw_sql("SET enable_progress_bar = false").fetchall()
    # Compressed, tables take less memory and are written twice as fast.
    where = (
        "':memory:' AS atlas (COMPRESS)" if folder is None else f"{literal(folder / 'rows.duckdb')} AS atlas"
    )
    connection.raw_sql(f"ATTACH {where}").fetchall()
    connection.raw_sql("USE atlas").fetchall()
    if folder is not None:
        limit(connection)
    return connection


def table_in(connection: Any, name: str = "data") -> ibis.Table:
    """Return a table or view of a connection; unlike Ibis itself, read each type once: there may be 10,000 columns."""
    types: dict[str, Any] = {}
    columns = {}
    for column, kind, *_ in connection.con.execute(f"DESCRIBE {identifier(name)}").fetchall():
        if kind not in types:
            types[kind] = connection.compiler.type_mapper.from_string(kind)
        columns[column] = types[kind]
    return DatabaseTable(
        name, schema=ibis.schema(columns), source=connection, namespace=Namespace()
    ).to_expr()


def identifier(name: str) -> str:
    """Return ``name`` as an SQL identifier.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: object, *, pattern: bool = False) -> str:
    """Return ``text`` as an SQL string; as a ``pattern`` of file names, so that it means itself.

    >>> literal("it's")
    "'it''s'"
    """
    plain = str(text)
    if pattern:
        plain = "".join(f"[{character}]" if character in "*?[" else character for character in plain)
    return "'" + plain.replace("'", "''") + "'"
