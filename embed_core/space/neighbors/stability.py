"""Whether the neighbors would be the same if the embedding were trained again.

A replicate is the same training with another random start, on rows drawn again. Vectors of two trainings
cannot be subtracted from one another, since every training may turn the space as it likes; who is near whom
can be compared. Two things make replicates agree without any structure in the data, and must be kept out or
measured:

- a shared random start: give every replicate its own seed;
- a shared sample: rows drawn again from the same table (a bootstrap) repeat what is accidental in it. Only
  replicates from separate halves of the rows agree by chance at k / (n - 1). With bootstraps the level of
  chance is what a control reaches, a table with shuffled values treated in the same way: compare `agreement`
  of both, or give the control's mean stability as ``chance`` to `above_chance`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError
from embed_core.space.neighbors.overlap import Shares, neighborhoods, overlap_of
from embed_core.types import Floats


def neighbor_stability(
    vectors: npt.ArrayLike,
    replicates: Sequence[npt.ArrayLike] | Floats,
    *,
    k: int = 10,
    metric: str = "cosine",
) -> Shares:
    """Return for each category the mean share of its nearest neighbors that replicates find again.

    With N(i) the k nearest neighbors of i in ``vectors`` and N_b(i) those in replicate b of r:
    stability(i) = mean over b of |N(i) ∩ N_b(i)| / k. Source: the overlap of neighborhoods as L. Wendlandt,
    J. K. Kummerfeld and R. Mihalcea use it for word embeddings, "Factors influencing the surprising
    instability of word embeddings", NAACL (2018), 2092-2102.

    Of categories tied at the k-th place each counts in part (room divided by tied ones), and the overlap is
    the sum of the smaller of the two parts, so that the order of categories does not matter and repeated
    vectors that stay together are stable. A category that is equally far from all others has no nearest
    neighbors: it is at chance.

    Args:
        vectors: (n, d).
        replicates: (r, n, d') or r arrays (n, d') of the same categories in the same order; d' may differ
            from d.
        k: neighbors looked at (default 10), at most (n - 1) // 2; see `chance_overlap` for what chance
            gives.
        metric: ``cosine`` (default) or ``euclidean``.

    Returns:
        float64 (n,), from 0 to 1; NaN with fewer than 4 categories.

    Raises:
        AtlasError: when there is no replicate, or one is of other categories.

    >>> line = [[0.0], [1.0], [2.1], [3.3], [4.6]]
    >>> neighbor_stability(line, [line, [[0.0], [1.0], [2.1], [9.0], [3.3]]], k=2, metric="euclidean").tolist()
    [1.0, 1.0, 0.75, 1.0, 0.75]
    """
    around = neighborhoods([vectors, *replicates], k, metric)
    if len(around) < 2:
        raise AtlasError(
            "The stability takes at least one replicate. Got none: train again with another seed."
        )
    return np.mean([overlap_of(around[0], replicate) for replicate in around[1:]], axis=0)


def neighbor_changes(
    one: npt.ArrayLike, other: npt.ArrayLike, *, k: int = 10, metric: str = "cosine"
) -> Shares:
    """Return for each category the share of its nearest neighbors that two embeddings have in common.

    The measure of `neighbor_stability` with one replicate, float64 (n,); it is the same both ways round. What
    has changed is 1 minus it.

    >>> neighbor_changes([[0], [1], [5], [6]], [[0], [1], [9], [2]], k=1, metric="euclidean").tolist()
    [1.0, 0.5, 1.0, 0.0]
    """
    return neighbor_stability(one, [other], k=k, metric=metric)


def overall(shares: npt.ArrayLike, *, support: npt.ArrayLike | None = None) -> float:
    """Return one number for all categories: the mean, or the mean over rows when their support is given.

    >>> overall([1.0, 0.0]), overall([1.0, 0.0], support=[9, 1])
    (0.5, 0.9)
    """
    values = np.asarray(shares, dtype=np.float64)
    weights = np.ones_like(values) if support is None else np.asarray(support, dtype=np.float64)
    if weights.shape != values.shape:
        raise AtlasError(f"There must be one support per category; got {len(weights)} for {len(values)}.")
    known = np.isfinite(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")
