"""The categories whose place says nothing: not distinct from noise, or with too few distances."""

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.space.undetermined import why_undetermined
from embed_core.training.trust import Trust


def not_distinct(known: Trust) -> None:
    """List the categories that nothing tells from noise."""
    if not len(known.is_told) or known.is_told.all():
        return
    rows = np.flatnonzero(~known.is_told)
    with st.popover(
        f"Not distinct from noise ({len(rows):,})",
        icon=":material/blur_on:",
        type="tertiary",
        key="not_distinct",
    ):
        st.caption(
            "Where these lie says nothing yet. It does not say that they are noise: more rows may tell."
        )
        _listed(known, rows, "not_distinct_table", "Categories that are not distinct from noise")


def not_determined(known: Trust) -> None:
    """List the categories whose distances are too few for one place."""
    embedding, loose = known.embedding, known.embedding.undetermined
    if not loose:
        return
    with st.popover(
        f"Place not determined ({len(loose):,})",
        icon=":material/location_off:",
        type="tertiary",
        key="not_determined",
    ):
        st.caption(
            f"In {embedding.dimension} dimensions a place is determined by {embedding.dimension + 1} distances to "
            "categories that have a place themselves. These have fewer that were learned from: their distances may be "
            "right, the side on which they lie says nothing."
        )
        rows = np.array([embedding.index(category) for category in loose])
        why = {category: why_undetermined(loose, category, embedding.dimension) for category in loose}
        _listed(known, rows, "not_determined_table", "Categories whose place is not determined", why)


def _listed(
    known: Trust,
    rows: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    key: str,
    alt: str,
    why: dict[str, str] | None = None,
) -> None:
    rows = rows[np.argsort(-known.embedding.support[rows], kind="stable")]
    labels = [known.embedding.labels[row] for row in rows]
    frame = pd.DataFrame({"category": labels, "rows": known.embedding.support[rows]})
    if why is not None:
        frame["why"] = [why[label] for label in labels]
    st.dataframe(
        frame,
        hide_index=True,
        key=key,
        alt=f"{alt}, those with most rows first",
        column_config={"rows": st.column_config.NumberColumn(format="localized")},
    )
