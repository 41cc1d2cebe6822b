"""What is said of work that waits for a worker."""

from types import SimpleNamespace

import pytest

from embed_core.runs.job import Job
from embed_core.ui.app import state, waiting


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (None, ""),
        (1, "Next in line for a worker"),
        (3, "Third in line for a worker"),
        (10, "Tenth in line for a worker"),
        (11, "Number 11 in line for a worker"),
    ],
)
def test_who_waits_is_told_which_in_line_it_is(
    monkeypatch: pytest.MonkeyPatch, place: int | None, words: str
) -> None:
    workers = SimpleNamespace(place_in_line=lambda job: place, none_yet="")
    monkeypatch.setattr(state, "jobs", lambda: SimpleNamespace(workers=workers))
    assert waiting.in_line(Job("a job")) == words
