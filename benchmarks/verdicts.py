"""How often the verdict is wrong: noise that is believed, and structure that is condemned.

    python -m benchmarks.verdicts [--tables 200] [--seed 0] [--largest 10000] [--minutes M] [--without-before]

Each table is made from a truth that is known, and a second one from the same truth with other rows. What is right is
judged by the two whole tables: a map should be condemned where nothing of it returns in the second, as of noise, and
believed where groups or neighbours do. What returns a little is counted as neither. Trained with 8 dimensions and the
objective's own settings otherwise, on all rows; both rules see the first table alone.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import embed_core as ec
from benchmarks.machine import heading
from benchmarks.verdict_before import believed_before
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.space.groups.repeated import repeated_groups
from embed_core.space.neighbors.scales import shared_neighbors
from embed_core.space.scale import scale_of
from embed_core.space.verdict import HELD_OUT_LEAST
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare, settled
from embed_core.training.trust_measures import SPLITS, measure
from embed_core.types import Floats

Codes = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

# Of two whole tables: below, nothing returns; above, something does.
NOTHING, SOMETHING = 0.2, 0.4
WIDTH, COLUMNS = 12, 4


# What a category goes with: for each, the shares of some levels (n, WIDTH). The same truth gives the same.


def nothing(truth: np.random.Generator, n: int) -> Shares:
    """All categories alike."""
    return np.repeat(truth.dirichlet(np.ones(WIDTH))[None], n, axis=0)


def grouped(truth: np.random.Generator, n: int, groups: int = 0, strength: float = 0.8) -> Shares:
    """Groups within which all are alike."""
    groups = groups or max(2, min(12, n // 8))
    own = truth.dirichlet(np.full(WIDTH, 0.5), groups)[np.arange(n) % groups]
    return strength * own + (1 - strength) * truth.dirichlet(np.ones(WIDTH))


def weak(truth: np.random.Generator, n: int) -> Shares:
    """A few groups that hardly differ."""
    return grouped(truth, n, max(2, min(6, n // 10)), 0.25)


def hierarchy(truth: np.random.Generator, n: int) -> Shares:
    """Groups, and a manner of each category's own."""
    return 0.6 * grouped(truth, n) + 0.4 * truth.dirichlet(np.full(WIDTH, 0.5), n)


def ring(truth: np.random.Generator, n: int) -> Shares:
    """Categories on a ring, each like those beside it."""
    return _along(2 * np.pi * np.arange(n) / n, 2 * np.pi * np.arange(WIDTH) / WIDTH + truth.uniform(0, 6))


def line(truth: np.random.Generator, n: int) -> Shares:
    """Categories in a row, each like those beside it."""
    return _along(np.pi * np.arange(n) / n, np.pi * (np.arange(WIDTH) + truth.uniform()) / WIDTH)


def _along(place: Shares, levels: Shares) -> Shares:
    shares = np.exp(3 * np.cos(place[:, None] - levels))
    found: Shares = shares / shares.sum(axis=1, keepdims=True)
    return found


@dataclass(frozen=True)
class Kind:
    """A kind of table.

    Attributes:
        title: what it is.
        objective: that learns from it.
        profile: what the categories go with.
        copied: whether all columns copy one hidden one.
        zipf: how uneven the categories are.
        alias: whether a column is another name of the category.
    """

    title: str
    objective: str
    profile: Callable[[np.random.Generator, int], Shares]
    copied: bool = False
    zipf: float = 0.0
    alias: bool = False


