"""Databases whose addresses an operator has written down: their tables are read, and never written to."""

import sqlite3
import weakref
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import ibis

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.tables.engines import said
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

_SECONDS = 10


def tables_of(name: str, address: str) -> list[str]:
    """Return the names of the tables and views of a database, sorted.

    Args:
        name: what people call the connection.
        address: as ``postgresql://reader:password@host/database/schema``, ``sqlite:///folder/file.db``,
            ``duckdb:///folder/file.duckdb``, or another that `ibis.connect` takes.

    Raises:
        AtlasError: the database cannot be reached.
    """
    engine = _connect(name, address)
    try:
        return sorted(engine.list_tables())
    except Exception as error:  # each engine has errors of its own
        raise _refused(name, address, error) from error
    finally:
        engine.disconnect()


def open_table(name: str, address: str, table: str) -> Table:
    """Return a table of a database, which stays there; its connection ends with it.

    Args:
        name: what people call the connection.
        address: as of `tables_of`.
        table: one of those.

    Raises:
        AtlasError: the database cannot be reached, or has no such table.
    """
    known = tables_of(name, address)
    if table not in known:
        hint = did_you_mean(table, known) or f"Its tables are {listed(known)}."
        raise AtlasError(f"The database {quoted(name)} has no table {quoted(table)}. {hint}")
    engine = _connect(name, address)
    try:
        opened = read_table(engine.table(table), name=table)
    except AtlasError:
        engine.disconnect()
        raise
    except Exception as error:  # each engine has errors of its own
        engine.disconnect()
        raise _refused(name, address, error) from error
    weakref.finalize(opened, engine.disconnect)
    return opened


def _connect(name: str, address: str) -> Any:
    """Return a connection that only reads, and that threads may pass on."""
    parts = urlsplit(address)
    try:
        if parts.scheme == "sqlite":
            path = quote(unquote(parts.netloc + parts.path))
            readable = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
            return ibis.sqlite.from_connection(readable)
        if parts.scheme == "duckdb":
            return ibis.connect(address, read_only=True)
        if parts.scheme in ("postgres", "postgresql"):
            engine = ibis.connect(address, connect_timeout=_SECONDS)
            engine.raw_sql("SET default_transaction_read_only = on").close()
            return engine
        return ibis.connect(address)
    except Exception as error:  # each engine has errors of its own
        raise _refused(name, address, error) from error


def _refused(name: str, address: str, error: Exception) -> AtlasError:
    sentence = said(error)
    if password := urlsplit(address).password:
        sentence = sentence.replace(password, "…").replace(unquote(password), "…")
    return AtlasError(
        f"The database {quoted(name)} cannot be opened: it says {quoted(sentence, limit=400)}. Look whether it is "
        "there; its address and password are in the server's .streamlit/secrets.toml."
    )
