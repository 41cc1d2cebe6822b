"""The fifth step of the lesson: why one output can only draw a line."""

from typing import Any

import numpy as np
import streamlit as st

from embed_core.lesson.training import CLASSES, outputs_compared
from embed_core.runs.job import Job
from embed_core.space.projections.pca import PcaBasis
from embed_core.ui.app.text import share
from embed_core.ui.learn import charts as learn_charts
from embed_core.ui.learn import jobs as lesson_jobs

_KEY = "learn_outputs"
_WORDS = {2: "One", 3: "Two", 5: "Four"}
_TARGETS = {
    2: "Two kinds of orders, one sigmoid output. Every gradient of a vector is a number times the same output weights: "
    "all vectors move along one line, on which 06 and 18 fall together, being equally far from both favourite hours.",
    3: "Three kinds of orders, a softmax. Its three probabilities add up to 1, so two are free: the vectors move in a "
    "plane, and the clock opens.",
    5: "Five kinds of orders, a softmax with four free outputs: four directions, of which the map shows the first two.",
}


def outputs_step() -> None:
    """Train with one, two and four free outputs, and show the maps and the directions of the movement."""
    lesson_jobs.step(_outputs, lambda: _KEY)


def _outputs(job: Job | None) -> None:
    st.header("5. Why one output draws a line")
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.markdown(
            "A planted example: the 24 hours of a day, and what a café sells at each of them. Every kind of order has "
            "a favourite hour. Eight numbers per hour could hold the whole clock. Will they?"
        )
        lesson_jobs.begin_button("Train all three", _KEY, outputs_compared)
        lesson_jobs.progress(job, unit="trainings")
        classes = st.segmented_control(
            "Free outputs",
            CLASSES,
            default=2,
            required=True,
            format_func=_WORDS.__getitem__,
            key="learn_classes",
            persist_state="session",
        )
        st.markdown(_TARGETS[classes])
    with right:
        if job is not None and job.status == "done":
            _result(next(each for each in job.result if each["classes"] == classes))
        elif job is not None and job.status == "running":
            st.skeleton(height=learn_charts.SIDE)


def _result(result: dict[str, Any]) -> None:
    shares = result["movement"]
    free = result["classes"] - 1
    basis = PcaBasis.fit(np.array(result["after"]))
    with st.grid(2, min_column_width=learn_charts.SIDE + 20):
        st.vega_lite_chart(
            learn_charts.ring(basis.apply(np.array(result["after"])), result["labels"]),
            width="content",
            key="learn_ring",
            alt=f"Map of the 24 hours. The first axis has {share(float(basis.share[0]))} of the variance, the second "
            f"{share(float(basis.share[1]))}",
        )
        st.vega_lite_chart(
            learn_charts.directions(shares),
            key="learn_directions",
            alt="Share of the movement along each direction: " + ", ".join(share(value) for value in shares),
        )
    st.markdown(
        f"**{share(sum(shares[:free]))}** of the movement lies in the first "
        f"{'direction' if free == 1 else f'{free} directions'}, {share(sum(shares[free:]))} in the other "
        f"{len(shares) - free}."
    )
    st.caption(
        "Movement is the learned vectors minus their random start. SGD moves along the gradient; Adam, which scales "
        "every number by itself, blurs this. More directions come with more outputs, or with other columns "
        "beside the category."
    )
