"""The tab of two runs: linked maps, what changed between them, their curves and their settings."""

import pandas as pd
import streamlit as st

from embed_core.comparing.two_runs import TwoEmbeddings, metric_for
from embed_core.runs.record import RunRecord
from embed_core.space.orientation import applied
from embed_core.ui.app import state
from embed_core.ui.app.embeddings import embedding_of
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.orientation import turn_of
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, number, plain, share, unbroken
from embed_core.ui.app.words import METRICS
from embed_core.ui.charts.scores import curves_chart
from embed_core.ui.compare.drift import Change, change_colorings, choose_change, drifted, moved_of
from embed_core.ui.compare.pair import (
    begin_with,
    choose_first,
    choose_second,
    comparable,
    differing,
    losses,
    names_of,
    pair,
    runs_with_result,
)
from embed_core.ui.component.category_map import MapView, category_map, clicked

HEIGHT = 430
_MOST_LISTED = 200


def runs_tab() -> None:
    """Show two runs side by side, or say what it takes."""
    runs = runs_with_result()
    if len(runs) < 2:
        _too_few(len(runs))
        return
    choices = st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="compare_choices")
    with choices:
        first = choose_first(runs)
    others = comparable(first, runs)
    if not others:
        st.markdown(
            f"No other run has at least 3 categories in common with {plain(first.name)}. Choose another first run, or "
            "train a second one on the same column."
        )
        st.page_link("pages/train.py", label="Train", icon=":material/play_circle:")
        return
    with choices:
        second = choose_second(others, runs)
        metric = _metric(first, second)
        change = choose_change(first, second)
    st.fragment(_side_by_side)((first, second), pair(first, second, metric), change)
    _curves_and_settings(first, second)


def _too_few(runs: int) -> None:
    have = "There is one run" if runs else "There is no run yet"
    st.markdown(
        f"{have}, and it takes two to compare: train one, change a setting (the dimension, the objective, the seed), "
        "and train again."
    )
    if state.current_table() is None:
        st.page_link("pages/data.py", label="Open a table", icon=":material/table:")
    else:
        st.page_link("pages/train.py", label="Train", icon=":material/play_circle:")


def _metric(first: RunRecord, second: RunRecord) -> str:
    embeddings = [embedding_of(each, each.config.column) for each in (first, second)]
    begin_with(keys.COMPARE_METRIC, metric_for(*embeddings), first, second)
    return str(
        st.segmented_control(
            "Distance",
            list(METRICS),
            format_func=METRICS.__getitem__,
            required=True,
            key=keys.COMPARE_METRIC,
            persist_state="session",
            help="By which neighbours are found, in the vectors themselves. Cosine compares directions only, euclidean "
            "lengths too",
        )
    )


def _side_by_side(records: tuple[RunRecord, RunRecord], found: TwoEmbeddings, change: Change) -> None:
    with errors_in_place():
        st.markdown(_sentence(found))
        if words := drifted(*records, found):
            st.markdown(words)
        for column, place in zip(st.columns(2, gap="small"), (0, 1), strict=True):
            with column:
                _map(records, found, place, change)
        if found.k:
            _changes(found, change)
    state.remember()


def _sentence(found: TwoEmbeddings) -> str:
    words = f"{counted(len(found), 'category', 'categories')} in common. "
    if found.k:
        words += (
            f"On average **{share(found.mean_kept)}** of the {counted(found.k, 'nearest neighbour')} are the same in "
            f"both (by chance {share(found.chance_kept)}). "
        )
    else:
        words += "It takes at least 4 for neighbours that could change. "
    if found.disparity == found.disparity:
        words += (
            f"Turned, mirrored and scaled onto the first, the second differs from it in {share(found.disparity)} of "
            f"its variance (by chance {share(found.chance_disparity)})."
        )
    return words


def _map(records: tuple[RunRecord, RunRecord], found: TwoEmbeddings, place: int, change: Change) -> None:
    record, embedding = records[place], found.embeddings[place]
    category = st.session_state.get(keys.CATEGORY)
    selected = category if category in set(embedding.labels) else None
    name = names_of(list(records))[record.id]
    st.markdown(f"**{unbroken(plain(name, limit=100))}**")
    neighbors: list[tuple[str, float]] = []
    if selected is not None and found.k:
        near = embedding.neighbors(selected, k=found.k, metric=found.metric)
        distances = record.distance_unit(found.metric) * near["distance"]
        neighbors = list(zip(near["category"], distances, strict=True))
    category_map(
        MapView(
            labels=embedding.labels,
            coordinates=applied(found.maps[place], turn_of(records[0], embedding.labels, found.maps[0])),
            support=embedding.support,
            colorings=change_colorings(found, change),
            revision=f"compare {records[0].id} {records[1].id} {place}",
            selected=selected,
            neighbors=neighbors,
            details=_details(found) if found.k else None,
            description=f"Map of {counted(len(embedding), 'category', 'categories')} as {name} places them"
            + (", turned onto the other one" if place else ""),
            title=name,
        ),
        key=keys.COMPARE_MAPS[place],
        height=HEIGHT,
        on_select=_take_first_click if place == 0 else _take_second_click,
    )


