"""Seconds to count, to train and in all, and peak memory, for tables of any number of rows.

    python -m benchmarks.scale [--rows 1 10 100] [--billion] [--fit 10] [--folder FOLDER]
    python -m benchmarks.scale --text 128 [--folder FOLDER]

Each table is a Parquet file of so many million rows: 5,000 categories with Zipf's frequencies, a target of two classes
and three more columns. It is counted, and trained on, in a process of its own with the defaults of ``target``, of
``context`` with three columns, and beside it stands what DuckDB itself takes for the same group-bys over the same file:
seconds, and in brackets those of all processors together, whose ratio others on the machine disturb less. In all is
`embed_core.train` from the file to the run, in another process, TensorFlow's import and the exported model with it.
Where memory holds it, one epoch of pandas and ``keras.Model.fit`` is timed for ``target`` (batches of 1,024).

With ``--text`` a text of so many million rows (82 MB each) and nine columns is read, profiled and trained on in one
process, and the peak of its memory is said after each: 128 million rows are 10.5 GB.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.machine import heading

MILLION = 1_000_000
CATEGORIES = 5_000
_MADE = 10  # larger tables repeat so many million rows, which changes no group
_COLUMNS = {"target": ("late",), "context": ("region", "carrier", "band")}


def rows(millions: int, more: str = "") -> str:
    """Return a query of so many million rows: the same each time, in no order, since it goes by their mixed numbers."""
    return f"""
        SELECT 'product ' || lpad(category::VARCHAR, 4, '0') AS product,
               CASE WHEN hash(row, 2) % 1000 < 100 + (category * 37) % 800 THEN 'yes' ELSE 'no' END AS late,
               'region ' || ((category * 7 + hash(row, 3) % 5) % 20) AS region,
               'carrier ' || ((category * 3 + hash(row, 4) % 4) % 12) AS carrier,
               (hash(row, 5) % 7 + category % 5)::INTEGER AS band{more}
        FROM (SELECT range AS row,
                     floor({CATEGORIES} * pow((hash(range, 1) % 1000003) / 1000003.0, 2))::INTEGER AS category
              FROM range({millions * MILLION}))
    """


def make(path: Path, millions: int) -> None:
    """Write the Parquet file, unless it is there."""
    if path.exists():
        return
    if millions > _MADE:
        once = path.with_name(f"{_MADE}.parquet")
        make(once, _MADE)
        repeated = f"SELECT rows.* FROM range({millions // _MADE}), read_parquet('{once}') AS rows"
        duckdb.sql(f"COPY ({repeated}) TO '{path}' (FORMAT parquet)")
        return
    duckdb.sql(f"COPY ({rows(millions)}) TO '{path}' (FORMAT parquet)")


def make_text(path: Path, millions: int) -> None:
    """Write the text, unless it is there; of its ids a fifth differ, at most 28 million."""
    if path.exists():
        return
    ids = min(28 * MILLION, max(1, millions * MILLION // 5))
    more = f""",
               DATE '2020-01-01' + (hash(row, 6) % 1461)::INTEGER AS day,
               ((hash(row, 7) % 100000) / 100.0)::DECIMAL(9, 2) AS price,
               'order ' || lpad((hash(row, 8) % {ids})::VARCHAR, 9, '0') AS id,
               'channel ' || (hash(row, 9) % 6) AS channel"""
    duckdb.sql(f"COPY ({rows(millions, more)}) TO '{path}' (FORMAT csv, HEADER)")


def text(path: Path) -> None:
    """Read, profile and train on a text, in this process; print a line for each."""
    import embed_core as ec

    def said(what: str, since: tuple[float, float]) -> None:
        ended, spent = _clock()
        print(
            f"| {what} | {ended - since[0]:.0f} s ({spent - since[1]:.0f}) | {_peak():.2f} GB |", flush=True
        )

    print("| what | seconds | peak memory so far |")
    print("|---|--:|--:|")
    started = _clock()
    table = ec.read_table(path)
    said(f"reading {table.n_rows:,} rows", started)
    started = _clock()
    table.profile()
    said("profile", started)
    settings: dict[str, Any] = {"target": {"target": "late"}, "context": {"context": _COLUMNS["context"]}}
    for objective, chosen in settings.items():
        started = _clock()
        ec.train(table, column="product", objective=objective, progress=False, **chosen)
        said(f"`ec.train`, {objective}", started)


def _clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def plain(path: Path, columns: tuple[str, ...]) -> tuple[float, float]:
    """Return the seconds of DuckDB's own group-bys, and of all processors together."""
    started, busy = _clock()
    with duckdb.connect() as connection:
        for column in columns:
            connection.sql(
                f"SELECT product, {column}, count(*) FROM read_parquet('{path}') GROUP BY ALL"
            ).to_arrow_table()
    ended, spent = _clock()
    return ended - started, spent - busy


