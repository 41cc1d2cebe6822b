"""Learning from counted data: vectors, and the model when it is wanted."""

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embed_core.errors import AtlasError
from embed_core.extras import check_tensorflow
from embed_core.learning.config import TrainingConfig
from embed_core.learning.examples import examples, with_unknown
from embed_core.learning.machine_cache import keep_programs
from embed_core.learning.model_spec import embedded, with_missing
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.learning.own_keras import check_keras
from embed_core.learning.quiet import import_tensorflow
from embed_core.learning.training_state import PriorSearch, Progress, TrainingState
from embed_core.progress import KeepGoing
from embed_core.space.embedding import Embedding
from embed_core.space.undetermined import Undetermined, undetermined
from embed_core.tables.counting.target import target_summary
from embed_core.training.placed import ends
from embed_core.training.prepare import settled
from embed_core.training.prior import OnTrial, choose_prior
from embed_core.training.warm_start import kept_start, said_of_start
from embed_core.types import Floats, OnUpdate, TrainingData, TrainingUpdate

# A compiled program belongs to all trainings of one shape, so they take turns.
_one_at_a_time = threading.Lock()
_here = threading.local()
# All else is fitted to vectors that are held in a quarter of the epochs, where there are so many.
LEAST_AROUND = 100
_WITHIN = (
    "A training cannot begin within another one's on_update: they take turns, and would wait for each other. Return "
    "True there to stop the first one, and begin the second when it has ended."
)
_CUT = (
    "It was stopped while it had dimensions to spare: the vectors are cut to the first {} of {} principal axes, and "
    "its losses are those of all of them. Trained to the end, what is cut is nothing."
)


@dataclass(frozen=True)
class Fitted:
    """What a training leaves behind.

    Attributes:
        vectors: per embedded column, float32 (n, d).
        unknown: per embedded column the vector of *(unknown)*, float32 (d,); empty without category dropout.
        baseline: loss and metric of knowing nothing.
        best_epoch: the epoch with the lowest watched loss; its weights are the result where the settings say so.
        model: the content of a ``.keras`` file that takes codes; empty unless it was wanted.
        fed_model: of one that takes texts and numbers by the names of columns; empty likewise.
        stopped: whether it was ended before its time by the person.
        prior_strength: that was given, or chosen.
        output: weights of the outputs that read the vectors themselves, float32 (d, outputs); of no outputs where
            there is something between.
        notes: sentences on what the result is not.
        state: to go on from, when it goes on later.
    """

    vectors: dict[str, Floats] = field(repr=False)
    unknown: dict[str, Floats] = field(repr=False)
    baseline: dict[str, float]
    best_epoch: int
    model: bytes = field(repr=False)
    fed_model: bytes = field(repr=False)
    stopped: bool
    prior_strength: float = 0.0
    output: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32), repr=False)
    notes: tuple[str, ...] = ()
    state: TrainingState | None = field(default=None, repr=False)


