"""What the measured facts say about a map, in one sentence."""

import math
from dataclasses import dataclass
from typing import Literal

from embed_core.errors import AtlasError, percent, quoted
from embed_core.space.neighbors.overlap import above_chance

Reliability = Literal["good", "careful", "do not rely"]

# Fewer than half of the neighbors kept: a point's surroundings are more often wrong than right. Below a
# fifth, four of five neighbors that one sees are not neighbors.
KEPT_GOOD, KEPT_LEAST = 0.5, 0.2

# Stability above chance. Bootstraps of a table of pure noise reach .2 to .25 above k / (n - 1), because they
# share its accidents (tests/space/test_stability.py); at a half, most neighborhoods return.
STABLE_GOOD, STABLE_LEAST = 0.5, 0.25

# Agreement of the real table above that of its shuffled control. On noise, the difference varies by .04 with
# 30 categories and by less with more; with fewer it is taken as 1 / n.
STRUCTURE_GOOD, STRUCTURE_LEAST = 0.15, 0.05

# A quarter of the categories with few rows is more than a reader can keep in mind point by point.
FEW_ROWS_MOST = 0.25

FEW_ROWS = 10
"""With fewer rows, the 95 % interval of a share reaches .3 to either side."""

# Below a dozen, one category alone moves every number by a tenth, and chance finds nearly half of the
# neighbors.
CATEGORIES_LEAST, CATEGORIES_GOOD = 4, 12

# Below this a second axis holds less than a tenth of the variance; a country twice as wide as high has 1.5.
NEARLY_A_LINE = 1.2

# Means of shares can be a few last bits above 1.
_ROUNDING = 1e-9

_ORDER: tuple[Reliability, ...] = ("do not rely", "careful", "good")
_OPENING = {
    "good": "This map can be read.",
    "careful": "Read this map with care.",
    "do not rely": "Do not rely on this map.",
}


