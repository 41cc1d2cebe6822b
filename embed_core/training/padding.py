"""Padding: trainings on about as many categories then share one compiled program.

A fold of a cross-validation rarely holds every category, and each number of categories would be compiled again, which
takes longer than the training itself. Rows of an embedding that no example looks up change nothing for the others.
"""

import dataclasses

import numpy as np

from embed_core.types import TrainingData, Vocabulary

# From here on an embedding is as wide as asked for, with or without the padding.
_WIDTHS = 2
_PADDING = "(padding {})"


def padded(data: TrainingData, dimension: int) -> TrainingData:
    """Return the data with vocabularies and levels filled up to one of few sizes.

    Padding comes last and has no rows; cut what is learned back to the size of the vocabulary. A level of a head that
    is padding never occurs, so its share is soon predicted to be 0.

    Args:
        data: from `embed_core.training.prepare.prepare`.
        dimension: of the embedding; smaller vocabularies than twice this are left as they are.
    """
    grown: dict[int, Vocabulary] = {}
    for vocabulary in data.vocabularies.values():
        size = _size(len(vocabulary), _WIDTHS * dimension)
        support = np.zeros(size, np.int64)
        support[: len(vocabulary)] = vocabulary.support
        labels = _filled(vocabulary.labels, size)
        grown[id(vocabulary)] = dataclasses.replace(vocabulary, labels=labels, support=support)
    return dataclasses.replace(
        data,
        vocabularies={column: grown[id(vocabulary)] for column, vocabulary in data.vocabularies.items()},
        heads=tuple(
            dataclasses.replace(head, levels=_filled(head.levels, _size(len(head.levels), 16)))
            for head in data.heads
        ),
    )


def _size(count: int, least: int) -> int:
    """Round up by a quarter at most, from ``least`` on.

    >>> _size(7, 16), _size(33, 16), _size(200, 16), _size(224, 16)
    (7, 40, 224, 224)
    """
    step = max(1, 2 ** (count.bit_length() - 3))
    return count if count < least else -(-count // step) * step


def _filled(labels: tuple[str, ...], size: int) -> tuple[str, ...]:
    return (*labels, *(_PADDING.format(place) for place in range(len(labels), size)))
