"""An embedding on disk: ``embedding.parquet`` with a row per category, ``embedding.json`` with the rest."""

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embed_core import writing
from embed_core.errors import AtlasError, quoted
from embed_core.space.embedding_parts import EmbeddingParts

if TYPE_CHECKING:
    import pyarrow as pa

TABLE_FILE = "embedding.parquet"
SHEET_FILE = "embedding.json"
_FINGERPRINT_KEY = b"category_atlas_fingerprint"
_INTERVAL = ("target_low", "target_high")


class Sheet(BaseModel):
    """What ``embedding.json`` holds.

    Attributes:
        format: tells the file from any other JSON file.
        version: of this layout; a reader refuses one that it does not know.
        name: the column.
        metric: by which distance neighbors are found; files of versions up to 0.1 do not say it.
        categories: rows of the Parquet file.
        dimension: numbers per vector.
        unknown: the *(unknown)* vector, or null.
        undetermined: categories whose place their distances do not determine, each with its partners, or null.
        fingerprint: of the embedding; the Parquet file carries the same one, so that files of two
            embeddings (a crash between two renames) are not taken for one.
    """

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    format: Literal["category-atlas-embedding"] = "category-atlas-embedding"
    version: Literal[1] = 1
    name: str = ""
    metric: str = "cosine"
    categories: int = Field(ge=1)
    dimension: int = Field(ge=1)
    unknown: list[float] | None = None
    undetermined: dict[str, tuple[str, ...]] | None = None
    fingerprint: str = ""


def write(parts: EmbeddingParts, folder: Path) -> Path:
    """Write both files, each whole or not at all, so that no reader sees half of one; return the folder.

    Raises:
        AtlasError: when the folder cannot be written.
    """
    import pyarrow.parquet as pq

    fingerprint = _fingerprint(parts)
    sheet = Sheet(
        name=parts.name,
        metric=parts.metric,
        categories=len(parts.labels),
        dimension=parts.vectors.shape[1],
        unknown=None if parts.unknown is None else parts.unknown.tolist(),
        undetermined=None if parts.undetermined is None else dict(parts.undetermined),
        fingerprint=fingerprint,
    )
    buffer = io.BytesIO()
    pq.write_table(_table(parts, fingerprint), buffer)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writing.write(folder / TABLE_FILE, buffer.getvalue())
        writing.write(folder / SHEET_FILE, sheet.model_dump_json(indent=2).encode())
    except OSError as error:
        raise AtlasError(
            f"The embedding cannot be written to {quoted(folder, limit=200)}: {error.strerror or error}. "
            "Choose a folder that you may write to."
        ) from error
    return folder


def read(folder: Path) -> EmbeddingParts:
    """Read both files and check that they belong together.

    Raises:
        AtlasError: when one is missing, damaged, or not of the same embedding as the other.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    where = quoted(folder, limit=200)
    try:
        sheet = Sheet.model_validate_json((folder / SHEET_FILE).read_bytes())
        table = pq.ParquetFile(io.BytesIO((folder / TABLE_FILE).read_bytes())).read()
        return _parts(sheet, table)
    except FileNotFoundError as error:
        raise AtlasError(
            f"There is no embedding in {where}: {Path(error.filename).name} is missing. "
            f"Choose a folder that holds {TABLE_FILE} and {SHEET_FILE}."
        ) from error
    except OSError as error:
        raise AtlasError(f"The embedding in {where} cannot be read: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = f"{SHEET_FILE}{f', {place}' if place else ''}: {first['msg']}"
        raise unreadable(folder, detail) from error
    except (pa.ArrowException, AtlasError, KeyError, TypeError, ValueError) as error:
        raise unreadable(folder, str(error)) from error


def unreadable(folder: Path, detail: str) -> AtlasError:
    """Return the error for files that are there and hold no embedding."""
    where = quoted(folder, limit=200)
    return AtlasError(f"The embedding in {where} cannot be read ({detail}). Save it again.")


def _table(parts: EmbeddingParts, fingerprint: str) -> "pa.Table":
    import pyarrow as pa

    columns: dict[str, npt.NDArray[np.generic] | pa.Array] = {
        "category": pa.array(parts.labels, pa.large_string()),
        "support": parts.support,
    }
    columns |= {f"v{j}": parts.vectors[:, j] for j in range(parts.vectors.shape[1])}
    if parts.target_mean is not None:
        columns["target_mean"] = parts.target_mean
    if parts.target_interval is not None:
        columns |= {name: parts.target_interval[:, j] for j, name in enumerate(_INTERVAL)}
    return pa.table(columns).replace_schema_metadata({_FINGERPRINT_KEY: fingerprint.encode()})


def _parts(sheet: Sheet, table: "pa.Table") -> EmbeddingParts:
    names = [f"v{j}" for j in range(sheet.dimension)]
    missing = [name for name in ("category", "support", *names) if name not in table.column_names]
    if missing:
        raise AtlasError(f"{TABLE_FILE} has no column {quoted(missing[0])}")
    # A table that another tool wrote again carries no fingerprint; its shape still has to agree.
    fingerprint = (table.schema.metadata or {}).get(_FINGERPRINT_KEY, b"").decode()
    if len(table) != sheet.categories or (fingerprint and fingerprint != sheet.fingerprint):
        raise AtlasError(f"{TABLE_FILE} and {SHEET_FILE} are of two different embeddings")

    def column(name: str) -> npt.NDArray[np.generic]:
        return table.column(name).to_numpy()

    interval = all(name in table.column_names for name in _INTERVAL)
    return EmbeddingParts(
        labels=table.column("category").to_pylist(),
        vectors=np.column_stack([column(name) for name in names]).astype(np.float32, copy=False),
        support=column("support").astype(np.int64, copy=False),
        unknown=None if sheet.unknown is None else np.array(sheet.unknown),
        target_mean=column("target_mean").astype(np.float64) if "target_mean" in table.column_names else None,
        target_interval=np.column_stack([column(name) for name in _INTERVAL]) if interval else None,
        name=sheet.name,
        metric=sheet.metric,
        undetermined=sheet.undetermined,
    )


def _fingerprint(parts: EmbeddingParts) -> str:
    digest = hashlib.sha256(f"{parts.name}\0{parts.vectors.shape}".encode())
    arrays = (parts.vectors, parts.support, parts.unknown, parts.target_mean)
    for array in (*arrays, parts.target_interval):
        digest.update(b"none" if array is None else array.tobytes())
    for label in parts.labels:
        digest.update(f"{len(label)}:{label}".encode())
    return digest.hexdigest()
