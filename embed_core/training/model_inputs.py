"""A table as a run's model takes it: texts and numbers by the names of its inputs."""

import re
from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, quoted
from embed_core.learning.input_names import input_names
from embed_core.space.embedding import Embedding
from embed_core.tables.counting.features import parts
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

_WHOLE = re.compile(r"-?\d+")
_PART = re.compile(r"(?:month|weekday|hour) of (.+)", re.DOTALL)
_MISSING = re.compile(r"\(+missing\)+")


def texts_and_numbers(
    table: Any, embeddings: dict[str, Embedding], numbers: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    """Return for each input its texts, object (rows, 1), or its numbers, float32 (rows, 1), NaN where one is missing.

    Args:
        table: a `Table`, or anything that `read_table` takes.
        embeddings: of the columns that are looked up.
        numbers: names of the others.

    Raises:
        AtlasError: a column is not there, or a value is missing where none was when the run was trained.
    """
    table = read_table(table)
    asked = {
        f"i{place}": _texts(table, column, each) for place, (column, each) in enumerate(embeddings.items())
    }
    asked |= {f"n{place}": table.numbers(column) for place, column in enumerate(numbers)}
    found = table.execute(table.expression.select(**asked))
    result: dict[str, npt.NDArray[Any]] = {}
    names = input_names([*embeddings, *numbers])
    for place, (column, embedding) in enumerate(embeddings.items()):
        texts = found[f"i{place}"]
        missing = texts.isna()
        if missing.any():
            label = embedding.labels[-1]
            # Where none was missing, the model takes this for a category that it has not seen.
            texts = texts.fillna(label if _MISSING.fullmatch(label) else "(missing)")
        result[names[column]] = texts.to_numpy(object)[:, None]
    for place, column in enumerate(numbers):
        result[names[column]] = found[f"n{place}"].to_numpy(np.float32, na_value=np.nan)[:, None]
    return result


def _texts(table: Table, column: str, embedding: Embedding) -> ibis.Value:
    part = _PART.fullmatch(column)
    if column not in table.columns and part and part[1] in table.columns:
        made = parts(table, part[1])
        if column in made:
            return made[column]
        raise AtlasError(f"The column {quoted(part[1])} has no {quoted(column)}: it holds no such time.")
    table.require(column)
    if column in table.report.bags:
        raise AtlasError(
            f"The cells of {quoted(column)} hold several values each, and the model takes one: give it the values, a "
            "row for each."
        )
    is_whole = all(_WHOLE.fullmatch(label) for label in embedding.labels if not _MISSING.fullmatch(label))
    # Whole numbers become decimal ones where a value is missing beside them.
    return table.texts(column, ibis.expr.datatypes.int64 if is_whole else None)
