"""The panel of a group: who is in it, what sets it apart, and the groups that were saved."""

import numpy as np
import pandas as pd
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.space.groups.enrichment import SIGNIFICANT
from embed_core.space.neighbors.stability import overall
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.kept import Group
from embed_core.ui.app.text import counted, number, plain
from embed_core.ui.app.words import color_title
from embed_core.ui.component.category_map import level_bars
from embed_core.ui.map_page.groups import LONGEST_NAME, delete_group, save_group, saved_groups
from embed_core.ui.map_page.level_counts import by_column, level_counts, levels_apart
from embed_core.ui.map_page.map_state import MapState, choose_group, rows_of
from embed_core.ui.map_page.panel.pair import REASONS

_SHOWN_LEVELS = 12


def group_panel(map_state: MapState, found: Group) -> None:
    """Show the members of a group, what sets them apart, and what can be done with it."""
    rows = rows_of(map_state.embedding, found.members)
    st.header(plain(found.title, limit=80), anchor=False)
    st.caption(_words(map_state, rows))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle("Isolate", key=keys.ISOLATED, persist_state="session")
        _save(map_state, found)
        st.button("Clear", type="tertiary", key="clear_group", on_click=choose_group, args=("", []))
    if not len(rows):
        st.caption("None of its members is a category of this column.")
        return
    st.dataframe(
        _members(map_state, rows),
        hide_index=True,
        height=min(250, 38 + 35 * len(rows)),
        key="group_members",
        alt="The members of the group",
        column_config={
            "rows": st.column_config.NumberColumn(format="localized"),
            "mean": st.column_config.NumberColumn(color_title(map_state.record), format="%.4g"),
        },
    )
    st.markdown(f":material/arrow_downward: [What sets them apart](#{REASONS})")


def group_reasons(map_state: MapState, found: Group) -> None:
    """Say what sets a group apart from all others."""
    rows = rows_of(map_state.embedding, found.members)
    if not len(rows):
        return
    st.header(f"What sets {plain(found.title, limit=120)} apart", anchor=REASONS)
    with errors_in_place():
        _apart(map_state, rows)


def groups_list(map_state: MapState) -> None:
    """List the saved groups: one click opens one, another deletes it."""
    saved = saved_groups(*map_state.key)
    if not saved:
        return
    with st.popover(f"Groups ({len(saved)})", icon=":material/workspaces:", key="saved_groups"):
        for number_, (name, members) in enumerate(saved.items()):
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.button(
                    f"{plain(name)} ({len(members):,})",
                    type="tertiary",
                    key=f"open_group_{number_}",
                    on_click=choose_group,
                    args=(name, list(members)),
                )
                st.button(
                    "",
                    type="tertiary",
                    icon=":material/delete:",
                    help=f"Delete the group {plain(name)}",
                    key=f"delete_group_{number_}",
                    on_click=_delete,
                    args=(map_state, name),
                )


def _save(map_state: MapState, found: Group) -> None:
    # With each group that is saved it is another popover, and so a closed one.
    number_saved = len(saved_groups(*map_state.key))
    with (
        st.popover("Save", key=f"save_group_{number_saved}"),
        st.form("save_group_form", border=False, enter_to_submit=True),
    ):
        st.text_input(
            "Name of the group",
            key=keys.GROUP_NAME,
            placeholder=f"1 to {LONGEST_NAME} characters",
            help="Kept with the run, and in the address; the map can be coloured by it",
        )
        st.form_submit_button(
            "Save", type="primary", key="save_group_now", on_click=_save_now, args=(map_state, found.members)
        )
        if keys.GROUP_REFUSED in st.session_state:
            st.error(plain(st.session_state.pop(keys.GROUP_REFUSED), limit=2_000), icon=":material/error:")


def _save_now(map_state: MapState, members: tuple[str, ...]) -> None:
    try:
        name = save_group(map_state, st.session_state[keys.GROUP_NAME], members)
    except AtlasError as error:
        st.session_state[keys.GROUP_REFUSED] = str(error)
        return
    choose_group(name, list(members))
    st.session_state[keys.COLOR] = "group"
    st.session_state[keys.WHOLE_PAGE] = True


def _delete(map_state: MapState, name: str) -> None:
    delete_group(*map_state.key, name)
    st.session_state[keys.WHOLE_PAGE] = True


def _words(map_state: MapState, rows: np.ndarray) -> str:
    embedding = map_state.embedding
    support = embedding.support[rows]
    words = f"{counted(len(rows), 'category', 'categories')} of {len(embedding):,}"
    words += f" · {counted(int(support.sum()), 'row')}"
    if embedding.support.sum() > map_state.record.rows > 0 and map_state.record.config.partner:
        words += ", each counted at both of its ends"
    if embedding.target_mean is not None:
        mean = overall(embedding.target_mean[rows], support=support)
        if mean == mean:
            words += f" · {plain(color_title(map_state.record), limit=60)} {number(mean)}"
    return words


def _members(map_state: MapState, rows: np.ndarray) -> pd.DataFrame:
    embedding = map_state.embedding
    rows = rows[np.argsort(-embedding.support[rows], kind="stable")]
    columns = {"category": [embedding.labels[row] for row in rows], "rows": embedding.support[rows]}
    if embedding.target_mean is not None:
        columns["mean"] = embedding.target_mean[rows]
    return pd.DataFrame(columns)


def _apart(map_state: MapState, rows: np.ndarray) -> None:
    if len(rows) == len(map_state.embedding):
        st.caption("These are all categories: there is nothing to set them apart from.")
        return
    counts = level_counts(map_state, purpose="find what sets them apart")
    if counts is None:
        return
    found = levels_apart(map_state, counts, np.sort(rows))
    found = found[found["p_adjusted"] <= SIGNIFICANT].head(_SHOWN_LEVELS)
    if found.empty:
        st.caption("Nothing that is more than the noise of few rows.")
        return
    titles = [f"{column}: {level}" for column, level in zip(found["column"], found["level"], strict=True)]
    shares = found["share_inside"].tolist(), found["share_outside"].tolist()
    rows_of_each = found["inside"].tolist(), found["outside"].tolist()
    part = found.rename(columns={"inside": "count_inside", "outside": "count_outside"})
    level_bars(
        ("these categories", "all others"), by_column(part, ("inside", "outside")), key="group_levels_chart"
    )
    with st.expander("As a table", icon=":material/table:", key="group_as_table"):
        st.dataframe(
            pd.DataFrame(
                {
                    "level": titles,
                    "inside": _cells(shares[0], rows_of_each[0]),
                    "outside": _cells(shares[1], rows_of_each[1]),
                    "p": [_p(value) for value in found["p_adjusted"]],
                }
            ),
            hide_index=True,
            key="group_levels",
            alt="Levels of the other columns that are more frequent inside the group than outside",
        )
    st.caption(
        f"Levels more frequent inside, with shares and counts of rows; p {_range(found['p_adjusted'])}, adjusted for "
        "the number of levels looked at. So it is more than the noise of few rows; that the group is real, it does "
        "not say."
    )


def _cells(shares: list[float], counts: list[int]) -> list[str]:
    return [f"{100 * share:.0f} % ({count:,})" for share, count in zip(shares, counts, strict=True)]


def _range(values: pd.Series) -> str:
    worst = _p(float(values.max()))
    return worst if worst.startswith("<") else f"up to {worst}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
