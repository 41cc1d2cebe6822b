"""Cells that hold several values: a row counts for each, and stays on one side."""

import ibis
import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.tables.bags import LIST, values_of
from embed_core.tables.counting.decoys import with_decoys
from embed_core.tables.counting.resampling import halves, on_all_rows, shuffled, split_training
from embed_core.training.prepare import prepare
from embed_core.types import CATEGORY, LEVEL, Counts, TrainingData

GENRES = ["Drama", "War", "Comedy", "Crime"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    bags = [list(rng.choice(GENRES, rng.integers(0, 4), replace=False)) for _ in range(200)]
    return pd.DataFrame(
        {
            "genre": ["|".join(bag) or None for bag in bags],
            "genres": bags,
            "row": [f"row {number}" for number in range(200)],
            "number": np.arange(200.0),
            "hit": [int("War" in bag) for bag in bags],
            "weight": rng.random(200) + 0.5,
        }
    )


@pytest.fixture(scope="module")
def films(frame: pd.DataFrame) -> ec.Table:
    return ec.read_table(frame, bags={"genre": "|"})


def prepared(table: ec.Table, objective: str, **settings: object) -> TrainingData:
    return prepare(
        table, ec.TrainingConfig.checked(column="genre", objective=objective, **settings), splits=2
    )


@pytest.mark.parametrize(
    ("cell", "separator", "values"),
    [
        (" Drama |War|Drama||", "|", ["Drama", "War"]),
        ('["a, b", 1, true, null]', LIST, ["a, b", "1", "true"]),
        ("['a', 'b']", LIST, ["a", "b"]),
        ("{a,b}", LIST, ["a", "b"]),
        ("plain", LIST, ["plain"]),
        ('{"a": 1}', LIST, ['{"a": 1}']),
        ("[]", LIST, []),
    ],
)
def test_a_cell_is_taken_apart(cell: str, separator: str, values: list[str]) -> None:
    assert values_of(cell, separator) == values


def test_a_row_counts_for_each_value_of_its_cell(films: ec.Table, frame: pd.DataFrame) -> None:
    wanted = frame["genres"].explode().value_counts()
    for data in (prepared(films, "target", target="hit"), prepared(films, "context", context=["hit"])):
        known = data.vocabularies["genre"]
        support = dict(zip(known.labels, known.support.tolist(), strict=True))
        assert support.pop("(missing)") == frame["genre"].isna().sum()
        assert support == wanted.to_dict() and data.total == 200
        assert data.rows.total == wanted.sum() + frame["genre"].isna().sum()


def sides(data: TrainingData, counts: Counts, column: str) -> list[set[bool]]:
    """Return on which sides the rows of each level of a column are."""
    codes = (data.rows.numbers if column in data.rows.numbers else data.rows.codes)[column]
    inside = counts > 0
    assert (counts[inside] == data.rows.counts[inside]).all()
    return [set(inside[codes == code].tolist()) for code in np.unique(codes)]


@pytest.mark.parametrize(
    ("objective", "settings", "column"),
    [
        ("target", {"target": "number"}, "number"),
        ("entity", {"target": "hit", "features": ["row"]}, "row"),
        ("context", {"context": ["row"]}, LEVEL),
    ],
)
def test_all_values_of_a_row_are_on_one_side(
    films: ec.Table, objective: str, settings: dict[str, object], column: str
) -> None:
    data = prepared(films, objective, **settings)
    assert np.array_equal(data.training + data.validation, data.rows.counts)
    several = sum(len(each) > 1 for each in films.to_pandas()["genres"])
    for part in (
        data.training,
        data.validation,
        halves(data, 0, seed=1)[0].training,
        split_training(halves(data, 0, seed=1)[1], share=0.3, seed=2)[1],
        split_training(data, share=0.3, seed=2)[1],
    ):
        found = sides(data, part, column)
        assert several > 50 and all(len(each) == 1 for each in found)
        assert {True} in found and {False} in found
    assert sum(True in each for each in sides(data, data.validation, column)) == 40


def test_bags_of_context_columns_count_each_value(frame: pd.DataFrame) -> None:
    table = ec.read_table(frame, bags={"genres": None})
    config = ec.TrainingConfig.checked(column="hit", objective="context", context=["genres"])
    data = prepare(table, config)
    found = pd.DataFrame({"hit": data.rows.codes[CATEGORY], "level": data.rows.codes[LEVEL]})
    levels, hits = data.heads[0].levels, data.vocabularies["hit"].labels
    counted = {
        (hits[row.hit], levels[row.level]): count
        for row, count in zip(found.itertuples(), data.rows.counts.tolist(), strict=True)
    }
    wanted = frame.explode("genres").fillna({"genres": "(missing)"}).groupby(["hit", "genres"]).size()
    assert counted == {(str(hit), genre): count for (hit, genre), count in wanted.items()}


def test_shuffled_cells_move_whole_and_decoys_join(films: ec.Table, frame: pd.DataFrame) -> None:
    data = on_all_rows(prepared(films, "target", target="number"))
    mixed = shuffled(data, "genre", seed=0)

    def sizes(of: TrainingData) -> list[int]:
        return np.unique(of.rows.numbers["number"], return_counts=True)[1].tolist()

    assert sizes(mixed) != sizes(data) and sorted(sizes(mixed)) == sorted(sizes(data))
    known = len(data.vocabularies["genre"])
    joined = with_decoys(data, "genre", 3, seed=0)
    counts = np.bincount(joined.rows.codes["genre"], joined.rows.counts)
    assert len(counts) == known + 3 and (counts[:known] == data.vocabularies["genre"].support).all()
    assert (counts[known:] == joined.vocabularies["genre"].support[known:]).all()
    first, second = halves(joined, 0, seed=0)
    assert np.array_equal(first.training + second.training, joined.rows.counts)


def test_weights_go_with_each_value(films: ec.Table, frame: pd.DataFrame) -> None:
    data = prepared(films, "target", target="hit", weight="weight")
    found = np.bincount(data.rows.codes["genre"], data.rows.weighed(data.rows.counts))
    each = frame.explode("genres").fillna({"genres": "(missing)"})
    wanted = each.groupby("genres")["weight"].sum()[list(data.vocabularies["genre"].labels)].to_numpy()
    np.testing.assert_allclose(found / found.sum(), wanted / wanted.sum(), rtol=1e-5)


def test_lists_texts_and_engines_give_the_same(frame: pd.DataFrame) -> None:
    texts = frame.assign(genre=frame["genre"].fillna("")).drop(columns=["genres", "row"])
    lists = texts.assign(genre=frame["genres"])
    sqlite = ibis.sqlite.connect()
    sqlite.create_table("films", texts)
    found = [
        prepared(ec.read_table(source, bags={"genre": separator}), "context", context=["hit"])
        for source, separator in [(texts, "|"), (lists, LIST), (sqlite.table("films"), "|")]
    ]
    for other in found[1:]:
        assert other.vocabularies["genre"].labels == found[0].vocabularies["genre"].labels
        assert np.array_equal(other.rows.counts, found[0].rows.counts)
    assert np.array_equal(found[2].validation, found[0].validation)


def test_what_cannot_have_several_values_is_refused(films: ec.Table, frame: pd.DataFrame) -> None:
    with pytest.raises(ec.AtlasError, match="a target has one in each row"):
        prepare(films, ec.TrainingConfig.checked(column="row", target="genre", min_frequency=1))
    with pytest.raises(ec.AtlasError, match="aggregate=False"):
        prepared(films, "target", target="hit", aggregate=False)
    with pytest.raises(ec.AtlasError, match='No cell of the column "genre" holds "&"'):
        ec.read_table(frame, bags={"genre": "&"})
    with pytest.raises(ec.AtlasError, match="do not look as if"):
        ec.split_cells(films, "row")
    for separator in ("", "\0", 3):
        with pytest.raises(ec.AtlasError, match='of "genre" must be a text of at least one character'):
            ec.split_cells(films, "genre", separator)  # type: ignore[arg-type]
    with pytest.raises(ec.AtlasError, match="bags must name columns with what stands between"):
        ec.read_table(frame, bags=["genre"])  # type: ignore[arg-type]


def test_profile_suggests_and_then_counts_the_values(frame: pd.DataFrame, films: ec.Table) -> None:
    before = ec.read_table(frame).profile().set_index("name")
    assert before["several"].to_dict() | {"genre": "|", "genres": LIST} == before["several"].to_dict()
    assert set(before["several"][["row", "number", "hit", "weight"]]) == {""}
    assert 'apart by "|": split_cells' in before["suggestion"]["genre"]
    after = films.profile().set_index("name").loc["genre"]
    assert (after["kind"], after["distinct"], after["several"]) == ("category", 4, "")
    assert after["missing"] == frame["genre"].isna().sum()
    assert films.fingerprint() != ec.read_table(frame).fingerprint()


def test_rows_and_spellings_are_changed_inside_of_cells(films: ec.Table, frame: pd.DataFrame) -> None:
    war = ec.keep_rows(films, "genre", "is", "War")
    assert war.n_rows == frame["hit"].sum()
    assert ec.keep_rows(films, "genre", "is not", "War").n_rows == 200 - war.n_rows
    merged = ec.merge_spellings(films, "genre", {"War": "Crime"})
    either = sum(bool({"War", "Crime"} & set(bag)) for bag in frame["genres"])
    counts = prepared(merged, "target", target="hit").vocabularies["genre"]
    assert dict(zip(counts.labels, counts.support.tolist(), strict=True))["Crime"] == either
    assert "War" not in counts.labels and "as several values" in merged.name
