"""What knowing nothing loses, and how several outputs are weighted by it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.learning.examples import Examples
from embed_core.learning.model_spec import ModelSpec


def head_weights(rows: Examples, outputs: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return the weight of each output in the loss; they are 1 for a single one.

    With several, each counts with 1 / its entropy, averaged: a head that knows nothing adds the same whatever
    the number of its levels, and the loss of knowing nothing is 1.
    """
    if len(outputs) == 1:
        return np.ones(1)
    entropies = np.array([-(p[p > 0] @ np.log(p[p > 0])) for p in _base_rates(rows, outputs)])
    return 1 / np.maximum(entropies, 1e-3) / len(outputs)


def _base_rates(rows: Examples, outputs: tuple[int, ...]) -> list[npt.NDArray[np.float64]]:
    totals: list[npt.NDArray[Any]]
    if rows.shares:
        totals = [np.asarray(rows.reported, float) @ table for table in rows.shares]
    else:
        totals = [
            np.bincount(truth, rows.reported, minlength=units)
            for truth, units in zip(rows.truth, outputs, strict=True)
        ]
    return [total / total.sum() for total in totals]


def baseline(
    training: Examples, judged: Examples, spec: ModelSpec, unit: tuple[float, float] = (0.0, 1.0)
) -> dict[str, float]:
    """Return the loss and the metric of knowing nothing: the training part's base rates, or its mean.

    Cross-entropy of the class shares and the share of the commonest class; of a number the mean squared error
    of always saying the mean, standardised, and its mean absolute error in the target's unit; of a count the
    Poisson loss of the overall rate, and as ``least_loss`` that of knowing every one; of several
    outputs the means over them, weighted as in the loss.

    Args:
        training: what is learned from.
        judged: what it is judged on.
        spec: the model's shape.
        unit: offset and scale of a number.
    """
    weights = judged.reported / judged.reported.sum()
    if spec.kind == "number":
        truth, mean = judged.truth[0], np.average(training.truth[0], weights=training.reported)
        values = [unit[0] + unit[1] * number for number in (truth.astype(float), mean)]
        apart = np.subtract(*(np.expm1(value) for value in values)) if spec.log else np.subtract(*values)
        mae = float(weights @ np.abs(apart))
        if spec.count:
            loss, least = (float(weights @ _poisson(truth, rate)) for rate in (mean, truth))
            return {"loss": loss, "mae": mae, "least_loss": least}
        return {"loss": float(weights @ (truth - mean) ** 2), "mae": mae}
    outputs = (2,) if spec.kind == "binary" else spec.outputs
    scale = head_weights(training, outputs)
    rates = _base_rates(training, outputs)
    loss = accuracy = 0.0
    for place, known in enumerate(rates):
        known = np.maximum(known, 1e-7)
        if judged.shares:
            seen = weights @ judged.shares[place]
        else:
            seen = np.bincount(judged.truth[place], weights, minlength=len(known))
        loss -= float(scale[place] * (seen @ np.log(known)))
        accuracy += float(seen[known.argmax()]) / len(rates)
    return {"loss": loss, "accuracy": accuracy}


def _poisson(truth: npt.NDArray[Any], rate: Any) -> npt.NDArray[np.float64]:
    """Return the loss of each row, as Keras defines it."""
    found: npt.NDArray[np.float64] = rate - truth * np.log(rate + 1e-7)
    return found
