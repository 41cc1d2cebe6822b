"""What each objective recovers of structure that it did not see, next to simpler ways to get vectors.

    python -m benchmarks.recovery [--seeds 5] [--only us_flights ...]

Each line learns vectors of one column of a gallery table and asks a question whose answer lies outside the
table (``tests/data/truth``) or in a column that was left out. All rivals are asked the same question of the same
categories. Settings are the objective's own, but that all rows are learned from, as the rivals do. The dimension is
8 where the table does not say otherwise (2 for ``distance``, a map as it is), also for the rivals:

- random: standard normal vectors;
- one-hot + PCA: of the column alone, every row a one-hot vector;
- target mean: the mean of the target per category (class shares for several classes), whose dimension is theirs;
- CA: correspondence analysis of the count tables that ``context`` learns from, side by side.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import embed_core as ec
from benchmarks.machine import heading
from embed_core.tables.counting.context import count_context
from embed_core.tables.gallery import load_sample
from embed_core.types import CATEGORY, HEAD, LEVEL

TRUTH = Path(__file__).parents[1] / "tests" / "data" / "truth"
DIMENSION = 8

Matrix = npt.NDArray[np.float64]
Score = Callable[[list[str], Matrix], float]


def truth(name: str) -> pd.DataFrame:
    """Return a table of what should be recovered."""
    return pd.read_csv(TRUTH / f"{name}.csv", keep_default_na=False, na_values=[""])


def nearest(vectors: Matrix, k: int, *, metric: str = "cosine") -> npt.NDArray[np.intp]:
    """Return the k nearest of each row, nearest first."""
    if metric == "cosine":
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    apart = ((vectors[:, None] - vectors[None]) ** 2).sum(axis=-1)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, :k]


def _known(labels: list[str], places: pd.Index) -> list[int]:
    return [i for i, label in enumerate(labels) if label in places]


def globe(metric: str) -> Score:
    """Return the share of each airport's 5 nearest on the globe that are among its 5 nearest vectors."""
    airports = truth("us_flights_airports").set_index("iata")

    def score(labels: list[str], vectors: Matrix) -> float:
        known = _known(labels, airports.index)
        found = airports.loc[[labels[i] for i in known], ["latitude", "longitude"]]
        latitude, longitude = np.radians(found.to_numpy(float)).T
        sphere = np.stack(
            [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)],
            axis=1,
        )
        real, got = nearest(sphere, 5, metric="euclidean"), nearest(vectors[known], 5, metric=metric)
        return float(np.mean([len(set(a) & set(b)) / 5 for a, b in zip(real, got, strict=True)]))

    return score


def readable(coordinate: str, *, least: int = 50) -> Score:
    """Return R² of a coordinate of the airports with ``least`` flights, read out linearly, cross-validated."""
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import r2_score
    from sklearn.model_selection import KFold, cross_val_predict

    airports = truth("us_flights_airports").set_index("iata")
    flights = load_sample("us_flights").expression.to_pandas()
    seen = pd.concat([flights["origin"], flights["destination"]]).value_counts()

    def score(labels: list[str], vectors: Matrix) -> float:
        known = [i for i in _known(labels, airports.index) if seen.get(labels[i], 0) >= least]
        real = airports.loc[[labels[i] for i in known], coordinate].to_numpy(float)
        folds = KFold(10, shuffle=True, random_state=0)
        return float(r2_score(real, cross_val_predict(LinearRegression(), vectors[known], real, cv=folds)))

    return score


def miles_wrong() -> Score:
    """Return by how many miles the distances between vectors, scaled to fit, miss those flown: the root mean square."""
    flights = load_sample("us_flights").expression.to_pandas()

    def score(labels: list[str], vectors: Matrix) -> float:
        known = flights[flights[["origin", "destination"]].isin(labels).all(axis=1)]
        places = pd.Series(range(len(labels)), labels)
        ends = [vectors[places[known[end]]] for end in ("origin", "destination")]
        apart, real = np.linalg.norm(ends[0] - ends[1], axis=1), known["distance_mi"].to_numpy(float)
        return float(np.sqrt(np.mean((apart * (apart @ real) / (apart @ apart) - real) ** 2)))

    return score


