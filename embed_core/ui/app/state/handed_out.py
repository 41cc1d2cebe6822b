"""Links to hand out to a class: they open a table of the gallery with settings, and hide what would change these."""

import json
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.tables.gallery import SAMPLES
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.settings import config, defaults, good_start, replace_settings, settings_fit
from embed_core.ui.app.state.tables import GALLERY, current_table

_UNREADABLE = (
    "The settings of this link cannot be used: a part of it is missing, or it was written for another version. The "
    "table is open with its own settings. Ask for the link again."
)


def is_handed_out() -> bool:
    """Whether the table in hand was opened by such a link, and is still as that says."""
    return bool(st.session_state.get(keys.HANDED_OUT))


def handed_out_query() -> str | None:
    """Return what such a link says of the table and the settings in hand; None of a table that only its owner has."""
    table_id = st.session_state[keys.TABLE] or ""
    sample = SAMPLES.get(table_id.removeprefix(GALLERY)) if table_id.startswith(GALLERY) else None
    if sample is None:
        return None
    start = _plain(good_start(sample))
    chosen = _plain(st.session_state[keys.SETTINGS])
    changed = {name: value for name, value in chosen.items() if value != start[name]}
    return json.dumps(changed, ensure_ascii=False, separators=(",", ":"))


def take_handed_out(text: str) -> None:
    """Take the settings of a link, and hide what changes them; where they cannot be used, the table's own stay."""
    table_id, table = st.session_state[keys.TABLE] or "", current_table()
    if table is None or not table_id.startswith(GALLERY):
        return
    start = good_start(SAMPLES[table_id.removeprefix(GALLERY)])
    try:
        given = json.loads(text)
        if not isinstance(given, dict) or not given.keys() <= defaults().keys():
            raise AtlasError(_UNREADABLE)
        replace_settings(start | given)
        checked = config().model_dump()
        if not settings_fit(table.columns, checked):
            raise AtlasError(_UNREADABLE)
    except (AtlasError, ValueError, TypeError, KeyError, RecursionError):
        replace_settings(start)
        st.session_state[keys.NOTICE] = _UNREADABLE
        return
    replace_settings(start | checked)
    st.session_state[keys.HANDED_OUT] = text


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return settings as JSON has them."""
    found: dict[str, Any] = json.loads(json.dumps(values))
    return found
