"""Rows, folds and settings of a comparison, and every refusal."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import folds_of
from embed_core.errors import AtlasError
from tests.comparing.tables import prepared, streets


def test_texts_stay_as_they_are_and_missing_ones_are_none() -> None:
    frame = streets(300).assign(street=lambda t: t["street"].replace({"street 1": "NA", "street 2": " 01"}))
    frame.loc[frame["street"] == "street 3", "street"] = None
    data, _ = prepared(frame)
    wanted = frame["street"].astype(object).where(frame["street"].notna(), None)
    assert data.frame["street"].tolist() == wanted.tolist()
    assert data.frame["weight"].tolist() == frame["weight"].tolist()
    assert (data.numbers, data.levels, data.classes) == (("weight",), ("size",), ("no", "yes"))
    assert data.target.tolist() == (frame["late"] == "yes").astype(int).tolist()


def test_rows_without_a_target_are_left_out_and_many_rows_are_sampled_and_both_are_said() -> None:
    frame = streets(900)
    frame.loc[:99, "late"] = None
    data, _ = prepared(frame, max_rows=500)
    assert len(data) == 500 and len(data.frame) == 500
    assert any(note.startswith("100 of 900 rows have no") for note in data.notes)
    assert any("sample of 500 of 800 rows" in note for note in data.notes)
    again, _ = prepared(frame, max_rows=500)
    pd.testing.assert_frame_equal(data.frame, again.frame)
    assert data.fingerprint == again.fingerprint


def test_all_suitable_columns_are_taken_unless_they_are_named() -> None:
    frame = streets(600).assign(key=np.arange(600).astype(str), always=1, when=pd.Timestamp("2024-01-01"))
    frame["when"] += pd.to_timedelta(np.arange(600), unit="D")
    data, _ = prepared(frame, features=None)
    assert set(data.numbers) == {"weight", "hours", "day"}
    assert set(data.levels) == {"size", "way", "month of when", "weekday of when", "hour of when"}
    assert any('"key"' in note for note in data.notes)
    data, _ = prepared(frame, features=[])
    assert (data.numbers, data.levels) == ((), ())


def test_the_group_and_the_order_are_no_features_unless_they_are_asked_for() -> None:
    data, _ = prepared(streets(), features=None, split="ordered", order="day")
    assert "day" not in data.numbers
    data, _ = prepared(streets(), features=["day"], split="ordered", order="day")
    assert data.numbers == ("day",)


def test_random_folds_part_the_rows_and_keep_the_shares_of_the_classes() -> None:
    data, config = prepared(streets(), repeats=2)
    folds = list(folds_of(data, config))
    assert [(fold.repeat, fold.number) for fold in folds] == [(r, n) for r in range(2) for n in range(3)]
    for repeat in range(2):
        tested = np.concatenate([fold.test for fold in folds if fold.repeat == repeat])
        assert sorted(tested) == list(range(900))
    for fold in folds:
        assert not set(fold.train) & set(fold.test)
        assert data.target[fold.test].mean() == pytest.approx(data.target.mean(), abs=0.01)
    assert folds[0].test.tolist() != folds[3].test.tolist()


@pytest.mark.parametrize("target", ["late", "hours"])
def test_no_group_is_in_both_parts(target: str) -> None:
    data, config = prepared(streets(), target=target, split="grouped", group="day")
    for fold in folds_of(data, config):
        days = streets()["day"].to_numpy()
        assert not set(days[fold.train]) & set(days[fold.test])


def test_ordered_folds_learn_from_what_came_before_and_are_not_repeated() -> None:
    shuffled = streets().sample(frac=1, random_state=0)
    data, config = prepared(shuffled, split="ordered", order="day", repeats=3, features=["day"])
    folds = list(folds_of(data, config))
    assert len(folds) == 3 and data.repeats == 1
    days = data.frame["day"].to_numpy()
    for fold in folds:
        assert days[fold.train].max() <= days[fold.test].min()


def test_a_rare_class_allows_fewer_folds_which_is_said() -> None:
    frame = streets(300)
    frame["way"] = ["air"] * 2 + ["sea"] * 100 + ["road"] * 198
    data, config = prepared(frame, target="way", features=["weight"])
    assert data.folds == 2 and len(list(folds_of(data, config))) == 2
    assert any('2 folds in place of 3: the class "air"' in note for note in data.notes)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"columns": []}, '"columns" must have'),
        ({"columns": ["street", "late"]}, "must differ"),
        ({"columns": ["street", "street"]}, "must differ"),
        ({"encoders": ["magic"]}, 'no encoder "magic"'),
        ({"encoders": []}, '"encoders" must have'),
        ({"encoders": ["drop", "drop"]}, "once"),
        ({"models": ["magic"]}, 'no model "magic"'),
        ({"folds": 1}, '"folds" must be'),
        ({"split": "grouped"}, '"group", a column, go together'),
        ({"group": "day"}, '"group", a column, go together'),
        ({"split": "ordered"}, '"order", a column, go together'),
        ({"split": "ordered", "order": "late"}, "cannot split"),
        ({"fold": 3}, 'no setting "fold"'),
        ({"target": None}, '"target" must be'),
        ({"columns": ["strasse"]}, 'no column "strasse"'),
        ({"target": "latest"}, 'no column "latest"'),
        ({"features": ["street"]}, "cannot help"),
        ({"split": "ordered", "order": "size"}, "numbers, dates or times"),
        ({"split": "grouped", "group": "size", "folds": 5}, "3 groups in"),
        ({"target": "single"}, "has 1 row"),
        ({"target": "constant"}, "at least 2"),
        ({"target_kind": "number"}, "must be a number"),
        ({"max_rows": 10, "folds": 20}, "10 rows, and 20 folds"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(settings: dict[str, Any], says: str) -> None:
    frame = streets(300).assign(constant=1, single=["x"] + ["y"] * 299)
    with pytest.raises(AtlasError, match=says):
        prepared(frame, **settings)


def test_a_sample_of_one_class_is_refused() -> None:
    frame = streets(2_000).assign(late=["yes"] * 2 + ["no"] * 1_998)
    with pytest.raises(AtlasError, match="same "):
        prepared(frame, max_rows=20)


def test_settings_round_trip_and_a_missing_one_is_named() -> None:
    config = ComparisonConfig.checked(columns=["a"], target="b", split="grouped", group="c")
    assert ComparisonConfig.model_validate_json(config.model_dump_json()) == config
    with pytest.raises(AtlasError, match='"target" must be given'):
        ComparisonConfig.checked(columns=["a"])
