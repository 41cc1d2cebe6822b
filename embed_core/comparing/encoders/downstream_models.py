"""The models that encoders are judged with, and the scores of each kind of target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

NEIGHBORS = 25
# Of other columns than those studied; the same for all encoders.
LEVELS_MIN_FREQUENCY = 10
LEVELS_MOST = 50


@dataclass(frozen=True)
class Model:
    """A model that predicts from encoded columns.

    Attributes:
        name: its key in ``MODELS``.
        title: its name on screen.
        sentence: what it is.
        sparse: whether it takes sparse columns; otherwise they are made dense.
        scaled: whether numbers are imputed and standardised for it.
        takes_categories: whether it can be given which columns hold numbered categories.
        build: returns a new one, for a kind of target, so many training rows, a seed, and the positions of columns that
            hold numbered categories.
    """

    name: str
    title: str
    sentence: str
    sparse: bool
    scaled: bool
    build: Callable[[str, int, int, Sequence[int]], Any] = field(repr=False)
    takes_categories: bool = False


def _linear(kind: str, rows: int, seed: int, numbered: Sequence[int]) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge

    return Ridge() if kind == "number" else LogisticRegression(max_iter=1_000)


def _knn(kind: str, rows: int, seed: int, numbered: Sequence[int]) -> Any:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    make = KNeighborsRegressor if kind == "number" else KNeighborsClassifier
    return make(n_neighbors=min(NEIGHBORS, rows), algorithm="brute")


def _boosting(kind: str, rows: int, seed: int, numbered: Sequence[int]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    make = HistGradientBoostingRegressor if kind == "number" else HistGradientBoostingClassifier
    return make(
        max_iter=100, early_stopping=False, random_state=seed, categorical_features=list(numbered) or None
    )


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model(
            "linear",
            "Logistic or ridge regression",
            "A weighted sum of the columns, with a light L2 penalty.",
            sparse=True,
            scaled=True,
            build=_linear,
        ),
        Model(
            "knn",
            "Nearest neighbours",
            f"The mean over the {NEIGHBORS} training rows that lie nearest.",
            sparse=False,
            scaled=True,
            build=_knn,
        ),
        Model(
            "boosting",
            "Gradient boosting",
            "A hundred small trees over binned columns, each mending the last ones' errors.",
            sparse=False,
            scaled=False,
            build=_boosting,
            takes_categories=True,
        ),
    )
}

SCORES: dict[str, dict[str, str]] = {
    "binary": {"roc_auc": "ROC AUC", "log_loss": "log loss", "accuracy": "accuracy"},
    "multiclass": {"accuracy": "accuracy", "log_loss": "log loss"},
    "number": {"r2": "R²", "mae": "mean absolute error"},
}
"""Per kind of target the scores and their titles; the first is the main one, of which more is better."""


def know_nothing(kind: str) -> Any:
    """Return what predicts without any column: the shares of the classes, or the mean."""
    from sklearn.dummy import DummyClassifier, DummyRegressor

    return DummyRegressor() if kind == "number" else DummyClassifier(strategy="prior")


def other_columns(numbers: Sequence[str], levels: Sequence[str], *, scaled: bool) -> Any:
    """Return the transformer of the columns that are not studied, the same beside every encoder.

    Scaled, numbers get the median where missing, with an indicator, and are standardised; levels become one-hot
    columns. Otherwise, for boosting, numbers stay as they are, and levels are numbered, to be taken as categories.
    Levels with fewer than 10 rows are pooled, and those past the 50 most frequent.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    pooled = {"min_frequency": LEVELS_MIN_FREQUENCY, "max_categories": LEVELS_MOST}
    if scaled:
        imputed = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        known = make_pipeline(imputed, StandardScaler())
        coded = OneHotEncoder(handle_unknown="infrequent_if_exist", sparse_output=False, **pooled)
    else:
        known = "passthrough"
        coded = OrdinalEncoder(
            handle_unknown="use_encoded_value",
            unknown_value=np.nan,
            encoded_missing_value=LEVELS_MOST,
            **pooled,
        )
    return ColumnTransformer([("numbers", known, list(numbers)), ("levels", coded, list(levels))])


def judged(model: Any, columns: Any, truth: npt.NDArray[Any], kind: str, classes: int) -> dict[str, float]:
    """Return the scores of a fitted model on rows that it has not seen.

    Args:
        model: fitted.
        columns: (rows, columns).
        truth: codes of the classes, or numbers, (rows,).
        kind: of the target.
        classes: how many there are, those that the model has not met included.
    """
    from sklearn import metrics

    if kind == "number":
        predicted = model.predict(columns)
        return {
            "r2": float(metrics.r2_score(truth, predicted)),
            "mae": float(metrics.mean_absolute_error(truth, predicted)),
        }
    shares = np.zeros((len(truth), classes))
    shares[:, model.classes_] = model.predict_proba(columns)
    shares /= shares.sum(axis=1, keepdims=True)
    found = {
        "accuracy": float(metrics.accuracy_score(truth, shares.argmax(axis=1))),
        "log_loss": float(metrics.log_loss(truth, shares, labels=np.arange(classes))),
    }
    if kind == "binary":
        found["roc_auc"] = float(metrics.roc_auc_score(truth, shares[:, 1]))
    return found
