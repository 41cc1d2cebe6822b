"""Which way something grows on a map: the arrows of a biplot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed_core.space.groups.enrichment import FEWEST_ROWS, SIGNIFICANT, LevelCounts

MOST = 6
"""More arrows cannot be distinguished."""

_FEWEST = 8  # categories; of fewer, any three points lie in a plane
_ALIKE = 0.9  # the cosine from which two directions of one column say the same
_WEAKEST = 0.25  # of what is explained of the best: half as long an arrow
_EVEN_ROWS = 20.0  # a category with so many rows counts half as much as one with any number

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gradient:
    """The direction in which something grows on a map.

    Attributes:
        column: of the table.
        level: whose share of a category's rows grows; empty of a number.
        direction: of steepest growth, of length 1, in the map's plane.
        explained: the share of its variance that the place on the map tells, R², from 0 to 1.
    """

    column: str
    level: str
    direction: tuple[float, float]
    explained: float


def gradients(
    coordinates: npt.ArrayLike,
    support: npt.ArrayLike,
    *,
    levels: Iterable[LevelCounts] = (),
    numbers: Mapping[str, npt.ArrayLike] | None = None,
    most: int = MOST,
) -> list[Gradient]:
    """Return which way levels and numbers grow on a linear map, the best explained first.

    Each is regressed on the two coordinates: the gradient of the fitted plane is the direction, and R² how much of it
    the map tells, as `envfit` of the R package vegan does (J. Oksanen et al.), after K. R. Gabriel, "The biplot graphic
    display of matrices with application to principal component analysis", Biometrika 58 (1971), 453-467. Categories
    with few rows count less. Only what passes an F-test, adjusted over all that is tried after Y. Benjamini and
    Y. Hochberg (1995), and is explained a quarter as well as the best, is returned; of a column no two that
    point the same or the opposite way.

    Args:
        coordinates: (n, 2), of a projection whose axes mean something.
        support: rows of each category, (n,).
        levels: counts by level of other columns, of the same categories.
        numbers: a value for each category, (n,), NaN where there is none, by name.
        most: how many are returned at most.

    >>> places = [[x, y] for x in range(4) for y in range(4)]
    >>> [found] = gradients(places, [50] * 16, numbers={"height": [x + 3 * y for x, y in places]})
    >>> [round(part, 2) for part in found.direction], round(found.explained, 2)
    ([0.32, 0.95], 1.0)
    """
    from scipy import stats

    places, rows = np.asarray(coordinates, float), np.asarray(support, float)
    weight = rows / (rows + _EVEN_ROWS)
    tried: list[tuple[str, str]] = []
    fits = []
    for table in levels:
        has_rows = table.counts.sum(axis=1) > 0
        chosen = np.flatnonzero(table.counts.sum(axis=0) >= FEWEST_ROWS).tolist()
        tried += [(table.column, table.levels[place]) for place in chosen]
        fits.append(_fits(places, table.shares()[:, chosen], weight * has_rows))
    for name, each in (numbers or {}).items():
        values = np.asarray(each, float)
        tried.append((name, ""))
        fits.append(_fits(places, np.nan_to_num(values)[:, None], weight * np.isfinite(values)))
    if not tried:
        return []
    slopes, explained, p = (np.concatenate(parts, axis=-1) for parts in zip(*fits, strict=True))
    p = stats.false_discovery_control(p)
    found: list[Gradient] = []
    for place in np.argsort(-explained, kind="stable"):
        slope, (column, level), length = slopes[:, place], tried[place], float(np.hypot(*slopes[:, place]))
        is_weak = bool(found) and explained[place] < _WEAKEST * found[0].explained
        if p[place] > SIGNIFICANT or not length or is_weak or len(found) == most:
            continue
        direction = float(slope[0] / length), float(slope[1] / length)
        if not any(
            each.column == column and abs(np.dot(each.direction, direction)) > _ALIKE for each in found
        ):
            found.append(Gradient(column, level, direction, float(explained[place])))
    return found


def _fits(places: Numbers, values: Numbers, weight: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the slope of each fitted plane (2, m), R² (m,), and the p-values of the F-test against no slope (m,)."""
    from scipy import stats

    m = values.shape[1]
    known = (weight > 0) & np.isfinite(places).all(axis=1)
    x, y, w = places[known], values[known], weight[known]
    left = float(w.sum() ** 2 / (w @ w)) - 3 if len(w) else 0  # as many as so unequal ones are worth
    if len(w) < _FEWEST or left < 1:
        return np.zeros((2, m)), np.zeros(m), np.ones(m)
    x, y = x - np.average(x, axis=0, weights=w), y - np.average(y, axis=0, weights=w)
    total = w @ y**2
    varies = total > 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0) ** 2)
    slopes = np.linalg.lstsq(x * np.sqrt(w)[:, None], y * np.sqrt(w)[:, None], rcond=None)[0]
    rest = w @ (y - x @ slopes) ** 2
    explained = np.where(varies, np.clip(1 - rest / np.where(varies, total, 1), 0, 1), 0)
    with np.errstate(divide="ignore"):
        p = stats.f.sf(explained / 2 / ((1 - explained) / left), 2, left)
    return np.asarray(slopes, np.float64), explained, np.asarray(p, np.float64)
