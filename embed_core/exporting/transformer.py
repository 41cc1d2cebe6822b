"""The vectors as a fitted scikit-learn transformer."""

from collections.abc import Mapping

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.space.embedding import Embedding


def _of(content: Content) -> Mapping[str, Embedding]:
    return content.embeddings or {content.embedding.name: content.embedding}


def _make(content: Content) -> bytes:
    import skops.io

    from embed_core.estimator.embedder import CategoryEmbedder  # with scikit-learn, a second or two

    dumped: bytes = skops.io.dumps(CategoryEmbedder.of(_of(content)))
    return dumped


def _refuses(content: Content) -> str:
    if any(embedding.unknown is None for embedding in _of(content).values()):
        if content.is_from_elsewhere:
            return (
                "These vectors say nothing of a category that they do not hold, and a transformer has to give it a "
                "vector. Choose the vectors as CSV, Parquet or SQL."
            )
        record = content.record
        if record is not None and not OBJECTIVES[record.config.objective].takes("category_dropout"):
            return (
                "A category that it does not know has no place among distances, and a transformer has to give it one. "
                "Choose the vectors as CSV, Parquet or SQL."
            )
        return "It has no (unknown) vector for categories that it does not know. Train with category_dropout above 0."
    if "" in _of(content):
        return "The vectors do not say which column they are of."
    return ""


TRANSFORMER = Exporter(
    "transformer",
    "scikit-learn transformer",
    "A fitted CategoryEmbedder for pipelines, which turns columns into these vectors. skops.io.load opens it, and runs "
    "no code of the file's.",
    ".skops",
    _make,
    section="The run",
    refuses=_refuses,
)
