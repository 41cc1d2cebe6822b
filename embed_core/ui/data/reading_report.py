"""How the table was read: what was assumed, and what was repaired."""

import pandas as pd
import streamlit as st

from embed_core.tables.table import Table
from embed_core.ui.app.text import plain
from embed_core.ui.data.reading_options import reading_options


def reading_report(table: Table) -> None:
    """Show what was assumed while reading, what was repaired, and of a file what can be said instead."""
    lines = [(plain(what), plain(how, limit=2_000)) for what, how in table.report.lines()]
    with st.container(key="how_read"):
        st.table(  # which breaks its lines, where a data frame cuts them off
            pd.DataFrame(lines, columns=["What", "How"]),
            hide_index=True,
            border="horizontal",
            alt="How the table was read",
        )
    reading_options(table)
