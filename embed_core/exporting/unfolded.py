"""What the parts of a run that came from elsewhere would take in memory, known before any is read into it.

Parquet holds once what a column repeats, and an ``npz`` is packed: a few kilobytes of either can unfold to gigabytes.
"""

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MOST_BYTES = 2 * 1024**3
_CELL = 8  # bytes of a number, and of the place of a text


def unfolded_bytes(path: Path) -> int:
    """Return how many bytes a part of a run has in memory, at most; of texts no more than tell that they are too many.

    Raises:
        ValueError: it holds what no run has: neither numbers nor texts.
        OSError, zipfile.BadZipFile: it is damaged.
    """
    if path.suffix == ".parquet":
        return _of_parquet(path)
    if path.suffix == ".npz":
        with zipfile.ZipFile(path) as packed:
            return sum(part.file_size for part in packed.infolist())
    return path.stat().st_size


def _of_parquet(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        schema, facts = file.schema_arrow, file.metadata
        texts = [
            each.name
            for each in schema
            if pa.types.is_string(each.type) or pa.types.is_large_string(each.type)
        ]
        others = [each.type for each in schema if each.name not in texts]
        if not all(pa.types.is_primitive(kind) or pa.types.is_null(kind) for kind in others):
            raise ValueError("neither numbers nor texts")
        groups = [facts.row_group(place) for place in range(facts.num_row_groups)]
        cells = sum(group.column(place).num_values for group in groups for place in range(group.num_columns))
    size = cells * _CELL
    if size > MOST_BYTES or not texts:
        return size
    # As dictionaries, each text is there once.
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for column in file.read(columns=texts).columns:
            for chunk in column.chunks:
                lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
                size += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return size
