"""The curves behind the verdict: on what halves of the rows agree, and which distances the map keeps."""

import math

import streamlit as st

from embed_core.space.projections.base import Projection
from embed_core.space.projections.centres import Distances, centre_distances
from embed_core.space.scale import ALL_ROWS_LEAST, Z_LEAST
from embed_core.space.verdict import NEAR_GOOD
from embed_core.training.trust import Trust
from embed_core.types import Floats
from embed_core.ui.charts.agreement import agreement_chart, distances_chart
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import OF_MAP


def numbers_behind(map_state: MapState, known: Trust, result: Projection | None) -> None:
    """Offer the curves, as far as they have been measured.

    Args:
        map_state: what the page shows.
        known: what is known of the map.
        result: the map, once it has come to rest.
    """
    if result is None and known.scale is None:
        return
    behind = st.popover(
        "Numbers behind",
        icon=":material/show_chart:",
        type="tertiary",
        key="numbers_behind",
        on_change="rerun",
    )
    if not behind.open:
        return
    with behind:
        if known.scale is not None and known.measures is not None:
            _halves(known)
        if result is not None and len(known.embedding) > 2:
            true, drawn = _distances(map_state, result.coordinates)
            if len(true):
                st.vega_lite_chart(distances_chart(true.tolist(), drawn.tolist()), key="distances_kept")
                st.caption(
                    "Each point is a pair of groups. On the dashed line, the map draws their distance as it is; "
                    "below it too near, above it too far."
                )


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=OF_MAP)
def _distances(map_state: MapState, coordinates: Floats) -> tuple[Distances, Distances]:
    """Return the distances between groups, true and on the map; that is drawn wherever it was stopped."""
    return centre_distances(map_state.embedding.vectors, coordinates, metric=map_state.metric)


def _halves(known: Trust) -> None:
    found, scale = known.measures, known.scale
    assert found is not None and scale is not None
    near = dict(zip(found.sizes.tolist(), found.agreement.tolist(), strict=True))
    groups = dict(zip(found.group_counts.tolist(), found.groups.above_chance.tolist(), strict=True))
    st.vega_lite_chart(
        agreement_chart(
            near, x="nearest", title="Halves agree on who is near", limit=NEAR_GOOD, marked=scale.k
        ),
        key="halves_near",
    )
    st.vega_lite_chart(
        agreement_chart(
            groups,
            x="groups",
            title="Halves agree on groups",
            limit=scale.groups_least,
            marked=scale.groups,
        ),
        key="halves_groups",
    )
    sure = (
        ""
        if math.isnan(scale.z)
        else f" All that they have in common is {scale.z:,.1f} standard deviations or more above chance (Mantel "
        f"test); it asks for {Z_LEAST:.0f}."
    )
    if not math.isnan(scale.all_rows):
        sure += (
            f" By all rows most categories differ by {scale.all_rows:,.1f} standard deviations more than chance would "
            f"(their chi-square against shuffled rows); from {ALL_ROWS_LEAST} on that counts in its place."
        )
    st.caption(
        "Above chance: 0 where halves of the rows agree no more than chance would, 1 where they agree entirely. The "
        f"verdict looks at the ringed numbers and asks for the dashed lines.{sure}"
    )
