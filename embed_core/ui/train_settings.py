"""Every setting of a training, in fields that cannot be set to nonsense."""

from typing import Any

import streamlit as st

from embed_core.learning.config import BLOG_RECIPE
from embed_core.ui import state

_OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
_SCHEDULES = {"constant": "Constant", "cosine": "Cosine, falling to 0"}


def settings_panel(*, expanded: bool) -> None:
    """Show every setting of the training; the fields cannot be set to nonsense."""
    with st.expander("Settings", icon=":material/tune:", expanded=expanded, key="settings_panel"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "As in the blog",
                icon=":material/menu_book:",
                on_click=_take_recipe,
                help="SGD, batches of 32, 5 epochs, every row as it is: the lesson that this project began with",
            )
            st.caption(
                "SGD, batches of 32, 5 epochs, a sigmoid: Embedding → Flatten → Dense", width="content"
            )
        with st.grid(4, min_column_width=170):
            st.slider("Dimension", 1, max(64, state.settings()["dimension"]), **state.bound("dimension"))
            st.number_input("Epochs", 1, 100_000, step=10, **state.bound("epochs"))
            _batch_size()
            st.selectbox(
                "Optimiser",
                list(_OPTIMIZERS),
                format_func=_OPTIMIZERS.__getitem__,
                **state.bound("optimizer"),
            )
            st.number_input(
                "Learning rate", 0.0001, 10.0, step=0.005, format="%.4f", **state.bound("learning_rate")
            )
            st.selectbox(
                "Schedule", list(_SCHEDULES), format_func=_SCHEDULES.__getitem__, **state.bound("schedule")
            )
            st.slider("Validation share", 0.0, 0.5, step=0.05, **state.bound("validation_share"))
            st.number_input(
                "Patience",
                1,
                100_000,
                placeholder="never",
                help="Early stopping: end after so many epochs without a better validation loss; the best stays.",
                **state.bound("patience"),
            )
            st.number_input(
                "Prior strength",
                0.0,
                1e6,
                step=1.0,
                help="Pulls every vector to 0 as so many rows of data would.",
                **state.bound("prior_strength"),
            )
            st.number_input("Seed", 0, 2**31 - 1, step=1, **state.bound("seed"))
            st.toggle(
                "Count rows",
                help="Train on distinct rows with their counts: the same loss, sooner. Off: every row as it is.",
                **state.bound("aggregate"),
            )


def _batch_size() -> None:
    chosen = state.settings()["batch_size"]
    sizes: list[Any] = ["auto", 16, 32, 64, 128, 256, 512, 1024, 4096]
    if chosen not in sizes:
        sizes.append(chosen)
    st.selectbox(
        "Batch size",
        sizes,
        format_func=str,
        help="auto: all distinct rows when there are up to 256, else about one in a hundred of them.",
        **state.bound("batch_size"),
    )


def _take_recipe() -> None:
    for name, value in BLOG_RECIPE.items():
        state.set_setting(name, value)