def same_as_nearest(real: "pd.Series[Any]", metric: str = "cosine") -> Score:
    """Return the share of categories whose nearest category is of their kind."""

    def score(labels: list[str], vectors: Matrix) -> float:
        known = _known(labels, real.index)
        kinds = real.loc[[labels[i] for i in known]].to_numpy()
        return float(np.mean(kinds == kinds[nearest(vectors[known], 1, metric=metric)[:, 0]]))

    return score


def in_order(rank: "pd.Series[Any]") -> Score:
    """Return the absolute rank correlation of the first principal component with a true order."""
    from scipy.stats import spearmanr

    def score(labels: list[str], vectors: Matrix) -> float:
        known = _known(labels, rank.index)
        rows = vectors[known] - vectors[known].mean(axis=0)
        first = np.linalg.svd(rows, full_matrices=False)[0][:, 0]
        return abs(float(spearmanr(first, rank.loc[[labels[i] for i in known]]).statistic))

    return score


@dataclass(frozen=True)
class Question:
    """A structure to recover, and what is trained for it."""

    sample: str
    column: str
    asks: str
    score: Score
    settings: dict[str, Any]
    context: tuple[str, ...] | None = None

    @property
    def dimension(self) -> int:
        """Numbers per category, of the rivals too."""
        return int(self.settings.get("dimension", DIMENSION))


def questions() -> Iterator[Question]:
    """Yield every question."""
    pair = {"partner": "destination", "target": "distance_mi"}
    flights = ("us_flights", "origin")
    settings: dict[str, Any]
    distance: dict[str, Any] = {"objective": "distance", "dimension": 2, **pair}
    yield Question(*flights, "5 nearest on the globe", globe("euclidean"), distance)
    yield Question(*flights, "miles wrong on the routes", miles_wrong(), distance)
    yield Question(*flights, "longitude, R²", readable("longitude"), distance)
    yield Question(*flights, "latitude, R²", readable("latitude"), distance)
    entity = {"objective": "entity", "features": (), **pair}
    yield Question(*flights, "5 nearest on the globe", globe("euclidean"), entity)
    for dimension in (DIMENSION, 2 * DIMENSION):
        context = {"objective": "context", "dimension": dimension}
        yield Question(*flights, "5 nearest on the globe", globe("cosine"), context)
    phonemes = truth("english_phonemes").set_index("phoneme")
    for column, asks in (("vowel_or_consonant", "vowel or consonant"), ("manner", "manner")):
        for settings in ({"objective": "context"}, {"objective": "target", "target": "next1"}):
            score = same_as_nearest(phonemes[column], "euclidean")
            yield Question("english_phonemes", "phoneme", f"{asks} of the nearest", score, settings)
    grades = truth("diamonds")
    for column in ("cut", "color", "clarity"):
        rank = grades[grades["column"] == column]
        score = in_order(rank.set_index("category")["rank_worst_to_best"])
        for settings in (
            {"objective": "target", "target": "price"},
            {"objective": "entity", "target": "price", "target_kind": "log number"},
            {"objective": "context"},
        ):
            yield Question("diamonds", column, "order, rank correlation", score, settings)
    birds = load_sample("bird_strikes").expression.to_pandas()
    size = birds.groupby("Wildlife Species")["Wildlife Size"].agg(lambda values: values.mode()[0])
    others = tuple(name for name in birds if name not in ("Wildlife Species", "Wildlife Size"))
    for settings in (
        {"objective": "context", "context": others},
        {"objective": "target", "target": "Phase of flight"},
    ):
        yield Question(
            "bird_strikes", "Wildlife Species", "size of the nearest", same_as_nearest(size), settings, others
        )
    education = truth("adult_income_education").set_index("education")["rank"]
    census = tuple(
        n for n in load_sample("adult_income").columns if n not in ("education", "educational-num", "fnlwgt")
    )
    for settings in (
        {"objective": "context", "context": census},
        {"objective": "target", "target": "income"},
    ):
        yield Question(
            "adult_income", "education", "order, rank correlation", in_order(education), settings, census
        )


