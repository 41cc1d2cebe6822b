"""How the categories are put into clusters, as a person chose it, wherever clusters are shown."""

import streamlit as st

from embed_core.ui.app.state import keys

MOST_CLUSTERS, FIRST_COUNT = 30, 4


def clustering_in_hand(n: int) -> tuple[str, int | None]:
    """Return the method and the number of clusters of ``n`` categories; None has the number found."""
    method = st.session_state.get(keys.CLUSTER_METHOD, "hierarchical")
    is_automatic = st.session_state.get(keys.CLUSTER_AUTOMATIC, True) or method != "hierarchical"
    most = min(MOST_CLUSTERS, n)
    count = None if is_automatic else min(st.session_state.get(keys.CLUSTER_COUNT) or FIRST_COUNT, most)
    return str(method), count
