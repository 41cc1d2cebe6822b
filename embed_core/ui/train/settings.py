"""Every setting of a training, in fields that cannot be set to nonsense."""

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from embed_core.learning.config import BLOG_RECIPE
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.visitors import own_address
from embed_core.ui.train.steps import steps_words

_OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
_SCHEDULES = {"constant": "Constant", "cosine": "Cosine, falling to 0"}
_HIDDEN: tuple[tuple[int, ...], ...] = ((), (32,), (64,), (64, 32), (128, 64), (256, 128), (256, 128, 64))
_BATCHES: tuple[Any, ...] = ("auto", 16, 32, 64, 128, 256, 512, 1024, 4096)
_EPOCHS: tuple[Any, ...] = ("auto", 5, 20, 50, 100, 200, 600, 1_500, 5_000)
_PRIORS: tuple[Any, ...] = ("auto", 0.0, 0.05, 0.15, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_PATIENCE: tuple[Any, ...] = ("auto", None, 5, 10, 20, 50, 100)
_NARROWEST = 170


def settings_drawer() -> None:
    """Fold the settings away beside the heading."""
    with st.popover("Settings", icon=":material/tune:", key="settings_drawer"):
        settings_panel()


def settings_panel() -> None:
    """Show every setting of the training; the fields cannot be set to nonsense."""
    with st.container(key="settings_panel"):
        _recipes()
        for title, fields in (("Steps", _steps), ("Model", _model), ("Rows", _rows)):
            st.markdown(f"**{title}**")
            with st.grid(4, min_column_width=_NARROWEST):
                fields()
            if fields is _steps:
                st.caption(steps_words())
        _to_hand_out()


def _to_hand_out() -> None:
    """Show the link that opens the table with these settings, where the table is one that everybody has."""
    query = state.handed_out_query()
    if query is None:
        return
    address = {keys.TABLE: st.session_state[keys.TABLE], keys.HANDED_OUT: query}
    with st.expander("Link for a class", icon=":material/school:"):
        st.caption("Opens this table with these settings, which cannot be changed there.")
        st.code(own_address(f"?{urlencode(address)}"), language=None, wrap_lines=True)


def _recipes() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Defaults",
            icon=":material/restart_alt:",
            key="back_to_start",
            on_click=state.back_to_start,
            help="The values that suit the objective; what is learned from what stays",
        )
        st.button(
            "As in the blog",
            icon=":material/menu_book:",
            key="as_in_the_blog",
            on_click=_take_recipe,
            help="SGD, batches of 32, 5 epochs, every row as it is: the lesson that this project began with",
        )
        st.caption(
            "The blog: SGD, batches of 32, 5 epochs, a sigmoid: Embedding → Flatten → Dense", width="content"
        )


def _steps() -> None:
    _auto_or_number(
        "Epochs",
        "epochs",
        _EPOCHS,
        help="Passes over all that there is to learn from. auto: as many as make about nine thousand steps, from 100 "
        "to 600.",
    )
    chosen = state.settings()["batch_size"]
    st.selectbox(
        "Batch size",
        _BATCHES if chosen in _BATCHES else (*_BATCHES, chosen),
        format_func=lambda size: size if size == "auto" else f"{size:,} rows",
        help="Rows of a step. auto: all that there are to learn from when those are up to 256, else about one in a "
        "hundred of them.",
        **state.bound("batch_size"),
    )
    st.selectbox(
        "Optimiser",
        list(_OPTIMIZERS),
        format_func=_OPTIMIZERS.__getitem__,
        **(state.bound("optimizer") | {"on_change": _take_optimizer, "args": ()}),
    )
    if state.applies("momentum"):
        st.slider(
            "Momentum",
            0.0,
            0.99,
            step=0.01,
            help="How much of the last step the next one keeps",
            **state.bound("momentum"),
        )
    st.number_input(
        "Learning rate",
        0.0001,
        _largest_rate(),
        step=0.005,
        format="%.4f",
        help="How far a step goes. At most 1, with SGD 10.",
        **state.bound("learning_rate"),
    )
    st.selectbox(
        "Schedule",
        list(_SCHEDULES),
        format_func=_SCHEDULES.__getitem__,
        help="Whether the learning rate stays, or falls over the epochs",
        **state.bound("schedule"),
    )


