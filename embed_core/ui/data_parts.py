"""The parts of the Data page."""

import pandas as pd
import streamlit as st

from embed_core.learning.config import OBJECTIVES
from embed_core.learning.shape import dimension_rules, directions
from embed_core.tables.counting import describe_target
from embed_core.tables.profiling import embeddable, first_embeddable
from embed_core.tables.samples import SAMPLES, Sample
from embed_core.tables.table import Table
from embed_core.ui import launch, state
from embed_core.ui.text import counted, plain

UPLOAD_TYPES = ["csv", "tsv", "txt", "parquet"]
LARGEST_DIMENSION = 64
_KIND_NAMES = {
    "auto": "As it looks",
    "binary": "Two classes",
    "multiclass": "Several classes",
    "number": "Number",
}


def gallery() -> None:
    """Show a card for every table of the gallery."""
    st.header("Gallery")
    with st.grid(3, min_column_width=240):
        for sample in SAMPLES.values():
            with st.container(border=True, height="stretch"):
                _card(sample)


def _card(sample: Sample) -> None:
    st.subheader(sample.title, anchor=False)
    st.markdown(sample.sentence)
    st.caption(
        f"{sample.row[0].upper()}{sample.row[1:]} · {counted(sample.rows, 'row')} × {sample.columns} columns · "
        f"{_size(sample)}  \n{plain(sample.source)}  \n{plain(sample.licence)}"
    )
    st.space("stretch")
    st.button(
        "Open", key=f"open_{sample.name}", on_click=state.open_sample, args=(sample.name,), width="stretch"
    )


def _size(sample: Sample) -> str:
    return f"{sample.bytes / 1024:,.0f} kB"


def upload() -> None:
    """Take a file; what cannot be read is said in place."""
    st.header("Your own table")
    file = st.file_uploader(
        "CSV, TSV or Parquet. It stays on this server, and is forgotten when the server ends.",
        type=UPLOAD_TYPES,
        key="upload",
    )
    if file is not None:
        with state.errors_in_place(), st.spinner("Reading the table…", show_time=True):
            state.open_upload(file)
            st.rerun()


def how_it_was_read(table: Table) -> None:
    """Show what was assumed while reading, and what was repaired."""
    notes = len(table.report.notes)
    label = "How it was read" + (f" · {counted(notes, 'note')}" if notes else "")
    with st.expander(label, icon=":material/fact_check:", key="how_read"):
        st.dataframe(
            pd.DataFrame(table.report.lines(), columns=["What", "How"]),
            hide_index=True,
            alt="How the table was read",
            column_config={"What": st.column_config.Column(width="small")},
        )


def columns_table(table: Table) -> None:
    """Show a row per column; choosing one makes it the category column."""
    with st.spinner("Looking at the columns…", show_time=True):
        profile = table.profile()
    st.header("Columns")
    shown = profile[["name", "kind", "distinct", "missing", "top", "distribution", "suggestion"]]
    st.dataframe(
        shown,
        key="columns",
        hide_index=True,
        height=min(400, 37 + 35 * len(shown)),
        on_select=_take_column,
        selection_mode="single-row",
        alt="The columns of the table, with what they hold",
        column_config={
            "name": st.column_config.TextColumn("column", pinned=True),
            "kind": st.column_config.TextColumn("kind"),
            "distinct": st.column_config.NumberColumn("different values", format="localized"),
            "missing": st.column_config.NumberColumn("missing", format="localized"),
            "top": st.column_config.TextColumn("most common"),
            "distribution": st.column_config.BarChartColumn("distribution", y_min=0),
            "suggestion": st.column_config.TextColumn("hint", width="large"),
        },
    )
    st.session_state["column_names"] = profile["name"].tolist()
    first_embeddable(profile)


def _take_column() -> None:
    rows = st.session_state["columns"]["selection"]["rows"]
    if rows:
        state.set_setting("column", st.session_state["column_names"][rows[0]])


def choose(table: Table) -> None:
    """Let the person choose the column, the objective, what it needs, and the dimension."""
    st.header("What to learn")
    profile = table.profile()
    possible = embeddable(profile)
    others = [name for name in profile["name"] if name not in possible]
    left, right = st.columns(2, gap="large")
    with left:
        st.selectbox(
            "Column of categories",
            possible + others,
            help="Each of its values gets a vector.",
            **state.bound("column"),
        )
        _choose_objective()
    with right:
        _choose_needs(table, profile)
        _choose_dimension(profile)


