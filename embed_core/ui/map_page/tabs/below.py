"""The Map page's other parts: what it says without a map, and the tabs below one."""

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import OF_VECTORS
from embed_core.ui.map_page.tabs.clusters import cluster_tab
from embed_core.ui.map_page.tabs.knowledge import knowledge_tab
from embed_core.ui.map_page.tabs.similarity import similarity_tab


def no_map(record: RunRecord | None) -> None:
    """Say what to do to get a map."""
    st.title("Map")
    if record is not None and record.status.is_live:
        st.markdown("This training is still going on. Its map moves on the Train page.")
        st.page_link("pages/train.py", label="Watch it", icon=":material/play_circle:")
        return
    st.markdown("There is nothing on the map yet. Train an embedding first, or open an earlier run above.")
    st.page_link("pages/data.py", label="Open a table", icon=":material/table:")


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
    st.dataframe(
        _rows(map_state),
        hide_index=True,
        key="vectors_table",
        alt="Every category with its rows and its vector",
    )


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_VECTORS)
def _rows(map_state: MapState) -> pa.Table:
    """Return every category with its vector as it is sent: pandas would be turned into that with every click."""
    return pa.Table.from_pandas(map_state.embedding.to_frame(), preserve_index=False)
