"""Which categories there are, in which order, and that no text and no row is lost on the way."""

import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.counting.vocabulary import count_vocabulary, encode
from embed_core.tables.reading.read import read_table
from embed_core.types import Vocabulary

TWINS = [unicodedata.normalize(form, "é") for form in ("NFC", "NFD")]
HOSTILE = ["NA", "None", "nan", "NULL", "01", "1", " x", "x", "X", "", "a\0b", "a\nb", "<b>", *TWINS]


def counted(values: list[object], *, min_frequency: int = 1, **others: list[object]) -> Vocabulary:
    table = read_table(pd.DataFrame({"c": values, **others}))
    return count_vocabulary(table, ("c", *others), min_frequency=min_frequency)


def support_of(vocabulary: Vocabulary) -> dict[str, int]:
    return dict(zip(vocabulary.labels, vocabulary.support.tolist(), strict=True))


def codes_of(vocabulary: Vocabulary, values: list[object]) -> list[int]:
    return encode(vocabulary, pd.Series(values, dtype="str")).tolist()


def test_the_most_frequent_category_comes_first_and_ties_go_by_name() -> None:
    assert counted(["b", "c", "a", "c", "Z", "é", "a", "b"]).labels == ("a", "b", "c", "Z", "é")


def test_no_text_of_a_category_is_changed() -> None:
    vocabulary = counted(HOSTILE * 2)
    assert set(vocabulary.labels) == set(HOSTILE)
    assert vocabulary.support.tolist() == [2] * len(HOSTILE)
    assert (vocabulary.missing, vocabulary.rare) == (None, None)


def test_every_label_has_its_own_code() -> None:
    vocabulary = counted([*HOSTILE * 2, None])
    labels = list(vocabulary.labels[:-1])
    assert codes_of(vocabulary, labels) == list(range(len(HOSTILE)))


def test_missing_values_are_a_category_and_come_last() -> None:
    vocabulary = counted(["a", None, None, None, "b", "a"])
    assert vocabulary.labels == ("a", "b", "(missing)")
    assert vocabulary.support.tolist() == [2, 1, 3]
    assert vocabulary.missing == 2
    assert codes_of(vocabulary, [None, "b", None]) == [2, 1, 2]


def test_a_nan_that_is_not_null_is_missing_too() -> None:
    table = read_table(pa.table({"c": pa.array([1.5, np.nan, None, 2.5, 1.5])}))
    vocabulary = count_vocabulary(table, ("c",))
    assert support_of(vocabulary) == {"1.5": 2, "2.5": 1, "(missing)": 2}


def test_missing_values_are_never_pooled() -> None:
    vocabulary = counted(["a", "a", "b", None], min_frequency=2)
    assert support_of(vocabulary) == {"a": 2, "(rare)": 1, "(missing)": 1}


@pytest.mark.parametrize("min_frequency", [1, 2, 3, 4])
def test_pooling_rare_categories_loses_no_row(min_frequency: int) -> None:
    values = [*"aaaabbbccd", None, None]
    vocabulary = counted(values, min_frequency=min_frequency)
    assert vocabulary.support.sum() == len(values)
    assert vocabulary.pooled == min_frequency - 1
    assert np.bincount(codes_of(vocabulary, values)).tolist() == vocabulary.support.tolist()


def test_a_category_that_is_as_frequent_as_asked_stays() -> None:
    vocabulary = counted(list("aaabbc"), min_frequency=2)
    assert support_of(vocabulary) == {"a": 3, "b": 2, "(rare)": 1}
    assert vocabulary.rare == 2


def test_real_categories_named_like_the_special_ones_stay_apart() -> None:
    values = [*["(rare)"] * 3, *["(missing)"] * 4, *["a"] * 5, "b", None, None]
    vocabulary = counted(values, min_frequency=2)
    expected = {"a": 5, "(missing)": 4, "(rare)": 3, "((rare))": 1, "((missing))": 2}
    assert support_of(vocabulary) == expected
    assert codes_of(vocabulary, ["(missing)", "(rare)", "b", None]) == [1, 2, 3, 4]


def test_a_pooled_category_named_missing_is_not_taken_for_a_missing_value() -> None:
    values = [*["a"] * 3, *["b"] * 3, "(missing)", "c", None, None]
    vocabulary = counted(values, min_frequency=2)
    assert np.bincount(codes_of(vocabulary, values)).tolist() == vocabulary.support.tolist() == [3, 3, 2, 2]
    assert codes_of(vocabulary, ["(missing)", None]) == [vocabulary.rare, vocabulary.missing]


def test_two_columns_share_one_vocabulary_and_their_rows_add_up() -> None:
    vocabulary = counted(["a", "a", "b", None], to=["b", "c", "b", "a"])
    assert vocabulary.column == "c"
    assert support_of(vocabulary) == {"a": 3, "b": 3, "c": 1, "(missing)": 1}


def test_pooling_looks_at_the_rows_of_both_columns_together() -> None:
    vocabulary = counted(["a", "b", "a"], to=["b", "c", "a"], min_frequency=2)
    assert support_of(vocabulary) == {"a": 3, "b": 2, "(rare)": 1}


@pytest.mark.parametrize(
    ("values", "labels"),
    [([3, 10, 10], ("10", "3")), ([True, False, True], ("true", "false")), ([2.5, 2.5, 0.1], ("2.5", "0.1"))],
)
def test_numbers_are_categories_by_their_text(values: list[object], labels: tuple[str, ...]) -> None:
    assert counted(values).labels == labels


@pytest.mark.parametrize(
    ("values", "min_frequency", "says"),
    [
        (["a", "a"], 1, 'The column "c" has 1 category, .* Choose another column.$'),
        (["a", "b"], 2, "left with min_frequency 2, .* or a smaller min_frequency"),
        ([f"id {i}" for i in range(30)], 1, 'The column "c" has 30 different values in 30 rows.*identifier'),
    ],
)
def test_what_cannot_be_embedded_is_refused(values: list[object], min_frequency: int, says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        counted(values, min_frequency=min_frequency)


def test_an_identifier_can_be_embedded_once_rare_values_are_pooled() -> None:
    vocabulary = counted([*[f"id {i}" for i in range(96)], *["shared"] * 4], min_frequency=2)
    assert support_of(vocabulary) == {"shared": 4, "(rare)": 96}


def test_a_short_column_of_different_values_is_no_identifier() -> None:
    assert len(counted(list("abcdefghij"))) == 10
