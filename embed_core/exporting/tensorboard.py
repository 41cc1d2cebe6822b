"""The two files of TensorBoard's Embedding Projector."""

import io
import zipfile

import numpy as np

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.space.neighbors.distances import directions

# The format has no way to write these within a name: it gets their pictures.
_PICTURES = str.maketrans({"\t": "␉", "\n": "␊", "\r": "␍", "\v": "␋", "\f": "␌", "\x00": "␀"})
_CONFIG = 'embeddings { tensor_path: "vectors.tsv" metadata_path: "metadata.tsv" }\n'
_README = """\
Open https://projector.tensorflow.org, press Load, and choose vectors.tsv and then metadata.tsv; or give TensorBoard
this folder as its --logdir.

{}
Tabs and line breaks in names are shown as their pictures, because the format has none.
"""
_CENTRED = (
    "Distances between these vectors are Euclidean, so they are centred: their mean was taken from each of them. "
    "Choose EUCLIDEAN in the Projector: its first choice, COSINE, has another order of neighbours."
)
_NORMALISED = (
    "Only the directions of these vectors count, so each was given the length 1: EUCLIDEAN and COSINE then have the "
    "same order of neighbours."
)


def _make(content: Content) -> bytes:
    embedding = content.embedding
    is_direction = embedding.metric == "cosine"
    vectors = (
        directions(embedding.vectors)
        if is_direction
        else embedding.vectors - embedding.vectors.mean(axis=0, dtype=np.float64)
    )
    columns = {"category": embedding.labels, "rows": embedding.support.tolist()}
    if embedding.target_mean is not None:
        columns["target_mean"] = embedding.target_mean.tolist()
    if content.clusters is not None:
        columns["cluster"] = [name or "" for name in content.cluster_of]
    lines = [list(columns), *zip(*columns.values(), strict=True)]
    metadata = "".join("\t".join(str(cell).translate(_PICTURES) for cell in line) + "\n" for line in lines)
    numbers = "".join("\t".join(map(str, np.asarray(row, np.float32).tolist())) + "\n" for row in vectors)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("vectors.tsv", numbers)
        packed.writestr("metadata.tsv", metadata)
        packed.writestr("projector_config.pbtxt", _CONFIG)
        packed.writestr("README.txt", _README.format(_NORMALISED if is_direction else _CENTRED))
    return file.getvalue()


TENSORBOARD = Exporter(
    "tensorboard",
    "TensorBoard Projector",
    "Vectors and names as the two TSV files that the Embedding Projector opens, centred or of length 1 as their "
    "distances ask for; which, the README in the ZIP says.",
    ".zip",
    _make,
)
