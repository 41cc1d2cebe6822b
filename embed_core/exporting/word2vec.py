"""The text format of word2vec."""

import re

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content

_BLANKS = re.compile(r"\s")


def words_of(labels: list[str]) -> list[str]:
    r"""Return names without blanks, which the format has not, and no two the same.

    >>> words_of(["New York", "New_York", "", "a\nb"])
    ['New_York_2', 'New_York', '(empty)', 'a_b']
    """
    # A name that needs no change keeps itself, whoever comes first.
    taken = {label for label in labels if label and not _BLANKS.search(label)}
    found, seen = [], set()
    for label in labels:
        word = _BLANKS.sub("_", label) or "(empty)"
        number = 2
        wanted = word
        while word in seen or (word != label and word in taken):
            word = f"{wanted}_{number}"
            number += 1
        seen.add(word)
        found.append(word)
    return found


def _make(content: Content) -> bytes:
    embedding = content.embedding
    lines = [f"{len(embedding)} {embedding.dimension}"]
    for word, vector in zip(words_of(embedding.labels), embedding.vectors, strict=True):
        lines.append(f"{word} {' '.join(map(str, vector.tolist()))}")
    return ("\n".join(lines) + "\n").encode()


WORD2VEC = Exporter(
    "word2vec",
    "word2vec text",
    "As gensim's KeyedVectors.load_word2vec_format, spaCy and fastText read it. Blanks in names become underscores: "
    "the format has none.",
    ".txt",
    _make,
)
