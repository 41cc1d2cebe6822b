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
    shown = st.tabs(list(_CONTENTS), key=keys.COMPARE_TAB, on_change="rerun", bind="query-params")
    for tab, show in zip(shown, _CONTENTS.values(), strict=True):
        if tab.open:
            with tab, errors_in_place():
                show()
