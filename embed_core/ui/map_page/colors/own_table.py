"""A table of one's own about the categories: its columns colour and size the points, and stand beside them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.reading.formats import suffixes
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain
from embed_core.ui.map_page.map_state import MapState

_MOST_ROWS = 100_000
_MEGABYTES = 20


def own_table(map_state: MapState) -> None:
    """Ask for a table about the categories, and say what it gives."""
    n = len(map_state.embedding)
    with st.expander("A table about the categories", icon=":material/table_view:", key="own_table"):
        st.caption(
            f"A file with a row for each of the {counted(n, 'category', 'categories')}: one column names it, the "
            "others can colour it, size it and stand beside it. It is kept with the run."
        )
        file = st.file_uploader(
            "Table about the categories",
            type=suffixes(),
            max_upload_size=_MEGABYTES,
            label_visibility="collapsed",
            key="own_file",
        )
        if file is not None and st.session_state.get(keys.OWN_TABLE) != file.file_id:
            with errors_in_place():
                _take(file, map_state)
        about = state.about_of(map_state.record.id)
        if about is not None:
            columns = plain(listed(about.columns, limit=4), limit=200)
            st.caption(
                f":material/check: {len(about):,} of {counted(n, 'category', 'categories')} matched. "
                f"Among the colours are {columns}."
            )
            st.button("Remove it", key="forget_own", on_click=_forget, args=(map_state.record.id,))


def about_of(table: Table, labels: Sequence[str]) -> pd.DataFrame:
    """Return what a table says of categories: a row for each that it names, by name, numbers and texts.

    The column that names most of them is taken for their names; of a name that occurs twice, the first row counts.

    Args:
        table: with a row for each category.
        labels: the categories.

    Raises:
        AtlasError: it has too many rows, one column, or names none of the categories.
    """
    if table.n_rows > _MOST_ROWS:
        raise AtlasError(
            f"The table has {table.n_rows:,} rows, and one about categories may have {_MOST_ROWS:,}: a row for each. "
            "Leave out what is about something else."
        )
    if len(table.columns) < 2:
        raise AtlasError(
            "The table has one column, and two are needed: one names the category, another colours it."
        )
    columns, known = list(table.columns), set(labels)
    # By place: columns may be called anything.
    names = {f"name {place}": table.texts(column) for place, column in enumerate(columns)}
    values = {
        f"value {place}": table.numbers(column)
        if table.expression[column].type().is_numeric()
        else table.texts(column)
        for place, column in enumerate(columns)
    }
    rows = table.execute(table.expression.select(**names, **values))
    matches = [int(rows[f"name {place}"].isin(known).sum()) for place in range(len(columns))]
    best = int(np.argmax(matches))
    if not matches[best]:
        raise AtlasError(
            f"No column of the table names a category: none holds {quoted(labels[0])} or any of the other "
            f"{len(labels) - 1:,}. One column must hold the categories' names, letter by letter."
        )
    found = rows.set_index(rows[f"name {best}"].rename(columns[best]))[list(values)]
    found = found.set_axis(columns, axis=1).drop(columns=columns[best])
    return found[found.index.isin(known) & ~found.index.duplicated()]


def _take(file: Any, map_state: MapState) -> None:
    st.session_state[keys.OWN_TABLE] = file.file_id
    about = about_of(state.read_upload(file), map_state.embedding.labels)
    state.keep_about(map_state.record.id, about)
    st.session_state[keys.COLOR] = f"about:{about.columns[0]}"
    st.session_state[keys.WHOLE_PAGE] = True
    st.rerun()


def _forget(run_id: str) -> None:
    state.keep_about(run_id, None)
    st.session_state[keys.WHOLE_PAGE] = True
