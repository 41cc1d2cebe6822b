"""What is taken away: the run in hand, as it was looked at last."""

import dataclasses

import streamlit as st

from embed_core.exporting.content import Content
from embed_core.exporting.run_file import packed
from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.orientation import applied, is_plain
from embed_core.space.projections.base import Projection
from embed_core.ui.app import state
from embed_core.ui.app.clustering import clustering_in_hand
from embed_core.ui.app.embeddings import columns_of, embedding_of
from embed_core.ui.app.orientation import turn_of
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import one_line


def content_of(record: RunRecord) -> tuple[Content, bool]:
    """Return what there is of a run, with the map, the distances and the clusters of the Map page.

    And whether that has drawn a map of it in this session: else it is one that is drawn at once.

    Raises:
        AtlasError: its files cannot be read.
    """
    store = state.jobs().store
    column = _column(record)
    known, projection = st.session_state.get(keys.MAP_DRAWN, (None, None))
    is_of_map_page = known is not None and known[:2] == (record.id, column)
    metric = known[2] if is_of_map_page else None
    if not is_of_map_page:
        projection = _first_map(record, embedding_of(record, column))
    method, count = clustering_in_hand(len(embedding_of(record, column)))
    folder = store.model_file(record.id).parent
    content = Content.stored(
        store,
        record.id,
        column=column,
        metric=metric,
        projection=projection,
        clustering={"method": method, "n_clusters": count},
        table=state.table_of(record),
        run_file=lambda: packed(folder),
    )
    return content, is_of_map_page


def _column(record: RunRecord) -> str:
    columns = columns_of(record)
    if len(columns) < 2:
        return record.config.column
    return str(
        st.selectbox(
            "Embedding of",
            columns,
            format_func=lambda name: one_line(name, limit=60),
            key="export_column",
            width=320,
        )
    )


def _first_map(record: RunRecord, embedding: Embedding) -> Projection:
    """Return a map that is drawn at once, the way up that all maps of the run are."""
    found = embedding.project("identity" if embedding.dimension <= 2 else "pca")
    turn = turn_of(record, embedding.labels, found.coordinates)
    coordinates = applied(found.coordinates, turn)
    return dataclasses.replace(found, coordinates=coordinates, has_axes=found.has_axes and is_plain(turn))
