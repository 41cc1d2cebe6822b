"""What a training reached, and the model that it trained."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.learning.shape import layers
from embed_core.runs.run import RunRecord
from embed_core.ui import state
from embed_core.ui.text import counted, number, plain, share


def outcome(record: RunRecord) -> None:
    """Say what was reached, against knowing nothing, and open the way to the map."""
    if not record.status.has_result or record.target is None:
        return
    st.header("What was reached")
    part = "val_" if "val_loss" in record.last else ""
    with st.grid(4):
        loss, base = record.last.get(f"{part}loss"), record.baseline.get("loss")
        st.metric(
            "Validation loss" if part else "Loss",
            number(loss),
            border=True,
            height="stretch",
            help=f"Knowing nothing gives {number(base)}.",
        )
        if record.target.kind == "number":
            mae, known = record.last.get(f"{part}mae"), record.baseline.get("mae")
            st.metric(
                "Mean absolute error",
                number(mae),
                border=True,
                height="stretch",
                help=f"In units of {plain(record.target.column)}. Always saying the mean gives {number(known)}.",
            )
            explained = 1 - loss / base if loss is not None and base else float("nan")
            st.metric(
                "Variance explained",
                share(explained),
                border=True,
                height="stretch",
                help="R²: 1 minus the loss over that of always saying the mean.",
            )
        else:
            accuracy, known = record.last.get(f"{part}accuracy", 0.0), record.baseline.get("accuracy", 0.0)
            st.metric(
                "Accuracy",
                share(accuracy),
                border=True,
                height="stretch",
                help=f"Always saying the commonest class gives {share(known)}.",
            )
            st.metric(
                "Above knowing nothing",
                f"{100 * (accuracy - known):+.1f} points",
                border=True,
                height="stretch",
                help="Accuracy minus the share of the commonest class.",
            )
        st.metric(
            "Best epoch",
            f"{record.best_epoch:,}",
            border=True,
            height="stretch",
            help="The epoch with the lowest validation loss.",
        )
    for note in record.notes:
        st.caption(f":material/info: {plain(note)}")
    _belongs_to_older_settings(record)
    st.page_link("pages/explore.py", label="Open the map", icon=":material/explore:")


def _belongs_to_older_settings(record: RunRecord) -> None:
    try:
        config = state.config()
    except AtlasError:
        return
    changed = [
        name for name in TrainingConfig.model_fields if getattr(config, name) != getattr(record.config, name)
    ]
    if changed:
        names = ", ".join(name.replace("_", " ") for name in changed)
        st.warning(
            f"This result belongs to other settings than those below: {names}. Train again for theirs."
        )


def model_picture(record: RunRecord) -> None:
    """Show the layers of the model with their sizes."""
    if record.target is None:
        return
    parts = layers(
        record.config,
        categories=len(record.labels),
        kind=record.target.kind,
        classes=len(record.target.classes),
    )
    chain = " → ".join(
        f":primary-badge[{plain(layer.name)} {plain(layer.size, limit=60)}]" for layer in parts
    )
    total = sum(layer.parameters for layer in parts)
    st.markdown(f"{chain}   {counted(total, 'parameter')}")
    st.caption(
        f"{counted(record.distinct_rows, 'distinct row')} for {counted(record.rows, 'row')}, "
        f"in batches of {record.batch_size:,}."
    )
