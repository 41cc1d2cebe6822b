"""The curves behind the verdict: on what halves of the rows agree, and which distances the map keeps."""

import streamlit as st

from embed_core.space.projections.base import Projection
from embed_core.space.projections.centres import centre_distances
from embed_core.space.verdict import NEAR_GOOD, groups_least
from embed_core.training.trust import Trust
from embed_core.ui.charts.agreement import agreement_chart, distances_chart


def numbers_behind(known: Trust, result: Projection | None, metric: str) -> None:
    """Offer the curves, as far as they have been measured.

    Args:
        known: what is known of the map.
        result: the map, once it has come to rest.
        metric: of the vectors.
    """
    if result is None and known.scale is None:
        return
    with st.popover("Numbers behind", icon=":material/show_chart:", type="tertiary", key="numbers_behind"):
        if known.scale is not None and known.measures is not None:
            _halves(known)
        if result is not None and len(known.embedding) > 2:
            true, drawn = centre_distances(known.embedding.vectors, result.coordinates, metric=metric)
            if len(true):
                st.vega_lite_chart(distances_chart(true.tolist(), drawn.tolist()), key="distances_kept")
                st.caption(
                    "Each point is a pair of groups. On the dashed line, the map draws their distance as it is; "
                    "below it too near, above it too far."
                )


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
            limit=groups_least(scale.n),
            marked=scale.groups,
        ),
        key="halves_groups",
    )
    st.caption(
        "Above chance: 0 where halves of the rows agree no more than chance would, 1 where they agree entirely. The "
        "verdict looks at the ringed numbers and asks for the dashed lines."
    )
