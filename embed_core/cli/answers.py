"""What commands answer: a table or lines for people, tab-separated values in a pipe, JSON when that is asked for."""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from embed_core.display import printable


def say(text: str) -> None:
    """Print a sentence; texts of a table in it can do nothing to the terminal."""
    print(printable(text))


def say_table(frame: pd.DataFrame) -> None:
    """Print a table: with lines in a terminal, and in a pipe as tab-separated values, whole."""
    texts = [[_text(value) for value in row] for row in frame.itertuples(index=False)]
    if not sys.stdout.isatty():
        for row in [list(map(str, frame.columns)), *texts]:
            print("\t".join(map(printable, row)))
        return
    table = RichTable()
    for name, kind in frame.dtypes.items():
        table.add_column(Text(printable(str(name))), justify="right" if kind.kind in "iuf" else "left")
    for row in texts:
        table.add_row(*(Text(printable(text)) for text in row))
    Console().print(table)


def say_json(answer: Any) -> None:
    """Print as JSON what a command found; numbers that are none are null."""
    print(json.dumps(_plain(answer), ensure_ascii=False, indent=1, allow_nan=False, default=str))


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "item"):  # a number of NumPy
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
