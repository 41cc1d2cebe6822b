"""Rerun a fragment on a timer while something in it is running."""

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

# Without an answer for so long, the browser asks once more.
_PATIENCE_SECONDS = 5

_CLOCK: ComponentRenderer = st.components.v2.component(
    "category_atlas_clock",
    js=f"""
const timers = new WeakMap();
export default ({{ data, setTriggerValue, parentElement }}) => {{
  // Streamlit does not always clean up after a run: there is one timer for each element, while that is there.
  const wait = (seconds) => {{
    clearTimeout(timers.get(parentElement));
    timers.set(parentElement, setTimeout(() => {{
      if (!parentElement.isConnected) return;
      setTriggerValue("due", data.turn);
      wait({_PATIENCE_SECONDS});
    }}, 1000 * seconds));
  }};
  wait(data.seconds);
}};
""",
    isolate_styles=False,
)


def show_again(seconds: float, *, key: str) -> None:
    """Have the browser ask for the fragment around this once more, when it has drawn what it was sent.

    To be called each time, last in the fragment, while more will come. A fragment's own ``run_every`` begins and
    ends with the whole page, and goes on asking a browser that cannot keep up.

    Arguments:
        seconds: How long it waits, from 0.
        key: Key of the component.
    """
    turn = st.session_state[f"{key}:turn"] = st.session_state.get(f"{key}:turn", 0) + 1
    _CLOCK(key=key, data={"seconds": seconds, "turn": turn}, on_due_change=lambda: None)
