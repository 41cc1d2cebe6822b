"""Vectors that were not trained here: of a Keras model, a table, or a file of another tool."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.space.embedding_parts import EmbeddingParts
from embed_core.space.vector_files import (
    as_number,
    columns_of_texts,
    is_lists,
    names_of,
    ones,
    texts_of,
    with_numbers,
    word2vec,
)

if TYPE_CHECKING:
    import pandas as pd

_LABELS = ("category", "label", "word", "token", "name", "key", "id")
_SUPPORTS = ("support", "rows", "count", "frequency")
# Places on a map and means are numbers beside a vector, and none of it.
_BESIDE = re.compile(r"(map_)?[xyz]|target_(mean|low|high)|index|Unnamed.*")
_AXIS = re.compile(r"\D{0,20}\d+")
_SEPARATED = {".csv": ",", ".tsv": "\t", ".tab": "\t"}


class FromElsewhere(ABC):
    """The ways to an `Embedding` of vectors that were not trained here."""

    __slots__ = ()

    @classmethod
    @abstractmethod
    def of_parts(cls, parts: EmbeddingParts) -> Self:
        """Return the embedding with these parts."""

    @classmethod
    def from_keras(
        cls,
        model: Any,
        layer: str | None,
        labels: Sequence[str],
        *,
        unknown: int | None = None,
        name: str = "",
    ) -> Self:
        """Return the vectors of an ``Embedding`` layer of a Keras model.

        Args:
            model: the model; nothing of it is run.
            layer: its name; None takes the only one.
            labels: the category of each row of the layer, in their order.
            unknown: the row for categories that were not seen, which is none of the labels: 0 behind a
                ``StringLookup``, -1 in models of this library. None (default): there is none.
            name: of the column.

        Raises:
            AtlasError: there is no such layer, several, or another number of rows.
        """
        weights = _layer(model, layer).get_weights()
        if not weights:
            raise AtlasError(
                "The layer has no vectors yet. Build its model first, by a call of it on some rows."
            )
        table, row = np.asarray(weights[0]), None
        if unknown is not None:
            if not isinstance(unknown, int | np.integer) or not -len(table) <= unknown < len(table):
                raise AtlasError(
                    f"The unknown row must be one of {len(table):,}, counted from 0. Got {quoted(unknown)}."
                )
            row, table = table[unknown], np.delete(table, unknown, axis=0)
        if len(table) != len(labels):
            raise AtlasError(
                f"The layer has {len(table):,} rows{'' if unknown is None else ' besides the unknown one'}, and "
                f"{len(labels):,} labels were given: one is needed for each. A row for categories that were not seen "
                "is named with unknown=0 or unknown=-1."
            )
        return cls.of_parts(EmbeddingParts(list(labels), table, ones(len(table)), row, name=name))

    @classmethod
    def from_table(
        cls,
        table: Any,
        *,
        label: str | None = None,
        vectors: str | Sequence[str] | None = None,
        support: str | None = None,
        name: str = "",
        metric: str = "cosine",
    ) -> Self:
        """Return the vectors of a table with a row for each category.

        Args:
            table: a DataFrame, or whatever ``pandas.DataFrame`` takes.
            label: the column of names; None (default) takes one called so (category, label, word, …), or the first
                column of texts.
            vectors: a column of lists, or the columns of numbers; None (default) takes the only column of lists, else
                all columns of numbers that end in a number, else all of numbers; x, y and z where there are no others.
            support: the column of rows per category; None (default) takes one called so, or counts 1 for each.
            name: of the column that the categories are of.
            metric: by which distance neighbours are found, ``cosine`` (default) or ``euclidean``.

        Raises:
            AtlasError: a column is not there, or what it holds is no vector.

        >>> import pandas as pd
        >>> from embed_core.space.embedding import Embedding
        >>> e = Embedding.from_table(pd.DataFrame({"word": ["a", "b"], "d0": [1, 2], "d1": [0, 1]}))
        >>> e.labels, e["b"].tolist()
        (['a', 'b'], [2.0, 1.0])
        """
        import pandas as pd

        frame = table if isinstance(table, pd.DataFrame) else _frame(table)
        frame = frame.set_axis([str(column) for column in frame.columns], axis=1)
        if not frame.columns.is_unique:
            repeated = frame.columns[frame.columns.duplicated()].unique()
            raise AtlasError(
                f"Columns must have different names, and these repeat: {listed(repeated)}. Rename them."
            )
        for column in filter(
            None, (label, support, *([vectors] if isinstance(vectors, str) else vectors or ()))
        ):
            if column not in frame:
                hint = did_you_mean(column, frame.columns) or f"The columns are {listed(frame.columns)}."
                raise AtlasError(f"There is no column {quoted(column)}. {hint}")
        label = label or _label(frame)
        support = support or next((each for each in _SUPPORTS if each in frame and each != label), None)
        if not any(
            frame[c].dtype.kind in "iuf" or is_lists(frame[c]) for c in frame if c not in (label, support)
        ):
            frame = with_numbers(frame, but=label)
        numbers = _vectors(frame, vectors, {label, support})
        means = frame["target_mean"].to_numpy(np.float64) if "target_mean" in frame else None
        rows = ones(len(frame)) if support is None else frame[support].to_numpy()
        texts = ["(missing)" if pd.isna(each) else str(each) for each in frame[label]]
        return cls.of_parts(
            EmbeddingParts(texts, numbers, rows, target_mean=means, name=name or label, metric=metric)
        )

    @classmethod
    def from_file(cls, path: str | Path, *, metadata: str | Path | None = None, name: str = "") -> Self:
        """Return the vectors of a file that another tool wrote; nothing in it is run.

        Args:
            path: word2vec or GloVe text (.txt, .vec), Parquet (.parquet), or a table with a line of names (.csv, .tsv),
                apart by commas, semicolons, tabs or bars, with decimal points or commas.
            metadata: of TensorBoard's Projector, the file of names beside its ``vectors.tsv``.
            name: of the column that the categories are of; "" takes the file's.

        Raises:
            AtlasError: it is not there, or holds no vectors.
        """
        import pandas as pd

        path = Path(path)
        name, suffix = name or path.stem, path.suffix.lower()
        try:
            if metadata is not None:
                frame = texts_of(path, "\t", header=None)
                frame.insert(0, "category", names_of(Path(metadata), len(frame)))
            elif suffix == ".parquet":
                frame = pd.read_parquet(path)
            elif suffix in _SEPARATED:
                frame = texts_of(path, _SEPARATED[suffix])
            else:
                return cls.of_parts(word2vec(path, name))
            return cls.from_table(frame, name=name)
        except OSError as error:
            raise AtlasError(
                f"The file {quoted(error.filename or path, limit=200)} cannot be read: {error.strerror or error}."
            ) from error
        except AtlasError:
            raise
        except ValueError as error:  # those of pandas and pyarrow are among them
            raise AtlasError(
                f"The file {quoted(path.name, limit=200)} holds no vectors that can be read: {error}. Bring word2vec "
                "text, Parquet, CSV or TSV with a row for each category."
            ) from error


def _layer(model: Any, name: str | None) -> Any:
    if not hasattr(model, "_flatten_layers"):
        raise AtlasError(
            f"A value of type {quoted(type(model).__name__)} was given where a Keras model is wanted. Open a file with "
            "keras.models.load_model."
        )
    layers = {layer.name: layer for layer in model._flatten_layers() if type(layer).__name__ == "Embedding"}
    if name is None and len(layers) != 1:
        raise AtlasError(
            f"The model has {len(layers)} embedding layers"
            + (
                f": {listed(layers)}. Name one with layer=."
                if layers
                else ", and vectors are taken from one."
            )
        )
    if name is not None and name not in layers:
        raise AtlasError(
            f"There is no embedding layer {quoted(name)}. There are: {listed(layers) or 'none'}."
        )
    return layers[name] if name else next(iter(layers.values()))


def _frame(table: Any) -> "pd.DataFrame":
    import pandas as pd

    if hasattr(table, "to_pandas"):
        return table.to_pandas()
    return pd.DataFrame(table)


def _label(frame: "pd.DataFrame") -> str:
    by_name = {column.lower(): column for column in reversed(frame.columns)}
    found = next((by_name[each] for each in _LABELS if each in by_name), None)
    texts = columns_of_texts(frame)
    if found is None and not texts:
        raise AtlasError(f"No column holds names. Say which does with label=: {listed(frame.columns)}.")
    return found or next((column for column in texts if as_number(frame[column]) is None), texts[0])


def _vectors(
    frame: "pd.DataFrame", chosen: str | Sequence[str] | None, others: set[str | None]
) -> npt.NDArray[Any]:
    if chosen is None:
        rest = [column for column in frame.columns if column not in others]
        lists = [column for column in rest if is_lists(frame[column])]
        numbers = [c for c in rest if frame[c].dtype.kind in "iuf" and not _BESIDE.fullmatch(c)]
        numbered = [column for column in numbers if _AXIS.fullmatch(column)]
        alone = [column for column in ("x", "y", "z") if column in rest and frame[column].dtype.kind in "iuf"]
        chosen = lists[0] if len(lists) == 1 else numbered or numbers or alone
        if not len(chosen):
            raise AtlasError(f"No column holds numbers. Say which do with vectors=: {listed(frame.columns)}.")
    columns = [chosen] if isinstance(chosen, str) else list(chosen)
    if len(columns) == 1 and is_lists(frame[columns[0]]):
        lengths = {len(each) for each in frame[columns[0]]}
        if len(lengths) > 1:
            raise AtlasError(
                f"The vectors in {quoted(columns[0])} have different lengths: {listed(sorted(lengths))}."
            )
        return _numbers([list(each) for each in frame[columns[0]]], columns)
    return _numbers(frame[columns], columns)


def _numbers(values: Any, columns: Sequence[str]) -> npt.NDArray[np.float64]:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise AtlasError(
            f"The vectors must be numbers, and {listed(columns)} holds others: {error}. Say which columns do with "
            "vectors=."
        ) from error
