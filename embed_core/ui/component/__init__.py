"""The map as a Streamlit component; knows nothing of runs, tables or pages."""
