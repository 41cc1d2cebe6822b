"""How a map of distances comes out unfolded: it is learned with room to spare, which is then pressed out.

With no more dimensions than the map has, one half of it can lie on the other, and no small step takes it back. With
some to spare the halves pass one another. Then the vectors are turned onto their principal axes, the axes past the
dimension asked for get a penalty that grows until nothing is left on them, and the rest is trained without them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.types import Floats

SURPLUS = 3
LEAST_EPOCHS = 30
_TURN, _CUT = 0.3, 0.7
_PRESSES = (0.003, 3.0)


@dataclass(frozen=True)
class Unfolding:
    """The stages of a training; without surplus axes there is the last one only.

    Attributes:
        turn: after this epoch the vectors are turned onto their principal axes.
        cut: after this epoch the surplus axes are cut.
    """

    turn: int = 0
    cut: int = 0

    @classmethod
    def of(cls, surplus: int, epochs: int) -> "Unfolding":
        """Return the stages of so many epochs."""
        return cls(int(_TURN * epochs), int(_CUT * epochs)) if surplus else cls()

    def is_open(self, epoch: int) -> bool:
        """Whether an epoch still has surplus axes."""
        return epoch <= self.cut

    def left_from(self, epoch: int, most: int) -> int:
        """Return how many epochs its stage has from this one on, at most so many."""
        ends = [end - epoch + 1 for end in (self.turn, self.cut) if end >= epoch]
        return min([most, *ends])

    def presses(self, first: int, count: int) -> npt.NDArray[np.float32]:
        """Return the penalty on the surplus axes in so many epochs, from the first on."""
        epochs = np.arange(first, first + count)
        done = (epochs - self.turn - 1) / max(1, self.cut - self.turn - 1)
        presses = _PRESSES[0] * (_PRESSES[1] / _PRESSES[0]) ** np.clip(done, 0, 1)
        return np.where((epochs > self.turn) & (epochs <= self.cut), presses, 0).astype(np.float32)


def principal_axes(vectors: Floats) -> Floats:
    """Return vectors about their mean, turned so that they differ most along the first axis.

    Of each axis the largest number is positive, so that it does not matter how they were turned before.

    >>> principal_axes(np.array([[0.0, 0.0], [0.0, 4.0], [0.0, 8.0]])).round(6).tolist()
    [[4.0, 0.0], [0.0, 0.0], [-4.0, 0.0]]
    """
    centered = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    turned = centered @ np.linalg.svd(centered, full_matrices=False)[2].T
    largest = turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])]
    turned = turned * np.where(largest < 0, -1, 1)
    padding = vectors.shape[1] - turned.shape[1]  # fewer vectors than axes
    return np.pad(turned, ((0, 0), (0, padding))).astype(vectors.dtype)


def put_outside(vectors: Floats, first: npt.NDArray[np.int32], second: npt.NDArray[np.int32]) -> Floats:
    """Return vectors in the plane with those of one or two partners where they fit as well and are further out.

    Args:
        vectors: (n, 2).
        first: of each pair that was measured, (pairs,).
        second: of each.

    >>> square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [1.0, 2.0]])
    >>> first, second = np.array([0, 0, 0, 1, 1, 2, 4]), np.array([1, 2, 3, 2, 3, 3, 2])
    >>> put_outside(square, first, second)[4].round(3).tolist()
    [2.707, 2.707]
    """
    partners: list[set[int]] = [set() for _ in vectors]
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if one != other:
            partners[one].add(other)
            partners[other].add(one)
    found = vectors.astype(np.float64)
    held = [place for place, met in enumerate(partners) if len(met) > 2]
    middle = found[held].mean(axis=0) if held else found.mean(axis=0)
    for place, met in enumerate(partners):
        ends = sorted(met)
        if any(len(partners[end]) < 3 for end in ends) or not 0 < len(ends) < 3:
            continue
        start, line = found[ends[0]], found[ends[-1]] - found[ends[0]]
        if len(ends) == 1:
            out = start - middle
            far = np.linalg.norm(found[place] - start)
            moved = start + far * out / max(np.linalg.norm(out), 1e-12)
        else:
            along = line * (line @ (found[place] - start)) / max(line @ line, 1e-12)
            moved = 2 * (start + along) - found[place]
        if np.linalg.norm(moved - middle) > np.linalg.norm(found[place] - middle):
            found[place] = moved
    return found.astype(vectors.dtype)
