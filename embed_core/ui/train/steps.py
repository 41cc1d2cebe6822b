"""How many steps an epoch will have, before the rows are counted for the training itself."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.batches import resolve_batch_size, resolve_epochs
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.base import RowsToCount
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.counting.features import suitable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted

_MOST_CELLS = 20_000_000


def steps_words() -> str:
    """Return how many rows a step has with the settings in hand, and how many steps make an epoch."""
    rule = "A batch is one step; auto takes all examples up to 256, else about one in a hundred of them."
    table = state.current_table()
    try:
        config = state.config()
    except AtlasError:
        return rule
    examples = _examples(table, config) if table is not None else None
    if not examples:
        return rule
    size = resolve_batch_size(config.batch_size, examples)
    steps = -(-examples // size)
    about = "" if steps == 1 else "about "
    is_category = OBJECTIVES[config.objective].learns_categories(config)
    noun = "category" if is_category else "distinct row"
    if not config.aggregate:
        noun = "row"
    plural = "categories" if noun == "category" else ""
    auto = "auto is " if config.batch_size == "auto" else ""
    return (
        f"{about.capitalize()}{counted(examples, noun, plural)} to learn from, {auto}{size:,} a step: "
        f"{about}{counted(steps, 'step')} an epoch.{_auto_epochs(config, examples)}"
    )


def _auto_epochs(config: TrainingConfig, examples: int) -> str:
    if config.epochs != "auto":
        return ""
    return f" As many epochs as suit that: {resolve_epochs(config.epochs, config.batch_size, examples):,}."


def _examples(table: Table, config: TrainingConfig) -> int | None:
    """Return about how many examples there will be; None when that would take too long to find out."""
    objective = OBJECTIVES[config.objective]
    if objective.learns_categories(config):
        distinct = table.profile().set_index("name")["distinct"].get(config.column)
        return None if distinct is None else int(distinct)
    if not config.aggregate:
        return round(min(table.n_rows, config.max_rows) * (1 - config.validation_share))
    columns = [config.column, config.target, config.partner]
    if objective.takes("features"):
        columns += config.features or suitable(table, without=columns)
    wanted = [column for column in dict.fromkeys(columns) if column in table.columns]
    if table.n_rows * len(wanted) > _MOST_CELLS:
        return None
    counted_rows = objective.counting(config)
    by_pair = isinstance(counted_rows, RowsToCount) and counted_rows.paired
    share = 0.0 if by_pair else config.validation_share
    found = _distinct(st.session_state[keys.TABLE], tuple(wanted), share, table)
    if by_pair:
        found = round(found * (1 - config.validation_share))
    return min(found, config.max_rows)


@st.cache_data(max_entries=128, show_spinner=False)
def _distinct(table_id: str, columns: Sequence[str], share: float, _table: Table) -> int:
    """Return how many distinct rows are expected to have a row left when a share goes to validation."""
    grouped = _table.expression.group_by(list(columns)).aggregate(rows_here=lambda group: group.count())
    sizes: Any = grouped.group_by("rows_here").aggregate(groups=lambda group: group.count())
    found = _table.execute(sizes)
    return round(float((found["groups"] * (1 - share ** found["rows_here"])).sum()))
