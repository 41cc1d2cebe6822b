"""Drawing again while something runs: by a period, or as fast as the browser can draw."""

import itertools
from collections.abc import Callable

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from embed_core.ui.app.errors import errors_in_place

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


def while_running(draw: Callable[[], None], *, every: Callable[[], float | None]) -> None:
    """Draw, and draw again every so many seconds; the whole page is drawn when that begins, ends or changes.

    Args:
        draw: shows what runs.
        every: says how many seconds lie between two drawings; None when nothing runs. Asked at each drawing.
    """
    seconds = every()
    st.fragment(_drawn, run_every=seconds)(draw, every, seconds, _is_first())


def _drawn(
    draw: Callable[[], None],
    every: Callable[[], float | None],
    seconds: float | None,
    is_first: Callable[[], bool],
) -> None:
    if not is_first() and every() != seconds:
        st.rerun()
    with errors_in_place():
        draw()


def follow(look: Callable[[], object], *, seen: object, every: float) -> None:
    """Draw the whole page again when what a look finds is not what was drawn; for what no fragment can draw.

    Args:
        look: returns what is to be compared.
        seen: what it found when the page was drawn.
        every: how many seconds lie between two looks.
    """
    st.fragment(_followed, run_every=every)(look, seen, _is_first())


def _followed(look: Callable[[], object], seen: object, is_first: Callable[[], bool]) -> None:
    if not is_first() and look() != seen:
        st.rerun()


def _is_first() -> Callable[[], bool]:
    """Return what says of each drawing whether it is the first, which belongs to the drawing of the whole page.

    That one must come to its end: what Streamlit has not sent yet is lost with a page that is drawn again.
    """
    drawings = itertools.count()
    return lambda: next(drawings) == 0


def refresh_after(seconds: float, *, key: str) -> None:
    """Have the browser ask for the fragment around this once more, when it has drawn what it was sent.

    For what moves faster than a browser may draw: `while_running` goes on asking one that cannot keep up. To be
    called each time, last in the fragment, while more will come.

    Args:
        seconds: how long it waits, from 0.
        key: of the component.
    """
    turn = st.session_state[f"{key}:turn"] = st.session_state.get(f"{key}:turn", 0) + 1
    _CLOCK(key=key, data={"seconds": seconds, "turn": turn}, on_due_change=lambda: None)
