"""The Streamlit side: the map component, charts and the state of a session."""

import logging

# Streamlit warns of each cache that is made before its server runs, as those of modules are: they are in memory.
logging.getLogger("streamlit.runtime.caching.cache_data_api").addFilter(
    lambda record: "No runtime found" not in record.getMessage()
)
