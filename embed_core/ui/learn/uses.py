"""The sixth and seventh steps of the lesson: what embeddings are used for, and three maps of one column."""

from typing import Any

import pandas as pd
import streamlit as st

from embed_core.lesson import airports
from embed_core.lesson.routes import FOLDS, routes_scored, summary
from embed_core.runs.job import Job
from embed_core.ui.app.text import counted, plain, share
from embed_core.ui.learn import charts as learn_charts
from embed_core.ui.learn import jobs as lesson_jobs

_AIRPORTS, _ROUTES = "learn_airports", "learn_routes"
_FIRST_AIRPORT = "SFO"


def neighbors_step() -> None:
    """Show the first use: nearest categories."""
    st.header("6. Three uses")
    lesson_jobs.step(_neighbors, lambda: _AIRPORTS)


def model_step() -> None:
    """Show the second use: input to another model."""
    lesson_jobs.step(_model, lambda: _ROUTES)


def map_use() -> None:
    """Show the third use, and where it goes on."""
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.subheader("To see")
        st.markdown(
            "Flattened to two dimensions, the vectors become a map on which clusters, lines and outliers can be seen, "
            "and mistrusted where they should be."
        )
    with right, st.container(horizontal=True):
        st.page_link("pages/map.py", label="The map of your own run", icon=":material/explore:")
        st.page_link(
            "pages/compare.py", label="Encoders compared on your own table", icon=":material/compare_arrows:"
        )


def maps_step() -> None:
    """Show one column on three maps, and how many true neighbours each keeps."""
    lesson_jobs.step(_maps, lambda: _AIRPORTS)


def _neighbors(job: Job | None) -> None:
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.subheader("To find what is alike")
        st.markdown(
            "Near vectors belong to categories that behave alike. Here the airports of the gallery's 40,000 flights "
            "learn two numbers each, such that the distance of two airports is the miles flown between them."
        )
        lesson_jobs.begin_button("Learn the airports", _AIRPORTS, airports.airport_vectors)
        lesson_jobs.progress(job, unit="epochs")
    with right:
        if job is None or job.status != "done":
            return
        maps = airports.three_maps(job.result["labels"], job.result["support"], job.result["vectors"])
        codes = list(maps["Embedding"].index)
        chosen = _airport(codes, key="learn_airport")
        true = airports.on_the_globe(codes)
        _nearest_table(codes, airports.apart("Embedding", maps["Embedding"]), true, chosen)


def _airport(codes: list[str], *, key: str) -> str:
    names = sorted(codes)
    cities = airports.places()["city"].to_dict()
    chosen: str = st.selectbox(
        "Airport",
        names,
        index=names.index(_FIRST_AIRPORT),
        format_func=lambda code: f"{code}, {cities[code]}",
        key=key,
        persist_state="session",
        width=320,
    )
    return chosen


def _nearest_table(codes: list[str], learned: Any, true: Any, chosen: str) -> None:
    place = codes.index(chosen)
    real = airports.nearest(codes, true, chosen)
    found = airports.nearest(codes, learned, chosen)
    st.table(
        pd.DataFrame(
            {
                "nearest": found,
                "city": [plain(airports.places().at[code, "city"]) for code in found],
                "miles on the globe": [f"{true[place, codes.index(code)]:,.0f}" for code in found],
                "among its true five": ["yes" if code in real else "no" for code in found],
            }
        ),
        hide_index=True,
    )
    st.caption("It never saw where an airport is; the globe is asked only now.")


def _model(job: Job | None) -> None:
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.subheader("To feed another model")
        st.markdown(
            "Two numbers per airport take the place of its one-hot columns. The question: how many miles has a route "
            "that nobody in the data has flown?"
        )
        lesson_jobs.begin_button("Score the encodings", _ROUTES, routes_scored)
        lesson_jobs.progress(job, unit="folds")
    with right:
        if job is not None and job.status == "done":
            _scores(summary(job.result))


def _scores(scores: pd.DataFrame) -> None:
    wide = scores.pivot(index="encoding", columns="model", values="miles").reindex(
        scores["encoding"].unique()
    )
    spread = scores.pivot(index="encoding", columns="model", values="spread").reindex(wide.index)
    shown = wide.map(lambda value: f"{value:,.0f}") + spread.map(lambda value: f" ± {value:,.0f}")
    shown.insert(0, "columns", scores.groupby("encoding")["columns"].max().reindex(wide.index).astype(str))
    shown.columns = [name if name == "columns" else f"miles off, {name}" for name in shown.columns]
    st.table(shown)
    one_hot = scores[scores["encoding"] == "One-hot"]
    learned = scores[scores["encoding"] == "Embedding"]
    st.markdown(
        f"{learned['columns'].max()} columns and the better of the two models miss by "
        f"**{learned['miles'].min():,.0f}** miles; "
        f"{one_hot['columns'].max()} one-hot columns by **{one_hot['miles'].min():,.0f}**."
    )
    st.caption(
        f"Mean absolute error ± deviation over {FOLDS} folds of routes, everything fitted within the fold, the "
        "embedding too. A linear model cannot make a distance of coordinates: encoding and model must suit "
        "each other."
    )


def _maps(job: Job | None) -> None:
    st.header("7. One column, three maps")
    st.markdown(
        "The same airports as one-hot vectors, as one-hot + PCA, and as the learned embedding. Colour runs from the "
        "west coast to the east coast; the ringed airports are the five that are truly nearest to the one chosen."
    )
    lesson_jobs.begin_button("Learn the airports", _AIRPORTS, airports.airport_vectors, place="_maps")
    if job is None or job.status != "done":
        return
    maps = airports.three_maps(job.result["labels"], job.result["support"], job.result["vectors"])
    codes = list(maps["Embedding"].index)
    true = airports.on_the_globe(codes)
    chosen = _airport(codes, key="learn_airport_on_maps")
    real = airports.nearest(codes, true, chosen)
    chance = airports.NEIGHBORS / (len(codes) - 1)
    for figure, (name, coordinates) in zip(st.columns(3, gap="medium"), maps.items(), strict=True):
        kept = airports.recovered(true, airports.apart(name, coordinates))
        words = f"map of {counted(len(codes), 'airport')}, which keeps {share(kept)} of the true neighbours"
        with figure:
            st.vega_lite_chart(
                learn_charts.airports(
                    coordinates, title=name, facts=airports.places(), chosen=chosen, true=real
                ),
                width="content",
                key=f"learn_map_{name}",
                alt=f"{name}: {words}",
            )
            st.metric(
                "True neighbours kept",
                share(kept),
                help=f"Of the five nearest on the globe. Chance: {share(chance)}.",
            )
            st.caption(_WHY[name])


_WHY = {
    "One-hot": "All pairs are √2 apart: every neighbour is a tie, and any drawing is as good as this circle in "
    "alphabetical order.",
    "One-hot + PCA": "The components find the most frequent airports, and pile up the rest: frequency, not likeness.",
    "Embedding": "It has heard the miles of the flights, which one-hot has not: enough to lay out the country. "
    "Turned, not bent, to put north up.",
}
