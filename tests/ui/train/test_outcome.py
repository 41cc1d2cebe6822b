"""The sentence on what a training reached."""

import pytest

from embed_core.learning.config import TrainingConfig
from embed_core.runs.record import RunRecord
from embed_core.ui.train.outcome import _sentence


@pytest.mark.parametrize(
    ("loss", "words"),
    [(0.9, "takes 10.0 % off the uncertainty"), (0.9998, "did not help to predict"), (1.1, "did not help")],
)
def test_what_no_digit_shows_is_no_gain(loss: float, words: str) -> None:
    record = RunRecord(
        id="a",
        name="a",
        config=TrainingConfig.checked(column="token", objective="context"),
        rows=9_000,
        heads=["b", "c"],
        baseline={"loss": 1.0},
        last={"loss": loss, "val_loss": loss},
    )
    assert words in _sentence(record)