UNMEASURED = "has not been measured"
"""In every reason that only says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts about a map. Whatever is None or NaN has not been measured.

    Attributes:
        n_categories: how many categories there are.
        neighbors_kept: share of the true neighbors that the map keeps, see `projection_quality`.
        stability: mean of `neighbor_stability`.
        chance: what stability chance reaches: the control's mean stability or, without one, `chance_overlap`.
        effective_dimension: of the vectors.
        is_line: whether the vectors lie on a line.
        structure: `agreement` of the replicates.
        control: `agreement` of the replicates of the shuffled control.
        few_rows_share: share of the categories that have too few rows.
        one_output: whether one number is predicted from the category alone, which makes a line of any map.
    """

    n_categories: int | None = None
    neighbors_kept: float | None = None
    stability: float | None = None
    chance: float | None = None
    effective_dimension: float | None = None
    is_line: bool | None = None
    structure: float | None = None
    control: float | None = None
    few_rows_share: float | None = None
    one_output: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a map can be believed.

    Attributes:
        level: ``good``, ``careful`` or ``do not rely``.
        sentence: that, with the weightiest reason.
        reasons: all that was found, and what was not measured, weightiest first; plain sentences.
    """

    level: Reliability
    sentence: str
    reasons: tuple[str, ...]


def map_verdict(evidence: Evidence) -> Verdict:
    """Weigh the facts about a map; what has not been measured is said.

    A map is good when its neighbors are mostly the true ones, when training again finds them again, when a
    shuffled control does not, and when nothing else speaks against it; the limits are this module's
    constants.

    Raises:
        AtlasError: when a share is not between 0 and 1.

    >>> map_verdict(Evidence(neighbors_kept=0.8, stability=0.7, chance=0.1, structure=0.6, control=0.02)).sentence
    'This map can be read. 80 % of the nearest neighbours are still near on it.'
    >>> map_verdict(Evidence(structure=0.11, control=0.12)).sentence
    'Do not rely on this map. Trained on shuffled values, it repeats itself as well: what it shows is chance.'
    """
    kept = _share(evidence.neighbors_kept, "share of neighbours kept")
    again, chance = _share(evidence.stability, "stability"), _share(evidence.chance, "level of chance")
    structure, control = _number(evidence.structure), _number(evidence.control)
    found = [
        *_about_size(evidence.n_categories),
        *_about_structure(structure, control, evidence.n_categories),
        *_about_stability(again, chance),
        *_about_line(evidence.is_line, _number(evidence.effective_dimension), evidence.one_output),
        *_about_kept(kept),
        *_about_rows(_share(evidence.few_rows_share, "share of categories with few rows")),
    ]
    known = kept is not None and (again is not None or None not in (structure, control))
    if not known:
        found.append(("careful", "Not all that matters has been measured yet."))
    found.sort(key=lambda finding: _ORDER.index(finding[0]))
    level = found[0][0]
    reasons = tuple(reason for _, reason in found)
    if level == "good":
        reasons = tuple(sorted(reasons, key=lambda reason: "still near" not in reason))
    return Verdict(level, f"{_OPENING[level]} {reasons[0]}", reasons)


_Findings = list[tuple[Reliability, str]]


def _about_size(n: int | None) -> _Findings:
    if n is None or n >= CATEGORIES_GOOD:
        return []
    if n < CATEGORIES_LEAST:
        return [
            ("do not rely", f"{n} categories are too few to have neighbourhoods: read the numbers instead.")
        ]
    return [("careful", f"With {n} categories, chance alone finds nearly half of the neighbours.")]


def _about_structure(real: float | None, control: float | None, n: int | None) -> _Findings:
    if real is None or control is None:
        return [("good", f"The shuffled control {UNMEASURED}.")]
    above = real - control
    if above < max(STRUCTURE_LEAST, 1 / n if n else 0):
        return [
            ("do not rely", "Trained on shuffled values, it repeats itself as well: what it shows is chance.")
        ]
    if above < STRUCTURE_GOOD:
        return [("careful", "It repeats itself only a little more than a map of shuffled values does.")]
    return [("good", "A map of shuffled values does not repeat itself like this one.")]


def _about_stability(stability: float | None, chance: float | None) -> _Findings:
    if stability is None:
        return [("good", f"The stability over retrainings {UNMEASURED}.")]
    above = float(above_chance(stability, chance or 0.0))
    text = f"Trained again, {percent(stability)} of the nearest neighbours are found again"
    text += f" ({percent(chance)} by chance)." if chance is not None else "."
    if math.isnan(above) or above < STABLE_LEAST:
        return [("do not rely", text)]
    return [("careful" if above < STABLE_GOOD else "good", text)]


def _about_line(is_line: bool | None, effective_dimension: float | None, one_output: bool) -> _Findings:
    if one_output:
        return [
            (
                "careful",
                "This map is a line: with one output, all that is learned lies in one direction, the order "
                "by the target. The other directions are left over from the random start.",
            )
        ]
    if is_line:
        return [("careful", "This map is a line: categories differ in one direction only.")]
    if effective_dimension is not None and 0 < effective_dimension < NEARLY_A_LINE:
        return [
            ("careful", f"This map is nearly a line: the vectors fill {effective_dimension:.1f} dimensions.")
        ]
    if effective_dimension == 0:
        return [("do not rely", "All categories have the same vector.")]
    return []


def _about_kept(kept: float | None) -> _Findings:
    if kept is None:
        return [("good", f"How well the map keeps the neighbours {UNMEASURED}.")]
    if kept < KEPT_GOOD:
        text = f"Only {percent(kept)} of the nearest neighbours are still near on it."
        return [("do not rely" if kept < KEPT_LEAST else "careful", text)]
    return [("good", f"{percent(kept)} of the nearest neighbours are still near on it.")]


def _about_rows(few: float | None) -> _Findings:
    if few is None or few <= FEW_ROWS_MOST:
        return []
    return [("careful", f"{percent(few)} of the categories have too few rows: the faded points say little.")]


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _share(value: float | None, what: str) -> float | None:
    number = _number(value)
    if number is not None and not -_ROUNDING <= number <= 1 + _ROUNDING:
        raise AtlasError(f"The {what} must be from 0 to 1. Got {quoted(value)}.")
    return number