def measured(path: Path, objective: str) -> dict[str, Any]:
    """Count and train, in this process; return the seconds of each part and the peak of its memory in GB."""
    import embed_core as ec
    from embed_core.learning.config import TrainingConfig
    from embed_core.training.fit import fit
    from embed_core.training.prepare import prepare

    settings = {"target": "late"} if objective == "target" else {"context": _COLUMNS["context"]}
    config = TrainingConfig.checked(column="product", objective=objective, **settings)
    started, idle = _clock()
    data = prepare(ec.read_table(path), config)
    counted, busy = _clock()
    fit(data, config)
    ended, spent = _clock()
    return {
        "count": counted - started,
        "count busy": busy - idle,
        "train": ended - counted,
        "train busy": spent - busy,
    }


def _peak() -> float:
    """Return the most memory that this process had, in GB."""
    status = Path("/proc/self/status")
    if status.exists():  # what `getrusage` says includes that of the process that began this one
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def whole(path: Path, objective: str) -> dict[str, Any]:
    """Train from the file to the run, in this process; return the seconds and the peak of its memory in GB."""
    import embed_core as ec

    settings: Any = {"target": "late"} if objective == "target" else {"context": _COLUMNS["context"]}
    started, idle = _clock()
    ec.train(path, column="product", objective=objective, progress=False, **settings)
    ended, spent = _clock()
    return {"seconds": ended - started, "busy": spent - idle, "peak": _peak()}


def fitted(path: Path) -> dict[str, Any]:
    """Read the file with pandas and train one epoch with ``fit``, in this process."""
    import keras
    import pandas as pd

    started = time.perf_counter()
    frame = pd.read_parquet(path, columns=["product", "late"])
    codes, labels = pd.factorize(frame["product"])
    truth = (frame["late"] == "yes").to_numpy("float32")
    model = keras.Sequential(
        [
            keras.layers.Embedding(len(labels), 8),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(codes[:, None], truth, batch_size=1_024, epochs=1, verbose=0)
    return {"seconds": time.perf_counter() - started}


def _in_a_process(path: Path, what: str) -> dict[str, Any]:
    asked = [sys.executable, "-m", "benchmarks.scale", "--one", str(path), what]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return found


def line(path: Path, millions: int, objective: str, fit_most: int) -> str:
    """Measure a table; return its line of the printed table."""
    found = _in_a_process(path, objective)
    run = _in_a_process(path, f"{objective} whole")
    own, busy = plain(path, _COLUMNS[objective])
    fit = "–"
    if objective == "target" and millions <= fit_most:
        fit = f"{_in_a_process(path, 'fit')['seconds']:.1f} s"
    seconds, ratio = found["count"], found["count"] / own
    return (
        f"| {millions:,} million | {objective} | {seconds:.2f} s ({found['count busy']:.2f}) | "
        f"{own:.2f} s ({busy:.2f}) | {ratio:.2f} ({found['count busy'] / busy:.2f}) | "
        f"{found['train']:.1f} s ({found['train busy']:.1f}) | {run['seconds']:.1f} s ({run['busy']:.1f}) | "
        f"{run['peak']:.2f} GB | {fit} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 10, 100], help="millions of them")
    parser.add_argument("--billion", action="store_true")
    parser.add_argument("--fit", type=int, default=10, help="most millions of rows that fit is given")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--text", type=int, help="millions of rows of a text, instead")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        path, what = Path(options.one[0]), options.one[1]
        objective, *is_whole = what.split()
        measure = whole if is_whole else measured
        print(json.dumps(fitted(path) if what == "fit" else measure(path, objective)))
        return
    print(heading("duckdb", "tensorflow", "keras"))
    if options.text:
        with tempfile.TemporaryDirectory() as kept:
            path = (options.folder or Path(kept)) / f"{options.text}.csv"
            # The peak of a process that has written it would be that of writing.
            subprocess.run(
                [
                    sys.executable,
                    "-c",
                    f"from benchmarks.scale import *; make_text(Path({str(path)!r}), {options.text})",
                ],
                check=True,
            )
            text(path)
        return
    print(
        "| rows | objective | counting | DuckDB's own | ratio | training | in all | peak memory | one epoch of fit |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as kept:
        folder = options.folder or Path(kept)
        for millions in [*options.rows, *([1_000] if options.billion else [])]:
            path = folder / f"{millions}.parquet"
            make(path, millions)
            for objective in _COLUMNS:
                print(line(path, millions, objective, options.fit), flush=True)


if __name__ == "__main__":
    main()
