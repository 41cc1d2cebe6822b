"""How well readers that guess the layout read polluted files: this one, DuckDB, CleverCSV, pandas and polars.

    python -m benchmarks.reading [--write]

A table of the gallery is polluted in the ways of Pollock (see `benchmarks.pollutions`), and each reader is given the
file and nothing else. One measure for all: the mean of three F1 scores, of the names, of the rows and of the cells (as
multisets; numbers, times and truth values compared as what they are), 0 where a file is refused that holds rows. A row
that is beyond repair counts neither for nor against a reader, nor do the names where these are.

CleverCSV is for this benchmark alone, and its column is left out where it is not installed: ``pip install clevercsv``.
"""

import argparse
import contextlib
import datetime
import io
import logging
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars

import embed_core as ec
from benchmarks.machine import heading
from benchmarks.pollutions import Polluted, pollutions

RESULTS = Path(__file__).parent / "results" / "reading.md"
COLUMNS = (
    *("Airport Name", "Aircraft Make Model", "Flight Date"),
    *("Origin State", "Wildlife Species", "Cost Total $", "Speed IAS in knots"),
)
ROWS = 60
Found = tuple[list[str], list[list[Any]]]


def ours(path: Path) -> Found:
    """Read with this library; the texts of the cells, as categories are."""
    table = ec.read_table(path)
    frame = table.execute(table.expression.select(**{name: table.texts(name) for name in table.columns}))
    names = [] if table.report.header_line is None else table.columns
    return names, frame.to_numpy(object).tolist()


def by_duckdb(path: Path) -> Found:
    """Read with DuckDB's sniffer."""
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT COLUMNS(*)::VARCHAR FROM read_csv('{path}')")
        return found.columns, [list(row) for row in found.fetchall()]


def by_clevercsv(path: Path) -> Found:
    """Read with CleverCSV, which says whether it sees names as well."""
    import clevercsv

    text = path.read_bytes().decode()
    rows = list(clevercsv.read_table(str(path)))
    has_names = True
    with contextlib.suppress(Exception):  # it cannot always tell
        has_names = clevercsv.Sniffer().has_header(text)
    return (rows[0], rows[1:]) if rows and has_names else ([], rows)


def by_pandas(path: Path) -> Found:
    """Read with pandas, which guesses the separator when it is asked to."""
    frame = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False)
    return [str(name) for name in frame.columns], frame.to_numpy(object).tolist()


def by_polars(path: Path) -> Found:
    """Read with polars, which guesses nothing."""
    frame = polars.read_csv(path, infer_schema=False)
    return frame.columns, [list(row) for row in frame.rows()]


def _readers() -> dict[str, Callable[[Path], Found]]:
    found = {"Category Atlas": ours, "DuckDB": by_duckdb, "CleverCSV": by_clevercsv, "pandas": by_pandas}
    try:
        import clevercsv  # noqa: F401
    except ImportError:
        del found["CleverCSV"]
        print("CleverCSV is not installed, and is left out: pip install clevercsv")
    return {**found, "polars": by_polars}


def plain(cell: Any) -> str:
    """Return a cell as it is compared: numbers, times and truth values as what they are."""
    if cell is None or cell != cell:
        return ""
    text = str(cell).strip()
    with contextlib.suppress(ValueError):
        return f"{float(text):.10g}"
    with contextlib.suppress(ValueError):
        return datetime.datetime.fromisoformat(text).isoformat(" ").removesuffix(" 00:00:00")
    return text


