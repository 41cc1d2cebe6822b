"""The company of categories is counted as it is in the table, for every column alike."""

import unicodedata
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embed_core.errors import AtlasError
from embed_core.tables.counting import choosing, context
from embed_core.tables.counting.context import count_context
from embed_core.tables.reading.read import read_table
from embed_core.types import CATEGORY, HEAD, LEVEL, RARE, CountedRows, TrainingData, Vocabulary

NFC, NFD = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
ODD = ["a", "b", "", "(rare)", "(missing)", "((rare))", NFC, NFD, "NA", None]
NOTHING, FEW = object(), object()  # missing and pooled: no text of a table can be taken for them


def counted(frame: pd.DataFrame, columns: Any = None, **options: Any) -> TrainingData:
    return count_context(read_table(frame), "c", columns, **options)


def table_of(data: TrainingData, head: int, counts: np.ndarray) -> pd.DataFrame:
    """Return the count table of a head, category by level, by their codes."""
    codes = data.rows.codes
    here = codes[HEAD] == head
    size = len(data.vocabularies["c"]), len(data.heads[head].levels)
    table = np.zeros(size, int)
    np.add.at(table, (codes[CATEGORY][here], codes[LEVEL][here]), counts[here])
    return pd.DataFrame(table, index=data.vocabularies["c"].labels, columns=data.heads[head].levels)


def named(labels: tuple[str, ...], *, rare: int | None, missing: int | None) -> list[object]:
    return [
        FEW if place == rare else NOTHING if place == missing else label for place, label in enumerate(labels)
    ]


cells = st.sampled_from(ODD)
rows_of_cells = st.lists(st.tuples(cells, cells, cells), max_size=25).map(
    lambda rows: [*rows, *[("a", "x", "p"), ("b", "y", "q")] * 3]
)


@settings(max_examples=12, deadline=None)
@given(rows=rows_of_cells, min_frequency=st.integers(1, 3), share=st.sampled_from([0.0, 0.3, 0.7]))
def test_count_tables_are_cross_tabulations(
    rows: list[tuple[str | None, ...]], min_frequency: int, share: float
) -> None:
    frame = pd.DataFrame(rows, columns=["c", "first", "second"], dtype="str")
    data = counted(frame, ("first", "second"), min_frequency=min_frequency, validation_share=share)
    vocabulary = data.vocabularies["c"]
    frequent = frame["c"].value_counts() >= min_frequency
    categories = [NOTHING if pd.isna(c) else c if frequent[c] else FEW for c in frame["c"]]
    for place, head in enumerate(data.heads):
        levels = [NOTHING if pd.isna(level) else level for level in frame[head.name]]
        # Objects distinguished by their places: pandas would not sort texts and objects together.
        expected = pd.crosstab(
            pd.Series(pd.factorize(np.array(categories, object))[0], name="c"),
            pd.Series(pd.factorize(np.array(levels, object))[0], name="level"),
        )
        left, top = (list(dict.fromkeys(values)) for values in (categories, levels))
        found = table_of(data, place, data.rows.counts)
        found.index = named(vocabulary.labels, rare=vocabulary.rare, missing=vocabulary.missing)
        missing = len(head.levels) - 1 if frame[head.name].isna().any() else None
        found.columns = named(head.levels, rare=head.rare, missing=missing)
        np.testing.assert_array_equal(found.loc[left, top], expected)
        assert set(left) == set(found.index)
        assert set(top) == set(found.columns)
    assert {head.name for head in data.heads} == {"first", "second"}
    for counts in (data.rows.counts, data.training, data.validation):
        first, second = (table_of(data, place, counts).sum(axis=1).tolist() for place in (0, 1))
        assert first == second, "every head has the same rows of each category"
    assert data.rows.counts.sum() == 2 * len(rows) == 2 * vocabulary.support.sum()
    assert data.validation.sum() == 2 * min(round(share * len(rows)), len(rows) - 1)


def test_the_order_of_the_rows_changes_nothing() -> None:
    frame = parcels()
    one, other = counted(frame), counted(frame.sample(frac=1, random_state=0))
    assert one.heads == other.heads
    for name, codes in one.rows.codes.items():
        np.testing.assert_array_equal(codes, other.rows.codes[name])
    np.testing.assert_array_equal(one.validation, other.validation)


def parcels(rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "c": rng.choice(list("abcd"), rows),
            "way": rng.choice(["air", "road", None], rows),
            "weight": np.where(rng.random(rows) < 0.1, np.nan, rng.random(rows)),
            "sent": rng.choice(pd.date_range("2024-01-01", periods=90, freq="13h"), rows),
            "zone": [f"zone {int(zone)}" for zone in np.minimum(rng.geometric(0.2, rows), 30)],
            "same": "x",
        }
    )


