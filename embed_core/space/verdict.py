"""What the measured facts say about a map, in one sentence."""

import math
from dataclasses import dataclass
from typing import Literal

from embed_core.errors import AtlasError, percent, quoted
from embed_core.space.evidence import Evidence
from embed_core.space.projections.centres import DISTANCES_LOST, STRESS_GOOD, STRESS_MOST
from embed_core.space.scale import Scale
from embed_core.space.undetermined import undetermined_words
from embed_core.space.words import rounded

Reliability = Literal["good", "careful", "do not rely"]

# Fewer than half of the neighbors kept: a point's surroundings are more often wrong than right. Below a
# fifth, four of five neighbors that one sees are not neighbors.
KEPT_GOOD, KEPT_LEAST = 0.5, 0.2

# From here on single neighbors can be read; below the second, beyond what groups explain, they are chance.
NEAR_GOOD, NEAR_LEAST = 0.4, 0.1
# Agreement on groups below this is more than chance, and far from certain; and so is a rank correlation.
GROUPS_CERTAIN, ORDER_CERTAIN = 0.6, 0.6

# Of distances held out, as the share of their variance that is told; of noise it is 0.
HELD_OUT_LEAST, HELD_OUT_GOOD = 0.3, 0.8

# With fewer of the categories in both halves, the verdict is about a minority.
COMPARED_GOOD = 0.5

