"""Two runs of which the Compare page shows what differs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.runs.record import RunRecord
from embed_core.space.embedding import Embedding
from embed_core.space.neighbors.distances import usable_k
from embed_core.space.neighbors.movement import (
    LEAST_IN_COMMON,
    chance_disparity,
    changed_neighbors,
    in_common,
)
from embed_core.space.projections.aligning import align, procrustes
from embed_core.space.projections.pca import PcaBasis
from embed_core.ui.app import state
from embed_core.ui.app.words import WORDS

NEIGHBORS = 10
FIRST, METRIC, _FIRST_CHOICE = "compare_first", "compare_metric", "compare_first_choice"
_SECOND_CHOICE = "compare_second_choice"

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Pair:
    """Two embeddings of the categories that they share, laid over one another.

    Attributes:
        records: of both runs.
        embeddings: of the categories in common, in the same order.
        maps: coordinates, (n, 2) each, the second turned onto the first.
        axes: titles of the first one's axes.
        metric: of the neighbours.
        k: how many neighbours are compared; 0 when there are too few categories.
        changes: what `changed_neighbors` says; empty when k is 0.
        disparity: of the vectors, see `procrustes`.
        chance: the disparity that chance alone reaches.
    """

    records: tuple[RunRecord, RunRecord]
    embeddings: tuple[Embedding, Embedding]
    maps: tuple[Array, Array]
    axes: tuple[str, str]
    metric: str
    k: int
    changes: pd.DataFrame
    disparity: float
    chance: float

    @property
    def kept(self) -> Array:
        """The share of each category's neighbours that both have, float64 (n,), in the embeddings' order."""
        found = self.changes.set_index("category")["kept"]
        return found.reindex(self.embeddings[0].labels).to_numpy(np.float64)


def runs_with_result() -> list[RunRecord]:
    """Return the runs that can be compared, newest first."""
    return [record for record in state.jobs().store.records() if record.status.has_result]


def comparable(first: RunRecord, runs: list[RunRecord]) -> list[RunRecord]:
    """Return the other runs that share enough categories with the first one, most alike in their settings first."""
    labels = set(first.labels)
    found = [
        run for run in runs if run.id != first.id and len(labels.intersection(run.labels)) >= LEAST_IN_COMMON
    ]
    return sorted(
        found,
        key=lambda run: (run.fingerprint != first.fingerprint, run.config.column != first.config.column),
    )


def choose_first(runs: list[RunRecord]) -> RunRecord:
    """Let the person choose the first run: the one in hand until another is chosen."""
    ids = [run.id for run in runs]
    in_hand = st.session_state.get(state.RUN)
    chosen_with, chosen = st.session_state.get(FIRST, (None, None))
    if chosen not in ids or (chosen_with != in_hand and in_hand in ids):
        chosen = in_hand if in_hand in ids else ids[0]
        st.session_state[FIRST] = in_hand, chosen
    st.session_state[_FIRST_CHOICE] = chosen
    names = _names(runs)
    st.selectbox("First run", ids, format_func=names.__getitem__, key=_FIRST_CHOICE, on_change=_take_first)
    return runs[ids.index(chosen)]


def choose_second(runs: list[RunRecord], all_runs: list[RunRecord]) -> RunRecord:
    """Let the person choose the second run, of those that can be compared with the first."""
    ids = [run.id for run in runs]
    if st.session_state.get(state.AGAINST) not in ids:
        st.session_state[state.AGAINST] = ids[0]
    st.session_state[_SECOND_CHOICE] = st.session_state[state.AGAINST]
    names = _names(all_runs)
    st.selectbox("Second run", ids, format_func=names.__getitem__, key=_SECOND_CHOICE, on_change=_take_second)
    return runs[ids.index(st.session_state[state.AGAINST])]


def _take_first() -> None:
    st.session_state[FIRST] = st.session_state.get(state.RUN), st.session_state[_FIRST_CHOICE]


def _take_second() -> None:
    st.session_state[state.AGAINST] = st.session_state[_SECOND_CHOICE]


def _names(runs: list[RunRecord]) -> dict[str, str]:
    """Return the runs' names by their id, with the time where two have the same."""
    names = [run.name for run in runs]
    return {
        run.id: run.name
        if names.count(run.name) == 1
        else f"{run.name} · {run.created.astimezone():%d %B, %H:%M:%S}"
        for run in runs
    }


def metric_for(first: RunRecord, second: RunRecord) -> str:
    """Return the distance that suits both: that of the map where either keeps distances or is flat."""
    configs = (first.config, second.config)
    is_flat = any(config.dimension <= 2 or config.objective == "distance" for config in configs)
    return "euclidean" if is_flat else "cosine"


def pair(first: RunRecord, second: RunRecord, metric: str) -> Pair:
    """Return two runs laid over one another.

    Raises:
        AtlasError: one has no embedding, or they share too few categories.
    """
    return _pair(first.id, second.id, metric, first, second, state.jobs().store)


@st.cache_resource(max_entries=16, show_spinner="Comparing the neighbourhoods of all categories…")
def _pair(
    first_id: str, second_id: str, metric: str, _first: RunRecord, _second: RunRecord, _store: Any
) -> Pair:
    one, other = in_common(_store.embedding(first_id), _store.embedding(second_id))
    basis = PcaBasis.fit(one.vectors)
    place = basis.apply(one.vectors)
    moved = align(place, PcaBasis.fit(other.vectors).apply(other.vectors))
    k = usable_k(len(one), NEIGHBORS)
    columns = ["category", "kept", "came", "went", "support"]
    changes = changed_neighbors(one, other, k=k, metric=metric) if k else pd.DataFrame(columns=columns)
    return Pair(
        (_first, _second),
        (one, other),
        (place, moved),
        (basis.axes[0], basis.axes[1]),
        metric,
        k,
        changes,
        procrustes(one.vectors, other.vectors).disparity,
        chance_disparity(one.vectors, other.vectors),
    )


def losses(record: RunRecord) -> list[dict[str, float]]:
    """Return the losses of each epoch as shares of the loss of knowing nothing, where that is known."""
    history: Any = state.jobs().history(record.id)
    known = record.baseline.get("loss") or 1.0
    return [
        {"epoch": row["epoch"], **{name: row[name] / known for name in ("loss", "val_loss") if name in row}}
        for row in history.to_dict("records")
    ]


def differing(first: RunRecord, second: RunRecord) -> pd.DataFrame:
    """Return the settings that differ, as texts: a row for each, a column for each run."""
    rows = [("table", first.table, second.table)] if first.fingerprint != second.fingerprint else []
    mine, yours = first.config.model_dump(), second.config.model_dump()
    rows += [
        (WORDS.get(name, name.replace("_", " ")).removeprefix("the "), _text(mine[name]), _text(yours[name]))
        for name in mine
        if mine[name] != yours[name]
    ]
    return pd.DataFrame(rows, columns=["setting", "first", "second"])


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