def test_every_other_column_that_varies_is_a_head() -> None:
    data = counted(parcels())
    assert [head.name for head in data.heads] == [
        *("way", "weight in bins", "month of sent", "weekday of sent", "hour of sent", "zone")
    ]
    assert data.target is None
    assert (data.stacked, data.table_rows) == (True, 300)
    assert data.notes == ('Left out, as identifiers, free text or constants: "same".',)
    assert [len(head.levels) for head in data.heads][:4] == [3, 11, 2, 7]


@pytest.mark.parametrize("aggregate", [True, False])
def test_levels_past_the_most_frequent_are_pooled_and_said(
    aggregate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "MOST_LEVELS", 4)
    frame = parcels()
    data = counted(frame, ("zone", "way"), aggregate=aggregate)
    frequent = frame["zone"].value_counts()
    head = data.heads[0]
    assert (head.levels[4:], head.rare) == ((RARE,), 4)
    assert [frequent[level] for level in head.levels[:4]] == sorted(frequent, reverse=True)[:4]
    codes = data.rows.codes
    here = codes[HEAD] == 0 if aggregate else slice(None)
    level = codes[LEVEL if aggregate else "zone"][here]
    counts = np.bincount(level, data.rows.counts[here])
    assert counts[4] == len(frame) - counts[:4].sum() == sum(sorted(frequent)[:-4])
    assert data.notes == (
        f'{len(frequent) - 4} rare levels of "zone", past the 4 most frequent, are pooled into one.',
    )


def test_fewer_levels_are_kept_when_the_tables_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_MOST_CELLS", 1)
    data = counted(parcels().assign(zone=[f"zone {row % 40}" for row in range(300)]), ("zone",))
    assert len(data.heads[0].levels) == 16 + 1


def test_pooled_categories_are_counted_and_said() -> None:
    frame = parcels().assign(c=[*["a"] * 150, *["b"] * 145, *"cdefg"])
    data = counted(frame, ("way",), min_frequency=2)
    assert data.vocabularies["c"].labels == ("a", "b", RARE)
    assert table_of(data, 0, data.rows.counts).sum(axis=1).tolist() == [150, 145, 5]
    assert data.notes == ("5 categories with fewer than 2 rows are pooled into one.",)


# Rows as they are


def test_uncounted_rows_are_those_of_the_table_in_their_order() -> None:
    frame = parcels()
    data = counted(frame, ("way", "zone"), aggregate=False, validation_share=0.25)
    assert not data.stacked
    assert set(data.rows.counts) == {1}
    assert label(data.vocabularies["c"], data.rows, "c") == frame["c"].tolist()
    for head in data.heads:
        texts = [head.levels[code] for code in data.rows.codes[head.name]]
        assert texts == frame[head.name].fillna("(missing)").tolist()
    np.testing.assert_array_equal(data.training + data.validation, data.rows.counts)
    assert data.validation.sum() == 75


def label(vocabulary: Vocabulary, rows: CountedRows, column: str) -> list[str]:
    return [vocabulary.labels[code] for code in rows.codes[column]]


def test_more_uncounted_rows_than_allowed_are_sampled_and_counted_ones_are_not() -> None:
    frame = parcels(3_000)
    data = counted(frame, ("way",), aggregate=False, max_rows=400)
    assert data.notes == ("A random sample of about 400 of 3,000 rows is trained on.",)
    assert len(data.rows) == pytest.approx(400, abs=5 * np.sqrt(400))
    assert counted(frame, ("way",), max_rows=400).rows.total == 3_000


# What cannot be done


@pytest.mark.parametrize(
    ("column", "columns", "says"),
    [
        ("nowhere", None, 'no column "nowhere"'),
        ("c", ("nowhere",), 'no column "nowhere"'),
        ("c", ("c",), '"c" is what is embedded'),
        ("c", (), "none was chosen"),
        ("c", ("same",), 'The other columns do not vary: "same"'),
        ("same", None, 'The column "same" has 1 category'),
    ],
)
def test_what_cannot_be_related_is_refused(column: str, columns: Any, says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        count_context(read_table(parcels()), column, columns)


def test_a_date_whose_parts_do_not_vary_is_refused() -> None:
    frame = pd.DataFrame({"c": list("ab") * 20, "day": pd.to_datetime(["2024-01-01", "2024-01-08"] * 20)})
    with pytest.raises(AtlasError, match='do not vary: "month of day", "weekday of day"'):
        counted(frame)


def test_a_table_of_one_column_has_no_company() -> None:
    with pytest.raises(AtlasError, match="no other column to learn from"):
        counted(pd.DataFrame({"c": list("ab") * 20}))


def test_more_pairs_than_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"c": list("aabb"), "order": ["1 x", "2 x", "1 x", "3 x"]})
    monkeypatch.setattr(choosing, "_MOST_PAIRS", 4)
    count_context(read_table(frame), "c", ["order"], validation_share=0)
    monkeypatch.setattr(choosing, "_MOST_PAIRS", 3)
    with pytest.raises(
        AtlasError, match=r'"c" and "order" make more than 3 different pairs.* Leave "order" out'
    ):
        count_context(read_table(frame), "c", ["order"], validation_share=0)
