"""The vectors to take away, with names, rows and places on the map, in one file."""

import pandas as pd
import streamlit as st

from embed_core.exporting.map_table import csv_of, map_table, parquet_of
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.shown import Shown


def take_away(map_state: MapState, shown: Shown) -> None:
    """Offer the files; each is made when it is asked for. Pictures are saved from the map itself."""
    result = shown.result

    def table() -> pd.DataFrame:
        return map_table(map_state.embedding, None if result is None else result.coordinates)

    name = _file_name(map_state)
    behind = st.popover("Download", icon=":material/download:", key="take_away", on_change="rerun")
    if not behind.open:
        return
    with behind:
        st.markdown("**The vectors, with names, rows and places on this map**")
        st.download_button(
            "CSV, for spreadsheets",
            data=lambda: csv_of(table()),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/csv:",
            key="take_csv",
            on_click="ignore",
            width="stretch",
            help="UTF-8. A text that a spreadsheet would take for a formula begins with an apostrophe",
        )
        st.download_button(
            "Parquet, number for number",
            data=lambda: parquet_of(table()),
            file_name=f"{name}.parquet",
            mime="application/vnd.apache.parquet",
            icon=":material/database:",
            key="take_parquet",
            on_click="ignore",
            width="stretch",
        )
        st.caption("A picture of the map, PNG or SVG: the last button at the map's edge.")
        st.page_link("pages/export.py", label="All that can be taken away", icon=":material/ios_share:")


def _file_name(map_state: MapState) -> str:
    words = "".join(each if each.isalnum() else " " for each in f"{map_state.column} {map_state.record.name}")
    return "-".join(words.split())[:60] or "vectors"
