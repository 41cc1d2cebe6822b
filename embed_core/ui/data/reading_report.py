"""How the table was read: what was assumed, and what was repaired."""

import pandas as pd
import streamlit as st

from embed_core.tables.table import Table
from embed_core.ui.data.reading_options import reading_options


def reading_report(table: Table) -> None:
    """Show what was assumed while reading, what was repaired, and of a file what can be said instead."""
    st.dataframe(
        pd.DataFrame(table.report.lines(), columns=["What", "How"]),
        hide_index=True,
        alt="How the table was read",
        column_config={"What": st.column_config.Column(width="small")},
    )
    reading_options(table)
