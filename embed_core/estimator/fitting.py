"""What the transformer learns of each column, in one training or one per column."""

import dataclasses
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, listed, quoted
from embed_core.estimator.given import least_rows, seed_of
from embed_core.estimator.strangers import check_handling
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.progress import KeepGoing
from embed_core.space.embedding import Embedding
from embed_core.tables.counting.features import suitable
from embed_core.tables.counting.vocabulary import count_vocabulary
from embed_core.tables.counting.weights import weighted
from embed_core.tables.table import Table
from embed_core.training.fit import embeddings_of, fit
from embed_core.training.prepare import prepare, settled
from embed_core.types import Floats, Vocabulary

# Shares and standardised numbers that differ by less are the same in 32 bits.
_ROUNDING = 1e-6
# Of the variance along the first axis: where a prior makes short what helps little, a direction with less is left out.
_LEAST = 0.01
Found = dict[str, tuple[Embedding, Vocabulary]]
# Those that a training takes as they are.
_SETTINGS = (
    *("objective", "dimension", "target_kind", "optimizer", "batch_size", "dropout", "category_dropout"),
    *("min_frequency", "validation_share", "patience", "seed", "weight"),
)
# Those of which None means the objective's own, or that of a training whose vectors another model gets: there what
# `entity` learns by heart costs more than what it has not yet learned.
_OWN = ("epochs", "learning_rate", "schedule", "prior_strength")
_START: dict[str, dict[str, Any]] = {"entity": {"epochs": 20, "prior_strength": 10.0}}


def needs_target(objective: str) -> bool:
    """Whether y is used; of an objective that there is not, it is."""
    known = OBJECTIVES.get(objective) if isinstance(objective, str) else None
    return known is None or "target" in known.needs


def check_settings(parameters: Mapping[str, Any], y: Any) -> None:
    """Refuse parameters that no training could use, or a target that is not there.

    Raises:
        AtlasError: the objective needs another table, y is missing, or strangers would have no vector.
    """
    objective, dropped = parameters["objective"], parameters["category_dropout"]
    # One that needs a second column of the same kind cannot be learned for any column.
    possible = [name for name, each in OBJECTIVES.items() if each.is_offered and "partner" not in each.needs]
    if objective not in possible:
        raise AtlasError(
            f"The objective of a CategoryEmbedder must be one of {listed(possible)}; got {quoted(objective)}. "
            + ("Use embed_core.train for that one." if objective in OBJECTIVES else "Choose one.")
        )
    if y is None and needs_target(objective):
        free = [name for name in possible if not needs_target(name)]
        raise AtlasError(
            f"The objective {quoted(objective)} requires y to be passed, but the target y is None. Give what is to "
            f"be predicted, or choose the objective {listed(free)}."
        )
    check_handling(parameters["handle_unknown"])
    if not isinstance(dropped, int | float) or not dropped > 0:
        raise AtlasError(
            f'The setting "category_dropout" must be above 0; got {quoted(dropped)}: without it there is no vector for '
            "categories that were not seen. Choose 0.02, for instance."
        )


def settled_settings(parameters: Mapping[str, Any], table: Table, weight: str | None) -> dict[str, Any]:
    """Return the parameters with a number for the seed, one of rows for a share of them, and a column of weights.

    Raises:
        AtlasError: the least rows of a category, or the weights, cannot be used.
    """
    least = least_rows(
        parameters["min_frequency"], weighted(table, weight)[0].n_rows if weight else table.n_rows
    )
    return {
        **parameters,
        "min_frequency": least,
        "seed": seed_of(parameters["random_state"]),
        "weight": weight,
    }


