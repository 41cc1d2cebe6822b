"""All that can be taken away of a run, the report first."""

import streamlit as st

from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.page_entry import through_app
from embed_core.ui.export.offers import nothing_to_export, offers, same_in_python
from embed_core.ui.export.share import share
from embed_core.ui.export.taken import content_of

through_app(__file__)

with st.container(width=1000):
    st.title("Export")
    record = state.current_record()
    if record is None or not record.status.has_result:
        nothing_to_export(record)
    else:
        with errors_in_place():
            content, is_of_map_page = content_of(record)
            offers(content, is_of_map_page=is_of_map_page)
            same_in_python()
            share(record)
