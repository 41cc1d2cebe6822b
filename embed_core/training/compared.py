"""What replicates share: with the run, and as halves of the rows with one another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embed_core.space.groups.repeated import mean_of, repeated_groups
from embed_core.space.neighbors.mantel import mantel_z
from embed_core.space.neighbors.overlap import Shares
from embed_core.space.neighbors.scales import Scales, shared_neighbors, sizes_of
from embed_core.space.neighbors.stability import neighbor_stability
from embed_core.training.replicates import Replicate
from embed_core.types import Floats

LEAST_CATEGORIES = 4


def compared_halves(replicates: Sequence[Replicate], *, metric: str) -> dict[str, Any]:
    """Return what `TrustMeasures` says of halves: replicates one after the other are the two halves of a split."""
    pairs = []
    for one, other in pairs_of(replicates):
        both = one.is_sure & other.is_sure
        if both.sum() >= LEAST_CATEGORIES:
            pairs.append((one.vectors[both], other.vectors[both]))
    if not pairs:
        return {}
    sizes = sizes_of(min(len(one) for one, _ in pairs))
    near: list[Scales] = [shared_neighbors(*pair, metric=metric, sizes=sizes) for pair in pairs]
    groups = mean_of([repeated_groups(*pair, metric=metric) for pair in pairs])
    return {
        "compared": float(np.mean([len(one) for one, _ in pairs])),
        "sizes": sizes,
        "shares": np.mean([each.shares for each in near], axis=0),
        "agreement": np.mean([each.above_chance for each in near], axis=0),
        "group_counts": groups.counts,
        "group_shares": groups.shares,
        "group_chance": groups.by_chance,
        "z": float(min(mantel_z(*pair, metric=metric) for pair in pairs)),
    }


def pairs_of(replicates: Sequence[Replicate]) -> list[tuple[Replicate, Replicate]]:
    """Return the two halves of each split: replicates that stand one after the other."""
    return list(zip(replicates[::2], replicates[1::2], strict=True))


def stability_where_drawn(vectors: Floats, replicates: Sequence[Replicate], *, k: int, metric: str) -> Shares:
    """The mean of `neighbor_stability` over the replicates in which a category was drawn, float64 (n,)."""
    shares = np.full((len(replicates), len(vectors)), np.nan)
    for found, replicate in zip(shares, replicates, strict=True):
        here = replicate.is_drawn
        found[here] = neighbor_stability(vectors[here], [replicate.vectors[here]], k=k, metric=metric)
    times = np.isfinite(shares).sum(axis=0)
    return np.divide(np.nansum(shares, axis=0), times, out=np.full(len(vectors), np.nan), where=times > 0)