def fit(
    data: TrainingData,
    config: TrainingConfig,
    *,
    on_start: Callable[[dict[str, float]], object] = lambda baseline: None,
    on_update: OnUpdate = lambda update: None,
    on_trial: OnTrial | None = None,
    keep_going: KeepGoing = lambda: True,
    with_vectors: bool = False,
    with_model: bool = False,
    prior: float | PriorSearch | None = None,
    state: TrainingState | None = None,
    goes_on_later: Callable[[], bool] = lambda: False,
    start: Mapping[str, Embedding] | None = None,
) -> Fitted:
    """Train on counted data; needs TensorFlow, and nothing of the table.

    Args:
        data: from `prepare`.
        config: the settings.
        on_start: called with the baseline as it begins.
        on_update: called with the start (epoch 0) and after every epoch; returning True stops.
        on_trial: called while the strength of the prior is chosen, before the start.
        keep_going: called every 50 ms or so; may block to pause; returning False stops.
        with_vectors: whether each update has the vectors; copying them takes time.
        with_model: whether the ``.keras`` file is wanted; making it takes half a second.
        prior: the strength of the prior where the settings leave it to be chosen and that was done before, or how far
            its choice is.
        state: of a training of the same data and settings that was left, to go on from.
        goes_on_later: asked when it is left before its end: whether the result shall hold its state, and no model; of
            one that is left while the prior is chosen it holds nothing else.
        start: embeddings of a run to go on from, by column. Their vectors are held while all else is fitted to them,
            new categories among it; then all is trained, and each vector is drawn to its place of before as if one more
            row said so: that keeps it, and the axes, where the rows do not tell otherwise.

    Raises:
        AtlasError: no category is in ``start``; there is no TensorFlow, or Keras runs on something else; it is called
            within a training, or in a forked process; the loss explodes, or is no longer a number.
    """
    check_tensorflow()
    check_keras()
    if getattr(_here, "trains", False):
        raise AtlasError(_WITHIN)
    keep_programs()
    import_tensorflow()
    from embed_core.learning.networks.exported import exported_model, to_bytes  # here: TensorFlow
    from embed_core.learning.networks.fed import fed_model
    from embed_core.learning.trainer import Trainer

    config = settled(config, data)
    objective, target = OBJECTIVES[config.objective], data.target
    spec = objective.spec(data, config)
    training, validation = (examples(data, counts) for counts in (data.training, data.validation))
    unit = (target.offset, target.scale) if target is not None else (0.0, 1.0)
    baseline = objective.baseline(training, validation if len(validation) else training, spec, unit)
    has_unknown = objective.has_unknown(config)
    share = config.category_dropout if has_unknown else 0.0
    learned_from = with_unknown(training, data, category_dropout=share, seed=config.seed)
    kept, started = None, ""
    if start is not None:
        spec = dataclasses.replace(spec, surplus=0)  # it is unfolded
        kept = kept_start(spec.tables, embedded(data), start)
        started = said_of_start(data.vocabularies[config.column], start[config.column])
    stopped, last = False, 0 if state is None else state.progress.epoch - 1

    def by_column(tables: Sequence[Floats]) -> dict[str, Floats]:
        own = [
            np.array(table[: len(vocabulary)])
            for table, vocabulary in zip(tables, embedded(data), strict=True)
        ]
        return {column: own[place] for column, place in zip(data.vocabularies, spec.inputs, strict=True)}

    with _taking_turns():
        if state is None:
            on_start(baseline)
        chosen = prior if state is None else state.search or state.prior_strength
        search, strength = (chosen, None) if isinstance(chosen, PriorSearch) else (None, chosen)
        if search is not None:
            state = None
        if config.prior_strength == "auto":
            if strength is None:
                found = choose_prior(
                    data,
                    config,
                    spec,
                    later=(learned_from, validation),
                    unit=unit,
                    keep_going=keep_going,
                    on_epoch=lambda number, tables: on_trial and on_trial(number, by_column(tables)),
                    search=search,
                    goes_on_later=goes_on_later,
                )
                if isinstance(found, PriorSearch):
                    left = TrainingState(Progress(), [], None, search=found)
                    return Fitted({}, {}, baseline, 0, b"", b"", stopped=True, state=left)
                strength = found
            config = config.with_prior(1.0 if strength is None else strength)
        else:
            strength = config.prior_strength

        def tell(epoch: int, metrics: dict[str, float], tables: Sequence[Floats]) -> object:
            return on_update(TrainingUpdate(epoch, metrics, by_column(tables) if with_vectors else {}))

        fitted_to: Sequence[Any] | None = None
        if kept is not None and (state is None or state.around is not None):
            around = Trainer(
                spec,
                learned_from,
                validation,
                _around(config),
                unit=unit,
                keep_going=keep_going,
                state=state and state.around,
                goes_on_later=goes_on_later,
                kept=kept,
            )
            if state is None:
                tell(0, {}, around.tables() if with_vectors else ())
            for _ in around.epochs():
                pass
            if around.stopped and around.state is not None:
                left = TrainingState(Progress(), [], None, prior_strength=strength, around=around.state)
                return Fitted({}, {}, baseline, 0, b"", b"", stopped=True, state=left)
            fitted_to, state = [variable.numpy() for variable in around.model.variables], None
        elif kept is not None:
            fitted_to = ()  # its state says all
        trainer = Trainer(
            spec,
            learned_from,
            validation,
            config,
            unit=unit,
            keep_going=keep_going,
            state=state,
            goes_on_later=goes_on_later,
            kept=kept,
            start=fitted_to,
        )
        if state is None and kept is None:
            tell(0, {}, trainer.tables() if with_vectors else ())
        with contextlib.closing(trainer.epochs()) as epochs:
            for epoch in epochs:
                last = epoch.number
                if tell(last, epoch.metrics, epoch.vectors if with_vectors else ()):
                    stopped = True
                    break
        learned = trainer.tables()
        unknown = {
            column: learned[place][-1]
            for column, place in zip(data.vocabularies, spec.inputs, strict=True)
            if has_unknown
        }
        model = fed = b""
        if with_model and trainer.state is None:
            exported = exported_model(
                trainer.network,
                trainer.weights(),
                spec,
                offset=unit[0],
                scale=unit[1],
                features=data.features,
                missing=with_missing(data),
            )
            model, fed = to_bytes(exported), to_bytes(fed_model(exported, data, has_unknown=has_unknown))
        cut = [_CUT.format(config.dimension, config.dimension + spec.surplus)] * trainer.was_cut
        return Fitted(
            by_column(learned),
            unknown,
            baseline,
            trainer.best_epoch or last,
            model,
            fed,
            stopped or trainer.stopped,
            strength or 0.0,
            trainer.output(),
            (*cut, *filter(None, [started])),
            trainer.state and dataclasses.replace(trainer.state, prior_strength=strength),
        )


