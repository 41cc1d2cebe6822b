"""The script that every visit and every click runs: the navigation, the line in hand and the page."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from embed_core.ui.app import server, state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.history import a_step_for_each_page
from embed_core.ui.app.line import line
from embed_core.ui.app.page_entry import inside_app
from embed_core.ui.app.shared_link import take_copy
from embed_core.ui.app.state import keys
from embed_core.ui.app.yours import let_in

# By then the browser has painted the first page.
_PROCESSES_AFTER = 1.0
# The one place for what Streamlit's own settings cannot do; the map has its own.
_STYLESHEET = Path(__file__).with_name("style.css")


@dataclass(frozen=True)
class PageEntry:
    """A page in the navigation.

    Attributes:
        file: of the page, from the folder of ``app.py``; the first page is the one that the bare address shows.
        title: on screen.
        icon: Streamlit's name of it.
    """

    file: str
    title: str
    icon: str


PAGES = (
    PageEntry("pages/data.py", "Data", ":material/table:"),
    PageEntry("pages/train.py", "Train", ":material/play_circle:"),
    PageEntry("pages/map.py", "Map", ":material/explore:"),
    PageEntry("pages/compare.py", "Compare", ":material/compare_arrows:"),
    PageEntry("pages/export.py", "Export", ":material/ios_share:"),
    PageEntry("pages/learn.py", "Learn", ":material/school:"),
)
"""Every page: a new one is a line here, its file, and its folder in ``embed_core/ui``."""


def main() -> None:
    """Set the page up, show the navigation and the line in hand, run the page."""
    # A picture of our own, and first: Streamlit would fetch the page's Material icon for the tab from the web.
    st.set_page_config(page_icon=Path(__file__).parent / "icon.png", layout="wide")
    let_in()
    state.restore()
    page = st.navigation(
        [st.Page(each.file, title=each.title, icon=each.icon, default=each is PAGES[0]) for each in PAGES],
        position="top",
    )
    st.session_state[keys.PAGE] = page.title
    take_copy()
    st.set_page_config(page_title=f"{page.title} · Category Atlas")
    st.html(_STYLESHEET)
    line()
    with inside_app(), errors_in_place():
        page.run()
    a_step_for_each_page()
    state.remember()
    server.current().start_after(_PROCESSES_AFTER)