def _auto_or_number(label: str, name: str, usual: tuple[Any, ...], *, help: str) -> None:
    """Show the choice of a setting that is "auto" or a number, the usual ones or any that is typed."""
    chosen = state.settings()[name]
    st.selectbox(
        label,
        usual if chosen in usual else (*usual, chosen),
        format_func=lambda value: value if isinstance(value, str) else f"{value:,g}",
        accept_new_options=True,
        help=help,
        **state.bound(name),
    )


def _model() -> None:
    st.slider("Dimension", 1, max(64, state.settings()["dimension"]), **state.bound("dimension"))
    if state.applies("hidden"):
        chosen = state.settings()["hidden"] = tuple(state.settings()["hidden"])
        st.selectbox(
            "Hidden layers",
            _HIDDEN if chosen in _HIDDEN else (*_HIDDEN, chosen),
            format_func=lambda units: " → ".join(map(str, units)) or "none",
            help="Units of each layer between the embeddings and the prediction",
            **state.bound("hidden"),
        )
    if state.applies("dropout"):
        st.slider(
            "Dropout",
            0.0,
            0.9,
            step=0.01,
            help="Share of the embeddings' and hidden units' numbers that is dropped in each step",
            **state.bound("dropout"),
        )
    _auto_or_number(
        "Prior strength",
        "prior_strength",
        _PRIORS,
        help="Pulls every vector to 0 as so many rows of data would: what has few rows stays near the middle. auto: "
        "the one with which rows that are held out for that are predicted best; it is learned to the last epoch then.",
    )
    if state.applies("category_dropout"):
        st.slider(
            "Unknown share",
            0.0,
            0.5,
            step=0.01,
            help="Share of what is learned in which the category is hidden: it teaches a vector called (unknown), for "
            "categories that are new later. 0 makes none.",
            **state.bound("category_dropout"),
        )


def _rows() -> None:
    st.slider(
        "Validation share",
        0.0,
        max(0.5, state.settings()["validation_share"]),
        step=0.05,
        help="Rows that are not learned from, but judged on",
        **state.bound("validation_share"),
    )
    watched = bool(state.settings()["validation_share"])
    chosen = state.settings()["patience"]
    st.selectbox(
        "Early stopping after",
        _PATIENCE if chosen in _PATIENCE else (*_PATIENCE, chosen),
        format_func=lambda epochs: "never" if epochs is None else str(epochs),
        accept_new_options=True,
        disabled=not watched,
        help="End after so many epochs without a better validation loss. auto: after a fifth of the epochs where the "
        "best weights are kept. Needs rows for validation.",
        **state.bound("patience"),
    )
    st.toggle(
        "Keep the best epoch",
        disabled=not watched,
        help="The weights of the epoch with the lowest validation loss are the result, and not the last ones. With "
        "the prior strength on auto the last ones are: it does the work of stopping early.",
        **state.bound("restore_best"),
    )
    st.number_input(
        "Seed",
        0,
        2**31 - 1,
        step=1,
        help="The same seed gives the same numbers; another one shows what is chance.",
        **state.bound("seed"),
    )
    st.toggle(
        "Count equal rows",
        help="Train on distinct rows with their counts: the same loss, sooner. Off: every row as it is.",
        **state.bound("aggregate"),
    )


def _largest_rate() -> float:
    return 10.0 if state.settings()["optimizer"] == "sgd" else 1.0


def _take_optimizer() -> None:
    state.set_setting("optimizer", st.session_state[keys.of_setting("optimizer")])
    state.set_setting("learning_rate", min(state.settings()["learning_rate"], _largest_rate()))


def _take_recipe() -> None:
    for name, value in BLOG_RECIPE.items():
        state.set_setting(name, value)
