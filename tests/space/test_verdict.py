"""The claims of `embed_core.space.verdict`."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.space.dimension import effective_dimension, is_line
from embed_core.space.evidence import Evidence
from embed_core.space.groups.repeated import repeated_groups
from embed_core.space.neighbors.mantel import mantel_z
from embed_core.space.neighbors.scales import shared_neighbors
from embed_core.space.projections.project import project
from embed_core.space.scale import Scale, scale_of
from embed_core.space.verdict import Verdict, map_verdict
from tests.helpers.vectors import Array


def verdict(**facts: Any) -> Verdict:
    return map_verdict(Evidence(**facts))


ALIKE = Scale(
    n=100,
    k=10,
    near=0.7,
    near_share=0.73,
    near_chance=0.1,
    groups=4,
    groups_agree=0.9,
    group_share=0.95,
    group_chance=0.25,
    half=3,
)
BY_KIND = replace(ALIKE, near=0.04, near_share=0.05, groups=12, group_share=0.97, group_chance=0.08)
LINE: dict[str, Any] = {"one_output": True, "scale": BY_KIND}
GOOD: dict[str, Any] = {
    "n_categories": 100,
    "neighbors_kept": 0.8,
    "scale": ALIKE,
    "compared_share": 1.0,
    "effective_dimension": 5.0,
    "is_line": False,
    "few_rows_share": 0.1,
}


def judged(vectors: Array, half: Array, other: Array) -> Verdict:
    """The verdict on a map of vectors, with all facts measured."""
    shown = project(vectors, method="tsne", metric="cosine")
    return verdict(
        n_categories=len(vectors),
        neighbors_kept=shown.quality["neighbors_kept"],
        scale=scale_of(
            shared_neighbors(half, other, metric="cosine"),
            repeated_groups(half, other, metric="cosine"),
            mantel_z(half, other, metric="cosine"),
        ),
        compared_share=1.0,
        effective_dimension=effective_dimension(vectors),
        is_line=is_line(vectors),
    )


def test_planted_structure_is_good_and_pure_noise_is_not_to_be_relied_on() -> None:
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(12, 8)), 10, axis=0) + 0.3 * rng.normal(size=(120, 8))
    good = judged(x, *(x + 0.05 * rng.normal(size=(2, 120, 8))))
    assert good.level == "good" and good.sentence.startswith("This map can be read.")
    bad = judged(*rng.normal(size=(3, 120, 8)))
    assert bad.level == "do not rely"
    assert bad.sentence.startswith("Do not rely on this map. Two halves of the rows agree neither")


def test_all_good_facts_are_good() -> None:
    found = verdict(**GOOD)
    assert found.level == "good" and "80 %" in found.sentence


def test_a_map_that_tells_what_was_held_out_is_good_and_counts_as_measured() -> None:
    found = verdict(**{**GOOD, "compared_share": 0.0, "scale": None, "held_out": 0.9, "by_distances": True})
    assert found.level == "good" and any("it tells 90 %" in each for each in found.reasons)
    few = {**GOOD, "few_rows_share": 0.9}
    assert verdict(**few, by_distances=True).level == "good" and verdict(**few).level == "careful"
    # Where halves were compared, these speak.
    assert not any("held out" in each for each in verdict(**GOOD, held_out=0.1).reasons)


def test_a_map_is_read_where_its_distances_determine_places() -> None:
    few, many, all_of_them = (tuple(f"c{i}" for i in range(count)) for count in (20, 40, 100))
    found = verdict(**GOOD, undetermined=few)
    assert found.level == "good" and any(
        "20 categories have too few distances" in each for each in found.reasons
    )
    found = verdict(**GOOD, undetermined=many)
    assert found.level == "careful" and found.sentence.startswith("Read it where places are determined. 40 ")
    found = verdict(**GOOD, undetermined=all_of_them)
    assert found.sentence.startswith(
        "Read this map with care. The distances are too few to determine where any"
    )


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        ({"neighbors_kept": 0.49}, "careful", "Only 49 %"),
        ({"neighbors_kept": 0.19}, "do not rely", "Only 19 %"),
        (
            {"scale": replace(ALIKE, near=0.39)},
            "careful",
            "is uncertain. Which of at least 4 groups of about 25",
        ),
        ({"scale": replace(BY_KIND, groups_agree=0.5)}, "careful", "is more than chance"),
        ({"scale": replace(ALIKE, groups_agree=0.29)}, "do not rely", "what it shows is chance"),
        ({"scale": replace(BY_KIND, n=1_000, groups_agree=0.2)}, "careful", "is more than chance"),
        ({"scale": replace(BY_KIND, n=1_000, groups_agree=0.14)}, "do not rely", "what it shows is chance"),
        ({"scale": replace(BY_KIND, groups_agree=0.2, z=1.1)}, "careful", "is more than chance"),
        ({"scale": replace(BY_KIND, groups_agree=0.4, z=0.9)}, "do not rely", "what it shows is chance"),
        ({"scale": replace(BY_KIND, groups_agree=0.05, z=9.0)}, "do not rely", "what it shows is chance"),
        (
            {"scale": replace(BY_KIND, groups_agree=0.4, z=0.9, all_rows=3.6)},
            "careful",
            "is more than chance",
        ),
        (
            {"scale": replace(BY_KIND, groups_agree=0.4, z=0.9, all_rows=3.4)},
            "do not rely",
            "it shows is chance",
        ),
        (
            {"scale": replace(BY_KIND, groups_agree=0.05, z=0.9, all_rows=9.0)},
            "do not rely",
            "it shows is chance",
        ),
        ({"compared_share": 0.3}, "careful", "Only 30 % of the categories have rows in both halves"),
        (
            {"compared_share": 0.2, "scale": BY_KIND},
            "careful",
            "Only 20 % of the categories have rows in both",
        ),
        (
            {"compared_share": 0.0, "scale": None},
            "do not rely",
            "Hardly any category has rows in both halves",
        ),
        (
            {"compared_share": 0.0, "scale": None, "by_distances": True},
            "do not rely",
            "The distances are too few to hold any out",
        ),
        ({"compared_share": 0.0, "scale": None, "held_out": 0.29}, "do not rely", "cannot be read from it"),
        (
            {"compared_share": 0.0, "scale": None, "held_out": 0.79},
            "careful",
            "it tells 79 % (0 % by chance)",
        ),
        (
            {"compared_share": 0.3, "by_distances": True},
            "careful",
            "Only 30 % of the categories have a sure place in both halves",
        ),
        ({"copies": 5}, "careful", "Every row is in the table 5 times, which is no more evidence than once."),
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
    found = verdict(
        **{**GOOD, "one_output": True, "is_line": True, "scale": replace(ALIKE, groups_agree=0.0)}
    )
    assert found.level == "do not rely" and "chance" in found.reasons[0]
    assert sum("line" in reason for reason in found.reasons) == 1


def test_what_has_not_been_measured_is_never_good_and_is_said() -> None:
    nothing = verdict()
    assert nothing.level == "careful" and "has been measured yet" in nothing.sentence
    assert sum("not been measured" in reason for reason in nothing.reasons) == 2
    assert verdict(neighbors_kept=0.9).level == "careful"
    assert verdict(scale=ALIKE).level == "careful"
    assert verdict(**{**GOOD, "scale": None}).level == "careful"
    assert verdict(**{**GOOD, "neighbors_kept": float("nan")}).level == "careful"


def test_the_scale_is_named_with_the_word_for_a_category() -> None:
    found = verdict(**{**GOOD, "scale": BY_KIND, "n_categories": 3_000, "noun": "product"})
    assert found.level == "careful"
    assert found.sentence == (
        "Read groups, not single neighbours. Which product is next to which is chance. Which of at least 12 groups of "
        "about 250 it belongs to is not: two halves of the rows agree on 97 % (8 % by chance)."
    )


@pytest.mark.parametrize(
    ("change", "opening"),
    [
        ({"scale": BY_KIND}, "Read groups, not single neighbours."),
        ({"scale": replace(ALIKE, near=0.3, near_share=0.5)}, "Read groups, single neighbours with care."),
        # Any 10 of the 24 others of its group are 40 % the same.
        ({"scale": replace(ALIKE, near=0.3, near_share=0.4)}, "Read groups, not single neighbours."),
        ({"scale": replace(BY_KIND, groups_agree=0.5)}, "Read this map with care."),
        ({"scale": BY_KIND, "copies": 2}, "Read this map with care."),
        ({"scale": BY_KIND, "neighbors_kept": 0.4}, "Read this map with care."),
        ({"scale": BY_KIND, "neighbors_kept": None}, "Read this map with care."),
        ({"scale": BY_KIND, "neighbors_kept": 0.1}, "Do not rely on this map."),
        ({"is_line": True}, "Read the order along the line."),
        ({"is_line": True, "few_rows_share": 0.4}, "Read this map with care."),
        ({**LINE, "order": 0.9}, "Read the order along the line. This map is a line: with one output"),
        ({**LINE, "order": 0.4}, "Read this map with care."),
        ({**LINE, "order": 0.9, "few_rows_share": 0.4}, "Read this map with care."),
    ],
)
def test_the_opening_says_what_can_be_read_where_nothing_else_asks_for_care(
    change: dict[str, Any], opening: str
) -> None:
    assert verdict(**{**GOOD, **change}).sentence.startswith(opening)


def test_of_a_line_halves_are_asked_for_its_order_alone() -> None:
    found = verdict(**{**GOOD, **LINE, "order": 0.92, "noun": "ward"})
    assert "agree on the order: rank correlation 0.92 (0 by chance)" in found.sentence
    assert not any("which ward" in reason.lower() or "groups" in reason for reason in found.reasons)
    unsure = verdict(**{**GOOD, **LINE, "order": 0.4})
    assert "agree in part on the order: rank correlation 0.40" in unsure.sentence
    by_chance = verdict(**{**GOOD, **LINE, "scale": replace(BY_KIND, groups_agree=0.0), "order": 0.1})
    assert by_chance.level == "do not rely" and not any("rank" in reason for reason in by_chance.reasons)
    assert "rank" not in verdict(**{**GOOD, "order": 0.9}).sentence, "which is no line"


def test_where_groups_alone_are_certain_the_map_is_judged_by_what_it_keeps_of_groups() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 6))[np.arange(500) % 5] + 0.2 * rng.normal(size=(500, 6))
    groups_only = replace(BY_KIND, groups=5)
    facts = {**GOOD, "scale": groups_only, "n_categories": 500, "neighbors_kept": 0.05}
    kept = shared_neighbors(x, x + 0.2 * rng.normal(size=x.shape), metric="euclidean")
    found = verdict(**facts, kept=kept)
    assert found.level == "careful" and any("about a group, are still near" in each for each in found.reasons)
    lost = shared_neighbors(x, rng.normal(size=(500, 2)), metric="euclidean")
    found = verdict(**facts, kept=lost)
    assert found.level == "do not rely" and "Only" in found.sentence


@pytest.mark.parametrize("name", ["neighbors_kept", "compared_share", "few_rows_share"])
def test_shares_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(AtlasError, match=r"from 0 to 1. Got \"80\""):
        verdict(**{**GOOD, name: 80})
