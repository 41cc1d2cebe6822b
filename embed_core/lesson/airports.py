"""Airports, learned from flights and their miles alone, against where they really lie."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.learning.config import TrainingConfig
from embed_core.progress import KeepGoing, OnJobProgress
from embed_core.space.orientation import flat
from embed_core.space.projections.aligning import align
from embed_core.tables.gallery import about_categories, load_sample
from embed_core.training.fit import fit
from embed_core.training.prepare import prepare
from embed_core.types import TrainingUpdate

NEIGHBORS = 5
PAIR = {"column": "origin", "partner": "destination", "target": "distance_mi"}
_REPORTED = 10

Matrix = npt.NDArray[np.float64]


@cache
def places() -> pd.DataFrame:
    """Return where the airports of the gallery's flights are: ``city``, ``state``, ``latitude``, ``longitude``.

    By IATA code. Source: US DOT, Bureau of Transportation Statistics, through vega-datasets 3.2.1.

    >>> places().loc["ATL", "city"]
    'Atlanta'
    """
    found = about_categories("us_flights")
    assert found is not None
    return found


def airport_vectors(*, on_progress: OnJobProgress, keep_going: KeepGoing) -> dict[str, Any]:
    """Learn two numbers for every airport, so that the distance of two airports is the miles between them.

    Args:
        on_progress: called with ``done`` and ``total`` epochs, and the mean absolute error in ``miles``.
        keep_going: as for `embed_core.training.fit.fit`.

    Returns:
        ``labels``, ``support`` (flights) and ``vectors`` (n × 2 lists), ``miles`` and ``rows``.
    """
    config = TrainingConfig.checked(objective="distance", dimension=2, validation_share=0.0, **PAIR)
    table = load_sample("us_flights")
    data = prepare(table, config)
    miles = [float("nan")]

    def on_update(update: TrainingUpdate) -> None:
        if update.epoch:
            miles.append(update.metrics["mae"])
        if update.epoch % _REPORTED == 0:
            on_progress({"done": update.epoch, "total": config.planned_epochs})

    fitted = fit(data, config, on_update=on_update, keep_going=keep_going)
    vocabulary = data.vocabularies["origin"]
    return {
        "labels": list(vocabulary.labels),
        "support": vocabulary.support.tolist(),
        "vectors": fitted.vectors["origin"].tolist(),
        "miles": miles[-1],
        "rows": table.n_rows,
    }


def three_maps(labels: list[str], support: list[int], vectors: npt.ArrayLike) -> dict[str, pd.DataFrame]:
    """Return the airports whose place is known on three maps: ``x`` and ``y`` by IATA code.

    *One-hot*: on a circle, in the order of the alphabet, as all pairs are equally far apart and no map on paper can
    show that. *One-hot + PCA*: the first two principal components of the column, every flight a one-hot vector.
    *Embedding*: the learned vectors, turned and mirrored onto longitude and latitude, but not bent.

    Args:
        labels: IATA codes.
        support: flights of each, (n,).
        vectors: of each, (n, 2).
    """
    known = [label in places().index for label in labels]
    codes = [label for label, here in zip(labels, known, strict=True) if here]
    angle = 2 * np.pi * np.argsort(np.argsort(codes)) / len(codes)
    found = {
        "One-hot": np.stack([np.sin(angle), np.cos(angle)], axis=1),
        "One-hot + PCA": one_hot_components(support)[known],
        "Embedding": align(_flat(codes), np.asarray(vectors, float)[known]),
    }
    return {name: pd.DataFrame(xy, codes, ["x", "y"]) for name, xy in found.items()}


def one_hot_components(support: npt.ArrayLike, dimension: int = 2) -> Matrix:
    """Return the principal components of a column's one-hot vectors: where each category falls, (n, dimension).

    The covariance of one-hot vectors is diag(p) - p pᵀ, p being the shares of the categories: it knows nothing but
    how frequent they are.

    Args:
        support: rows of each category, (n,).
        dimension: components (default 2).

    >>> one_hot_components([4, 3, 2, 1]).shape
    (4, 2)
    """
    shares = np.asarray(support, float) / np.sum(support)
    covariance = np.diag(shares) - np.outer(shares, shares)
    basis: Matrix = np.linalg.eigh(covariance)[1][:, ::-1][:, :dimension]
    return basis


def apart(name: str, coordinates: pd.DataFrame) -> Matrix:
    """Return the distances that a way to encode gives: of one-hot vectors themselves, else on the map, (n, n)."""
    if name == "One-hot":
        return float(np.sqrt(2)) * (1 - np.eye(len(coordinates)))
    xy = coordinates.to_numpy(float)
    distances: Matrix = np.linalg.norm(xy[:, None] - xy[None], axis=-1)
    return distances


def on_the_globe(codes: list[str]) -> Matrix:
    """Return the great-circle distances of airports in miles, (n, n).

    >>> on_the_globe(["JFK", "LAX"]).round(-1).tolist()
    [[0.0, 2470.0], [2470.0, 0.0]]
    """
    latitude, longitude = np.radians(places().loc[codes, ["latitude", "longitude"]].to_numpy(float)).T
    height = np.cos(latitude)
    sphere = np.stack([height * np.cos(longitude), height * np.sin(longitude), np.sin(latitude)], axis=1)
    chord = np.linalg.norm(sphere[:, None] - sphere[None], axis=-1)
    miles: Matrix = 2 * 3958.8 * np.arcsin(np.minimum(chord / 2, 1))
    return miles


def recovered(true: Matrix, encoded: Matrix, *, k: int = NEIGHBORS) -> float:
    """Return the share of the true k nearest that are among the k nearest of an encoding.

    Where several are equally far, as all are with one-hot, the expectation over drawing among them at random.

    Args:
        true: distances, (n, n).
        encoded: distances, (n, n).
        k: neighbours of each (default 5).

    >>> distances = np.abs(np.subtract.outer(2.0 ** np.arange(6), 2.0 ** np.arange(6)))
    >>> recovered(distances, distances, k=1), round(recovered(distances, 1 - np.eye(6), k=1), 9)
    (1.0, 0.2)
    """
    return float(np.mean((_chances(true, k) * _chances(encoded, k)).sum(axis=1) / k))


def nearest(codes: list[str], distances: Matrix, code: str, *, k: int = NEIGHBORS) -> list[str]:
    """Return the k nearest of one airport, nearest first."""
    place = codes.index(code)
    order = [i for i in np.argsort(distances[place], kind="stable") if i != place]
    return [codes[i] for i in order[:k]]


def _chances(distances: Matrix, k: int) -> Matrix:
    """Return how likely each is among the k nearest of each: 1, 0, or between them for those that tie, (n, n)."""
    others = distances.astype(float).copy()
    np.fill_diagonal(others, np.inf)
    limit = np.sort(others, axis=1)[:, k - 1 : k]
    tied = np.isclose(others, limit, rtol=1e-9, atol=1e-12)
    nearer = (others < limit) & ~tied
    chances: Matrix = nearer + tied * (k - nearer.sum(axis=1, keepdims=True)) / tied.sum(
        axis=1, keepdims=True
    )
    return chances


def _flat(codes: list[str]) -> Matrix:
    """Return where airports lie on paper: longitude and latitude, a degree of each as long as it is there."""
    found = places().loc[codes]
    laid = flat(found["longitude"], found["latitude"])
    centred: Matrix = laid - laid.mean(axis=0)
    return centred
