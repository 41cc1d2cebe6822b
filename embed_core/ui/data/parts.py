"""The parts of the Data page that open a table and look at it."""

import pandas as pd
import streamlit as st

from embed_core.tables.gallery import SAMPLES, Sample
from embed_core.tables.profile.suggestions import first_embeddable
from embed_core.tables.reading.formats import suffixes, titles
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain


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
        f"{titles()}. It stays on this server, and is forgotten when the server ends.",
        type=suffixes(),
        key="upload",
    )
    if file is not None:
        with errors_in_place(), st.spinner("Reading the table…", show_time=True):
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
        key=keys.COLUMNS_TABLE,
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
    st.session_state[keys.COLUMN_NAMES] = profile["name"].tolist()
    first_embeddable(profile)


def _take_column() -> None:
    rows = st.session_state[keys.COLUMNS_TABLE]["selection"]["rows"]
    if rows:
        state.set_setting("column", st.session_state[keys.COLUMN_NAMES][rows[0]])
