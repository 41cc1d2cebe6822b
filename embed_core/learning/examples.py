"""From counted rows to the arrays that a model trains on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.learning.batches import FULL_BATCH_ROWS
from embed_core.learning.model_spec import with_missing
from embed_core.types import CATEGORY, HEAD, LEVEL, Counts, TrainingData

# With more inputs than this each is unknown less often, or such rows would outweigh the others.
MOST_UNKNOWN = 5

Weights = npt.NDArray[Any]


@dataclass(frozen=True)
class Examples:
    """The rows that a model trains on.

    Attributes:
        inputs: for each categorical input of the model, int32 (rows,) positions in its embedding.
        truth: for each output, int32 classes or float32 standardised numbers, (rows,); or positions in ``shares``.
        weights: how much each row counts in what is learned, (rows,).
        numbers: standardised numeric inputs, float32 (rows, m); m may be 0.
        shares: for each output, how often each level goes with each category, float32 (n, levels): the truth of
            counted context. Empty otherwise.
        counts: how much each row counts in what is reported: 0 for those that only teach the *(unknown)* row,
            else as in ``weights``. None means that there are none of those.
    """

    inputs: tuple[npt.NDArray[np.int32], ...]
    truth: tuple[npt.NDArray[Any], ...]
    weights: Weights
    numbers: npt.NDArray[np.float32] | None = None
    shares: tuple[npt.NDArray[np.float32], ...] = ()
    counts: Weights | None = None

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def reported(self) -> Weights:
        """The weights of the rows in losses and metrics."""
        return self.weights if self.counts is None else self.counts


def examples(data: TrainingData, counts: Counts) -> Examples:
    """Return the rows of which ``counts`` has any, with those counts, times what the rows weigh, as weights."""
    if data.stacked:
        return _stacked_examples(data, counts)
    chosen, weights = counts > 0, data.rows.weighed(counts)[counts > 0]
    inputs = tuple(data.rows.codes[column][chosen] for column in data.vocabularies)
    target = data.target
    if target is None:
        truth = tuple(data.rows.codes[head.name][chosen] for head in data.heads)
        return Examples(inputs, truth, weights)
    return Examples(inputs, (_truth(data)[chosen],), weights, _numbers(data, chosen))


def _truth(data: TrainingData) -> npt.NDArray[Any]:
    target = data.target
    assert target is not None
    if target.kind != "number":
        return data.rows.codes[target.column]
    values = data.rows.numbers[target.column]
    values = np.log1p(values) if target.log else values
    return ((values - target.offset) / target.scale).astype(np.float32)


def _numbers(data: TrainingData, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32] | None:
    if not data.features:
        return None
    known = {name: data.rows.numbers[name][chosen] for name in data.features}
    columns = [(known[name] - mean) / deviation for name, (mean, deviation) in data.features.items()]
    missing = [np.isnan(known[name]).astype(float) for name in with_missing(data)]
    return np.nan_to_num(np.stack([*columns, *missing], axis=1), nan=0.0).astype(np.float32)


def _stacked_examples(data: TrainingData, counts: Counts) -> Examples:
    """Return one row per category, whose truth is how often each level goes with it."""
    size = len(next(iter(data.vocabularies.values())))
    codes = data.rows.codes
    shares, weighed, weights = [], data.rows.weighed(counts), np.zeros(size)
    for place, head in enumerate(data.heads):
        here = codes[HEAD] == place
        category = codes[CATEGORY][here]
        # The same for every head, but of rows that were drawn, where they have a weight.
        total = np.bincount(category, weighed[here], minlength=size)
        weights += total
        # Keras' gradient of the cross-entropy is right only when the shares sum to 1.
        table = np.zeros((size, len(head.levels)), np.float32)
        share = weighed[here] / np.where(total > 0, total, 1)[category]
        np.add.at(table, (category, codes[LEVEL][here]), share.astype(np.float32))
        shares.append(table)
    weights /= len(data.heads)
    # Categories that were not drawn stay, at weight 0: all draws then share one compiled program.
    places = np.arange(size if weights.any() else 0, dtype=np.int32)
    return Examples((places,), (places,) * len(shares), weights[: len(places)], shares=tuple(shares))


def with_unknown(rows: Examples, data: TrainingData, *, category_dropout: float, seed: int) -> Examples:
    """Return the rows with some more, in which a category is replaced by *(unknown)*, the embedding's last row.

    Category dropout: each input is unknown in a share of what is learned. With one input the share is taken from
    all categories alike, in expectation; with several, rows are drawn at random for each. What is reported
    leaves these rows out.

    Args:
        rows: of `examples`.
        data: what they were made from.
        category_dropout: the share; 0 adds nothing.
        seed: of the rows drawn.
    """
    if not category_dropout or not len(rows):
        return rows
    sizes = [len(vocabulary) for vocabulary in data.vocabularies.values()]
    share = category_dropout / max(1.0, len(sizes) / MOST_UNKNOWN)
    if rows.shares:
        return _with_unknown_category(rows, sizes[0], share)
    if len(sizes) == 1 and len(rows.truth) == 1 and rows.numbers is None:
        truth = _expected(rows, share)
        return _joined(
            rows, [Examples((np.full(len(truth), sizes[0], np.int32),), (truth,), np.ones(len(truth)))], share
        )
    drawn = max(1, round(share * len(rows)))
    rng = np.random.default_rng((seed, 4))
    extra = []
    for place, size in enumerate(sizes):
        chosen = rng.choice(len(rows), drawn, p=rows.weights / rows.weights.sum())
        inputs = tuple(
            np.full(drawn, size, np.int32) if i == place else codes[chosen]
            for i, codes in enumerate(rows.inputs)
        )
        numbers = None if rows.numbers is None else rows.numbers[chosen]
        extra.append(Examples(inputs, tuple(truth[chosen] for truth in rows.truth), np.ones(drawn), numbers))
    return _joined(rows, extra, share)


def _expected(rows: Examples, share: float) -> npt.NDArray[Any]:
    """Return the truth of what a category that nobody knows goes with: classes in their shares, or the mean."""
    truth, wanted = rows.truth[0], share * len(rows)
    if truth.dtype.kind == "f":
        return np.full(max(1, round(wanted)), np.average(truth, weights=rows.weights), np.float32)
    totals = np.bincount(truth, rows.weights) / rows.weights.sum()
    # As many rows as make none of them heavier than the others, and at least enough to tell the shares.
    copies = np.round(totals * max(wanted, min(100, FULL_BATCH_ROWS))).astype(int)
    return np.repeat(np.arange(len(totals), dtype=truth.dtype), np.maximum(copies, totals > 0))


def _joined(rows: Examples, extra: list[Examples], share: float) -> Examples:
    """Return all, each part of ``extra`` having the share in what is learned, and none in what is reported."""
    total = rows.weights.sum()
    parts = [rows, *extra]
    numbers = [part.numbers for part in parts if part.numbers is not None]
    return Examples(
        tuple(np.concatenate(codes) for codes in zip(*(part.inputs for part in parts), strict=True)),
        tuple(np.concatenate(truth) for truth in zip(*(part.truth for part in parts), strict=True)),
        np.concatenate(
            [(1 - share) * rows.weights, *(share * total / len(part) * part.weights for part in extra)]
        ),
        np.concatenate(numbers) if numbers else None,
        counts=np.concatenate([rows.weights, *(np.zeros(len(part)) for part in extra)]),
    )


def _with_unknown_category(rows: Examples, unknown: int, share: float) -> Examples:
    weights = rows.weights / rows.weights.sum()
    shares = tuple(np.vstack([table, (weights @ table)[None]]).astype(np.float32) for table in rows.shares)
    place = np.arange(len(rows) + 1, dtype=np.int32)
    return Examples(
        (np.append(rows.inputs[0], np.int32(unknown)),),
        (place,) * len(shares),
        np.append(rows.weights * (1 - share), share * rows.weights.sum()),
        shares=shares,
        counts=np.append(rows.weights, 0.0),
    )