# A quarter of the categories with few rows, or few distances, is more than a reader can keep in mind point by point.
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
INCOMPLETE = "Not all that matters has been measured yet."


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

    A map is good when its neighbors are mostly the true ones, when two halves of the rows agree on who is near whom,
    and when nothing else speaks against it. Where they agree on groups alone, it says to read those, and how large
    they are. The limits are this module's constants.

    Raises:
        AtlasError: when a share is not between 0 and 1.

    >>> alike = Scale(100, 10, 0.7, 0.73, 0.1, 4, 0.9, 0.95, 0.25, 3)
    >>> map_verdict(Evidence(neighbors_kept=0.8, scale=alike)).sentence
    'This map can be read. 80 % of the nearest neighbours are still near on it.'
    >>> by_kind = Scale(3_000, 10, 0.04, 0.05, 0.01, 12, 0.96, 0.97, 0.08, 100)
    >>> map_verdict(Evidence(n_categories=3000, neighbors_kept=0.8, scale=by_kind, noun="product")).sentence
    'Read groups, not single neighbours. Which product is next to which is chance. Which of at least 12 groups of \
about 250 it belongs to is not: two halves of the rows agree on 97 % (8 % by chance).'
    """
    kept = _share(evidence.neighbors_kept, "share of neighbours kept")
    found = [
        *_about_size(evidence.n_categories),
        *_about_halves(evidence),
        *_about_line(evidence),
        *_about_kept(kept, evidence),
        *_about_distances(evidence.stress),
        *_about_copies(evidence.copies),
        *_about_rows(_share(evidence.few_rows_share, "share of categories with few rows"), evidence),
        *_about_places(evidence),
    ]
    known = kept is not None and (evidence.scale is not None or evidence.compared_share == 0)
    if not known:
        found.append(("careful", INCOMPLETE))
    found.sort(key=lambda finding: _ORDER.index(finding[0]))
    level = found[0][0]
    reasons = tuple(reason for _, reason in found)
    opening = _OPENING[level]
    if level == "good":
        reasons = tuple(sorted(reasons, key=_place))
        if reasons[0] == DISTANCES_LOST:
            opening = "The neighbours on this map can be read."
    elif level == "careful" and sum(each == "careful" for each, _ in found) == 1:
        opening = _what_to_read(evidence) or opening
    return Verdict(level, f"{opening} {reasons[0]}", reasons)


def _what_to_read(evidence: Evidence) -> str:
    """Return what a map can be read for that asks for care in one respect alone; empty where that has no name."""
    scale = evidence.scale
    if evidence.is_order:
        return "Read the order along the line." if _is_certain(evidence) else ""
    if scale is not None and scale.near < NEAR_GOOD:
        neighbors = "not single neighbours" if _is_near_chance(scale) else "single neighbours with care"
        return f"Read groups, {neighbors}." if scale.groups_agree >= GROUPS_CERTAIN else ""
    if evidence.one_output or evidence.is_line:
        return "Read the order along the line."
    return "Read it where places are determined." if FEW_ROWS_MOST < evidence.open_share < 1 else ""


_Findings = list[tuple[Reliability, str]]


def _about_size(n: int | None) -> _Findings:
    if n is None or n >= CATEGORIES_GOOD:
        return []
    if n < CATEGORIES_LEAST:
        return [
            ("do not rely", f"{n} categories are too few to have neighbourhoods: read the numbers instead.")
        ]
    return [("careful", f"With {n} categories, chance alone finds nearly half of the neighbours.")]


def _about_halves(evidence: Evidence) -> _Findings:
    compared = _share(evidence.compared_share, "share of categories compared")
    if compared == 0:
        if (told := _share(_number(evidence.held_out), "share told of held-out distances")) is not None:
            return [_about_held_out(told)]
        text = f"Hardly any {evidence.noun} has rows in both halves of the table, so nothing tells it from chance."
        if evidence.by_distances:
            text = "The distances are too few to hold any out, so nothing tells this map from chance."
        return [("do not rely", text)]
    if evidence.scale is None:
        return [("good", f"Whether two halves of the rows agree {UNMEASURED}.")]
    # Along a line the order says more than who is nearest or in which group: it is said of the line.
    found: _Findings = []
    if evidence.scale.is_chance or not evidence.is_order:
        found = [_at_scale(evidence.scale, evidence.n_categories, evidence.noun)]
    if compared is not None and compared < COMPARED_GOOD:
        have = "a sure place" if evidence.by_distances else "rows"
        text = f"Only {percent(compared)} of the categories have {have} in both halves: of the others nothing is known."
        found.insert(0, ("careful", text))  # what halves agree on is said of those alone
    return found


def _about_held_out(told: float) -> tuple[Reliability, str]:
    """Return what distances that were not learned from say, where halves of them determine too few places."""
    if told < HELD_OUT_LEAST:
        return (
            "do not rely",
            "Distances that were held out cannot be read from it: where things lie is chance.",
        )
    text = (
        f"Of how distances differ that were held out, a sixth at a time, it tells {percent(told)} (0 % by chance); "
        "they are too few to compare halves of them."
    )
    return ("good" if told >= HELD_OUT_GOOD else "careful"), text


def _at_scale(scale: Scale, n: int | None, one: str) -> tuple[Reliability, str]:
    if scale.is_chance:
        return (
            "do not rely",
            "Two halves of the rows agree neither on who is near whom nor on groups: what it shows is chance.",
        )
    if scale.near >= NEAR_GOOD:
        return (
            "good",
            f"Of the {scale.k} nearest of each {one}, two halves of the rows agree on {percent(scale.near_share)} "
            f"({percent(scale.near_chance)} by chance).",
        )
    next_to = "chance" if _is_near_chance(scale) else "uncertain"
    size = "" if n is None else f" of about {rounded(n / scale.groups)}"
    belongs = "is not" if scale.groups_agree >= GROUPS_CERTAIN else "is more than chance"
    return (
        "careful",
        f"Which {one} is next to which is {next_to}. Which of at least {scale.groups} groups{size} it belongs to "
        f"{belongs}: two halves of the rows agree on {percent(scale.group_share)} ({percent(scale.group_chance)} "
        "by chance).",
    )


def _is_near_chance(scale: Scale) -> bool:
    return scale.near_share - scale.near_by_groups < NEAR_LEAST * (1 - scale.near_by_groups)


def _about_line(evidence: Evidence) -> _Findings:
    effective_dimension = _number(evidence.effective_dimension)
    if evidence.one_output:
        text = (
            "This map is a line: with one output, all that is learned lies in one direction, the order "
            "by the target. The other directions are left over from the random start."
        )
        return [("careful", text + _about_order(evidence))]
    if evidence.is_line:
        text = "This map is a line: categories differ in one direction only."
        return [("careful", text + _about_order(evidence))]
    if effective_dimension is not None and 0 < effective_dimension < NEARLY_A_LINE:
        return [
            ("careful", f"This map is nearly a line: the vectors fill {effective_dimension:.1f} dimensions.")
        ]
    if effective_dimension == 0:
        return [("do not rely", "All categories have the same vector.")]
    return []


def _about_order(evidence: Evidence) -> str:
    scale = evidence.scale
    if not evidence.is_order or scale is None or scale.is_chance:
        return ""
    agree = "agree" if _is_certain(evidence) else "agree in part"
    return (
        f" Two halves of the rows {agree} on the order: rank correlation {evidence.order:.2f} (0 by chance)."
    )


def _is_certain(evidence: Evidence) -> bool:
    return evidence.order is not None and evidence.order >= ORDER_CERTAIN


def _about_kept(kept: float | None, evidence: Evidence) -> _Findings:
    if kept is None:
        return [("good", f"How well the map keeps the neighbours {UNMEASURED}.")]
    scale, n = evidence.scale, evidence.n_categories
    by_groups = scale is not None and scale.near < NEAR_GOOD and not evidence.is_order
    if by_groups and scale is not None and evidence.kept is not None and n:
        size, share, above = evidence.kept.at(n / scale.groups)
        text = f"{percent(share)} of the {size:,} nearest, about a group, are still near on it."
        if above >= KEPT_GOOD:
            return [("good", text)]
        return [("do not rely" if above < KEPT_LEAST else "careful", f"Only {text}")]
    if kept < KEPT_GOOD:
        text = f"Only {percent(kept)} of the nearest neighbours are still near on it."
        return [("do not rely" if kept < KEPT_LEAST else "careful", text)]
    return [("good", f"{percent(kept)} of the nearest neighbours are still near on it.")]


def _about_distances(stress: float | None) -> _Findings:
    known = _number(stress)
    if known is None or known <= STRESS_GOOD:
        return []
    if known <= STRESS_MOST:
        return [("good", "Distances between groups are rough on it.")]
    return [("good", DISTANCES_LOST)]


def _place(reason: str) -> int:
    """Where a reason stands among those of a good map: first what is not to be read, then what is kept."""
    return 0 if reason == DISTANCES_LOST else 1 if "still near" in reason else 2


def _about_copies(copies: int) -> _Findings:
    if copies == 1:
        return []
    times = "twice" if copies == 2 else f"{copies} times"
    return [("careful", f"Every row is in the table {times}, which is no more evidence than once.")]


def _about_rows(few: float | None, evidence: Evidence) -> _Findings:
    # Of exact distances four determine a place: whether they do is said in `_about_places`.
    if few is None or few <= FEW_ROWS_MOST or evidence.by_distances:
        return []
    return [("careful", f"{percent(few)} of the categories have too few rows: where they lie says little.")]


def _about_places(evidence: Evidence) -> _Findings:
    if not evidence.open_share:
        return []
    words = undetermined_words(evidence.undetermined, evidence.n_categories)
    return [("careful" if evidence.open_share > FEW_ROWS_MOST else "good", words)]


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _share(value: float | None, what: str) -> float | None:
    number = _number(value)
    if number is not None and not -_ROUNDING <= number <= 1 + _ROUNDING:
        raise AtlasError(f"The {what} must be from 0 to 1. Got {quoted(value)}.")
    return number
