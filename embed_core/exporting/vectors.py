"""Vectors with their labels, rows and places, as tables."""

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.map_table import csv_of, map_table, parquet_of


def _csv(content: Content) -> bytes:
    return csv_of(map_table(content.embedding, content.map.coordinates))


def _parquet(content: Content) -> bytes:
    return parquet_of(map_table(content.embedding, content.map.coordinates))


CSV = Exporter(
    "csv",
    "Vectors as CSV",
    "A row per category: its name, rows, mean of the target, place on the map and vector. UTF-8, for spreadsheets: a "
    "name that one would take for a formula begins with an apostrophe.",
    ".csv",
    _csv,
)
PARQUET = Exporter(
    "parquet",
    "Vectors as Parquet",
    "The same, number for number and text for text, for pandas, Polars, DuckDB and R.",
    ".parquet",
    _parquet,
)
