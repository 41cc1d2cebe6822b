"""The trainings of the lesson, as workers run them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from embed_core.learning.config import BLOG_RECIPE, TrainingConfig
from embed_core.progress import KeepGoing, OnJobProgress
from embed_core.tables.reading.read import read_table
from embed_core.training.fit import Fitted, fit
from embed_core.training.prepare import prepare
from embed_core.types import Floats, TrainingData, TrainingUpdate

ROWS = 100
HOURS = 24
CLASSES = (2, 3, 5)
_VISITS_PER_HOUR = 400
_KEPT_EPOCHS = 60
_DIMENSION = 8


def three_categories(*, seed: int) -> pd.DataFrame:
    """Return 100 rows of three categories; A says yes nine times in ten, B five, C once.

    >>> three_categories(seed=0).shape
    (100, 2)
    """
    random = np.random.default_rng(seed)
    codes = random.integers(0, 3, ROWS)
    yes = random.random(ROWS) < np.linspace(0.9, 0.1, 3)[codes]
    return pd.DataFrame({"category": np.array(list("ABC"))[codes], "answer": np.where(yes, "yes", "no")})


def lesson_epochs(
    epochs: int, seed: int, *, on_progress: OnJobProgress, keep_going: KeepGoing
) -> dict[str, Any]:
    """Train the lesson's network with its own settings: SGD at 0.01, batches of 32 rows.

    Args:
        epochs: how many; the lesson has 5.
        seed: of the rows, the start and the order.
        on_progress: called with ``rows`` (a dictionary per epoch: ``epoch``, ``loss``, ``accuracy``), ``epoch`` and
            ``vectors`` (n × 2 lists) after every epoch, or some sixty times when there are many.
        keep_going: as for `embed_core.training.fit.fit`.

    Returns:
        ``labels``, ``before`` and ``after`` (n × 2 lists), ``baseline`` (loss and accuracy of knowing nothing),
        ``epochs`` and ``seed``.
    """
    config = TrainingConfig.checked(
        column="category", target="answer", dimension=2, seed=seed, **BLOG_RECIPE | {"epochs": epochs}
    )
    data = prepare(read_table(three_categories(seed=seed)), config)
    every = max(1, epochs // _KEPT_EPOCHS)
    rows: list[dict[str, float]] = []

    def on_update(update: TrainingUpdate) -> None:
        if update.epoch:
            rows.append({"epoch": update.epoch, **update.metrics})
        if update.epoch % every == 0 or update.epoch == epochs:
            on_progress(
                {
                    "rows": rows.copy(),
                    "epoch": update.epoch,
                    "vectors": update.vectors["category"].tolist(),
                }
            )
            rows.clear()

    before, fitted = _fit(data, config, on_update, keep_going)
    return {
        "labels": list(data.vocabularies["category"].labels),
        "before": before.tolist(),
        "after": fitted.vectors["category"].tolist(),
        "baseline": fitted.baseline,
        "epochs": epochs,
        "seed": seed,
    }


def day(classes: int, *, seed: int = 0) -> pd.DataFrame:
    """Return a planted table: 24 hours on a ring, and what is ordered in a café at each of them.

    Every kind of order has a favourite hour, evenly around the clock, and is the less common the farther the hour
    is from it (a von Mises curve); a fifth of the orders is by chance.

    Args:
        classes: kinds of orders, at least 2.
        seed: of the draws.

    >>> day(3).groupby("hour").size().unique()
    array([400])
    """
    angles = 2 * np.pi * (np.arange(HOURS)[:, None] / HOURS - np.arange(classes) / classes)
    chances = np.exp(3 * np.cos(angles))
    chances = 0.8 * chances / chances.sum(axis=1, keepdims=True) + 0.2 / classes
    counts = np.random.default_rng(seed).multinomial(_VISITS_PER_HOUR, chances)
    hour, kind = (place.ravel() for place in np.indices(counts.shape))
    rows = pd.DataFrame({"hour": [f"{value:02}" for value in hour], "order": [f"kind {k + 1}" for k in kind]})
    return rows.loc[np.repeat(np.arange(len(rows)), counts.ravel())].reset_index(drop=True)


def outputs_compared(*, on_progress: OnJobProgress, keep_going: KeepGoing) -> list[dict[str, Any]]:
    """Train on the planted day with 2, 3 and 5 kinds of orders, which leaves 1, 2 and 4 directions.

    Two classes have one sigmoid output. A softmax of K classes has K outputs, but its probabilities add up to 1:
    the gradient of a vector is a sum of the K output weights with coefficients that add up to 0, so it lies in the
    K - 1 directions between them. That holds of gradients, so the optimizer is SGD: Adam scales every number of a
    vector by itself, which turns its steps out of those directions.

    Args:
        on_progress: called with ``done`` and ``total`` after each training.
        keep_going: as for `embed_core.training.fit.fit`.

    Returns:
        For each training ``classes``, ``labels``, ``before`` and ``after`` (n × 8 lists), and ``movement``: the
        share of the squared movement of all vectors along each direction, largest first.
    """
    found = []
    for classes in CLASSES:
        settings: dict[str, Any] = {
            "dimension": _DIMENSION,
            "optimizer": "sgd",
            "learning_rate": 3.0,
            "epochs": 500,
            "validation_share": 0.0,
            "prior_strength": 0.0,
            "category_dropout": 0.0,
        }
        config = TrainingConfig.checked(column="hour", target="order", **settings)
        data = prepare(read_table(day(classes)), config)
        before, fitted = _fit(data, config, lambda update: None, keep_going)
        after = fitted.vectors["hour"]
        found.append(
            {
                "classes": classes,
                "labels": list(data.vocabularies["hour"].labels),
                "before": before.tolist(),
                "after": after.tolist(),
                "movement": movement_shares(before, after),
            }
        )
        on_progress({"done": len(found), "total": len(CLASSES)})
        if fitted.stopped:
            break
    return found


def movement_shares(before: Floats, after: Floats) -> list[float]:
    """Return how the movement of vectors is shared out over its directions, largest first.

    The squared singular values of ``after - before``, divided by their sum: not centred, as also a movement that
    all vectors share is one.

    >>> movement_shares(np.zeros((3, 2)), np.array([[1.0, 1.0], [2.0, 2.0], [-3.0, -3.0]]))
    [1.0, 0.0]
    """
    squares = np.linalg.svd(np.asarray(after, float) - np.asarray(before, float), compute_uv=False) ** 2
    return (squares / squares.sum()).round(9).tolist() if squares.any() else [0.0] * len(squares)


def _fit(
    data: TrainingData,
    config: TrainingConfig,
    on_update: Callable[[TrainingUpdate], object],
    check: KeepGoing,
) -> tuple[Floats, Fitted]:
    """Return the vectors of the start, and what was fitted."""
    start: list[Floats] = []

    def first(update: TrainingUpdate) -> None:
        if not update.epoch:
            start.append(update.vectors[config.column].copy())
        on_update(update)

    fitted = fit(data, config, on_update=first, keep_going=check, with_vectors=True)
    return start[0], fitted
