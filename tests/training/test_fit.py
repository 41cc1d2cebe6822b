"""What a training makes beside its vectors: nothing that nobody asked for."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.learning.networks import exported
from embed_core.learning.trainer import Trainer
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from embed_core.types import TrainingUpdate

SETTINGS: dict[str, Any] = {"column": "shop", "target": "late", "dimension": 2, "epochs": 6}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Count the exported models that are built, and the copies of vectors that are taken out of TensorFlow."""
    counts = {"models": 0, "copies": 0}
    build, copy = exported.exported_model, Trainer.vectors

    def counted_model(*arguments: Any, **settings: Any) -> Any:
        counts["models"] += 1
        return build(*arguments, **settings)

    def counted_copy(trainer: Trainer, place: int = 0) -> Any:
        counts["copies"] += 1
        return copy(trainer, place)

    monkeypatch.setattr(exported, "exported_model", counted_model)
    monkeypatch.setattr(Trainer, "vectors", counted_copy)
    return counts


def test_a_training_copies_its_vectors_once_and_its_replicates_make_no_model(
    made: dict[str, int], shops: pd.DataFrame
) -> None:
    run = ec.train(shops, replicates=2, **SETTINGS)
    assert len(run.replicates) == 2 and len(run.model) > 1_000
    # Of each of the three trainings the vectors and the one of (unknown).
    assert made == {"models": 1, "copies": 6}


def test_a_sweep_and_an_encoder_make_no_model(made: dict[str, int], shops: pd.DataFrame) -> None:
    ec.sweep_dimensions(shops, dimensions=(1, 2), replicates=1, **{**SETTINGS, "dimension": 8})
    ec.CategoryEmbedder(["shop"], dimension=2, epochs=6).fit(shops[["shop"]], shops["late"])
    assert made == {"models": 0, "copies": 6}


def test_who_watches_sees_the_vectors_of_every_epoch(made: dict[str, int], shops: pd.DataFrame) -> None:
    seen: list[TrainingUpdate] = []
    run = ec.train(shops, on_update=seen.append, **SETTINGS)
    assert [update.epoch for update in seen] == [1, 2, 3, 4, 5, 6]
    np.testing.assert_array_equal(seen[-1].vectors["shop"], run.embedding.vectors)
    assert (seen[0].vectors["shop"] != seen[-1].vectors["shop"]).any()
    assert made == {"models": 1, "copies": 9}


def test_without_vectors_updates_still_tell_the_metrics(shops: pd.DataFrame) -> None:
    config = ec.TrainingConfig.checked(**SETTINGS)
    seen: list[TrainingUpdate] = []
    fitted = fit(prepare(ec.read_table(shops), config), config, on_update=seen.append)
    assert [dict(update.vectors) for update in seen] == [{}] * 7
    assert all(np.isfinite(update.metrics["val_loss"]) for update in seen[1:])
    assert fitted.model == b"" and fitted.vectors["shop"].shape == (6, 2)
