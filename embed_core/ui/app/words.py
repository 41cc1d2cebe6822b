"""What a training is going to do, in one sentence."""

from collections.abc import Sequence

import streamlit as st

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.base import Shown
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.tables.counting.features import suitable
from embed_core.tables.counting.target import describe_target
from embed_core.tables.counting.vocabulary import count_vocabulary
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.helpful import left_out
from embed_core.ui.app.text import counted, plain

METRICS = {"cosine": "Cosine", "euclidean": "Euclidean"}
"""Names of the metrics on screen."""
WORDS = {
    "target_kind": "how the target is read",
    "exposure": "what it is counted over",
    "partner": "the second column",
    "features": "the other columns",
    "context": "the other columns",
    "measure": "what the number is",
    "min_frequency": "pooling",
    "weight": "rows that a row stands for",
    "optimizer": "optimiser",
    "hidden": "hidden layers",
    "category_dropout": "unknown share",
    "patience": "early stopping",
    "restore_best": "keeping the best epoch",
    "aggregate": "counting rows",
}
"""Settings whose names on screen are not their own."""
_NEEDED = {
    "column": "a column of categories",
    "target": "a target",
    "partner": "a second column of the same kind",
}


def named(missing: Sequence[str]) -> str:
    """Return what the objective in hand still needs, in words."""
    is_number = OBJECTIVES[state.settings()["objective"]].target_kinds == ("number",)
    needed = _NEEDED | ({"target": "a number"} if is_number else {})
    return " and ".join(needed[name] for name in missing)


def run_name(config: TrainingConfig) -> str:
    """Return what a run is called until a person names it."""
    source = OBJECTIVES[config.objective].source(config)
    return f"{config.column} {source}, {config.dimension}-D"[:80]


def color_title(record: RunRecord) -> str:
    """Return what the target means are, for the colour bar."""
    return "" if record.target is None else record.target.mean_title


def summary(table: Table) -> str:
    """Return one sentence of what is learned from what, in Markdown.

    Raises:
        AtlasError: the settings in hand are not valid, or the target cannot be learned from.
    """
    config = state.config()
    objective = OBJECTIVES[config.objective]
    classes: Sequence[str] = ()
    kind, meaning, others = "", "", ""
    if objective.takes("target_kind") and config.target is not None:
        kind, classes = describe_target(
            table, config.target, target_kind=config.target_kind, allowed=objective.target_kinds
        )
        meaning = _meaning(config, kind, classes)
    for name in ("features", "context"):
        if objective.takes(name):
            columns = getattr(config, name) or suitable(table, without=objective.columns(config))
            if name == "context" and not config.context:
                useless = left_out(table, config.column, config.weight)
                columns = [column for column in columns if column not in useless]
            others = _others(columns)
    target, partner = (plain(each, limit=40) if each else "" for each in (config.target, config.partner))
    source = objective.summary(Shown(target=target, meaning=meaning, partner=partner, others=others))
    numbers = counted(config.dimension, "number")
    where = "; ".join(plain(change.words, limit=80) for change in table.changes)
    rows = counted(table.n_rows, "row") + (f" ({where})" if where else "")
    if config.weight is not None:
        rows += f", each with its {plain(config.weight, limit=40)} as weight"
    start = f"**{_categories(table, config)} → {numbers} each**, {source}, {rows}."
    ways = objective.directions(kind, len(classes), config.dimension) if kind else None
    if ways is None:
        return start
    if ways == 1:
        return f"{start} One output: the map will be a line."
    return f"{start} {len(classes)} classes: the vectors can move in {ways} directions."


def _categories(table: Table, config: TrainingConfig) -> str:
    """Say how many vectors there will be: missing values have one, and so has what only the second column names."""
    if config.partner is not None and OBJECTIVES[config.objective].takes("partner"):
        found = _in_both(table.fingerprint(), (config.column, config.partner), table)
    else:
        known = table.profile().set_index("name")
        found = int(known["distinct"].get(config.column, 0)) + bool(known["missing"].get(config.column, 0))
    words = f"{found:,} {plain(config.column, limit=40)} categories"
    return f"{words}, rare ones pooled," if config.min_frequency > 1 else words


@st.cache_data(max_entries=100, show_spinner=False)
def _in_both(fingerprint: str, columns: tuple[str, ...], _table: Table) -> int:
    return len(count_vocabulary(_table, columns))


def _others(columns: Sequence[str]) -> str:
    if len(columns) == 1:
        return plain(columns[0], limit=40)
    return counted(len(columns), "other column")


def _meaning(config: TrainingConfig, kind: str, classes: Sequence[str]) -> str:
    if kind == "binary":
        return f"the probability of {plain(classes[1] if len(classes) > 1 else '', limit=40)}"
    if kind == "multiclass":
        return counted(len(classes), "class", "classes")
    if config.target_kind == "count":
        return "a count" + (f" per {plain(config.exposure, limit=40)}" if config.exposure else "")
    return "a number, on a log scale" if config.target_kind == "log number" else "a number"