def learn(
    table: Table,
    names: Sequence[str],
    target: str | None,
    settings: Mapping[str, Any],
    configs: Mapping[str, TrainingConfig] | None = None,
) -> tuple[Found, tuple[str, ...], dict[str, TrainingConfig]]:
    """Train, once per column or once for all; return what was learned of each, notes and settings.

    Args:
        table: the rows to learn from.
        names: of the columns that are embedded.
        target: what is predicted; None for nothing.
        settings: from `settled_settings`.
        configs: those of a training on more rows: then these rows need not have a column that can be learned from.

    Raises:
        AtlasError: no column can be learned from, or a setting cannot be used.
    """
    counted = weighted(table, settings["weight"])[0] if settings["weight"] else table
    useless = _useless(counted, names, settings["min_frequency"])
    if len(useless) == len(names) and configs is None:
        none = "X has no column of text or categories that can be embedded. "
        raise AtlasError((none if settings["columns"] is None else "") + next(iter(useless.values())))
    found: Found = {}
    notes = [f"{sentence} Until then its vectors are zeros." for sentence in useless.values()]
    learnable, used = [name for name in names if name not in useless], {}
    # With features the other columns are embedded along.
    together = OBJECTIVES[settings["objective"]].takes("features")
    for column in learnable[:1] if together else learnable:
        started = time.perf_counter()
        config = (configs or {}).get(column) or _config(table, column, learnable, target, settings)
        embeddings, more, used[column] = _trained(table, config, settings["keep_going"])
        if settings["verbose"]:
            sizes = ", ".join(f"{len(e):,} categories of {name}" for name, (e, _) in embeddings.items())
            print(
                f"[CategoryEmbedder] {sizes} from {table.n_rows:,} rows: {time.perf_counter() - started:.1f} s",
                flush=True,
            )
        notes += more
        found |= embeddings
    for name in names:
        if name not in found:
            found[name] = _zeros(counted, name, settings["dimension"])
    return found, tuple(dict.fromkeys(notes)), used


def _config(
    table: Table, column: str, names: Sequence[str], target: str | None, settings: Mapping[str, Any]
) -> TrainingConfig:
    given = {name: settings[name] for name in _SETTINGS}
    given |= _START.get(settings["objective"], {})
    given |= {name: settings[name] for name in _OWN if settings[name] is not None}
    hidden = settings["hidden"]
    given["hidden"] = tuple(hidden) if isinstance(hidden, Iterable) else hidden
    others = [name for name in names if name != column]
    objective = OBJECTIVES[settings["objective"]]
    if objective.takes("context"):
        # All that suit, and the columns that were asked for even if they look like identifiers.
        given["context"] = others + suitable(table, without=(*names, settings["weight"]))
    if objective.takes("features"):
        given["features"] = others + suitable(table, without=(*names, target, settings["weight"]))
    return TrainingConfig.checked(column=column, target=target, **given)


def _trained(
    table: Table, config: TrainingConfig, keep_going: KeepGoing | None
) -> tuple[Found, tuple[str, ...], TrainingConfig]:
    """Return what a training learns of each column, its notes, and its settings with the prior that was chosen."""
    data = prepare(table, config)
    config = settled(config, data)
    fitted = fit(data, config, keep_going=keep_going or (lambda: True))
    vectors, unknown = dict(fitted.vectors), dict(fitted.unknown)
    if needs_target(config.objective) and fitted.output.size:
        vectors[config.column], unknown[config.column] = seen_part(
            fitted.output, vectors[config.column], unknown[config.column]
        )
    elif needs_target(config.objective) and fitted.prior_strength:
        for name, vocabulary in data.vocabularies.items():
            vectors[name], unknown[name] = living_part(vectors[name], unknown[name], vocabulary.support)
    embeddings = embeddings_of(data, config, dataclasses.replace(fitted, vectors=vectors, unknown=unknown))
    found = {name: (e, data.vocabularies[name]) for name, e in embeddings.items()}
    return found, data.notes, config.with_prior(fitted.prior_strength)


