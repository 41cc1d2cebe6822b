"""The steps of the lesson: all below one another, or one at a time to present, with a question after each."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from embed_core.ui.app.state import keys
from embed_core.ui.learn.encoding import lookup_step, one_hot_step
from embed_core.ui.learn.network import epochs_step, network_step
from embed_core.ui.learn.outputs import outputs_step
from embed_core.ui.learn.read_on import read_on
from embed_core.ui.learn.uses import map_use, maps_step, model_step, neighbors_step

# The list of steps takes the arrow keys for itself while it has the focus. Who has clicked a step means to present it,
# and the keys turn to the next; who walks there by keyboard stays there. A step begins at its top.
_LET_GO: ComponentRenderer = st.components.v2.component(
    "category_atlas_let_go",
    js="""
let shown;
export default ({ data }) => {
  if (shown && shown !== data.step) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  shown = data.step;
  const held = document.activeElement;
  if (held?.closest(".st-key-step") && !held.matches(":focus-visible")) held.blur();
};
""",
    isolate_styles=False,
)
_WHOLE = "Whole lesson"
_KEYS_OF_THE_LESSON = "learn_"
_PARAMETER = "step"


@dataclass(frozen=True)
class Step:
    """A step of the lesson.

    Attributes:
        title: in the list of steps.
        parts: what it shows, top to bottom.
        question: asked after it; "" where there is none.
        answer: shown when it is asked for.
    """

    title: str
    parts: tuple[Callable[[], None], ...]
    question: str = ""
    answer: str = ""


STEPS = (
    Step(
        "One-hot",
        (one_hot_step,),
        "A table has 3,000 products. How far apart are two of them, one-hot encoded, and how far two that sell alike?",
        "√2 both times. One-hot says which product it is, and nothing of what it is like.",
    ),
    Step(
        "Lookup",
        (lookup_step,),
        "Why does nobody multiply by a one-hot vector in a computer?",
        "All but one of the products are 0: what comes out is a row of the matrix. Looking the row up is the same, "
        "and costs nothing.",
    ),
    Step(
        "Network",
        (network_step,),
        "How many numbers does an embedding of 3,000 products in 8 dimensions learn?",
        "3,000 × 8 = 24,000, one row of eight for each product; the layers after it have their own.",
    ),
    Step(
        "Epochs",
        (epochs_step,),
        "The training loss falls and the validation loss rises. What is happening?",
        "The model learns its training rows by heart: what it learns from now on does not hold for other rows.",
    ),
    Step(
        "Outputs",
        (outputs_step,),
        "A map learned from one yes-or-no target is a line. Is that a fault?",
        "No: one output pulls the vectors along one direction only. More classes, or more columns, open more.",
    ),
    Step(
        "Uses",
        (neighbors_step, model_step, map_use),
        "Two products are neighbours. Do they look alike?",
        "They behave alike in what the vectors were learned from, and in nothing else.",
    ),
    Step(
        "Maps",
        (maps_step,),
        "Two clusters are far apart on a t-SNE map. Are they very different?",
        "Not for certain: t-SNE keeps who is near whom, and gives up how far apart groups are.",
    ),
    Step("Read on", (read_on,)),
)
_NAMES = [f"{number} {step.title}" for number, step in enumerate(STEPS, start=1)]


def steps() -> None:
    """Show the list of steps, and the one chosen or all; the address opens the same one."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        chosen = st.segmented_control(
            "Steps",
            [_WHOLE, *_NAMES],
            required=True,
            key=_step_key(),
            persist_state="session",
            help="The whole lesson, or one step at a time to present. The address of a step can be handed out.",
        )
        st.button(
            "Reset",
            icon=":material/replay:",
            key="lesson_reset",
            on_click=_reset,
            help="Set everything that was chosen here back, for the next class",
        )
    if chosen not in _NAMES:
        st.query_params.pop(_PARAMETER, None)
        for step in STEPS:
            _show(step)
        return
    number = _NAMES.index(chosen) + 1
    if st.query_params.get(_PARAMETER) != str(number):
        st.query_params[_PARAMETER] = str(number)
    _show(STEPS[number - 1])
    with (
        st.bottom,
        st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="present"
        ),
    ):
        _turn("Back", "Left", number - 1)
        st.caption(f"Step {number} of {len(STEPS)}", width="content")
        st.button(
            "Leave", shortcut="Escape", key="turn_whole", on_click=_leave, help="Show the whole lesson again"
        )
        _turn("Next", "Right", number + 1)
        _LET_GO(key="let_go", data={"step": number})


def _step_key() -> str:
    """Return the key of the list of steps, which begins with the step of the address."""
    if keys.LEARN_STEP not in st.session_state:
        asked = st.query_params.get(_PARAMETER, "")
        known = asked.isdecimal() and 1 <= int(asked) <= len(_NAMES)
        st.session_state[keys.LEARN_STEP] = _NAMES[int(asked) - 1] if known else _WHOLE
    return keys.LEARN_STEP


def _show(step: Step) -> None:
    st.space("small")
    for part in step.parts:
        part()
    if step.question:
        with st.expander(f"**Question:** {step.question}", icon=":material/help:"):
            st.markdown(step.answer)


def _turn(label: str, shortcut: str, to: int) -> None:
    st.button(
        label,
        shortcut=shortcut,
        key=f"turn_{label.lower()}",
        disabled=not 1 <= to <= len(STEPS),
        on_click=_take_step,
        args=(to,),
    )


def _take_step(number: int) -> None:
    st.session_state[keys.LEARN_STEP] = _NAMES[number - 1]


def _leave() -> None:
    st.session_state[keys.LEARN_STEP] = _WHOLE


def _reset() -> None:
    for name in list(st.session_state):
        if str(name).startswith(_KEYS_OF_THE_LESSON):
            st.session_state.pop(name)
