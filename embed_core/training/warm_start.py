"""Going on from a run: what is kept of it, what is refused, and what is new."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embed_core.errors import AtlasError, listed, quoted
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.training_state import KeptStart
from embed_core.space.embedding import Embedding
from embed_core.training.run import Run
from embed_core.types import Vocabulary

_SAME = ("objective", "column", "dimension")
"""The settings that say what a vector is: a run that goes on from another has them as that one."""


def settings_from(start: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a training that goes on from a run: those given, and else the run's.

    The strength of the prior is the one that the run chose.

    Raises:
        AtlasError: it is no run, or the settings given make other vectors than those of the run.
    """
    if not isinstance(start, Run):
        raise AtlasError(
            f'The setting "start" must be a run, from ec.train or ec.open_run; got {quoted(start)}. Open it first, '
            "or leave it out to begin without one."
        )
    own = {name: value for name, value in start.trained_by.model_dump().items() if name not in given}
    settings = {**own, **given}
    check_goes_on(start.config, settings)
    return settings


def goes_on(before: TrainingConfig, settings: Mapping[str, Any]) -> bool:
    """Whether settings make vectors such as those of a run, so that a training can go on from it."""
    is_trained = OBJECTIVES[before.objective].is_offered
    return is_trained and all(settings[name] == getattr(before, name) for name in _SAME)


def check_goes_on(before: TrainingConfig, settings: Mapping[str, Any]) -> None:
    """Refuse settings that make other vectors than those of the run that a training is to go on from.

    Raises:
        AtlasError: they do.
    """
    if not OBJECTIVES[before.objective].is_offered:
        raise AtlasError(
            "A run goes on from one that was trained here, and these vectors are from elsewhere. Train without a start."
        )
    for name in _SAME:
        was, wanted = getattr(before, name), settings[name]
        if wanted != was:
            raise AtlasError(
                f"A run that goes on from another keeps its vectors, so it has the same {name}: "
                f"{quoted(was)}; got {quoted(wanted)}. Leave the setting out, or train without a start."
            )


def kept_start(
    tables: Sequence[tuple[int, int]], vocabularies: Sequence[Vocabulary], known: Mapping[str, Embedding]
) -> KeptStart:
    """Return where embeddings begin that keep the vectors of those before, by the texts of the categories.

    A category that is new begins where one that nothing is known of belongs: at the *(unknown)* vector, where there
    was one, and else at its seeded start. An embedding of another dimension than before begins as if it were new.

    Args:
        tables: rows and dimension of each embedding, an *(unknown)* row last where there is one more than categories.
        vocabularies: of each.
        known: the embeddings of before, by column.

    >>> shop = Vocabulary("shop", ("b", "c"), np.array([2, 1]))
    >>> before = Embedding(["a", "b"], [[1, 2], [3, 4]], [5, 5], unknown=[0, 9])
    >>> found = kept_start([(3, 2)], [shop], {"shop": before})
    >>> found.tables[0].tolist(), found.is_kept[0].tolist()
    ([[3.0, 4.0], [0.0, 9.0], [0.0, 9.0]], [True, False, True])
    """
    values, is_kept = [], []
    for (rows, dimension), vocabulary in zip(tables, vocabularies, strict=True):
        table, kept = np.full((rows, dimension), np.nan, np.float32), np.zeros(rows, bool)
        before = known.get(vocabulary.column)
        if before is not None and before.dimension == dimension:
            places = {label: place for place, label in enumerate(before.labels)}
            if before.unknown is not None:
                table[:], kept[len(vocabulary) :] = before.unknown, True
            for row, label in enumerate(vocabulary.labels):
                if label in places:
                    table[row], kept[row] = before.vectors[places[label]], True
        values.append(table)
        is_kept.append(kept)
    return KeptStart(tuple(values), tuple(is_kept))


def said_of_start(vocabulary: Vocabulary, before: Embedding) -> str:
    """Say which categories went on and which are new.

    Raises:
        AtlasError: none went on.

    >>> before = Embedding(["a", "b"], [[1, 2], [3, 4]], [5, 5])
    >>> said_of_start(Vocabulary("shop", ("b", "c"), np.array([2, 1])), before)
    'Of the run that it went on from, 1 of 2 categories is in this table and began at its vector of before; new is "c".'
    """
    new = [label for label in vocabulary.labels if label not in before]
    kept = len(vocabulary) - len(new)
    if not kept:
        raise AtlasError(
            "A run goes on from another in the categories that both have, and none of the column "
            f"{quoted(vocabulary.column)} is in that run, which has {listed(before.labels, limit=3)}; got "
            f"{listed(new, limit=3)}. Choose another run, or train without a start."
        )
    began = (
        "is in this table and began at its vector"
        if kept == 1
        else "are in this table and began at their vectors"
    )
    more = f"; new {'is' if len(new) == 1 else 'are'} {listed(new, limit=3)}" if new else ""
    return f"Of the run that it went on from, {kept:,} of {len(before):,} categories {began} of before{more}."
