"""Runs of one name are distinguished by what differs."""

from datetime import UTC, datetime
from typing import Any

from embed_core.learning.config import TrainingConfig
from embed_core.runs.record import RunRecord
from embed_core.ui.app.run_words import told_apart


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
