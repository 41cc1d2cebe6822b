"""The browser's Back: one press for each page that was looked at."""

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

# Streamlit makes a step of every change of the address, and an address is completed after its page was turned to:
# Back would need two presses for a page, and more where something was chosen on it.
_STEPS: ComponentRenderer = st.components.v2.component(
    "category_atlas_history",
    js="""
export default () => {
  const { history } = window;
  if (Object.hasOwn(history, "pushState")) return;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const isPage = new URL(url ?? "", location.href).pathname !== location.pathname;
    (isPage ? push : history.replaceState.bind(history))(state, title, url);
  };
};
""",
    isolate_styles=False,
)


def a_step_for_each_page() -> None:
    """Have the browser's history hold pages, and not every choice on them."""
    _STEPS(key="history")
