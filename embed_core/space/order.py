"""The order of categories along a line, and whether halves of the rows agree on it."""

import math

import numpy as np
import numpy.typing as npt

_LEAST = 3


def agreed_order(vectors: npt.ArrayLike, places: npt.ArrayLike) -> float:
    """Return how far the halves of each split agree on the order along the direction in which vectors differ most.

    Chance gives 0, whatever the numbers of rows: which side of the middle an accident of the rows puts a category on
    is another one in the other half. Angles between vectors of one direction say no more than the side, and distances
    that rare categories lie near the middle together.

    Args:
        vectors: the run's, (n, d).
        places: of replicates turned onto them, see `aligned_places`, (replicates, n, d); those one after the other are
            the two halves of a split.

    Returns:
        The mean rank correlation (Spearman's) over the splits of the categories that are in both halves; NaN where no
        split has 3 of them, or where all are at one place.

    >>> line = np.arange(5.0)[:, None]
    >>> round(agreed_order(line, [line, line + 1, line, [[0.0], [1.0], [2.0], [4.0], [3.0]]]), 2)
    0.95
    """
    from scipy.stats import spearmanr

    own, found = np.asarray(vectors, np.float64), []
    direction = np.linalg.svd(own - own.mean(axis=0), full_matrices=False)[2][0]
    along = np.asarray(places, np.float64) @ direction
    for one, other in zip(along[::2], along[1::2], strict=True):
        both = np.isfinite(one) & np.isfinite(other)
        if both.sum() >= _LEAST and np.ptp(one[both]) > 0 and np.ptp(other[both]) > 0:
            found.append(float(spearmanr(one[both], other[both]).statistic))
    return float(np.mean(found)) if found else math.nan
