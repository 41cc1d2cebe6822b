"""The tabs of the Compare page."""

from collections.abc import Callable

import streamlit as st

from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.compare.dimensions import sweep_tab
from embed_core.ui.compare.encoders import encoders_tab
from embed_core.ui.compare.run_list import run_list
from embed_core.ui.compare.runs import runs_tab

_CONTENTS: dict[str, Callable[[], None]] = {
    "Two runs": runs_tab,
    "Dimensions": sweep_tab,
    "Encoders": encoders_tab,
    "Runs": run_list,
}


def tabs() -> None:
    """Show the tabs; what is in one is computed when it is opened, and the address says which it is."""
    shown = st.tabs(list(_CONTENTS), key=_key(), on_change="rerun")
    st.session_state[keys.COMPARE_LAST_TAB] = st.session_state[keys.COMPARE_TAB]
    _write_address(st.session_state[keys.COMPARE_TAB])
    for tab, show in zip(shown, _CONTENTS.values(), strict=True):
        if tab.open:
            with tab, errors_in_place():
                show()


def _key() -> str:
    """Return the key of the tabs, which begin with that of the address, or the one that was open last.

    Streamlit's own binding of the two lets no page be turned to from this one.
    """
    if st.session_state.get(keys.COMPARE_TAB) not in _CONTENTS:
        asked = st.query_params.get(keys.COMPARE_TAB, st.session_state.get(keys.COMPARE_LAST_TAB))
        st.session_state[keys.COMPARE_TAB] = asked if asked in _CONTENTS else next(iter(_CONTENTS))
    return keys.COMPARE_TAB


def _write_address(tab: str) -> None:
    if tab == next(iter(_CONTENTS)):
        st.query_params.pop(keys.COMPARE_TAB, None)
    elif st.query_params.get(keys.COMPARE_TAB) != tab:
        st.query_params[keys.COMPARE_TAB] = tab
