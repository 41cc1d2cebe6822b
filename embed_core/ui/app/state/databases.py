"""The databases that the operator has written into ``.streamlit/secrets.toml``; what is in them, nobody else sees."""

from collections.abc import Mapping

import streamlit as st

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading import connections
from embed_core.ui.app.state.tables import open_table

_REMEMBERED = 60


def databases() -> list[str]:
    """Return the names of the databases whose tables can be opened."""
    if not st.secrets.load_if_toml_exists():
        return []
    return list(st.secrets.get("connections", {}))


@st.cache_data(ttl=_REMEMBERED, show_spinner="Asking the database…")
def tables_of(name: str) -> list[str]:
    """Return the names of the tables of a database.

    Raises:
        AtlasError: it cannot be reached.
    """
    return connections.tables_of(name, _address(name))


def open_from_database(name: str, table: str) -> None:
    """Open a table of a database, with the best column chosen.

    Raises:
        AtlasError: it is not there, or cannot be read.
    """
    open_table(connections.open_table(name, _address(name), table))


def _address(name: str) -> str:
    written = st.secrets["connections"][name]
    address = written.get("url") if isinstance(written, Mapping) else None
    if not isinstance(address, str):
        raise AtlasError(
            f"The database {quoted(name)} has no address. Whoever runs this server writes one into "
            ".streamlit/secrets.toml, as url, under the name of the connection."
        )
    return address
