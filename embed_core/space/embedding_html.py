"""What notebooks show of an embedding."""

from typing import TYPE_CHECKING

import numpy as np

from embed_core.display import line, rows_of, shown

if TYPE_CHECKING:
    from embed_core.space.embedding import Embedding

_SHOWN, _NEAREST = 8, 4


def embedding_html(embedding: "Embedding") -> str:
    """Return the categories with most rows, each with its nearest."""
    largest = [int(row) for row in np.argsort(-embedding.support, kind="stable")[:_SHOWN]]
    labels = [embedding.labels[row] for row in largest]
    nearest = (
        [", ".join(embedding.neighbors(label, k=_NEAREST)["category"]) for label in labels]
        if len(embedding) > 1
        else [""] * len(labels)
    )
    rows = zip(labels, (f"{int(embedding.support[row]):,}" for row in largest), nearest, strict=True)
    more = len(embedding) - len(labels)
    return shown(
        repr(embedding),
        rows_of(["category", "rows", "nearest"], rows),
        line(
            f"… and {more:,} more. By {embedding.metric} distance."
            if more
            else f"By {embedding.metric} distance."
        ),
    )