def _details(found: TwoEmbeddings) -> list[str]:
    return [
        f"{round(found.k * kept, 2):g} of {found.k} neighbours in both, moved by {share(moved)}"
        for kept, moved in zip(found.kept, moved_of(found), strict=True)
    ]


def _take_first_click() -> None:
    st.session_state[keys.CATEGORY] = clicked(keys.COMPARE_MAPS[0])


def _take_second_click() -> None:
    st.session_state[keys.CATEGORY] = clicked(keys.COMPARE_MAPS[1])


def _changes(found: TwoEmbeddings, change: Change) -> None:
    changes = found.changes
    if change == "moved":
        changes = changes.sort_values("moved", ascending=False, kind="stable")
    st.header("Who moved farthest" if change == "moved" else "Whose neighbours changed most")
    table = changes.head(_MOST_LISTED).round({"moved": 3})
    st.session_state[keys.COMPARE_LISTED] = table["category"].tolist()
    st.dataframe(
        table[["category", "kept", "moved", "went", "came", "support"]],
        hide_index=True,
        height=min(35 * len(table) + 38, 330),
        key=keys.COMPARE_CHANGES,
        on_select=_take_row,
        selection_mode="single-row",
        column_config={
            "kept": st.column_config.ProgressColumn(
                "in both", min_value=0, max_value=1, format="percent", help="Share of its nearest neighbours"
            ),
            "moved": st.column_config.NumberColumn(
                "moved by",
                format="percent",
                help="How far it is from where it was, as a share of how far the categories lie from the middle",
            ),
            "went": st.column_config.ListColumn("near in the first only", help="Nearest first"),
            "came": st.column_config.ListColumn("near in the second only", help="Nearest first"),
            "support": st.column_config.NumberColumn("rows", format="localized"),
        },
        alt="The categories with the share of their neighbours that both runs have, how far each moved, and the "
        "neighbours of one run only",
    )
    caption = (
        "Choose a row, or click a category on either map: it is marked on both, with its true neighbours."
    )
    if len(found.changes) > _MOST_LISTED:
        caption += f" The {_MOST_LISTED} that changed most are listed."
    st.caption(caption)


def _take_row() -> None:
    rows = st.session_state[keys.COMPARE_CHANGES].selection.rows
    listed = st.session_state.get(keys.COMPARE_LISTED, [])
    if rows and rows[0] < len(listed):
        st.session_state[keys.CATEGORY] = listed[rows[0]]


def _curves_and_settings(first: RunRecord, second: RunRecord) -> None:
    left, right = st.columns([7, 5], gap="large")
    with left:
        _curves(first, second)
    with right:
        st.header("Settings that differ")
        _settings(differing(first, second))


def _curves(first: RunRecord, second: RunRecord) -> None:
    st.header("Curves")
    named = {
        f"{word}: {record.name[:60]}": record
        for word, record in zip(("First", "Second"), (first, second), strict=True)
    }
    found = {name: losses(record) for name, record in named.items()}
    ends = [
        f"{name} ends at {number(rows[-1].get('val_loss', rows[-1]['loss']))}"
        for name, rows in found.items()
        if rows
    ]
    st.vega_lite_chart(
        curves_chart(found, title="loss (1 = knowing nothing)"),
        key="compare_curves",
        alt="Losses of both runs over their epochs. " + ". ".join(ends),
    )
    caption = "Solid: validation. Dashed: training."
    if _is_other_loss(first, second):
        caption += (
            " The two learn from different things, so their losses are of different things too: each is shown as a "
            "share of what knowing nothing loses there."
        )
    st.caption(caption)


def _is_other_loss(first: RunRecord, second: RunRecord) -> bool:
    names = ("objective", "target", "target_kind", "measure", "context", "column", "partner")
    return first.fingerprint != second.fingerprint or any(
        getattr(first.config, name) != getattr(second.config, name) for name in names
    )


def _settings(table: pd.DataFrame) -> None:
    if not len(table):
        st.markdown("None: the same table and the same settings, the seed included.")
        return
    st.dataframe(
        table,
        hide_index=True,
        key="compare_settings",
        alt="; ".join(
            f"{name}: {mine} in the first, {yours} in the second" for name, mine, yours in table.to_numpy()
        ),
    )
