"""The Map page's other parts: what it says without a map, and the tabs below one."""

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.run_words import how_to_get_a_run
from embed_core.ui.app.waiting import until_it_ends
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import OF_VECTORS
from embed_core.ui.map_page.tabs.clusters import cluster_tab
from embed_core.ui.map_page.tabs.knowledge import knowledge_tab
from embed_core.ui.map_page.tabs.similarity import similarity_tab


def no_map(record: RunRecord | None) -> None:
    """Say what to do to get a map."""
    st.title("Map")
    if record is not None and record.status.is_live:
        until_it_ends(record, "Its map moves on the Train page, and is here when it has ended.")
        return
    how_to_get_a_run("There is nothing on the map yet.")


def below_the_map(map_state: MapState) -> None:
    """Show the tabs; what is in one is computed when it is opened."""
    contents: dict[str, Callable[[MapState], None]] = {
        "Similarity": similarity_tab,
        "Clusters": cluster_tab,
        "What it knows": knowledge_tab,
        "Table": _table,
    }
    tabs = st.tabs(list(contents), default="Table", key="map_tabs", on_change="rerun")
    for tab, show in zip(tabs, contents.values(), strict=True):
        if tab.open:
            with tab, errors_in_place():
                show(map_state)


def _table(map_state: MapState) -> None:
    rows = _rows(map_state)
    st.dataframe(
        rows,
        hide_index=True,
        key="vectors_table",
        column_config={
            "support": st.column_config.NumberColumn("rows", format="localized"),
            **{name: st.column_config.NumberColumn(format="%.4f") for name in rows.column_names[2:]},
        },
        alt="Every category with its rows and its vector",
    )


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_VECTORS)
def _rows(map_state: MapState) -> pa.Table:
    """Return every category with its vector as it is sent: pandas would be turned into that with every click."""
    return pa.Table.from_pandas(map_state.embedding.to_frame(), preserve_index=False)
