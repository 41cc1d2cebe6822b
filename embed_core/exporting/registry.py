"""The exporters that there are, a line each, and the one way to use them."""

from pathlib import Path

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.exporting.base import Exporter
from embed_core.exporting.delimited import CSV
from embed_core.exporting.parquet import PARQUET
from embed_core.space.embedding import Embedding
from embed_core.training.run import Run

EXPORTERS: dict[str, Exporter] = {}


def register(exporter: Exporter) -> None:
    """Offer an exporter."""
    EXPORTERS[exporter.name] = exporter


register(PARQUET)
register(CSV)


def export(source: Run | Embedding, format: str, path: str | Path, *, column: str | None = None) -> Path:
    """Write an embedding in a format of `EXPORTERS`; whole, or not at all.

    Args:
        source: a run, or an embedding.
        format: such as ``"csv"``; the registry lists and explains them.
        path: of the file, or of the folder; folders above it are made.
        column: of a run that embedded several columns, the one that is written; None is the run's own.

    Returns:
        The path.

    Raises:
        AtlasError: there is no such format or column, or the path cannot be written to.

    >>> import tempfile
    >>> embedding = Embedding(["a", "b"], [[0, 1], [2, 3.5]], [7, 5])
    >>> print(export(embedding, "csv", Path(tempfile.mkdtemp()) / "shops.csv").read_text(), end="")
    "category","support","v0","v1"
    "a",7,0.0,1.0
    "b",5,2.0,3.5
    """
    exporter = EXPORTERS.get(format)
    if exporter is None:
        hint = did_you_mean(format, EXPORTERS) or f"The formats are: {listed(EXPORTERS)}."
        raise AtlasError(f"There is no format {quoted(format)} to export to. {hint}")
    embedding = _embedding(source, column)
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        exporter.write(embedding, path)
    except OSError as error:
        raise AtlasError(
            f"The export cannot be written to {quoted(path, limit=200)}: {error.strerror or error}. "
            "Choose a place that you may write to."
        ) from error
    return path


def _embedding(source: Run | Embedding, column: str | None) -> Embedding:
    if isinstance(source, Embedding):
        return source
    if column is None:
        return source.embedding
    if column not in source.embeddings:
        raise AtlasError(
            f"The run has no embedding of {quoted(column)}. Choose one of {listed(source.embeddings)}."
        )
    return source.embeddings[column]
