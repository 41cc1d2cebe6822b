"""What a run writes while it trains: its history, and snapshots of the vectors."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from embed_core import writing
from embed_core.runs.refusals import damaged
from embed_core.types import Floats

MOST_SNAPSHOTS = 60


def snapshot_stride(epochs: int) -> int:
    """Return every how many epochs a snapshot is kept, so that there are at most 60.

    >>> snapshot_stride(50), snapshot_stride(100), snapshot_stride(6000)
    (1, 2, 102)
    """
    return -(-epochs // (MOST_SNAPSHOTS - 1))


def append_history(folder: Path, rows: Iterable[Mapping[str, float]]) -> None:
    """Append epochs to the history of the run in a folder."""
    text = "".join(json.dumps(dict(row)) + "\n" for row in rows)
    with (folder / "history.jsonl").open("a", encoding="utf-8") as file:
        file.write(text)


def read_history(folder: Path) -> pd.DataFrame:
    """Return the history so far, a row per epoch; empty before the first.

    Raises:
        AtlasError: it is damaged.
    """
    try:
        if (folder / "history.parquet").exists():
            return pd.read_parquet(folder / "history.parquet")
        rows = []
        path = folder / "history.jsonl"
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                rows.append(json.loads(line))
            except ValueError:
                break  # the process died while it wrote this line
        return pd.DataFrame(rows)
    except (OSError, ValueError) as problem:  # Arrow's errors are among these
        raise damaged(folder.name, "its history") from problem


def add_snapshot(folder: Path, epoch: int, vectors: Floats) -> None:
    """Keep the vectors of an epoch."""
    path = folder / "snapshots"
    path.mkdir(exist_ok=True)
    with writing.replacing(path / f"{epoch:08d}.npy") as file:
        np.save(file, vectors, allow_pickle=False)


def snapshot_epochs(folder: Path) -> list[int]:
    """Return the epochs whose vectors were kept, ascending."""
    return sorted(
        int(path.stem) for path in (folder / "snapshots").glob("[0-9]*.npy") if path.stem.isdecimal()
    )


def read_snapshot(folder: Path, epoch: int) -> Floats | None:
    """Return the vectors of a kept epoch, float32 (n, d); None where they were not kept.

    Raises:
        AtlasError: they are damaged.
    """
    try:
        vectors: Floats = np.load(folder / "snapshots" / f"{epoch:08d}.npy", allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError) as problem:
        raise damaged(folder.name, f"its vectors of epoch {epoch}") from problem
    return vectors
