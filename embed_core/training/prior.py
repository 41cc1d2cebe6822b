"""The strength of the prior, chosen by the loss on rows that are held out for that."""

import contextlib
import math
from collections.abc import Callable, Sequence

import numpy as np

from embed_core.errors import AtlasError
from embed_core.learning.batches import resolve_batch_size
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import Examples, examples, with_unknown
from embed_core.learning.model_spec import ModelSpec
from embed_core.learning.training_state import PriorSearch
from embed_core.progress import KeepGoing
from embed_core.tables.counting.resampling import split_training
from embed_core.types import Counts, Floats, TrainingData

OnTrial = Callable[[int, dict[str, Floats]], object]
"""Called after each epoch of the search with the number of the trial, from 1, and the vectors of each column."""

STRENGTHS = (0.15, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""In rows of data; the search begins with the second and goes where the held-out loss falls."""

_FIRST = STRENGTHS.index(0.5)
_HELD_OUT = 0.2
# On tables of known truth 200 epochs of a falling learning rate rank the strengths as 600 do; where there is
# much to visit, fewer: of 3,000 products, or 13,000 films, 30 epochs do.
_EPOCHS = 30, 200
_VISITS = 100_000


def choose_prior(
    data: TrainingData,
    config: TrainingConfig,
    spec: ModelSpec,
    *,
    later: tuple[Examples, Examples],
    unit: tuple[float, float],
    keep_going: KeepGoing,
    on_epoch: Callable[[int, Sequence[Floats]], object],
    search: PriorSearch | None = None,
    goes_on_later: Callable[[], bool] = lambda: False,
) -> float | PriorSearch | None:
    """Return the strength with the lowest loss, after the last epoch, on rows that were not learned from.

    A fifth of the rows to learn from are held out, whatever is kept for validation; the strengths share one compiled
    program with one another, and as a rule with the training itself.

    Args:
        data: counted rows.
        config: the settings, whose prior is to be chosen.
        spec: the model's shape.
        later: what is learned from with the prior chosen, and judged on.
        unit: offset and scale of a number.
        keep_going: called every 50 ms or so; returning False ends the search, and nothing is chosen.
        on_epoch: called with the number of the trial, from 1, and the embeddings after an epoch of it.
        search: that was left, to go on with.
        goes_on_later: asked when it ends before its time: whether it is left, and returned to be gone on with.
    """
    from embed_core.learning.trainer import Trainer  # here: TensorFlow

    learned, held_out = _split(data, config.seed)
    if not held_out.any():
        return STRENGTHS[_FIRST]
    has_unknown = spec.tables[0][0] > len(next(iter(data.vocabularies.values())))
    share = config.category_dropout if has_unknown else 0.0
    training = with_unknown(examples(data, learned), data, category_dropout=share, seed=config.seed)
    training, judged = (
        _filled(rows, len(as_many))
        for rows, as_many in zip((training, examples(data, held_out)), later, strict=True)
    )
    settings = {
        "epochs": min(config.planned_epochs, int(np.clip(_VISITS // max(1, len(later[0])), *_EPOCHS))),
        "batch_size": resolve_batch_size(config.batch_size, int(np.count_nonzero(later[0].reported))),
        "patience": None,
        "restore_best": False,
    }
    losses = dict(search.losses) if search else {}

    def loss(place: int) -> float:
        nonlocal search
        if place not in losses:
            tried = config.model_copy(update=settings | {"prior_strength": STRENGTHS[place]})
            number = len(losses) + 1
            trial = Trainer(
                spec,
                training,
                judged,
                tried,
                unit=unit,
                keep_going=keep_going,
                state=search.trial if search else None,
                goes_on_later=goes_on_later,
            )
            last = search.last if search else math.inf
            search = None
            with contextlib.suppress(AtlasError):  # it exploded; if all do, the training itself says so
                for epoch in trial.epochs():
                    last = epoch.metrics["val_loss"]
                    on_epoch(number, epoch.vectors)
            if trial.stopped:
                raise _Stopped(PriorSearch(dict(losses), trial.state, last) if trial.state else None)
            losses[place] = last
        return losses[place]

    best = _FIRST
    try:
        step = 1 if loss(best + 1) < loss(best) else -1
        while 0 <= best + step < len(STRENGTHS) and loss(best + step) < loss(best):
            best += step
    except _Stopped as stopped:
        return stopped.search
    return STRENGTHS[best]


class _Stopped(Exception):
    """The search was asked to end, or to go on later."""

    def __init__(self, search: PriorSearch | None) -> None:
        self.search = search


def _split(data: TrainingData, seed: int) -> tuple[Counts, Counts]:
    """Return the counts of the rows to learn from, and of those that are held out."""
    seed = int(np.random.SeedSequence((seed, 9)).generate_state(1)[0] % 2**31)
    return split_training(data, share=_HELD_OUT, seed=seed)


def _filled(rows: Examples, size: int) -> Examples:
    """Return at least so many rows, the last one again without weight: the compiled program is then the same."""
    if rows.shares or len(rows) >= size:
        return rows
    place, is_row = np.minimum(np.arange(size), len(rows) - 1), np.arange(size) < len(rows)
    return Examples(
        tuple(codes[place] for codes in rows.inputs),
        tuple(truth[place] for truth in rows.truth),
        np.where(is_row, rows.weights[place], 0),
        None if rows.numbers is None else rows.numbers[place],
        counts=None if rows.counts is None else np.where(is_row, rows.counts[place], 0),
    )
