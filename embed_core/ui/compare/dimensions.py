"""The tab of dimensions: the same training with several of them, and the smallest that is good enough."""

import pandas as pd
import streamlit as st

from embed_core.comparing.dimensions.recommend import Recommendation, compared, figure, recommend
from embed_core.comparing.dimensions.sweep import SweepConfig, as_results, run_sweep
from embed_core.errors import AtlasError
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain, seconds
from embed_core.ui.app.words import named
from embed_core.ui.charts.scores import sweep_chart
from embed_core.ui.compare.choices import bound, choices
from embed_core.ui.compare.work import (
    Comparison,
    Work,
    progress_and_controls,
    valid,
    while_measured,
)

OFFERED = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_MOST_REPLICATES = 10


def sweep_tab() -> None:
    """Show the choice of dimensions, and what has been measured of them."""
    table = state.current_table()
    if table is None:
        st.markdown(
            "A sweep trains the same embedding with several dimensions. It takes a table to train on."
        )
        st.page_link("pages/data.py", label="Open a table", icon=":material/table:")
        return
    if missing := state.missing():
        st.markdown(f"A sweep trains with the settings in hand. Still to choose: {named(missing)}.")
        st.page_link("pages/data.py", label="Choose it on the Data page", icon=":material/table:")
        return
    st.markdown(_what())
    choices(table)
    _choices()
    wanted = valid(lambda: _wanted(table))
    while_measured(keys.SWEEP, table, wanted, lambda shown: _measured(table, wanted, shown))


def _what() -> str:
    chosen = state.settings()
    objective, epochs = OBJECTIVES[chosen["objective"]].title, chosen["epochs"]
    said = counted(epochs, "epoch") if isinstance(epochs, int) else "as many epochs as suit the table"
    return (
        f"How many numbers does a category of **{plain(chosen['column'], limit=60)}** need? The same training "
        f"({objective}, {said}) is done with each dimension, several times over, and "
        "judged on rows that it did not learn from."
    )


def _choices() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large", key="sweep_choices"):
        st.pills(
            "Dimensions", OFFERED, selection_mode="multi", wrap=True, **bound("dimensions", options=OFFERED)
        )
        st.number_input(
            "Replicates",
            1,
            _MOST_REPLICATES,
            width=140,
            help="How often each dimension is trained, every time from another start and judged on other rows. All "
            "dimensions share these, so that they can be distinguished.",
            **bound("replicates"),
        )


def _wanted(table: Table) -> Comparison:
    chosen = choices(table)
    # What is swept over has no dimension of its own: the current one does not make it another sweep.
    training = state.config().model_copy(update={"dimension": 1})
    config = SweepConfig.checked(
        training=training, dimensions=chosen["dimensions"], replicates=chosen["replicates"]
    )
    return Comparison(
        config=config,
        fingerprint=table.fingerprint(),
        shared=f"sweep {training.model_dump_json()}",
        own=f"{config.dimensions} {config.replicates}",
        identity=("dimension", "replicate"),
        is_part=lambda part: part["dimension"] in config.dimensions and part["replicate"] < config.replicates,
        unit="training",
        total=config.total,
    )


def _measured(table: Table, wanted: Comparison | None, shown: Comparison | None) -> None:
    work = Work(keys.SWEEP, lambda asked: (prepare(table, asked.config.training), asked), run_sweep)
    progress_and_controls(work, wanted, shown)
    if shown is None:
        st.caption(
            "Press Start: the losses appear here one after the other. It can be stopped, and go on later."
        )
        return
    results = as_results(shown.parts)
    if len(results):
        _outcome(shown, results)


def _outcome(shown: Comparison, results: pd.DataFrame) -> None:
    config: SweepConfig = shown.config
    share = config.training.validation_share
    try:
        table = compared(results, validation_share=share)
        advice = recommend(results, validation_share=share)
    except AtlasError as error:
        st.caption(plain(error))
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.vega_lite_chart(
            sweep_chart(
                results,
                table,
                recommended=advice.dimension if len(table) > 1 else None,
                title=_loss_title(config),
            ),
            key="sweep_chart",
            alt=f"Validation loss against the dimension. {advice.sentence}",
        )
        st.caption(
            "Small dots: single trainings. Large dots: their means. Bars: one standard error of the difference from "
            "the lowest mean (dashed line). The smallest dimension whose bar reaches the line is recommended."
        )
    with right:
        _advice(shown, advice)
        _numbers(table)


def _advice(shown: Comparison, advice: Recommendation) -> None:
    if len(shown.parts) < shown.total:
        st.markdown(f"**So far** · {plain(advice.sentence, limit=1_000)}")
    else:
        st.markdown(f":material/check: {plain(advice.sentence, limit=1_000)}")
    st.button(
        f"Use {counted(advice.dimension, 'dimension')}",
        key="use_dimension",
        icon=":material/done:",
        disabled=state.settings()["dimension"] == advice.dimension,
        help="Sets the dimension of the next training",
        on_click=state.set_setting,
        args=("dimension", advice.dimension),
    )
    took = seconds(sum(part["seconds"] for part in shown.parts))
    st.caption(
        f"The next training has {counted(state.settings()['dimension'], 'dimension')}. "
        f"{counted(len(shown.parts), 'training')} took {took}, added up."
    )


def _numbers(table: pd.DataFrame) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "dimension": table["dimension"],
                "mean loss": table["val_loss"].map(figure),
                "above the lowest": [
                    _apart(excess, error)
                    for excess, error in zip(table["excess"], table["standard_error"], strict=True)
                ],
            }
        ),
        hide_index=True,
        key="sweep_table",
        alt="The mean validation loss of each dimension, and how far it is above the lowest",
    )


def _apart(excess: float, error: float) -> str:
    if excess == 0:
        return "–"
    return figure(excess, 2) + (f" ± {figure(error, 2)}" if error == error else "")


def _loss_title(config: SweepConfig) -> str:
    unit = OBJECTIVES[config.training.objective].loss_unit(config.training)
    return f"validation loss ({unit})" if unit else "validation loss"
