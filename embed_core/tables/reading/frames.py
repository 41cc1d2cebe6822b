"""Tables of other libraries that are in memory: pandas, polars, DuckDB, and what speaks Arrow."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from embed_core.errors import AtlasError, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.arrow_tables import first_line, read_arrow, read_dataset, read_stream
from embed_core.tables.reading.cells import without_surrogates
from embed_core.tables.table import Table


def read_memory(source: Any, name: str | None) -> Table | None:
    """Return a table that is in memory; None when it is none that is known.

    Raises:
        AtlasError: it has no rows or no columns, or cannot be read.
    """
    kind = f"{type(source).__module__.partition('.')[0]} {type(source).__name__}"
    if isinstance(source, pd.DataFrame):
        return read_frame(source, name or "DataFrame")
    if isinstance(source, pa.Table):
        return read_arrow(source, name or "Arrow table")
    if isinstance(source, pa.RecordBatch):
        return read_arrow(pa.Table.from_batches([source]), name or "Arrow table")
    if isinstance(source, ds.Dataset):
        return read_dataset(source, name or "Arrow dataset")
    if kind == "polars LazyFrame":
        try:
            source = source.collect(engine="streaming")
        except Exception as error:  # polars has errors of many kinds, and its queries run only now
            raise AtlasError(f"The polars LazyFrame cannot be collected: {first_line(error)}") from error
    if hasattr(source, "__arrow_c_stream__"):
        return read_stream(source, name or type(source).__name__, kind=kind)
    return None


def read_frame(frame: pd.DataFrame, name: str) -> Table:
    """Return a DataFrame as a table in DuckDB; its index is ignored.

    Raises:
        AtlasError: it has no rows or no columns.
    """
    names, notes = unique_names(_name(column) for column in frame.columns)
    notes += [
        f'The column name {given!r} is not text: it is called "{used}".'
        for given, used in zip(frame.columns, names, strict=True)
        if not isinstance(given, str) and str(given).strip()
    ]
    columns: dict[str, Any] = {}
    for position, column in enumerate(names):
        columns[column], note = _arrow_column(frame.iloc[:, position], column)
        if note:
            notes.append(note)
    return read_arrow(pa.table(columns), name, kind="DataFrame", notes=notes)


def _name(column: object) -> str:
    return without_surrogates(str(column))


def _arrow_column(series: pd.Series, name: str) -> tuple[Any, str | None]:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype) and not pd.api.types.is_numeric_dtype(dtype.categories):
        series = series.astype(object)
    if isinstance(dtype, pd.IntervalDtype | pd.PeriodDtype) or _holds(series, pd.Interval, pd.Period):
        return _texts(series), None
    if isinstance(dtype, pd.SparseDtype):
        series = pd.Series(np.asarray(series), series.index)
    if isinstance(dtype, np.dtype) and dtype == np.longdouble:
        series = series.astype(np.float64)
    try:
        return pa.Array.from_pandas(series), None
    except UnicodeEncodeError:
        return _texts(
            series
        ), f'"{name}" holds broken characters: "\N{REPLACEMENT CHARACTER}" stands for them.'
    except (pa.ArrowException, TypeError, ValueError, OverflowError, NotImplementedError):
        return _texts(series), f'"{name}" holds {_kinds(series)}: all were turned into text.'


def _holds(series: pd.Series, *kinds: type) -> bool:
    """Whether the first value that is there is one of these."""
    first = series.first_valid_index() if series.dtype == object and series.index.is_unique else None
    return first is not None and isinstance(series[first], kinds)


def _kinds(series: pd.Series) -> str:
    kinds = {type(value).__name__ for value in series.dropna()}
    return "values of different types" if len(kinds) > 1 else f"values of the type {quoted(*kinds)}"


def _texts(series: pd.Series) -> Any:
    texts = [
        None if missing else without_surrogates(str(value))
        for value, missing in zip(series.astype(object), series.isna(), strict=True)
    ]
    return pa.array(texts, pa.string())
