"""Vectors with their labels as comma-separated text."""

import csv
import io
from pathlib import Path

from embed_core import writing
from embed_core.exporting.base import Exporter
from embed_core.space.embedding import Embedding


def _write(embedding: Embedding, path: Path) -> None:
    """Write ``category``, ``support``, ``v0`` …: texts in quotes and unchanged, numbers to their last digit."""
    text = io.StringIO()
    # Quotes keep commas, line breaks and quotes within a text, and an empty text from being taken for a missing one.
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(["category", "support", *(f"v{axis}" for axis in range(embedding.dimension))])
    for label, support, vector in zip(embedding.labels, embedding.support, embedding.vectors, strict=True):
        # The shortest text that gives the same 32-bit number again.
        rows.writerow([label, int(support), *(float(str(number)) for number in vector)])
    writing.write(path, text.getvalue().encode())


CSV = Exporter(
    "csv",
    "CSV",
    "One file with a row per category: its label, its rows and its vector. UTF-8, for spreadsheets and other tools.",
    suffix=".csv",
    write=_write,
)
