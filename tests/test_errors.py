"""Errors name what a person may have meant."""

import pytest

from embed_core.errors import did_you_mean

COLUMNS = ["origin", "destination", "Airline", "distance_mi"]


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Origin", "origin"),
        (" airline ", "Airline"),
        ("destinaton", "destination"),
        ("distance", "distance_mi"),
    ],
)
def test_the_name_that_was_meant_is_offered(name: str, alike: str) -> None:
    assert did_you_mean(name, COLUMNS).startswith(f'Did you mean "{alike}"')


def test_nothing_is_offered_for_a_name_unlike_all_others() -> None:
    assert did_you_mean("price", COLUMNS) == ""


def test_names_of_any_length_and_kind_are_compared() -> None:
    assert did_you_mean(3, ["3 "]) == 'Did you mean "3 "?'
    assert did_you_mean("x" * 10_000, ["y" * 10_000]) == ""
