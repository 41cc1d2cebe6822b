"""Cells that hold several values, such as ``Drama|Comedy`` or ``["a", "b"]``: how they are taken apart."""

import ast
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from embed_core.errors import quoted

if TYPE_CHECKING:
    import pyarrow as pa

LIST = "[]"
"""The separator of cells that are lists, or lists written as text."""
SEPARATORS = ("|", ";", ",", "/", "\n")
"""Those that are looked for."""
# Between the values of a list of the engine, and before the first: no text of a table begins so.
BETWEEN = "\x1f"
_NAMED = {"\n": "line break", "\t": "tab", " ": "blank"}
_BRACKETS = {"[": "]", "{": "}", "(": ")"}
LOOKED_AT = 1_000
_FEWEST_CELLS = 20
_OFTEN_ENOUGH, _LONGEST_VALUE = 0.1, 40


def values_of(cell: str, separator: str) -> list[str]:
    """Return the values of a cell in their order, each once, without blanks around them; empty ones are none.

    >>> values_of("Drama | Comedy|Drama|", "|"), values_of('["a", "b"]', LIST), values_of("['x']", LIST)
    (['Drama', 'Comedy'], ['a', 'b'], ['x'])
    """
    parts = _listed(cell) if separator == LIST else cell.split(separator)
    return list(dict.fromkeys(text for part in parts if (text := part.strip())))


def _listed(cell: str) -> list[str]:
    if cell.startswith(BETWEEN):
        return cell[1:].split(BETWEEN)
    text = cell.strip()
    if _BRACKETS.get(text[:1]) != text[-1:]:
        return [text]
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, list | tuple | set):
            return [_text(each) for each in found if each is not None]
        if isinstance(found, dict):
            return [text]
    return [part.strip().strip("\"'") for part in text[1:-1].split(",")]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def joined(values: Iterable[str], separator: str) -> str:
    """Return the cell of some values."""
    return json.dumps(list(values), ensure_ascii=False) if separator == LIST else separator.join(values)


def taken_apart(frame: pd.DataFrame, separators: Mapping[str, str]) -> pd.DataFrame:
    """Return a frame in which a row is there once for each value of its cells; a cell without any is missing.

    Args:
        frame: texts in some columns.
        separators: what stands between the values, for those that hold several.

    >>> taken_apart(pd.DataFrame({"genre": ["a|b", None], "rows": [3, 1]}), {"genre": "|"}).fillna("-").values.tolist()
    [['a', 3], ['b', 3], ['-', 1]]
    """
    for column, separator in separators.items():
        values = [[None] if pd.isna(cell) else values_of(cell, separator) or [None] for cell in frame[column]]
        cells = pd.Series(values, index=frame.index, dtype=object)
        frame = frame.assign(**{column: cells}).explode(column, ignore_index=True)
    return frame


def apart_by(separator: str) -> str:
    """Return the words for what stands between values.

    >>> apart_by("|"), apart_by(LIST)
    ('apart by "|"', 'as lists')
    """
    return "as lists" if separator == LIST else f"apart by {quoted(_NAMED.get(separator, separator))}"


def separator_name(separator: str) -> str:
    """Return what a separator is called, to be chosen from others.

    >>> separator_name("|"), separator_name(LIST)
    ('|', 'a list: ["a", "b"]')
    """
    return 'a list: ["a", "b"]' if separator == LIST else _NAMED.get(separator, separator)


def separator_of(cells: "pa.ChunkedArray") -> str:
    """Return the separator of cells that look as if they held several values each; "" when they do not.

    So they look when a tenth of them holds several, how many differs, and most of the values stand in other cells
    as well.

    Args:
        cells: the texts of some cells, without missing ones.

    >>> import pyarrow as pa
    >>> genres, towns = ["a|b", "b", "a|b|c", "c"] * 9, ["Ulm, DE", "Paris, FR", "Bonn, DE"] * 9
    >>> separator_of(pa.chunked_array([genres])), separator_of(pa.chunked_array([towns]))
    ('|', '')
    """
    if len(cells) < _FEWEST_CELLS:
        return ""
    likely = [each for each in (*SEPARATORS, "[", "{") if _share(cells, each) >= _OFTEN_ENOUGH]
    if not likely:
        return ""
    texts = cells.to_pylist()
    if all(_BRACKETS.get(text[:1]) == text[-1:] for text in texts) and _looks_so(texts, LIST):
        return LIST
    return next((each for each in likely if each in SEPARATORS and _looks_so(texts, each)), "")


def _share(cells: "pa.ChunkedArray", letter: str) -> float:
    import pyarrow.compute as pc

    return float(pc.mean(pc.match_substring(cells, letter)).as_py())


def _looks_so(texts: Sequence[str], separator: str) -> bool:
    cells = [values_of(text, separator) for text in texts]
    sizes = Counter(map(len, cells))
    several = sum(count for size, count in sizes.items() if size > 1)
    counts = Counter(value for cell in cells for value in cell)
    total = sum(counts.values())
    if several < _OFTEN_ENOUGH * len(texts) or sizes.most_common(1)[0][1] > 0.95 * len(texts):
        return False
    if sum(len(value) * count for value, count in counts.items()) > _LONGEST_VALUE * total:
        return False
    # Taken apart, there are fewer different values than there are different cells, and most repeat.
    repeated = sum(count for count in counts.values() if count > 1)
    return len(counts) < len(set(texts)) or (repeated > 0.9 * total and len(counts) <= len(set(texts)))
