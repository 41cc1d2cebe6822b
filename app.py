"""Category Atlas, the server and the script in one: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from embed_core.ui.app.admission import Admission, visitor_routes
from embed_core.ui.app.entry import main
from embed_core.ui.app.server import lifespan
from embed_core.ui.component.serving import script_routes

# Streamlit finds this by reading the file; what belongs to the server lives and ends with the lifespan.
app = st.App(
    __file__,
    lifespan=lifespan,
    routes=[*script_routes(), *visitor_routes()],
    middleware=[Middleware(Admission)],
)

# Worker processes import this file again under another name.
if __name__ == "__main__":
    main()