def score(file: Polluted, found: Found) -> float:
    """Return how near what was read is to what the file holds, 0 to 1."""
    names, rows = found
    got = [_trimmed(row) for row in rows]
    wanted, optional = ([_trimmed(row) for row in part] for part in (file.rows, file.optional))
    by_row = _f1(Counter(wanted), Counter(got), Counter(optional), forgiven=file.broken)
    cells = [Counter(cell for row in part for cell in row if cell) for part in (wanted, got, optional)]
    by_cell = _f1(*cells, forgiven=file.broken * (len(COLUMNS) + 2))
    if file.names:
        parts = (Counter(file.names), Counter(name.strip() for name in names))
        nameless = max(0, max(map(len, file.rows), default=0) - len(file.names))
        return (by_row + by_cell + _f1(*parts, Counter(), forgiven=nameless)) / 3
    if file.broken:  # the names themselves are beyond repair
        return (by_row + by_cell) / 2
    taken = bool(wanted) and _trimmed(names) == wanted[0]
    return (by_row + by_cell + (not taken)) / 3


def _trimmed(row: Sequence[Any]) -> tuple[str, ...]:
    cells = [plain(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _f1(wanted: Counter[Any], got: Counter[Any], optional: Counter[Any], *, forgiven: int) -> float:
    right = (wanted & got).total()
    beyond = got - wanted - optional
    wrong = max(0, beyond.total() - forgiven)
    lacking = wanted.total() - right
    return 2 * right / (2 * right + wrong + lacking) if right + wrong + lacking else 1.0


def measured(files: Sequence[Polluted], read: Callable[[Path], Found]) -> dict[str, tuple[float, int]]:
    """Return the mean score of each kind and how many of its files were refused."""
    scores: dict[str, list[float]] = defaultdict(list)
    refused: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            path = Path(folder) / f"{number}.csv"
            path.write_bytes(file.content)
            try:
                with contextlib.redirect_stderr(io.StringIO()):
                    found = read(path)
            except Exception:  # each reader has errors of its own; to refuse what holds no rows is right
                refused[file.kind] += bool(file.rows)
                scores[file.kind].append(float(not file.rows))
            else:
                scores[file.kind].append(score(file, found))
    return {kind: (sum(each) / len(each), refused[kind]) for kind, each in scores.items()}


def report(files: Sequence[Polluted]) -> str:
    """Return the table of all kinds and readers, in Markdown."""
    readers = _readers()
    found = {name: measured(files, read) for name, read in readers.items()}
    counts = Counter(file.kind for file in files)
    lines = [f"| kind | files | {' | '.join(readers)} |", f"|---|--:|{'--:|' * len(readers)}"]
    for kind, count in counts.items():
        best = max(of[kind][0] for of in found.values())
        shown = []
        for of in found.values():
            mean, refused = of[kind]
            text = f"**{mean:.3f}**" if mean > best - 5e-4 else f"{mean:.3f}"
            shown.append(text + (f" ({refused} refused)" if refused else ""))
        lines.append(f"| {kind} | {count} | {' | '.join(shown)} |")
    means = [sum(mean for mean, _ in of.values()) / len(counts) for of in found.values()]
    lines.append(f"| mean of the kinds | {len(files)} | {' | '.join(f'{mean:.3f}' for mean in means)} |")
    return "\n".join(lines) + "\n"


def source() -> tuple[list[str], list[list[str]]]:
    """Return the names and the rows, as texts, that are polluted."""
    table = ec.load_sample("bird_strikes")
    wanted = table.expression.select(**{name: table.texts(name) for name in COLUMNS})
    frame = table.execute(wanted.limit(ROWS)).fillna("")
    # Commas and quotes, as files have them.
    rows = [[str(cell).removesuffix(" 00:00:00") for cell in row] for row in frame.to_numpy(object).tolist()]
    for at in range(0, len(rows), 7):
        rows[at][0] = rows[at][0].replace(" ", ", ", 1)
    return list(COLUMNS), rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write the table to {RESULTS.name} as well")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    names, rows = source()
    about = (
        f"{ROWS} rows of bird_strikes, polluted in one way a file; the measure is in `benchmarks/reading.py`.\n"
        "Best in bold."
    )
    packages = [name.lower() for name in _readers() if name != "Category Atlas"]
    text = heading(*packages, about=about) + "\n" + report(list(pollutions(names, rows)))
    print(text)
    if asked.write:
        RESULTS.write_text(text)


if __name__ == "__main__":
    main()
