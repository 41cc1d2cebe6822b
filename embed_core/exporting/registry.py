"""The exporters that there are, a line each, and the one way to use them."""

import io
import zipfile
from pathlib import Path
from typing import Any

from embed_core import writing
from embed_core.errors import AtlasError, check_path, did_you_mean, listed, quoted
from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.embedding_atlas import EMBEDDING_ATLAS
from embed_core.exporting.groups import GROUPS
from embed_core.exporting.keras_code.script import KERAS_CODE
from embed_core.exporting.lookup_sql import LOOKUP_SQL
from embed_core.exporting.map_page import MAP_DRAWING, MAP_PAGE
from embed_core.exporting.model import CODES, KERAS
from embed_core.exporting.neighbors import NEIGHBORS
from embed_core.exporting.own_table import OWN_CSV, OWN_EXCEL, OWN_PARQUET
from embed_core.exporting.python_code import PYTHON
from embed_core.exporting.report.report import REPORT
from embed_core.exporting.run_file import RUN_FILE
from embed_core.exporting.tensorboard import TENSORBOARD
from embed_core.exporting.transformer import TRANSFORMER
from embed_core.exporting.vectors import CSV, PARQUET
from embed_core.exporting.word2vec import WORD2VEC
from embed_core.space.embedding import Embedding
from embed_core.space.projections.base import Projection
from embed_core.tables.reading.read import read_table
from embed_core.training.run import Run
from embed_core.training.trust import Trust, measures_of

EXPORTERS: dict[str, Exporter] = {}


def register(exporter: Exporter) -> None:
    """Offer an exporter."""
    EXPORTERS[exporter.name] = exporter


register(REPORT)
register(MAP_PAGE)
register(MAP_DRAWING)
register(OWN_EXCEL)
register(OWN_CSV)
register(OWN_PARQUET)
register(CSV)
register(PARQUET)
register(NEIGHBORS)
register(GROUPS)
register(LOOKUP_SQL)
register(TENSORBOARD)
register(WORD2VEC)
register(EMBEDDING_ATLAS)
register(RUN_FILE)
register(TRANSFORMER)
register(PYTHON)
register(KERAS_CODE)
register(KERAS)
register(CODES)


def export(
    source: Run | Embedding,
    format: str,
    path: str | Path,
    *,
    column: str | None = None,
    table: Any = None,
    trust: Trust | None = None,
    projection: Projection | None = None,
) -> Path:
    """Write a run or an embedding in a format of `EXPORTERS`; whole, or not at all.

    Args:
        source: a run, or an embedding.
        format: such as ``"report"`` or ``"csv"``; the registry lists and explains them.
        path: of the file; folders above it are made. What is a ZIP goes into a folder where the name has no ending.
        column: of a run that embedded several columns, the one that is written; None is the run's own.
        table: that the run was trained on, for the formats that give it back: a `Table`, or anything that
            `read_table` takes.
        trust: from `trust`, for the report.
        projection: the map; None draws the vectors as they are where they have up to two dimensions, else PCA.

    Returns:
        The path.

    Raises:
        AtlasError: there is no such format or column, something that the format needs was not given, or the path
            cannot be written to.

    >>> import tempfile
    >>> embedding = Embedding(["a", "b"], [[0, 1], [2, 3.5]], [7, 5])
    >>> print(export(embedding, "word2vec", Path(tempfile.mkdtemp()) / "shops.txt").read_text(), end="")
    2 2
    a 0.0 1.0
    b 2.0 3.5
    """
    require_format(format)  # these before the table is read
    path = check_path(path, "the file to write")
    known = {
        "table": None if table is None else read_table(table),
        "measures": measures_of(trust),
        "projection": projection,
    }
    return write(Content.of(source, column=column, **known), format, path)


def require_format(format: str) -> Exporter:
    """Return the exporter of a format.

    Raises:
        AtlasError: there is none.
    """
    exporter = EXPORTERS.get(format) if isinstance(format, str) else None
    if exporter is None:
        hint = did_you_mean(format, EXPORTERS) or f"The formats are: {listed(EXPORTERS)}."
        raise AtlasError(f"There is no format {quoted(format)} to export to. {hint}")
    return exporter


def write(content: Content, format: str, path: str | Path, *, table_is: str = "table=…") -> Path:
    """Write what there is of a run or an embedding; see `export`.

    Args:
        content: what there is.
        format: such as ``"report"``.
        path: of the file.
        table_is: how a table is given, for the sentence that says that it is missing.
    """
    exporter, path = require_format(format), check_path(path, "the file to write")
    if missing := exporter.missing(content):
        missing = missing.replace("open that again on the Data page", f"give it as {table_is}")
        raise AtlasError(f"The format {quoted(format)} cannot be written. {missing}")
    made = exporter.make(content)
    files = {path: made}
    if exporter.suffix == ".zip" and not path.suffix:
        with zipfile.ZipFile(io.BytesIO(made)) as packed:
            files = {path / name: packed.read(name) for name in packed.namelist()}
    try:
        for place, written in files.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            writing.write(place, written)
    except OSError as error:
        raise AtlasError(
            f"The export cannot be written to {quoted(path, limit=200)}: {error.strerror or error}. "
            "Choose a place that you may write to."
        ) from error
    return path
