"""The third and fourth steps of the lesson: the network layer by layer, and its first epochs."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.lesson.network import LAYERS, forward, keras_code, layer_table
from embed_core.lesson.training import ROWS, lesson_epochs
from embed_core.runs.job import Job
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, number, share
from embed_core.ui.charts import curves as charts
from embed_core.ui.learn import charts as learn_charts
from embed_core.ui.learn import jobs as lesson_jobs

EPOCHS = [5, 50, 500]
# A start from which the accuracy rises early; others are a button away.
FIRST_SEED = 1
_MEANING = {
    "Input": "The number of the category: one whole number per row of the table.",
    "Embedding": "The row of the matrix with that number. Its entries are what is learned.",
    "Flatten": "The same numbers without the axis of length one. Nothing is learned here.",
    "Dense": "The vector times a weight per number, plus a bias, through a sigmoid: the probability of *yes*.",
}


@st.fragment
def network_step() -> None:
    """Show the layers with shapes, parameters and what passes through, and the code that builds them."""
    st.header("3. The network, layer by layer")
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.markdown(
            "The lookup becomes the first layer of a network. What follows is as small as can be: one output that "
            "answers yes or no."
        )
        categories = st.slider("Categories", 2, 100, 3, key="learn_n", persist_state="session")
        dimension = st.slider("Numbers per category", 1, 16, 2, key="learn_d", persist_state="session")
        layer = st.segmented_control(
            "Walk through",
            LAYERS,
            default="Embedding",
            required=True,
            key="learn_layer",
            persist_state="session",
        )
        st.markdown(f"**{layer}** · {_MEANING[layer]}")
        given = forward(1, categories=categories, dimension=dimension, seed=0)[layer]
        st.markdown(f"Category 1 comes out as `{_array(given)}`, shape `{given.shape}`.")
        st.caption("The numbers are a random start, as Keras draws it, before any training.")
    with right:
        _layers(categories, dimension, layer)
        st.code(keras_code(categories, dimension), language="python")


def _layers(categories: int, dimension: int, layer: str) -> None:
    table = layer_table(categories, dimension).astype({"parameters": str}).set_index("layer")
    total = int(layer_table(categories, dimension)["parameters"].sum())
    table.loc[layer] = [f"**{text}**" for text in table.loc[layer]]
    st.table(table)
    st.caption(
        f"{counted(total, 'parameter')}: {categories} × {dimension} in the embedding, {dimension} weights and a bias "
        "in the output. The same in plain Keras:"
    )


def _array(values: np.ndarray[Any, Any]) -> str:
    if values.dtype.kind == "f" and values.size > 1 and values.size > 4:
        head = ", ".join(f"{value:.3f}" for value in values.ravel()[:4])
        return "[" * values.ndim + f"{head}, …" + "]" * values.ndim
    flat = ", ".join(f"{value:.3g}" for value in values.ravel())
    return "[" * values.ndim + flat + "]" * values.ndim


def epochs_step() -> None:
    """Train the lesson's network on its own data, and show loss, accuracy and vectors."""
    lesson_jobs.step(_epochs, _shown_key)


def _shown_key() -> str:
    return str(
        st.session_state.get(keys.LEARN_SHOWN)
        or _key(EPOCHS[0], st.session_state.setdefault(keys.LEARN_SEED, FIRST_SEED))
    )


def _key(epochs: int, seed: int) -> str:
    return f"learn_epochs_{epochs}_{seed}"


def _train(*, other_seed: bool = False) -> None:
    if other_seed:
        st.session_state[keys.LEARN_SEED] += 1
    epochs, seed = st.session_state[keys.LEARN_EPOCHS], st.session_state[keys.LEARN_SEED]
    st.session_state[keys.LEARN_SHOWN] = _key(epochs, seed)
    lesson_jobs.begin(st.session_state[keys.LEARN_SHOWN], lesson_epochs, epochs, seed)


