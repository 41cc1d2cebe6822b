"""The line under the navigation: the table and the run in hand, each a menu."""

from collections import Counter

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.runs.record import RunRecord
from embed_core.tables.gallery import SAMPLES
from embed_core.ui.app import state
from embed_core.ui.app.run_words import STATUS_ICONS, told_apart
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.tables import GALLERY
from embed_core.ui.app.text import plain
from embed_core.ui.app.yours import welcome, yours

MOST_RUNS = 30
_ANOTHER, _ALL = "another", "all"


def line() -> None:
    """Show what is in hand; choosing another table opens it on Data, another run on its map."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="in_hand"):
        _tables()
        _runs()
        yours()
    welcome()
    _notices()


def _notices() -> None:
    """Say, once, what led nowhere; and offer to take back what was deleted last."""
    if notice := st.session_state.pop(keys.NOTICE, None):
        st.warning(plain(notice), icon=":material/link_off:")
    if deleted := st.session_state.get(keys.DELETED):
        with st.container(horizontal=True, vertical_alignment="center", key="deleted_run"):
            st.caption(f":material/delete: Deleted: {plain(deleted[1], limit=80)}", width="content")
            st.button("Undo", icon=":material/undo:", type="tertiary", key="undo_delete", on_click=_take_back)
            st.button(
                "",
                icon=":material/close:",
                type="tertiary",
                key="forget_deleted",
                on_click=_forget_deleted,
                help="Leave it deleted",
            )


def _take_back() -> None:
    run_id, _ = st.session_state.pop(keys.DELETED)
    try:
        state.jobs().store.take_back(run_id)
    except AtlasError:
        st.session_state[keys.NOTICE] = (
            "Another run was deleted since, so this one cannot be taken back any more."
        )
        return
    if st.session_state[keys.RUN] is None:
        st.session_state[keys.RUN] = run_id


def _forget_deleted() -> None:
    st.session_state.pop(keys.DELETED, None)


def _tables() -> None:
    table = state.current_table()
    held = {token: each.name for token, each in state.held_tables().items()}
    titles = {token: f":material/draft: {plain(name, limit=60)}" for token, name in held.items()}
    titles |= {
        GALLERY + name: f":material/collections_bookmark: {sample.title}" for name, sample in SAMPLES.items()
    }
    titles[_ANOTHER] = ":material/add: Bring another table"
    chosen = st.menu_button(
        plain(table.name, limit=60) if table is not None else "No table is open",
        list(titles),
        format_func=_distinct(titles).__getitem__,
        key="table_in_hand",
        type="tertiary",
        icon=":material/table:",
        help="The table in hand. Choose another: nothing that was made is lost.",
    )
    if chosen == _ANOTHER:
        state.close_table()
    elif chosen is not None and chosen.startswith(GALLERY):
        state.open_sample(chosen.removeprefix(GALLERY))
    elif chosen is not None:
        state.open_held(chosen)
    if chosen is not None:
        st.switch_page("pages/data.py")


def _runs() -> None:
    records = _ours_first(state.jobs().records())[:MOST_RUNS]
    if not records:
        return
    current = state.current_record()
    names = told_apart(records)
    here = _table_id()
    titles = {
        record.id: f"{STATUS_ICONS[record.status]} {plain(names[record.id], limit=70)}"
        + ("" if record.fingerprint == here else f" · *{plain(record.table, limit=40)}*")
        for record in records
    }
    titles[_ALL] = ":material/list: All runs: rename, delete, compare"
    chosen = st.menu_button(
        plain(current.name, limit=60) if current is not None else "Earlier runs",
        list(titles),
        format_func=_distinct(titles).__getitem__,
        key="run_in_hand",
        type="tertiary",
        icon=STATUS_ICONS[current.status] if current is not None else ":material/history:",
        help="The run in hand. Those of this table come first.",
    )
    if chosen == _ALL:
        st.session_state[keys.COMPARE_TAB] = "Runs"
        st.switch_page("pages/compare.py")
    if chosen is not None:
        open_run(next(record for record in records if record.id == chosen))


def _distinct(titles: dict[str, str]) -> dict[str, str]:
    """Return the titles, numbered where two are alike: a menu takes none twice."""
    seen: Counter[str] = Counter()
    found = {}
    for name, title in titles.items():
        seen[title] += 1
        found[name] = title if seen[title] == 1 else f"{title} ({seen[title]})"
    return found


def open_run(record: RunRecord) -> None:
    """Take a run up and show its map, or how far its training is where there is none."""
    state.open_run(record)
    st.switch_page("pages/map.py" if record.status.has_result else "pages/train.py")


def _ours_first(records: list[RunRecord]) -> list[RunRecord]:
    """Return the runs of the table in hand before those of others; sorting keeps the newest first."""
    here = _table_id()
    return sorted(records, key=lambda record: record.fingerprint != here)


def _table_id() -> str:
    table = state.current_table()
    return "" if table is None else table.fingerprint()
