"""What the objective needs: a second column, a target, what the number is, the other columns."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.tables.counting.features import suitable
from embed_core.tables.counting.same_kind import same_kind
from embed_core.tables.profile.suggestions import embeddable
from embed_core.tables.table import Table
from embed_core.tables.values import is_number
from embed_core.ui.app import helpful, state
from embed_core.ui.app.text import plain

_SHOWN_COLUMNS = 12
# Of more rows, looking which columns name the same things takes seconds.
_MOST_PAIRED_ROWS = 2_000_000
_TARGET_KINDS = {
    "auto": "As it looks",
    "binary": "Two classes",
    "multiclass": "Several classes",
    "number": "Number",
    "log number": "Number, on a log scale",
    "count": "Count, such as claims or visits",
}
_MEASURES = {"distance": "Distance", "time": "Travel time", "similarity": "Similarity"}
_MEASURE_WORDS = {
    "distance": "The distance between two vectors is to equal it.",
    "time": "A start, as for taking off and landing, plus so much for each unit of distance; both are learned.",
    "similarity": "The more, the closer: it falls with the distance, by how much is learned.",
}


def choose_needs(table: Table, profile: pd.DataFrame) -> None:
    """Let the person choose what the objective needs; nothing is shown of what it does not."""
    if state.applies("partner"):
        _begin_with_pair(table, profile)
        _choose_partner(profile["name"].tolist())
        _offer_pair(table, profile)
    if state.applies("target"):
        _choose_target(table, profile)
    if state.applies("measure"):
        st.segmented_control(
            "What the number is",
            list(_MEASURES),
            format_func=_MEASURES.__getitem__,
            required=True,
            **state.bound("measure", options=list(_MEASURES)),
        )
        st.caption(_MEASURE_WORDS[state.settings()["measure"]])
    for name in ("features", "context"):
        if state.applies(name):
            _choose_others(table, profile, name)


def choose_weight(table: Table) -> None:
    """Let the person name a column of numbers that says how many rows each row stands for; most tables have none."""
    chosen = state.settings()
    taken = {chosen[other] for other in ("column", "target", "partner", "exposure") if state.applies(other)}
    taken |= {each for name in ("features", "context") if state.applies(name) for each in chosen[name] or ()}
    numbers = _numbers(table, taken)
    st.selectbox(
        "A row stands for",
        [None, *numbers],
        format_func=lambda name: "one row" if name is None else f"as many as {name} says",
        help="A column of counts, such as how often each case occurred, or of survey weights. Whole numbers are "
        "counts: all is as if each row were there so often. Others weigh what is learned from a row.",
        placeholder="one row",
        **state.bound("weight", options=[None, *numbers]),
    )


def _begin_with_pair(table: Table, profile: pd.DataFrame) -> None:
    """Take the column that names the same things, and the one number that there is, where both are needed."""
    chosen = state.settings()
    needs = OBJECTIVES[chosen["objective"]].needs
    column, kinds = chosen["column"], profile.set_index("name")["kind"]
    if "partner" not in needs or column not in kinds.index:
        return
    if chosen["partner"] is None:
        others = [name for name in kinds.index if name != column and kinds[name] == kinds[column]]
        found = _same_kind(table.fingerprint(), column, others, table)
        state.set_setting("partner", found)
    numbers = _numbers(table, {column, chosen["partner"]})
    if "target" in needs and chosen["target"] not in numbers and chosen["partner"] and len(numbers) == 1:
        state.set_setting("target", numbers[0])


@st.cache_data(max_entries=100, show_spinner=False)
def _same_kind(fingerprint: str, column: str, others: Sequence[str], _table: Table) -> str | None:
    return same_kind(_table, column, others)


def _offer_pair(table: Table, profile: pd.DataFrame) -> None:
    """Offer two columns that name the same things, where the one that is chosen has no other like it."""
    chosen = state.settings()
    if chosen["partner"] or "partner" not in OBJECTIVES[chosen["objective"]].needs:
        return
    if table.n_rows > _MOST_PAIRED_ROWS:
        return
    pair = _first_pair(table.fingerprint(), embeddable(profile)[:_SHOWN_COLUMNS], table)
    if pair is not None:
        st.button(
            plain(f"{pair[0]} and {pair[1]} name the same things: take them", limit=120),
            type="tertiary",
            icon=":material/join:",
            key="take_pair",
            on_click=_take_pair,
            args=pair,
        )


def _take_pair(column: str, partner: str) -> None:
    state.set_setting("column", column)
    state.set_setting("partner", partner)


@st.cache_data(max_entries=100, show_spinner=False)
def _first_pair(fingerprint: str, columns: Sequence[str], _table: Table) -> tuple[str, str] | None:
    pairs = ((name, same_kind(_table, name, columns[place + 1 :])) for place, name in enumerate(columns[:-1]))
    return next(((name, other) for name, other in pairs if other is not None), None)


def _choose_partner(columns: Sequence[str]) -> None:
    chosen = state.settings()
    needed = "partner" in OBJECTIVES[chosen["objective"]].needs
    rest = [name for name in columns if name != chosen["column"]]
    st.selectbox(
        "Second column of the same kind" if needed else "Shares its vocabulary with",
        rest if needed else [None, *rest],
        format_func=lambda name: "No other column" if name is None else str(name),
        help="A column that names the same things, as destination does for origin: "
        "both look their vectors up in one embedding.",
        placeholder="Choose a column" if needed else "No other column",
        **_bound_to_one_of("partner", rest),
    )


def _choose_target(table: Table, profile: pd.DataFrame) -> None:
    chosen = state.settings()
    objective = OBJECTIVES[chosen["objective"]]
    taken = {chosen["column"], chosen["partner"] if state.applies("partner") else None}
    only_numbers = objective.target_kinds == ("number",)
    targets = (
        _numbers(table, taken) if only_numbers else [name for name in profile["name"] if name not in taken]
    )
    st.selectbox(
        objective.target_title,
        targets,
        placeholder="Choose a column",
        **_bound_to_one_of("target", targets),
    )
    if state.applies("target_kind") and chosen["target"]:
        readings = list(_TARGET_KINDS)
        if not table.expression[chosen["target"]].type().is_numeric():
            readings = readings[:3]
        if profile.set_index("name")["distinct"][chosen["target"]] > 2:
            readings.remove("binary")
        st.selectbox(
            "Read the target as",
            readings,
            format_func=_TARGET_KINDS.__getitem__,
            **state.bound("target_kind", options=readings),
        )
        if state.applies("exposure"):
            _choose_exposure(table, taken | {chosen["target"], chosen["weight"]})


def _choose_exposure(table: Table, taken: set[str | None]) -> None:
    numbers = _numbers(table, taken)
    st.selectbox(
        "Counted over",
        [None, *numbers],
        format_func=lambda name: "each row is one" if name is None else str(name),
        help="A column that says over how much was counted, such as years insured or visitors: what is learned is how "
        "many there are per unit of it.",
        placeholder="each row is one",
        **state.bound("exposure", options=[None, *numbers]),
    )


def _numbers(table: Table, taken: set[str | None]) -> list[str]:
    """Name the columns of numbers that are not taken."""
    return [name for name in table.columns if name not in taken and is_number(table.expression[name].type())]


def _choose_others(table: Table, profile: pd.DataFrame, name: str) -> None:
    """Choose the columns of ``features`` or ``context``; an empty choice takes all that are suitable."""
    chosen = state.settings()
    roles = ("column", "target", "partner", "weight", "exposure")
    taken = [chosen[other] for other in roles if state.applies(other)]
    fitting = suitable(table, without=taken)
    rest = [column for column in profile["name"] if column not in fitting and column not in taken]
    if chosen[name] is None:
        chosen[name] = []
    by_default = name == "context" and not chosen[name]
    useless = helpful.left_out(table, chosen["column"], chosen["weight"]) if by_default else []
    st.multiselect(
        "Other columns" if name == "features" else "Columns to relate by",
        fitting + rest,
        placeholder=_all_of(len(fitting), len(useless)),
        help="Leave it empty for all that are suitable. Numbers "
        + ("stay numbers" if name == "features" else "are put into ten bins")
        + ", times become month, weekday and hour.",
        **state.bound(name, options=fitting + rest),
    )
    if not chosen[name]:
        left_out = f" Left out, as identifiers, free text or constants: {_names(rest)}" if rest else ""
        st.caption(f"Suitable: {_names(fitting)}{left_out}" if fitting else left_out.strip())
        if name == "context":
            _say_what_cannot_help(useless, fitting)


def _all_of(suitable: int, useless: int) -> str:
    """Say what is taken where nothing is chosen.

    >>> _all_of(9, 0), _all_of(9, 1), _all_of(0, 0)
    ('All 9 that are suitable', '8 of the 9 that are suitable', 'None is suitable')
    """
    if not suitable:
        return "None is suitable"
    return (
        f"{suitable - useless} of the {suitable} that are suitable"
        if useless
        else f"All {suitable} that are suitable"
    )


def _say_what_cannot_help(useless: Sequence[str], fitting: Sequence[str]) -> None:
    """Name the columns that are left out by default, with the button that takes them all the same."""
    column = state.settings()["column"]
    if useless:
        st.caption(
            f":material/info: Left out, as their many values tell nothing of {plain(column, limit=40)} that holds on "
            f"other rows, or only repeat it in other words: {_names(useless)}"
        )
        st.button(
            "Use them too",
            icon=":material/add:",
            type="tertiary",
            key="use_useless",
            on_click=state.set_setting,
            args=("context", list(fitting)),
            help="Relates by all suitable columns. It takes longer and seldom helps; a column that repeats the "
            "categories in other words sets each apart from all others.",
        )


def _names(columns: Sequence[str]) -> str:
    """Return columns as the end of a sentence, whose full stop the last name may have already."""
    shown = ", ".join(plain(column, limit=40) for column in columns[:_SHOWN_COLUMNS])
    more = len(columns) - _SHOWN_COLUMNS
    return (f"{shown} and {more} more" if more > 0 else shown).removesuffix(".") + "."


def _bound_to_one_of(name: str, options: Sequence[str]) -> dict[str, Any]:
    """Tie a widget to a setting that is one of the options, or not chosen yet."""
    if state.settings()[name] not in options:
        state.set_setting(name, None)
    return state.bound(name)