def _choose_objective() -> None:
    st.radio(
        "Learn from",
        list(OBJECTIVES),
        format_func=lambda name: OBJECTIVES[name].title,
        captions=[objective.sentence for objective in OBJECTIVES.values()],
        **(
            state.bound("objective", options=list(OBJECTIVES))
            | {"on_change": state.choose_objective, "args": ()}
        ),
    )
    st.caption(f":material/info: {OBJECTIVES[state.settings()['objective']].limit}")


def _choose_needs(table: Table, profile: pd.DataFrame) -> None:
    chosen = state.settings()
    objective = OBJECTIVES[chosen["objective"]]
    columns = profile["name"].tolist()
    if "partner" in objective.needs:
        rest = [name for name in columns if name != chosen["column"]]
        st.selectbox(
            "Second column of the same kind",
            rest,
            help="Names the same things as the first, as destination does for origin.",
            placeholder="Choose a column",
            **state.bound("partner"),
        )
    numeric_only = objective.target_kinds == ("number",)
    taken = {chosen["column"], chosen["partner"] if "partner" in objective.needs else None}
    kinds = profile.set_index("name")["kind"]
    targets = [
        name for name in columns if name not in taken and (not numeric_only or kinds[name] == "number")
    ]
    if chosen["target"] not in targets:
        chosen["target"] = None
    st.selectbox(
        "Distance to keep" if numeric_only else "Target to predict",
        targets,
        placeholder="Choose a column",
        **state.bound("target"),
    )
    if not numeric_only:
        st.segmented_control(
            "Read the target as",
            list(_KIND_NAMES),
            format_func=_KIND_NAMES.__getitem__,
            required=True,
            **state.bound("target_kind", options=list(_KIND_NAMES)),
        )


def _choose_dimension(profile: pd.DataFrame) -> None:
    chosen = state.settings()
    st.slider(
        "Dimension: numbers per category",
        1,
        max(LARGEST_DIMENSION, chosen["dimension"]),
        help="Two can be drawn as they are. More hold more, and are flattened for the map.",
        **state.bound("dimension"),
    )
    distinct = profile.set_index("name")["distinct"].get(chosen["column"])
    if distinct is not None and distinct > 1:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"Rules of thumb for {distinct:,} categories", width="content")
            for rule in dimension_rules(int(distinct)):
                st.button(
                    f"{rule.dimension} · {rule.name}",
                    key=f"rule_{rule.name}",
                    type="tertiary",
                    help=rule.source,
                    on_click=state.set_setting,
                    args=("dimension", min(rule.dimension, LARGEST_DIMENSION)),
                )
    st.number_input(
        "Pool categories with fewer rows than",
        min_value=1,
        step=1,
        help="Rare categories share one vector called (rare). 1 pools none.",
        **state.bound("min_frequency"),
    )


def train_button(table: Table) -> None:
    """Sum the choice up in a sentence, with the button that trains."""
    chosen = state.settings()
    objective = OBJECTIVES[chosen["objective"]]
    if not chosen["column"] or any(not chosen[need] for need in objective.needs):
        missing = [need for need in ("column", *objective.needs) if not chosen.get(need)]
        st.info(f"Still to choose: {', '.join(missing)}.", icon=":material/arrow_upward:")
        return
    st.markdown(f":material/summarize: {_summary(table)}")
    launch.button("Train", key="train_here", then_open="pages/train.py")


def _summary(table: Table) -> str:
    config = state.config()
    objective = OBJECTIVES[config.objective]
    profile = table.profile().set_index("name")
    distinct = int(profile["distinct"].get(config.column, 0))
    assert config.target is not None
    sentence = (
        f"**{distinct:,} {plain(config.column, limit=40)} categories → {counted(config.dimension, 'number')} each**, "
        f"learned from {plain(config.target, limit=40)}"
    )
    if config.partner and "partner" in objective.needs:
        return f"{sentence} with {plain(config.partner, limit=40)}, {counted(table.n_rows, 'row')}."
    kind, classes = describe_target(
        table, config.target, target_kind=config.target_kind, allowed=objective.target_kinds
    )
    meaning = {
        "binary": f"the probability of {plain(classes[1] if len(classes) > 1 else '', limit=40)}",
        "multiclass": counted(len(classes), "class", "classes"),
        "number": "a number",
    }[kind]
    ways = directions(kind, len(classes), config.dimension)
    limit = (
        " One output: the map will be a line."
        if ways == 1
        else f" {len(classes)} classes: the vectors can move in {ways} directions."
    )
    return f"{sentence} ({meaning}), {counted(table.n_rows, 'row')}.{limit}"