KINDS = (
    Kind("noise", "context", nothing),
    Kind("groups", "context", grouped),
    Kind("noise, copied columns", "context", nothing, copied=True),
    Kind("weak groups", "context", weak),
    Kind("noise, uneven", "context", nothing, zipf=0.8),
    Kind("hierarchy", "context", hierarchy),
    Kind("noise", "target", nothing),
    Kind("groups", "target", grouped),
    Kind("ring", "context", ring),
    Kind("noise", "entity", nothing),
    Kind("groups", "entity", grouped),
    Kind("line", "context", line),
    Kind("noise", "distance", nothing),
    Kind("a plane", "distance", grouped),
    Kind("groups, uneven", "context", grouped, zipf=0.8),
    Kind("noise, another name", "context", nothing, alias=True),
    Kind("groups, copied columns", "context", grouped, copied=True),
    Kind("noise, uneven", "target", nothing, zipf=0.8),
    Kind("line", "target", line),
    Kind("weak groups, uneven", "context", weak, zipf=0.6),
)
SIZES = (20, 30, 60, 120, 300, 45, 90, 600, 200, 1_200, 3_000, 10_000)
ROWS_EACH = (5, 10, 20, 40, 100)


def table(kind: Kind, n: int, each: int, seed: int, rows_seed: int) -> pd.DataFrame:
    """Return a table of n categories with about so many rows each."""
    truth, rng = np.random.default_rng((seed, 1)), np.random.default_rng((seed, rows_seed))
    often = truth.permutation(1 / np.arange(1, n + 1) ** kind.zipf)
    c = rng.choice(n, n * each, p=often / often.sum())
    frame = pd.DataFrame({"item": [f"item {i:05d}" for i in c]})
    if kind.objective == "distance":
        places, to = truth.uniform(0, 100, (n, 2)), rng.integers(0, n, len(c))
        frame["to"] = [f"item {i:05d}" for i in to]
        apart = np.linalg.norm(places[c] - places[to], axis=1)
        frame["far"] = rng.permutation(apart) if kind.profile is nothing else apart
        return frame
    hidden: Codes | None = None
    for column in range(COLUMNS):
        shares = kind.profile(truth, n)
        drawn = _drawn(rng, shares[c])
        if kind.copied:
            hidden = drawn if hidden is None else hidden
            drawn = np.where(rng.random(len(c)) < 0.95, hidden, drawn)
        frame[f"x{column}"] = [f"v{level}" for level in drawn]
    if kind.alias:
        frame["also"] = [f"name {i:05d}" for i in c]
    return frame


def _drawn(rng: np.random.Generator, shares: Shares) -> Codes:
    found: Codes = (np.cumsum(shares, axis=1) < rng.random(len(shares))[:, None]).sum(axis=1)
    return found.clip(0, WIDTH - 1)


def settings(kind: Kind, n: int) -> dict[str, Any]:
    """Return the settings of a training."""
    chosen: dict[str, Any] = {"column": "item", "objective": kind.objective, "validation_share": 0.0}
    if kind.objective == "distance":
        return chosen | {"partner": "to", "target": "far", "dimension": 3}
    if kind.objective == "target":
        return chosen | {"target": "x0"}
    if kind.objective == "entity":
        return chosen | {"target": "x0", "epochs": 20}
    return chosen


@dataclass(frozen=True)
class Judged:
    """One table: what returns in a second one, and what the rules said."""

    truth: float
    agree: float
    near: float
    z: float
    believed: bool
    before: bool | None
    seconds: float

    def is_false_alarm(self, believed: bool) -> bool:
        """Whether a map of which nothing returns was believed."""
        return self.truth < NOTHING and believed

    def is_miss(self, believed: bool) -> bool:
        """Whether a map of which something returns was condemned."""
        return self.truth >= SOMETHING and not believed


def judge(kind: Kind, n: int, each: int, seed: int, *, with_before: bool) -> Judged:
    """Make a table and a second one, train, and judge."""
    started = time.perf_counter()
    frames = [table(kind, n, each, seed, rows_seed) for rows_seed in (2, 3)]
    config = ec.TrainingConfig.checked(**settings(kind, n), seed=seed)
    data = prepare(ec.read_table(frames[0]), config, splits=SPLITS)
    second = prepare(ec.read_table(frames[1]), config)
    learned = fit(data, config)
    vectors, metric = learned.vectors["item"], OBJECTIVES[kind.objective].metric(3)
    # Halves are trained as the run was: with its epochs and with the prior that was chosen for it.
    trained_by = settled(config, data).with_prior(learned.prior_strength)
    found = measure(data, trained_by, vectors, metric=metric)
    assert found is not None
    agree = float(found.groups.above_chance.max()) if found.has_halves else 0.0
    place = int(np.searchsorted(found.sizes, 10))
    other = fit(second, config.model_copy(update={"seed": seed + 1})).vectors["item"]
    labels = [each_of.vocabularies["item"].labels for each_of in (data, second)]
    # Of noise nothing returns but by accident, which is frequent where there are few categories.
    truth = 0.0 if kind.profile is nothing else _returns(vectors, other, labels, metric)
    before = believed_before(data, trained_by, vectors) if with_before else None
    near = float(found.agreement[min(place, len(found.agreement) - 1)]) if found.has_halves else 0.0
    believed = found.held_out >= HELD_OUT_LEAST if found.scale is None else not found.scale.is_chance
    return Judged(truth, agree, near, found.z, believed, before, time.perf_counter() - started)


