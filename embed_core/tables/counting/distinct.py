"""Distinct rows in a fixed order: engines answer a group-by in any, and pooling makes rows equal again."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.types import Counts

Columns = Mapping[str, npt.NDArray[Any]]


def merged(
    codes: Columns, numbers: Columns, counts: Counts
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, npt.NDArray[Any]], Counts]:
    """Return distinct rows in a fixed order, with their counts, (rows,) or (rows, kinds), summed."""
    columns = {**codes, **numbers}
    order = np.lexsort([*reversed(columns.values())])
    changes = np.zeros(len(order), bool)
    changes[:1] = True
    for values in columns.values():
        before, after = values[order][:-1], values[order][1:]
        changes[1:] |= (before != after) & ((before == before) | (after == after))  # NaN equals NaN here
    starts = np.flatnonzero(changes)
    return (
        {name: values[order][starts] for name, values in codes.items()},
        {name: values[order][starts] for name, values in numbers.items()},
        np.add.reduceat(counts[order], starts) if len(starts) else counts,
    )
