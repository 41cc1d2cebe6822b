"""Files of vectors that other tools write, and texts that are numbers."""

import codecs
import csv
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, quoted
from embed_core.space.embedding_parts import EmbeddingParts

if TYPE_CHECKING:
    import pandas as pd

_LINES = 20


def texts_of(path: Path, usual: str, **options: Any) -> "pd.DataFrame":
    """Read text so that no name is taken for a missing value or a number."""
    import pandas as pd

    with path.open("rb") as file:
        is_wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if is_wide else "utf-8-sig"
    with path.open(encoding=encoding, errors="replace") as text:
        lines = list(itertools.islice(text, _LINES))
    separator = max((usual, *",;\t|"), key=lambda mark: _cells(lines, mark))
    options |= {"sep": separator, "dtype": str, "keep_default_na": False}
    try:
        return pd.read_csv(path, encoding=encoding, **options)
    except UnicodeDecodeError:
        return pd.read_csv(path, encoding="cp1252", **options)


def _cells(lines: Sequence[str], separator: str) -> int:
    """Return how many cells each line has; none where they differ."""
    widths = {len(row) for row in csv.reader(lines, delimiter=separator) if row}
    return widths.pop() if len(widths) == 1 else 0


def names_of(path: Path, rows: int) -> list[str]:
    """Read the Projector's names, a line for each row and at most one above them."""
    lines = path.read_text("utf-8-sig").split("\n")
    names = [line.split("\t")[0] for line in lines[: -1 if lines[-1] == "" else None]]
    if len(names) not in (rows, rows + 1):
        raise AtlasError(
            f"The file {quoted(path.name)} has {len(names):,} lines, and there are {rows:,} vectors. "
            "Bring a name for each."
        )
    return names[len(names) - rows :]


def word2vec(path: Path, name: str) -> EmbeddingParts:
    """Read text with a name and its numbers on each line, with or without a line of their counts above."""
    lines = path.read_bytes().decode("utf-8-sig", errors="strict").rstrip("\n").split("\n")
    head = lines[0].rstrip(" \r").split(" ")
    has_head = len(head) == 2 and all(part.isdigit() for part in head)
    rows = lines[1:] if has_head else lines
    d = int(head[1]) if has_head else len(head) - 1
    if d < 1 or not rows:
        raise AtlasError(
            f"The file {quoted(path.name)} holds no vectors: its first line is {quoted(lines[0])}."
        )
    labels, vectors = [], np.empty((len(rows), d), np.float32)
    for place, row in enumerate(rows):
        # From the right: a name may hold blanks.
        label, *numbers = row.rstrip(" \r").rsplit(" ", d)
        if len(numbers) != d:
            raise AtlasError(f"Line {place + 1 + has_head} of {quoted(path.name)} has no {d} numbers.")
        labels.append(label)
        vectors[place] = np.array(numbers, np.float32)
    return EmbeddingParts(labels, vectors, ones(len(labels)), name=name)


def with_numbers(frame: "pd.DataFrame", *, but: str) -> "pd.DataFrame":
    """Return the table with texts that are all numbers as numbers, but for the column of names."""
    found = {column: as_number(frame[column]) for column in columns_of_texts(frame) if column != but}
    return frame.assign(**{column: numbers for column, numbers in found.items() if numbers is not None})


def columns_of_texts(frame: "pd.DataFrame") -> list[str]:
    """Return the names of the columns of texts."""
    import pandas as pd

    return [c for c in map(str, frame) if pd.api.types.is_string_dtype(frame[c]) and not is_lists(frame[c])]


def as_number(texts: "pd.Series[Any]") -> "pd.Series[Any] | None":
    """Return texts as numbers, with decimal points or commas, where all are."""
    import pandas as pd

    for each in (texts, texts.str.replace(",", ".")):
        numbers = pd.to_numeric(each, errors="coerce")
        if numbers.notna().all():
            return numbers
    return None


def is_lists(values: "pd.Series[Any]") -> bool:
    """Whether a column holds lists."""
    return bool(len(values)) and isinstance(values.iloc[0], list | tuple | np.ndarray)


def ones(n: int) -> npt.NDArray[np.int64]:
    """Return a row for each category."""
    return np.ones(n, np.int64)
