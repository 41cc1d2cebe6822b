"""Category Atlas: `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from embed_core.ui.component.serving import script_routes


def main() -> None:
    """Set the page up, show the navigation and the sidebar, run the page."""
    from embed_core.ui.app import state
    from embed_core.ui.app.page_entry import inside_app
    from embed_core.ui.app.sidebar import sidebar

    here = Path(__file__).parent
    # A picture of our own: Streamlit would fetch a Material icon for the tab from the web.
    st.set_page_config(
        page_title="Category Atlas", page_icon=here / "embed_core/ui/app/icon.png", layout="wide"
    )
    state.restore()
    page = st.navigation(
        [
            st.Page("pages/data.py", title="Data", icon=":material/table:", default=True),
            st.Page("pages/train.py", title="Train", icon=":material/play_circle:"),
            st.Page("pages/map.py", title="Map", icon=":material/explore:"),
            st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
            st.Page("pages/learn.py", title="Learn", icon=":material/school:"),
        ],
        position="top",
    )
    sidebar()
    with inside_app():
        page.run()
    state.remember()


app = st.App(__file__, routes=script_routes())

# Worker processes import this file again under another name.
if __name__ == "__main__":
    main()
