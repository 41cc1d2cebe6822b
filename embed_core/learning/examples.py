"""From counted rows to the arrays that a model trains on; imports no TensorFlow."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.types import Counts, TrainingData

FULL_BATCH_ROWS = 256


@dataclass(frozen=True)
class Examples:
    """The rows that a model trains on.

    Attributes:
        inputs: for each input of the model, int32 (rows,) positions in the embedding.
        truth: int32 classes or float32 standardised numbers, (rows,).
        weights: rows of the table that each row stands for, (rows,), all above 0.
    """

    inputs: tuple[npt.NDArray[np.int32], ...]
    truth: npt.NDArray[Any]
    weights: Counts

    def __len__(self) -> int:
        return len(self.weights)


def examples(data: TrainingData, inputs: tuple[str, ...], counts: Counts) -> Examples:
    """Return the rows of which ``counts`` has any, with those counts as weights."""
    chosen = counts > 0
    target = data.target
    truth: npt.NDArray[Any]
    if target.kind == "number":
        truth = ((data.rows.numbers[target.column] - target.offset) / target.scale).astype(np.float32)
    else:
        truth = data.rows.codes[target.column]
    return Examples(
        tuple(data.rows.codes[column][chosen] for column in inputs), truth[chosen], counts[chosen]
    )


def resolve_batch_size(batch_size: int | str, rows: int) -> int:
    """Return the batch size in rows; ``"auto"`` takes all rows up to 256, else about 1 % of them.

    About a hundred steps an epoch is what the default hundred epochs need to converge; automatic
    batches stay between 32 and 4,096 rows.

    >>> resolve_batch_size("auto", 200), resolve_batch_size("auto", 3_205)
    (200, 32)
    """
    if batch_size != "auto":
        return min(int(batch_size), rows)
    if rows <= FULL_BATCH_ROWS:
        return rows
    return int(min(4096, max(32, 2 ** round(np.log2(rows / 100)))))


def epoch_order(seed: int, epoch: int, rows: int) -> npt.NDArray[np.int32]:
    """Return the order in which an epoch visits the rows; depends on nothing but its arguments."""
    return np.random.default_rng((seed, epoch)).permutation(np.arange(rows, dtype=np.int32))


def baseline(training: Examples, judged: Examples, *, kind: str) -> dict[str, float]:
    """Return the loss and the metric of knowing nothing: the training part's base rates, or its mean.

    Cross-entropy of the class shares and the share of the commonest class; for a standardised
    number the mean squared and mean absolute error of always saying the mean.
    """
    weights = judged.weights / judged.weights.sum()
    if kind == "number":
        error = judged.truth - np.average(training.truth, weights=training.weights)
        return {"loss": float(weights @ error**2), "mae": float(weights @ np.abs(error))}
    shares = np.bincount(training.truth, training.weights, minlength=int(judged.truth.max()) + 1)
    shares = np.maximum(shares / shares.sum(), 1e-7)
    return {
        "loss": float(-(weights @ np.log(shares[judged.truth]))),
        "accuracy": float(weights @ (judged.truth == shares.argmax())),
    }
