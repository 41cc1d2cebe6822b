"""What a person has chosen to compare; kept while other pages are looked at, and set back with another table."""

from typing import Any

import streamlit as st

from embed_core.comparing.dimensions.sweep import DIMENSIONS
from embed_core.comparing.encoders.downstream_models import MODELS
from embed_core.comparing.encoders.registry import ENCODERS
from embed_core.tables.profile.suggestions import embeddable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.compare.work import in_hand

_TABLE = "table"
_ENCODER_SETTINGS = (
    *(
        "columns",
        "target",
        "target_kind",
        "encoders",
        "models",
        "folds",
        "repeats",
        "split",
        "group",
        "order",
    ),
    *("dimension", "min_frequency", "max_rows", "seed"),
)


def choices(table: Table) -> dict[str, Any]:
    """Return the choices as they stand: what was chosen here, what was begun before a reload, or a good start."""
    held: dict[str, Any] | None = st.session_state.get(keys.COMPARE_CHOICES)
    fingerprint = table.fingerprint()
    if held is None or held[_TABLE] != fingerprint:
        held = st.session_state[keys.COMPARE_CHOICES] = (
            {_TABLE: fingerprint} | _start(table) | _begun_before(table)
        )
    return held


def bound(name: str, **options: Any) -> dict[str, Any]:
    """Tie a widget to a choice, see `state.bound`."""
    return state.bound(name, place=keys.COMPARE_CHOICES, **options)


def _start(table: Table) -> dict[str, Any]:
    chosen = state.settings()
    columns = embeddable(table.profile())
    column = chosen["column"] or next(iter(columns), None)
    rest = [name for name in (*columns, *table.columns) if name != column]
    return {
        "dimensions": list(DIMENSIONS),
        "replicates": 3,
        "columns": [column] if column else [],
        "target": chosen["target"] or next(iter(rest), None),
        "target_kind": "auto",
        "encoders": list(ENCODERS),
        "models": list(MODELS),
        "folds": 5,
        "repeats": 2,
        "split": "random",
        "group": None,
        "order": None,
        "dimension": chosen["dimension"],
        "min_frequency": chosen["min_frequency"],
        # Half of the library's: somebody is waiting.
        "max_rows": 10_000,
        "seed": chosen["seed"],
    }


def _begun_before(table: Table) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if sweep := in_hand(keys.SWEEP, table, None):
        found |= {"dimensions": list(sweep.config.dimensions), "replicates": sweep.config.replicates}
    if encoders := in_hand(keys.ENCODERS, table, None):
        settings = encoders.config.model_dump()
        found |= {name: settings[name] for name in _ENCODER_SETTINGS}
        found |= {name: list(settings[name]) for name in ("columns", "encoders", "models")}
    return found


def say_what_is_not_offered() -> None:
    """Name what was chosen for the training and does not hold here."""
    weight = state.settings()["weight"]
    if weight:
        st.caption(
            f":material/info: Each row counts once: the weight {plain(weight, limit=40)} is not used here, "
            "and it is one of the other columns that the models get."
        )
    if state.applies("target_kind") and state.settings()["target_kind"] == "count":
        st.caption(
            ":material/info: What counts is compared as a number here: rates, and over how much was counted, are not "
            "offered for encoders."
        )
