"""How categories that lie on the wrong side of their partners come to the right one."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embed_core.learning.unfolding import put_outside

Numbers = npt.NDArray[np.floating[Any]]

MOST_DIMENSIONS = 3
_ROUNDS, _STEPS, _STEPS_TOGETHER = 3, 6, 15
# Of what is missed: less is not worth a jump, as the epochs that follow find it as well.
_LEAST_GAIN = 0.2
# How many are tried together with those that hang on them, how many times the median they must miss, and which share of
# all may hang on one: more hang on a hub.
_WORST, _FAR_OFF, _MOST_TOGETHER = 8, 5.0, 0.2
_NEAR_ZERO = 1e-12


class Pairs(NamedTuple):
    """What was measured.

    Attributes:
        first: of each pair, (pairs,).
        second: of each.
        apart: how far apart the two should be.
        weights: how much a pair counts.
    """

    first: npt.NDArray[np.int32]
    second: npt.NDArray[np.int32]
    apart: Numbers
    weights: Numbers

    def misses(self, vectors: Numbers) -> Numbers:
        """Return by how much each distance is missed, squared and weighted, (pairs,)."""
        found = np.linalg.norm(vectors[self.first] - vectors[self.second], axis=1)
        return self.weights * (found - self.apart) ** 2

    def measured(self, measure: str, factor: float = 1.0, start: float = 0.0) -> "Pairs":
        """Return the pairs with the distances of which the factor and the start make what was measured."""
        factor = -factor if measure == "similarity" else factor
        return self._replace(apart=np.maximum((self.apart - start) / (factor or _NEAR_ZERO), 0))

    def of(self, those: npt.NDArray[np.bool_]) -> "Pairs":
        """Return some of them, (pairs,)."""
        return Pairs(self.first[those], self.second[those], self.apart[those], self.weights[those])


def put_right(vectors: Numbers, pairs: Pairs) -> Numbers:
    """Return vectors with what is on the wrong side put over: by all distances, or to the outer side where two say it.

    Args:
        vectors: (n, d); as they are with more than 3 dimensions, where small steps find a way around.
        pairs: that were measured.
    """
    dimension = vectors.shape[1]
    if dimension <= MOST_DIMENSIONS:
        vectors = mirrored(vectors, pairs)
    return put_outside(vectors, pairs.first, pairs.second) if dimension == 2 else vectors


def mirrored(vectors: Numbers, pairs: Pairs) -> Numbers:
    """Return vectors with those put over to the other side of their partners whose distances are kept better there.

    Small steps do not take them there: on the way the distances fit worse. Each is mirrored by the plane, in two
    dimensions the line, in which its partners lie as well as they can, and moved on from there to where its distances
    are kept best, all others held (J. de Leeuw's majorization). Then the few that miss most a pair by far are
    mirrored together with their partners of no more pairs, which may have followed them to the wrong side.

    Args:
        vectors: (n, d).
        pairs: that were measured.

    >>> places = np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.1], [1.0, 2.0]])
    >>> wrong, first, second = places * [[1, 1], [1, 1], [1, 1], [1, -1]], np.array([3, 3, 3]), np.array([0, 1, 2])
    >>> apart = np.linalg.norm(places[first] - places[second], axis=1)
    >>> mirrored(wrong, Pairs(first, second, apart, np.ones(3)))[3].round(1).tolist()
    [1.0, 2.0]
    """
    pairs = pairs.of(pairs.first != pairs.second)
    found = vectors.astype(np.float64)
    for _ in range(_ROUNDS):
        if not _one_by_one(found, pairs):
            break
    for _ in range(_ROUNDS):
        if not _together(found, pairs):
            break
    return found.astype(vectors.dtype)


def _one_by_one(vectors: Numbers, pairs: Pairs) -> bool:
    """Put single ones over in place, of two partners the one that gains more. Return whether there was any."""
    n, dimension = vectors.shape
    ends = np.concatenate(pairs[:2])
    others = np.concatenate([pairs.second, pairs.first])
    apart, weights = np.tile(pairs.apart, 2), np.tile(pairs.weights, 2)
    total = np.maximum(np.bincount(ends, weights, minlength=n), _NEAR_ZERO)
    partners = vectors[others]

    def mean(values: Numbers) -> Numbers:
        sums = [np.bincount(ends, weights * column, minlength=n) for column in values.T]
        return np.stack(sums, axis=1) / total[:, None]

    def missed(at: Numbers) -> Numbers:
        return mean(((np.linalg.norm(at[ends] - partners, axis=1) - apart) ** 2)[:, None])[:, 0]

    middle = mean(partners)
    spread = partners - middle[ends]
    products = (spread[:, :, None] * spread[:, None, :]).reshape(-1, dimension**2)
    across = np.linalg.eigh(mean(products).reshape(n, dimension, dimension))[1][:, :, 0]
    tried = vectors - 2 * ((vectors - middle) * across).sum(axis=1, keepdims=True) * across
    for _ in range(_STEPS):
        gaps = tried[ends] - partners
        tried = mean(
            partners + (apart / np.maximum(np.linalg.norm(gaps, axis=1), _NEAR_ZERO))[:, None] * gaps
        )
    before = missed(vectors)
    gain = before - missed(tried)
    # With as few partners as dimensions both sides fit alike.
    one_side_fits = np.bincount(ends, minlength=n) > dimension
    worth = np.where(one_side_fits & (gain > _LEAST_GAIN * before), gain * total, 0)
    best_partner = np.zeros(n)
    np.maximum.at(best_partner, ends, worth[others])
    moves = worth > best_partner
    vectors[moves] = tried[moves]
    return bool(moves.any())


def _together(vectors: Numbers, pairs: Pairs) -> bool:
    """Put one of the worst over in place, with the partners that may have followed it. Return whether it was."""
    n = len(vectors)
    met = np.bincount(np.concatenate(pairs[:2]), minlength=n)
    own = np.bincount(np.concatenate(pairs[:2]), np.tile(pairs.misses(vectors), 2), minlength=n)
    each = own / np.maximum(met, 1)
    far_off, left = each > _FAR_OFF**2 * np.median(each), _WORST
    looked_at = min(far_off.sum(), 4 * _WORST)
    for place in np.argsort(-np.where(far_off, each, 0), kind="stable")[:looked_at]:
        partners = np.concatenate([pairs.second[pairs.first == place], pairs.first[pairs.second == place]])
        moved = np.zeros(n, bool)
        moved[[place, *partners[met[partners] <= met[place]]]] = True
        held = np.unique(partners[~moved[partners]])
        if moved.sum() == 1 or moved.sum() > max(2, _MOST_TOGETHER * n) or len(held) < vectors.shape[1]:
            continue
        if not left:
            break
        left -= 1
        middle = vectors[held].mean(axis=0)
        across = np.linalg.svd(vectors[held] - middle)[2][-1]
        tried = vectors.copy()
        tried[moved] -= 2 * ((tried[moved] - middle) @ across)[:, None] * across
        theirs = pairs.of(moved[pairs.first] | moved[pairs.second])
        _settle(tried, moved, theirs)
        if theirs.misses(tried).sum() < (1 - _LEAST_GAIN) * theirs.misses(vectors).sum():
            vectors[:] = tried
            return True
    return False


def _settle(vectors: Numbers, moved: npt.NDArray[np.bool_], pairs: Pairs) -> None:
    """Move some in place to where their distances are kept better, all others held."""
    n = len(vectors)
    places = np.flatnonzero(moved)
    numbered = np.full(n, len(places))  # the last is a place for all that are held
    numbered[places] = np.arange(len(places))
    ends = numbered[np.concatenate(pairs[:2])]
    total = np.bincount(ends, np.tile(pairs.weights, 2), minlength=len(places) + 1)[:-1, None]
    for _ in range(_STEPS_TOGETHER):
        gaps = vectors[pairs.first] - vectors[pairs.second]
        pulls = pairs.weights * (pairs.apart / np.maximum(np.linalg.norm(gaps, axis=1), _NEAR_ZERO) - 1)
        steps = [
            np.bincount(ends, np.concatenate([pulls * gap, -pulls * gap]), len(places) + 1) for gap in gaps.T
        ]
        # Half a step each, as both ends of a pair may move.
        vectors[places] += np.stack(steps, axis=1)[:-1] / np.maximum(2 * total, _NEAR_ZERO)