def epochs_around(planned: int) -> int:
    """Return for how many epochs all else is fitted to vectors that are held, before so many in which all is trained.

    >>> epochs_around(600), epochs_around(200), epochs_around(20)
    (150, 100, 20)
    """
    return min(planned, max(LEAST_AROUND, planned // 4))


def _around(config: TrainingConfig) -> TrainingConfig:
    """Return the settings by which all else is fitted to vectors that are held."""
    epochs = epochs_around(config.planned_epochs)
    return config.model_copy(update={"epochs": epochs, "patience": None, "restore_best": False})


@contextlib.contextmanager
def _taking_turns() -> Iterator[None]:
    with _one_at_a_time:
        _here.trains = True
        try:
            yield
        finally:
            _here.trains = False


def embeddings_of(data: TrainingData, config: TrainingConfig, fitted: Fitted) -> dict[str, Embedding]:
    """Return the learned vectors with what the data says of each category."""
    embeddings, objective = {}, OBJECTIVES[config.objective]
    for column, values in fitted.vectors.items():
        vocabulary = data.vocabularies[column]
        mean, interval = target_summary(data, column) or (None, None)
        embeddings[column] = Embedding(
            list(vocabulary.labels),
            values,
            vocabulary.support,
            unknown=fitted.unknown.get(column),
            target_mean=mean,
            target_interval=interval,
            name=column,
            metric=objective.metric(values.shape[1], data.target),
            undetermined=_undetermined(data, column, values.shape[1])
            if objective.is_placed_by_distances()
            else None,
        )
    return embeddings


def _undetermined(data: TrainingData, column: str, dimension: int) -> Undetermined:
    """Return the categories whose place the distances that were learned from leave open."""
    first, second = ends(data, column)
    learned = data.training > 0
    return undetermined(
        data.vocabularies[column].labels, first[learned], second[learned], dimension=dimension
    )
