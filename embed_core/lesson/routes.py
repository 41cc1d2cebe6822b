"""What another model gets from an embedding: the miles of routes that it has never seen."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.learning.config import TrainingConfig
from embed_core.lesson.airports import PAIR
from embed_core.progress import KeepGoing, OnJobProgress
from embed_core.tables.gallery import load_sample
from embed_core.tables.reading.read import read_table
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare

FOLDS = 5
ENDS = ["origin", "destination"]
ENCODINGS = ("Without the airports", "One-hot", "Embedding")
MODELS = ("linear", "nearest neighbours")

Numbers = npt.NDArray[Any]


def routes_scored(*, on_progress: OnJobProgress, keep_going: KeepGoing) -> list[dict[str, Any]]:
    """Predict the miles of routes, cross-validated over routes, from each way to encode the two airports.

    Everything is fitted within the fold, the embedding as well. The models are scikit-learn's ridge regression and
    its mean over the 5 nearest rows, as they come.

    Args:
        on_progress: called with ``done`` and ``total`` folds.
        keep_going: returning False ends it.

    Returns:
        For each fold, encoding and model ``miles``, the mean absolute error on the routes left out, and
        ``columns``, how many the encoding makes.
    """
    from sklearn.model_selection import KFold

    routes = load_sample("us_flights").to_pandas()[[*ENDS, "distance_mi"]].drop_duplicates()
    found: list[dict[str, Any]] = []
    for done, (learned_from, left_out) in enumerate(KFold(FOLDS, shuffle=True, random_state=0).split(routes)):
        on_progress({"done": done, "total": FOLDS})
        known, unseen = routes.iloc[learned_from], routes.iloc[left_out]
        for encoding in ENCODINGS:
            if not keep_going():
                return found
            inputs = _encoded(encoding, known, unseen, keep_going)
            found += _scores(encoding, inputs, known["distance_mi"], unseen["distance_mi"])
    return found


def _encoded(
    encoding: str, known: pd.DataFrame, unseen: pd.DataFrame, keep_going: KeepGoing
) -> tuple[Numbers, Numbers]:
    from sklearn.preprocessing import OneHotEncoder

    if encoding == "One-hot":
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(known[ENDS])
        return encoder.transform(known[ENDS]), encoder.transform(unseen[ENDS])
    if encoding == "Embedding":
        config = TrainingConfig.checked(objective="distance", dimension=2, validation_share=0.0, **PAIR)
        data = prepare(read_table(known), config)
        vectors = fit(data, config, keep_going=keep_going).vectors["origin"]
        table = pd.DataFrame(vectors, index=list(data.vocabularies["origin"].labels))
        # An airport that is met for the first time is put into the middle.
        table = table.reindex(pd.unique(pd.concat([known, unseen])[ENDS].to_numpy().ravel()))
        table = table.fillna(table.mean())
        first, second = (np.hstack([table.loc[rows[end]] for end in ENDS]) for rows in (known, unseen))
        return first, second
    return np.zeros((len(known), 0)), np.zeros((len(unseen), 0))


def _scores(
    encoding: str, inputs: tuple[Numbers, Numbers], truth: "pd.Series[Any]", wanted: "pd.Series[Any]"
) -> list[dict[str, Any]]:
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor

    known, unseen = inputs
    found = []
    for name, model in zip(MODELS, (Ridge(), KNeighborsRegressor()), strict=True):
        mean = np.full(len(unseen), truth.mean())
        said = model.fit(known, truth).predict(unseen) if known.shape[1] else mean
        found.append(
            {
                "encoding": encoding,
                "model": name,
                "columns": known.shape[1],
                "miles": float(np.abs(said - wanted).mean()),
            }
        )
    return found


def summary(scores: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a row per encoding and model: ``columns``, and mean and standard deviation of ``miles`` over folds.

    Args:
        scores: from `routes_scored`.

    >>> one = {"encoding": "One-hot", "model": "linear", "columns": 4, "miles": 10.0}
    >>> summary([one, one | {"miles": 20.0, "columns": 5}]).iloc[0].to_dict()["miles"]
    15.0
    """
    grouped = pd.DataFrame(scores).groupby(["encoding", "model"], sort=False)
    found = grouped.agg(columns=("columns", "max"), miles=("miles", "mean"), spread=("miles", "std"))
    return found.reset_index()
