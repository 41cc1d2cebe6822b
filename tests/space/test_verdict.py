"""The claims of `embed_core.space.verdict`."""

from typing import Any

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.dimension import effective_dimension, is_line
from embed_core.space.neighbors.agreement import agreement
from embed_core.space.neighbors.overlap import chance_overlap
from embed_core.space.neighbors.stability import neighbor_stability
from embed_core.space.projections.project import project
from embed_core.space.verdict import Evidence, Verdict, map_verdict
from tests.helpers.vectors import Array


def verdict(**facts: Any) -> Verdict:
    return map_verdict(Evidence(**facts))


GOOD = {
    "n_categories": 100,
    "neighbors_kept": 0.8,
    "stability": 0.7,
    "chance": 0.1,
    "effective_dimension": 5.0,
    "is_line": False,
    "structure": 0.6,
    "control": 0.02,
    "few_rows_share": 0.1,
}


def judged(vectors: Array, replicates: Array, control: Array) -> Verdict:
    """The verdict on a map of vectors, with all facts measured."""
    shown = project(vectors, method="tsne", metric="cosine")
    return verdict(
        n_categories=len(vectors),
        neighbors_kept=shown.quality["neighbors_kept"],
        stability=float(neighbor_stability(vectors, replicates).mean()),
        chance=chance_overlap(len(vectors), 10),
        effective_dimension=effective_dimension(vectors),
        is_line=is_line(vectors),
        structure=agreement(replicates),
        control=agreement(control),
    )


def test_planted_structure_is_good_and_pure_noise_is_not_to_be_relied_on() -> None:
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(12, 8)), 10, axis=0) + 0.3 * rng.normal(size=(120, 8))
    noise = rng.normal(size=(5, 120, 8))
    good = judged(x, x + 0.05 * rng.normal(size=(5, 120, 8)), noise)
    assert good.level == "good" and good.sentence.startswith("This map can be read.")
    bad = judged(rng.normal(size=(120, 8)), rng.normal(size=(5, 120, 8)), noise)
    assert bad.level == "do not rely"
    assert bad.sentence.startswith("Do not rely on this map. Trained on shuffled values")
    assert any("found again" in reason for reason in bad.reasons[:2])


def test_all_good_facts_are_good() -> None:
    found = verdict(**GOOD)
    assert found.level == "good" and "80 %" in found.sentence


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        ({"neighbors_kept": 0.49}, "careful", "Only 49 %"),
        ({"neighbors_kept": 0.19}, "do not rely", "Only 19 %"),
        ({"stability": 0.5}, "careful", "50 % of the nearest neighbours are found again (10 % by chance)"),
        ({"stability": 0.3}, "do not rely", "found again"),
        ({"structure": 0.16}, "careful", "only a little more"),
        ({"structure": 0.05}, "do not rely", "what it shows is chance"),
        ({"structure": 0.1, "n_categories": 12}, "do not rely", "what it shows is chance"),
        ({"is_line": True}, "careful", "This map is a line"),
        ({"effective_dimension": 1.1}, "careful", "nearly a line: the vectors fill 1.1"),
        ({"effective_dimension": 0.0}, "do not rely", "the same vector"),
        ({"few_rows_share": 0.4}, "careful", "40 % of the categories have too few rows"),
        ({"n_categories": 8}, "careful", "With 8 categories"),
        ({"n_categories": 3}, "do not rely", "3 categories are too few"),
        ({"one_output": True}, "careful", "This map is a line: with one output"),
    ],
)
def test_a_single_fact_lowers_the_trust_and_is_the_reason_given(
    change: dict[str, Any], level: str, words: str
) -> None:
    found = verdict(**{**GOOD, **change})
    assert found.level == level
    assert words in found.sentence and words in found.reasons[0]


def test_the_weightiest_reason_comes_first() -> None:
    found = verdict(**{**GOOD, "one_output": True, "is_line": True, "structure": 0.0})
    assert found.level == "do not rely" and "shuffled" in found.reasons[0]
    assert sum("line" in reason for reason in found.reasons) == 1


def test_what_has_not_been_measured_is_never_good_and_is_said() -> None:
    nothing = verdict()
    assert nothing.level == "careful" and "has been measured yet" in nothing.sentence
    assert sum("not been measured" in reason for reason in nothing.reasons) == 3
    assert verdict(neighbors_kept=0.9).level == "careful"
    assert verdict(stability=0.9, chance=0.1).level == "careful"
    for name in ("stability", "control"):
        found = verdict(**{**GOOD, name: None})
        assert found.level == "good" and any("not been measured" in reason for reason in found.reasons)
    assert verdict(**{**GOOD, "stability": None, "control": None}).level == "careful"
    assert verdict(**{**GOOD, "neighbors_kept": float("nan")}).level == "careful"


@pytest.mark.parametrize("name", ["neighbors_kept", "stability", "chance", "few_rows_share"])
def test_shares_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(AtlasError, match=r"from 0 to 1. Got \"80\""):
        verdict(**{**GOOD, name: 80})
