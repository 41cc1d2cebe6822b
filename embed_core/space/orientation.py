"""Which way up a map is: of all its turns and mirrors, the one that is shown everywhere."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from embed_core.space.neighbors.distances import as_matrix
from embed_core.types import Floats

Matrix = npt.NDArray[np.float64]
TURN = 15.0
"""Degrees of one turn by hand."""
_SURE = 1e-6


@dataclass(frozen=True)
class Orientation:
    """How a person has turned a map, beyond the rule that turns every map.

    Attributes:
        turn: degrees, counter-clockwise.
        is_mirrored: left and right are exchanged before that.
    """

    turn: float = 0.0
    is_mirrored: bool = False

    @property
    def matrix(self) -> Matrix:
        """What the coordinates are multiplied by, from the right, (2, 2)."""
        angle = np.radians(self.turn)
        turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        return turned if not self.is_mirrored else np.diag([-1.0, 1.0]) @ turned


def upright(coordinates: npt.ArrayLike) -> Matrix:
    """Return the turn, (2, 2), that lays a map on its side as every map lies: a rule without a choice.

    The direction of greatest variance lies from left to right, and along each of the two axes the longer tail, the
    sign of the third moment, lies right and up. Two trainings that draw the same shape are turned alike.

    >>> upright([[0, 0], [0, 1], [0, 5]]).round(6).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    matrix = as_matrix(coordinates)
    centred = matrix - matrix.mean(axis=0)
    if not (np.abs(centred) > 0).any():
        return np.eye(2)
    _, strength, axes = np.linalg.svd(centred, full_matrices=False)
    if len(strength) == 2 and strength[1] > (1 - _SURE) * strength[0]:
        turn = np.eye(2)  # as wide as high: no direction is the first
    elif len(axes) == 2:
        turn = axes.T
    else:
        turn = np.column_stack([axes[0], [-axes[0][1], axes[0][0]]])
    largest = turn[np.abs(turn).argmax(axis=0), [0, 1]]
    turn = turn * np.where(largest < 0, -1.0, 1.0)
    skew = ((centred @ turn) ** 3).sum(axis=0)
    return turn * np.where(skew < -_SURE * (np.abs(centred) ** 3).sum(), -1.0, 1.0) + 0.0


def onto(coordinates: npt.ArrayLike, places: npt.ArrayLike) -> Matrix:
    """Return the turn, (2, 2), mirrored where need be, that lays a map best on known places.

    The orthogonal Procrustes solution, see `embed_core.space.projections.aligning.align`; nothing is bent.

    Args:
        coordinates: (n, 2).
        places: east and north of each, (n, 2), with NaN where that is not known. With fewer than two known places,
            the rule of `upright` holds.

    >>> onto([[0, 0], [0, 2], [1, 0]], [[0, 0], [4, 0], [0, 2]]).round().astype(int).tolist()
    [[0, 1], [1, 0]]
    """
    known = np.isfinite(np.asarray(places, float)).all(axis=1)
    if known.sum() < 2:
        return upright(coordinates)
    moving, target = as_matrix(coordinates)[known], np.asarray(places, float)[known]
    left, _, right = np.linalg.svd((moving - moving.mean(axis=0)).T @ (target - target.mean(axis=0)))
    return np.asarray(left @ right + 0.0, float)


def flat(longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Matrix:
    """Return longitudes and latitudes as places on paper: a degree of each as long as it is in the middle of them.

    >>> flat([0, 10], [60, 60]).round(6).tolist()
    [[0.0, 60.0], [5.0, 60.0]]
    """
    east, north = np.asarray(longitude, float), np.asarray(latitude, float)
    middle = np.nanmean(north) if np.isfinite(north).any() else 0.0
    return np.column_stack([east * np.cos(np.radians(np.clip(middle, -85, 85))), north])


def applied(coordinates: npt.ArrayLike, matrix: Matrix) -> Floats:
    """Return coordinates, (…, 2), turned around the origin, float32.

    >>> applied([[1, 0]], Orientation(turn=90).matrix).round(6).tolist()
    [[0.0, 1.0]]
    """
    return (np.asarray(coordinates, float) @ matrix).astype(np.float32)


def is_plain(matrix: Matrix) -> bool:
    """Tell whether a turn leaves the axes what they are, but for their signs."""
    return bool(np.allclose(np.abs(matrix), np.eye(2), atol=1e-3))


def orientation_of(kept: Any) -> Orientation:
    """Return what was kept of an orientation; none where that cannot be read.

    >>> orientation_of({"turn": 30, "mirrored": True}), orientation_of("?")
    (Orientation(turn=30.0, is_mirrored=True), Orientation(turn=0.0, is_mirrored=False))
    """
    if not isinstance(kept, dict):
        return Orientation()
    turn = kept.get("turn")
    if isinstance(turn, bool) or not isinstance(turn, int | float) or not np.isfinite(turn):
        turn = 0.0
    return Orientation(float(turn) % 360, kept.get("mirrored") is True)