def _returns(one: Floats, other: Floats, labels: list[tuple[str, ...]], metric: str) -> float:
    """Return how much of a map returns in that of another table: the highest agreement on groups, or on the nearest."""
    places = {label: place for place, label in enumerate(labels[1])}
    both = [(place, places[label]) for place, label in enumerate(labels[0]) if label in places]
    left, right = (list(rows) for rows in zip(*both, strict=True))
    found = scale_of(
        shared_neighbors(one[left], other[right], metric=metric),
        repeated_groups(one[left], other[right], metric=metric),
    )
    return max(found.groups_agree, found.near)


def main() -> None:
    """Print a line per table, and the error rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--largest", type=int, default=10_000, help="most categories of a table")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no table after so many")
    parser.add_argument("--without-before", action="store_true", help="leave the rule before out")
    options = parser.parse_args()
    print(heading("tensorflow", "keras", "numpy"))
    print(
        "| table | objective | categories | rows each | returns | halves: groups | nearest | z | now | before | s |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|---|---|--:|")
    judged: list[tuple[int, Judged]] = []
    sizes = [size for size in SIZES if size <= options.largest]
    began = time.monotonic()
    for number in range(options.tables):
        if time.monotonic() - began > 60 * options.minutes:
            break
        kind, rng = KINDS[number % len(KINDS)], np.random.default_rng((options.seed, number))
        n, each = int(rng.choice(sizes)), int(rng.choice(ROWS_EACH))
        found = judge(kind, n, each, int(rng.integers(2**31 - 2)), with_before=not options.without_before)
        judged.append((n, found))
        print(f"| {kind.title} | {kind.objective} | {n:,} | {each} | {_row(found)} |", flush=True)
    print()
    for title, least in (("All tables", 0), ("300 categories or more", 300)):
        chosen = [each for n, each in judged if n >= least]
        print(f"- {title} ({len(chosen)}): now {_rates(chosen, [each.believed for each in chosen])}", end="")
        known = [each for each in chosen if each.before is not None]
        print(f"; before {_rates(known, [bool(each.before) for each in known])}." if known else ".")


def _row(found: Judged) -> str:
    numbers = f"{found.truth:.2f} | {found.agree:.2f} | {found.near:.2f} | {found.z:.1f}"
    return f"{numbers} | {_word(found, found.believed)} | {_word(found, found.before)} | {found.seconds:.0f}"


def _word(found: Judged, believed: bool | None) -> str:
    if believed is None:
        return "–"
    wrong = found.is_false_alarm(believed) or found.is_miss(believed)
    return ("**" if wrong else "") + ("believed" if believed else "condemned") + ("**" if wrong else "")


def _rates(judged: list[Judged], believed: list[bool]) -> str:
    if not judged:
        return "none"
    pairs = list(zip(judged, believed, strict=True))
    alarms, nothing_there = (
        sum(each.is_false_alarm(b) for each, b in pairs),
        sum(each.truth < NOTHING for each in judged),
    )
    misses, something = (
        sum(each.is_miss(b) for each, b in pairs),
        sum(each.truth >= SOMETHING for each in judged),
    )
    return f"{alarms} false alarms of {nothing_there}, {misses} misses of {something}"


if __name__ == "__main__":
    main()