@cache
def learned(sample: str, column: str, settings: tuple[tuple[str, Any], ...]) -> ec.Embedding:
    """Return what a training learns; questions of the same training share it."""
    return ec.train(load_sample(sample), column=column, **dict(settings)).embedding


def rivals(question: Question) -> dict[str, tuple[list[str], Matrix]]:
    """Return the vectors of the simpler ways that have no seed."""
    table = load_sample(question.sample)
    data = count_context(table, question.column, question.context, validation_share=0.0)
    vocabulary = data.vocabularies[question.column]
    labels, support = list(vocabulary.labels), vocabulary.support / vocabulary.support.sum()
    tables = np.zeros((len(data.heads), len(labels), max(len(head.levels) for head in data.heads)))
    codes = data.rows.codes
    np.add.at(tables, (codes[HEAD], codes[CATEGORY], codes[LEVEL]), data.rows.counts)
    found = {
        "one-hot + PCA": (labels, one_hot_components(support, question.dimension)),
        "CA": (labels, correspondence(np.concatenate(list(tables), axis=1), question.dimension)),
    }
    target = question.settings.get("target")
    if target:
        frame = table.expression.to_pandas()
        values = frame[target]
        numbers = (
            values.to_frame()
            if pd.api.types.is_numeric_dtype(values)
            else pd.get_dummies(values, dtype=float)
        )
        means = numbers.groupby(frame[question.column].astype(str)).mean()
        found["target mean"] = (list(means.index), means.to_numpy(float))
    return found


def one_hot_components(support: Matrix, dimension: int) -> Matrix:
    """Return the principal components of a column's one-hot vectors, a row per category."""
    covariance = np.diag(support) - np.outer(support, support)
    return np.linalg.eigh(covariance)[1][:, ::-1][:, :dimension]


def correspondence(counts: Matrix, dimension: int) -> Matrix:
    """Return the principal coordinates of the rows in a correspondence analysis (Benzécri 1973; Greenacre 1984)."""
    shares = counts[:, counts.sum(axis=0) > 0] / counts.sum()
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = np.outer(rows, columns)
    left, strength, _ = np.linalg.svd((shares - expected) / np.sqrt(expected), full_matrices=False)
    coordinates: Matrix = (left * strength / np.sqrt(rows)[:, None])[:, :dimension]
    return coordinates


def main() -> None:
    """Print a line per question."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", help="tables of the gallery")
    options = parser.parse_args()
    about = f"Mean ± standard deviation over {options.seeds} seeds."
    print(heading("tensorflow", "keras", "numpy", "scikit-learn", about=about))
    names = ("random", "one-hot + PCA", "target mean", "CA")
    print("| table | column | question | objective | d | learned | " + " | ".join(names) + " |")
    print("|---|---|---|---|--:|--:" + "|--:" * len(names) + "|")
    for question in questions():
        if options.only and question.sample not in options.only:
            continue
        scores = {name: [question.score(*vectors)] for name, vectors in rivals(question).items()}
        settings = {"dimension": DIMENSION, "validation_share": 0.0} | question.settings
        for seed in range(options.seeds):
            e = learned(question.sample, question.column, (*settings.items(), ("seed", seed)))
            chance = np.random.default_rng(seed).normal(size=(len(e), question.dimension))
            for name, vectors in (("learned", np.asarray(e.vectors, float)), ("random", chance)):
                scores.setdefault(name, []).append(question.score(e.labels, vectors))
        cells = [_cell(scores.get(name, [])) for name in ("learned", *names)]
        objective = question.settings["objective"]
        target = f" ({question.settings['target']})" if "target" in question.settings else ""
        print(
            f"| {question.sample} | {question.column} | {question.asks} | {objective}{target} | {question.dimension} | "
            + " | ".join(cells)
            + " |",
            flush=True,
        )


def _cell(scores: list[float]) -> str:
    if not scores:
        return "–"
    spread = f" ± {np.std(scores):.2f}" if np.ptp(scores) > 1e-9 else ""
    return f"{np.mean(scores):.2f}{spread}"


if __name__ == "__main__":
    main()
