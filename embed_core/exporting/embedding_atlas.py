"""Parquet as Embedding Atlas opens it."""

import io

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content

_MOST = 15


def _make(content: Content) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    embedding, places = content.embedding, content.map.coordinates
    columns = {
        "category": pa.array(embedding.labels, pa.large_string()),
        "rows": pa.array(embedding.support),
        "vector": pa.array(embedding.vectors.tolist(), pa.list_(pa.float32())),
        "x": pa.array(places[:, 0]),
        "y": pa.array(places[:, 1]),
        "cluster": pa.array(content.cluster_of, pa.large_string()),
    }
    if embedding.target_mean is not None:
        columns["target_mean"] = pa.array(embedding.target_mean)
    if len(embedding) > 1:
        rows, distances = embedding.nearest(min(_MOST, len(embedding) - 1))
        columns["neighbors"] = pa.array(
            [
                {"ids": [int(each) for each in ids], "distances": [float(each) for each in away]}
                for ids, away in zip(rows, distances, strict=True)
            ],
            pa.struct([("ids", pa.list_(pa.int64())), ("distances", pa.list_(pa.float64()))]),
        )
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


EMBEDDING_ATLAS = Exporter(
    "embedding-atlas",
    "Embedding Atlas",
    "A Parquet file for embedding-atlas FILE --x x --y y --vector vector --neighbors neighbors --text category: our "
    "map and our neighbours in Apple's viewer.",
    ".parquet",
    _make,
)
