"""The Streamlit side: the map component, charts and the state of a session."""
