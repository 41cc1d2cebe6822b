"""scikit-learn's own checks of an estimator, and what it asks of those that it works with."""

from typing import Any

from sklearn.utils.estimator_checks import parametrize_with_checks

import embed_core as ec

_OUT_OF_FOLD = "fit_transform gives vectors that have not seen their y, as TargetEncoder's does"
EXPECTED = {
    "check_transformer_general": _OUT_OF_FOLD,
    "check_transformer_data_not_an_array": _OUT_OF_FOLD,
}


@parametrize_with_checks(
    [ec.CategoryEmbedder(dimension=2, epochs=2, cv=2)], expected_failed_checks=lambda estimator: EXPECTED
)
def test_scikit_learn_finds_what_it_asks_for(estimator: Any, check: Any) -> None:
    check(estimator)
