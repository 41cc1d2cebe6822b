"""Runs of one name are distinguished by what differs."""

from datetime import UTC, datetime
from typing import Any

from embed_core.learning.config import TrainingConfig
from embed_core.runs.record import RunRecord
from embed_core.ui.app.run_words import told_apart
from embed_core.ui.compare.pair import names_of


def record(number: int, **changes: Any) -> RunRecord:
    settings = {"column": "city", "target": "late"} | changes
    return RunRecord(
        id=f"{number:024x}",
        name="city by late",
        config=TrainingConfig.checked(**settings),
        fingerprint="one",
        created=datetime(2026, 1, 1, 12, number, tzinfo=UTC),
    )


def test_a_run_alone_has_its_own_name() -> None:
    assert list(told_apart([record(1)]).values()) == ["city by late"]


def test_runs_of_one_name_are_told_apart_by_what_differs() -> None:
    names = told_apart([record(1, epochs=20), record(2, epochs=50, seed=3)])
    assert list(names.values()) == ["city by late · epochs 20 · seed 0", "city by late · epochs 50 · seed 3"]


def test_runs_with_equal_settings_are_told_apart_by_their_time() -> None:
    names = list(told_apart([record(1), record(2)]).values())
    assert len(set(names)) == 2 and all("01 Jan" in name for name in names)


def test_next_months_table_of_the_same_name_gives_runs_that_are_told_apart_by_their_time() -> None:
    first, second = (record(number).changed(table="sales.csv") for number in (1, 2))
    names = names_of([first, second.changed(fingerprint="other")])
    assert len(set(names.values())) == 2
    assert all(name.startswith("city by late · sales.csv · ") for name in names.values())
    elsewhere = names_of([first, second.changed(fingerprint="other", table="costs.csv")])
    assert list(elsewhere.values()) == ["city by late · sales.csv", "city by late · costs.csv"]
