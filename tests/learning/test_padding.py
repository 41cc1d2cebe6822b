"""Tables of about the same size share one compiled program, and each learns what it would alone."""

from dataclasses import replace

import numpy as np
import pytest

from embed_core.learning import batches
from embed_core.learning.networks import base, context
from tests.learning.cases import SPECS, network_of, rows_for, trained

LEVELS = replace(SPECS["context"], outputs=(4, 19))
KINDS = {
    "target": SPECS["multiclass"],
    "entity": replace(SPECS["entity"], dropout=0.2),
    "distance": replace(SPECS["time"], surplus=3),
    "context": LEVELS,
}


@pytest.mark.parametrize("batch_size", [32, 1_000])
@pytest.mark.parametrize("kind", KINDS)
def test_what_fills_up_changes_nothing(kind: str, batch_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, rows = KINDS[kind], rows_for(KINDS[kind])
    changes = {"batch_size": batch_size, "epochs": 40, "prior_strength": 2.0, "validation_share": 0.2}
    padded = trained(spec, rows, rows, **changes)
    assert network_of(spec).padded(spec) != spec
    monkeypatch.setattr(base, "padded_octave", lambda rows, felt: rows)
    for module in (batches, context):
        monkeypatch.setattr(module, "padded_levels", lambda levels: levels)
    assert network_of(spec).padded(spec) == spec
    alone = trained(spec, rows, rows, **changes)
    assert padded.best_epoch == alone.best_epoch
    # Over more levels a sum is taken in another order.
    atol = 1e-5 if kind == "context" else 0.0
    for mine, reference in zip(padded.weights(), alone.weights(), strict=True):
        assert mine.shape == reference.shape
        np.testing.assert_allclose(mine, reference, rtol=0, atol=atol)


def test_tables_of_about_the_same_size_share_a_program() -> None:
    few, more, many = (
        trained(replace(LEVELS, tables=((size, 3),), outputs=outputs), rows_for(SPECS["context"]), epochs=1)
        for size, outputs in ((120, (4, 17)), (128, (4, 20)), (129, (4, 17)))
    )
    assert few.model is more.model
    assert few.model is not many.model
    assert [table.vectors().shape for table in (few, more, many)] == [(120, 3), (128, 3), (129, 3)]
