"""Two runs of which the Compare page shows what differs."""

from collections import Counter, defaultdict
from typing import Any

import pandas as pd
import streamlit as st

from embed_core.comparing.two_runs import (
    TwoEmbeddings,
    compare_embeddings,
    differing_settings,
    relative_losses,
    setting_text,
)
from embed_core.runs.record import RunRecord
from embed_core.space.neighbors.movement import LEAST_IN_COMMON
from embed_core.ui.app import state
from embed_core.ui.app.run_words import created_words, told_apart
from embed_core.ui.app.state import keys
from embed_core.ui.app.words import WORDS

NEIGHBORS = 10
MOST_OFFERED = 200


def runs_with_result() -> list[RunRecord]:
    """Return the runs that can be compared, newest first: those in hand, and of very many the newest."""
    found = [record for record in state.jobs().store.records() if record.status.has_result]
    in_hand = {
        st.session_state.get(keys.RUN),
        st.session_state.get(keys.AGAINST),
        *st.session_state.get(keys.COMPARE_FIRST, ()),
    }
    return found[:MOST_OFFERED] + [record for record in found[MOST_OFFERED:] if record.id in in_hand]


def comparable(first: RunRecord, runs: list[RunRecord]) -> list[RunRecord]:
    """Return the other runs that share enough categories with the first one, most alike in their settings first.

    The one that it went on from, and those that went on from it, come before all.
    """
    labels = set(first.labels)
    found = [
        run for run in runs if run.id != first.id and len(labels.intersection(run.labels)) >= LEAST_IN_COMMON
    ]
    return sorted(
        found,
        key=lambda run: (
            not goes_on(first, run),
            run.fingerprint != first.fingerprint,
            run.config.column != first.config.column,
        ),
    )


def goes_on(first: RunRecord, second: RunRecord) -> bool:
    """Whether one of two runs went on from the other."""
    return second.started_from == first.id or first.started_from == second.id


def begin_with(key: str, value: object, first: RunRecord, second: RunRecord) -> None:
    """Put ``value`` into a control whenever another pair of runs is compared; what the person chooses then stays."""
    chosen_for = st.session_state.setdefault(keys.COMPARE_CHOSEN_FOR, {})
    if chosen_for.get(key) != (first.id, second.id):
        chosen_for[key] = first.id, second.id
        st.session_state[key] = value


def choose_first(runs: list[RunRecord]) -> RunRecord:
    """Let the person choose the first run: the open one until another is chosen."""
    ids = [run.id for run in runs]
    opened = st.session_state.get(keys.RUN)
    chosen_with, chosen = st.session_state.get(keys.COMPARE_FIRST, (None, None))
    if chosen not in ids or (chosen_with != opened and opened in ids):
        chosen = opened if opened in ids else ids[0]
        st.session_state[keys.COMPARE_FIRST] = opened, chosen
    st.session_state[keys.COMPARE_FIRST_CHOICE] = chosen
    names = names_of(runs)
    st.selectbox(
        "First run", ids, format_func=names.__getitem__, key=keys.COMPARE_FIRST_CHOICE, on_change=_take_first
    )
    return runs[ids.index(chosen)]


def choose_second(runs: list[RunRecord], all_runs: list[RunRecord]) -> RunRecord:
    """Let the person choose the second run, of those that can be compared with the first."""
    ids = [run.id for run in runs]
    if st.session_state.get(keys.AGAINST) not in ids:
        st.session_state[keys.AGAINST] = ids[0]
    st.session_state[keys.COMPARE_SECOND_CHOICE] = st.session_state[keys.AGAINST]
    names = names_of(all_runs)
    st.selectbox(
        "Second run",
        ids,
        format_func=names.__getitem__,
        key=keys.COMPARE_SECOND_CHOICE,
        on_change=_take_second,
    )
    return runs[ids.index(st.session_state[keys.AGAINST])]


def _take_first() -> None:
    st.session_state[keys.COMPARE_FIRST] = (
        st.session_state.get(keys.RUN),
        st.session_state[keys.COMPARE_FIRST_CHOICE],
    )


def _take_second() -> None:
    st.session_state[keys.AGAINST] = st.session_state[keys.COMPARE_SECOND_CHOICE]


def names_of(runs: list[RunRecord]) -> dict[str, str]:
    """Return the runs' names by their id, with what tells apart those of one name: settings, the table, or the time.

    A table that was opened again with other rows, such as next month's, may have the same name.
    """
    names, tables = told_apart(runs), defaultdict(set)
    for run in runs:
        tables[run.name].add(run.fingerprint)
    found = {
        run.id: f"{names[run.id]} · {run.table}" if len(tables[run.name]) > 1 else names[run.id]
        for run in runs
    }
    alike = Counter(found.values())
    return {
        run.id: found[run.id] if alike[found[run.id]] == 1 else f"{found[run.id]} · {created_words(run)}"
        for run in runs
    }


def pair(first: RunRecord, second: RunRecord, metric: str) -> TwoEmbeddings:
    """Return the embeddings of two runs laid over one another.

    Raises:
        AtlasError: one has no embedding, or they share too few categories.
    """
    return _pair(first.id, second.id, metric, state.jobs().store)


@st.cache_resource(max_entries=16, show_spinner="Comparing the neighbourhoods of all categories…")
def _pair(first_id: str, second_id: str, metric: str, _store: Any) -> TwoEmbeddings:
    one, other = _store.embedding(first_id), _store.embedding(second_id)
    return compare_embeddings(one, other, k=NEIGHBORS, metric=metric)


def losses(record: RunRecord) -> list[dict[str, float]]:
    """Return the losses of each epoch as shares of the loss of knowing nothing, where that is known."""
    history = relative_losses(state.jobs().history(record.id), record.baseline)
    return history.to_dict("records")  # type: ignore[return-value]  # its columns have names


def differing(first: RunRecord, second: RunRecord) -> pd.DataFrame:
    """Return the settings that differ, as texts: a row for each, a column for each run."""
    rows = [("table", first.table, second.table)] if first.fingerprint != second.fingerprint else []
    rows += [
        (
            WORDS.get(name, name.replace("_", " ")).removeprefix("the "),
            setting_text(mine),
            setting_text(yours),
        )
        for name, mine, yours in differing_settings(first.config, second.config).itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=["setting", "first", "second"])
