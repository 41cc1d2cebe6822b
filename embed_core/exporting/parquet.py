"""The folder of `Embedding.save`: Parquet and JSON."""

from embed_core.exporting.base import Exporter
from embed_core.space.embedding import Embedding

PARQUET = Exporter(
    "parquet",
    "Parquet",
    "A folder with the vectors, supports and target means as Parquet and the rest as JSON; Embedding.load reads it "
    "number for number.",
    suffix="",
    write=Embedding.save,
)