def seen_part(output: Floats, vectors: Floats, unknown: Floats) -> tuple[Floats, Floats]:
    """Return what the outputs see of the vectors: the other directions are left over from the random start.

    They change no prediction, but name each category, and a model after this one could learn by heart with them. What
    is seen is turned onto its principal axes, so that the first numbers hold all of it and the others are 0: of one
    output one number. A forest draws from the columns, and ones that say the same would crowd out others. Zeros where
    the outputs see nothing beyond rounding.

    Args:
        output: weights, (d, outputs).
        vectors: (n, d).
        unknown: (d,).

    >>> kept = seen_part(np.array([[2.0], [0.0]]), np.array([[3.0, 5.0], [4.0, 6.0]]), np.array([1.0, 7.0]))
    >>> [each.tolist() for each in kept]
    [[[3.0, 0.0], [4.0, 0.0]], [1.0, 0.0]]
    >>> seen_part(np.ones((2, 3)), np.array([[3.0, 5.0], [4.0, 6.0]]), np.zeros(2))[0].any()
    np.False_
    """
    all_of_them = np.vstack([vectors, unknown]).astype(np.float64)
    # Of several classes, what adds the same to all of them changes no share.
    weights = output - output.mean(axis=1, keepdims=True) if output.shape[1] > 1 else output
    left, strength, _ = np.linalg.svd(weights.astype(np.float64), full_matrices=False)
    directions = left[:, strength > _ROUNDING * strength.max()]
    effect = all_of_them @ weights
    if np.ptp(effect, axis=0).max() < _ROUNDING:
        return np.zeros_like(vectors), np.zeros_like(unknown)
    seen = all_of_them @ directions
    found = _on_axes(all_of_them, directions @ _principal(seen, np.ones(len(seen)))[1])
    return found[:-1], found[-1]


def living_part(vectors: Floats, unknown: Floats, support: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the vectors on their principal axes, and 0 along those that the prior has made short.

    With a prior on the vectors and on the weights that they meet, what is made small beside the loss is the nuclear
    norm of their product: directions that help little die. A forest draws from the columns, so that for it an axis
    counts as much as any other, however short it is.

    Args:
        vectors: (n, d).
        unknown: (d,).
        support: rows of each category, (n,).

    >>> square = np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 3.0], [0.1, 3.0]])
    >>> [part.tolist() for part in living_part(square, np.array([1.0, 2.0]), np.ones(4))]
    [[[0.0, 0.0], [0.0, 0.0], [3.0, 0.0], [3.0, 0.0]], [2.0, 0.0]]
    """
    variances, axes = _principal(vectors, support)
    found = _on_axes(
        np.vstack([vectors, unknown]), axes[:, variances > max(_LEAST * variances[0], _ROUNDING**2)]
    )
    return found[:-1], found[-1]


def _principal(vectors: npt.NDArray[Any], weights: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the variances along the principal axes, the largest first, and these, a column each."""
    exact = vectors.astype(np.float64)
    covariance = np.cov(exact, rowvar=False, ddof=0, aweights=weights).reshape(exact.shape[1], -1)
    variances, axes = np.linalg.eigh(covariance)
    return variances[::-1], axes[:, ::-1]


def _on_axes(vectors: npt.NDArray[Any], axes: Floats) -> Floats:
    """Return the vectors on some axes, turned so that each one's largest number is positive, and then 0."""
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    found = np.zeros_like(vectors, np.float32)
    found[:, : axes.shape[1]] = vectors @ (axes * np.where(largest < 0, -1, 1))
    return found


def _useless(table: Table, names: Sequence[str], min_frequency: int) -> dict[str, str]:
    """Return the sentences on the columns that cannot be learned from."""
    found = {}
    for name in names:
        try:
            count_vocabulary(table, (name,), min_frequency=min_frequency)
        except AtlasError as problem:
            found[name] = str(problem)
    return found


def _zeros(table: Table, name: str, dimension: int) -> tuple[Embedding, Vocabulary]:
    """Return an embedding of zeros, for a column that cannot be learned from."""
    vocabulary = count_vocabulary(table, (name,), embedded=False)
    none = np.zeros((len(vocabulary), dimension), np.float32)
    e = Embedding(list(vocabulary.labels), none, vocabulary.support, unknown=none[0], name=name)
    return e, vocabulary