def _epochs(job: Job | None) -> None:
    st.header("4. Five epochs")
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.markdown(
            f"{ROWS} rows, three categories: A says yes nine times in ten, B five times, C once. Plain gradient "
            "descent (SGD, learning rate 0.01) in batches of 32 rows: four steps an epoch."
        )
    with right:
        st.select_slider("Epochs", EPOCHS, key=keys.LEARN_EPOCHS, persist_state="session")
        epochs = st.session_state[keys.LEARN_EPOCHS]
        with st.container(horizontal=True):
            st.button(
                f"Train {'five' if epochs == 5 else epochs} epochs",
                type="primary",
                icon=":material/play_arrow:",
                key="learn_train",
                on_click=_train,
            )
            st.button(
                "Again, another seed",
                icon=":material/casino:",
                key="learn_again",
                on_click=_train,
                kwargs={"other_seed": True},
                disabled=job is None,
                help="Other rows of the same kind, another random start and another order",
            )
    lesson_jobs.progress(job, unit="epochs")
    if job is not None and job.progress:
        _learned(job)


def _learned(job: Job) -> None:
    rows = [row for part in job.progress for row in part["rows"]]
    labels = ["", "", ""] if job.result is None else job.result["labels"]
    baseline = {} if job.result is None else job.result["baseline"]
    epochs = int(str(job.key).split("_")[2])
    figures = st.columns(3, gap="medium")
    for figure, metric in zip(figures, ("loss", "accuracy"), strict=False):
        with figure:
            st.vega_lite_chart(
                charts.curve(
                    rows,
                    metric,
                    title=metric.capitalize(),
                    epochs=epochs,
                    baseline=baseline.get(metric),
                    legend=False,
                )
                | {"height": learn_charts.SIDE},
                key=f"learn_curve_{metric}",
                alt=_curve_words(rows, metric),
            )
    with figures[2]:
        frames = [part["vectors"] for part in job.progress]
        st.vega_lite_chart(
            learn_charts.paths(frames, labels),
            width="content",
            key="learn_paths",
            alt=f"Where the three vectors began, and where they are after epoch {job.progress[-1]['epoch']}",
        )
    if job.result is not None:
        _outcome(job.result, rows)


def _curve_words(rows: list[dict[str, float]], metric: str) -> str:
    if not rows:
        return f"Curve of the {metric}; no epoch has ended yet"
    ends = f"from {number(rows[0][metric])} to {number(rows[-1][metric])}"
    return f"Curve of the {metric} over {counted(len(rows), 'epoch')}, {ends}"


def _outcome(result: dict[str, Any], rows: list[dict[str, float]]) -> None:
    first, last = rows[0], rows[-1]
    known = result["baseline"]
    moved = np.linalg.norm(np.subtract(result["after"], result["before"]), axis=1).mean()
    st.markdown(
        f"Accuracy {share(first['accuracy'])} in the first epoch, **{share(last['accuracy'])}** in epoch "
        f"{len(rows)}; saying the commoner answer each time gets {share(known['accuracy'])}. The loss went from "
        f"{first['loss']:.3f} to {last['loss']:.3f}, against {known['loss']:.3f} for the base rate alone. The vectors "
        f"moved by {moved:.3f} on average."
    )
    columns = ["dimension 1", "dimension 2"]
    before = pd.DataFrame(result["before"], result["labels"], columns).add_suffix(", before")
    after = pd.DataFrame(result["after"], result["labels"], columns).add_suffix(", after")
    with st.expander("The weights, as get_weights() gives them", icon=":material/table_rows:"):
        weights = before.join(after).sort_index().rename_axis("category")
        st.table(weights.map(lambda value: f"{value:.3f}"))
    st.caption(
        f"Seed {result['seed']}; dashed: the base rate alone. Five epochs barely leave the random start, so the "
        "accuracy depends on luck at first. With more epochs A and C part ways, and B stays between them."
    )
