"""Category dropout: the row of categories that nobody knows learns what is true of all, and nothing else changes."""

from typing import Any

import numpy as np
import pytest

from embed_core.errors import AtlasError
from tests.learning.cases import Prepared, parcels, prepared, unknown_too

ENTITY = {"features": ("way", "weight")}
ROWS = {"context": ("way", "size"), "aggregate": False}
TABLES = {"context": ("way", "size")}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("target", {}),
    ("target", {"target": "way"}),
    ("target", {"target": "hours"}),
    ("context", TABLES),
    ("context", ROWS),
    ("entity", ENTITY),
    ("entity", ENTITY | {"partner": "to"}),
]
SHARE = 0.1


def unknown_of(case: Prepared, place: int) -> int:
    """Return the code of (unknown) of an input."""
    return case.spec.tables[case.spec.inputs[place]][0] - 1


@pytest.mark.parametrize(("objective", "changes"), CASES)
def test_each_input_is_unknown_in_its_share_of_what_is_learned(
    objective: str, changes: dict[str, Any]
) -> None:
    case = prepared(parcels(), objective, category_dropout=SHARE, **changes)
    known, rows = case.training, unknown_too(case)
    total = known.weights.sum()
    for place, codes in enumerate(rows.inputs):
        unknown = codes == unknown_of(case, place)
        assert rows.weights[unknown].sum() == pytest.approx(SHARE * total)
        assert not (known.inputs[place] == unknown_of(case, place)).any()
    added = np.zeros(len(rows), bool)
    added[len(known) :] = True
    np.testing.assert_allclose(rows.weights[~added], (1 - SHARE) * known.weights)
    assert (rows.weights > 0).all()
    np.testing.assert_array_equal(
        rows.reported, np.where(added, 0, np.append(known.weights, np.zeros(added.sum())))
    )


@pytest.mark.parametrize(("objective", "changes"), [*CASES, ("distance", {})])
def test_nothing_is_added_without_category_dropout(objective: str, changes: dict[str, Any]) -> None:
    case = prepared(parcels(), objective, category_dropout=0.0, **changes)
    assert unknown_too(case) is case.training


def test_a_distance_knows_no_strangers() -> None:
    with pytest.raises(AtlasError, match='does not use the setting "category_dropout"'):
        prepared(parcels(), "distance", category_dropout=0.3)
    case = prepared(parcels(), "distance")
    assert unknown_too(case) is case.training


def test_rows_with_an_unknown_input_keep_their_other_inputs_and_their_truth() -> None:
    case = prepared(parcels(), "entity", category_dropout=SHARE, **ENTITY)
    known, rows = case.training, unknown_too(case)
    seen = set(zip(*known.inputs, known.truth[0], known.numbers[:, 0], strict=True))
    for place in (0, 1):
        for row in np.flatnonzero(rows.inputs[place] == unknown_of(case, place)):
            other = 1 - place
            assert any(
                known[other] == rows.inputs[other][row]
                and known[2:] == (rows.truth[0][row], rows.numbers[row, 0])
                for known in seen
            )
            assert rows.inputs[other][row] != unknown_of(case, other)


@pytest.mark.parametrize(("objective", "changes"), [CASES[0], CASES[3], CASES[5]])
def test_the_rows_of_the_unknown_are_not_in_the_loss_that_is_reported(
    objective: str, changes: dict[str, Any]
) -> None:
    """With a learning rate of next to nothing the loss while training is the loss of the model on real rows."""
    case = prepared(
        parcels(), objective, category_dropout=0.5, epochs=1, batch_size=10_000, learning_rate=1e-9, **changes
    )
    trainer = case.trainer(case.training)
    metrics = next(iter(trainer.epochs())).metrics
    assert metrics["loss"] == pytest.approx(metrics["val_loss"], rel=1e-5)
    assert metrics["accuracy"] == pytest.approx(metrics["val_accuracy"], rel=1e-5)


@pytest.mark.parametrize(("objective", "changes"), CASES)
def test_the_unknown_row_moves(objective: str, changes: dict[str, Any]) -> None:
    settings = {"category_dropout": SHARE, "epochs": 2, "batch_size": 64} | changes
    trainer = prepared(parcels(), objective, **settings).trainer()
    start = [trainer.vectors(place)[-1] for place in range(len(trainer.spec.tables))]
    list(trainer.epochs())
    for place, before in enumerate(start):
        assert np.abs(trainer.vectors(place)[-1] - before).max() > 1e-3


def answer(case: Prepared) -> Any:
    """Train on all rows at once, and return what is then said of a category that nobody knows."""
    trainer = case.trainer()
    list(trainer.epochs())
    return trainer.model(np.array([[unknown_of(case, 0)]])).numpy()[0]


LONG = {
    "category_dropout": 0.05,
    "epochs": 300,
    "batch_size": 10_000,
    "learning_rate": 0.1,
    "schedule": "cosine",
}


def test_of_the_unknown_the_overall_share_is_predicted() -> None:
    share = (parcels()["late"] == "yes").mean()
    assert answer(prepared(parcels(), "target", **LONG))[0] == pytest.approx(share, abs=0.01)


def test_of_the_unknown_the_overall_shares_of_all_classes_are_predicted() -> None:
    case = prepared(parcels(), "target", target="to", **LONG)
    assert case.data.target is not None
    shares = parcels()["to"].value_counts(normalize=True)[list(case.data.target.classes)]
    np.testing.assert_allclose(answer(case), shares, atol=0.012)


def test_of_the_unknown_the_overall_mean_is_predicted() -> None:
    assert answer(prepared(parcels(), "target", target="hours", **LONG))[0] == pytest.approx(0, abs=0.02)


def test_the_unknown_keep_average_company() -> None:
    case = prepared(parcels(), "context", **TABLES, **LONG)
    logits = np.split(answer(case), np.cumsum(case.spec.outputs)[:-1])
    for head, found in zip(case.data.heads, logits, strict=True):
        shares = parcels()[head.name].value_counts(normalize=True)[list(head.levels)]
        np.testing.assert_allclose(np.exp(found) / np.exp(found).sum(), shares, atol=0.01)
