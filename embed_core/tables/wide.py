"""Tables of thousands of columns, of which an engine is asked for some at a time.

DuckDB sets some 30 kB aside for each column at each step of a query, however few the rows are: a query over 10,000
columns takes a gigabyte. Arrow does not, so such a table lies there, and what is asked for is handed over.
"""

import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.operations import DatabaseTable

NAME = "data"
_WIDE = 1_000
_PART = 500
_SOME = "some_columns"
_held: weakref.WeakKeyDictionary[Any, pa.Table] = weakref.WeakKeyDictionary()

_Each = TypeVar("_Each")


class Wide:
    """A table of Arrow, of which DuckDB reads the columns that it is asked for.

    Args:
        engine: a DuckDB connection.
        table: the table.
    """

    def __init__(self, engine: Any, table: pa.Table) -> None:
        self._engine, self.table = engine, table
        self._places = {name: at for at, name in enumerate(table.column_names)}

    def of(self, names: Sequence[str]) -> str:
        """Return what SQL reads these columns from, until it is asked for others."""
        self._engine.register(_SOME, self.table.select([self._places[name] for name in dict.fromkeys(names)]))
        return _SOME

    def facts(self, names: Sequence[str], values: Sequence[str]) -> Iterator[tuple[Sequence[str], Any, Any]]:
        """Yield what SQL says of each cell, for some columns at a time; it is worked out once for each text.

        Args:
            names: of columns of texts.
            values: SQL of whole numbers or truth values, of a text ``cell``.

        Yields:
            the names of some columns, int64 (values, columns, rows), and where cells are filled, (columns, rows).
        """
        texts, codes = self._coded
        self._engine.register(_SOME, pa.table({"cell": texts}))
        asked = ", ".join(f"({value})::BIGINT" for value in values)
        found = self._engine.execute(f"SELECT {asked} FROM {_SOME}").to_arrow_table(max(1, len(texts)))
        facts = np.zeros((len(values), len(texts) + 1), np.int64)  # that of no text is the last
        for at, column in enumerate(found.columns):
            facts[at, :-1] = column.to_numpy()
        for start in range(0, len(names), _PART):
            part = names[start : start + _PART]
            wanted = codes[[self._places[name] for name in part]]
            yield part, facts[:, wanted], wanted >= 0

    def last(self, names: Sequence[str], rows: int) -> tuple[int, list[tuple[Any, ...]]]:
        """Return the place of the first of the last rows, from 0, and what these columns hold in them."""
        first = max(0, self.table.num_rows - rows)
        end = self.table.slice(first)
        return first, list(zip(*(end.column(self._places[name]).to_pylist() for name in names), strict=True))

    @cached_property
    def _coded(self) -> tuple[pa.Array, Any]:
        """Return all different texts, and which of them each cell holds, (columns, rows), -1 for none."""
        cells = pa.chunked_array(
            list(chain.from_iterable(column.chunks for column in self.table.columns)), pa.string()
        )
        coded = cells.combine_chunks().dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return coded.dictionary, codes.reshape(self.table.num_columns, self.table.num_rows)

    def without(self, texts: Mapping[str, Sequence[str]]) -> "Wide":
        """Return the table with some texts of some columns as missing."""
        columns = list(self.table.columns)
        for name, none in texts.items():
            cells = columns[self._places[name]]
            is_none = pc.is_in(cells, pa.array(none, cells.type))
            columns[self._places[name]] = pc.if_else(is_none, None, cells)
        return Wide(self._engine, pa.Table.from_arrays(columns, schema=self.table.schema))

    def selected(self, values: Mapping[str, str]) -> pa.Table:
        """Return columns that are worked out, each from the one of its name.

        Args:
            values: in SQL, with their names, by column.
        """
        parts = []
        for names in parts_of(list(values)):
            sql = f"SELECT {', '.join(values[name] for name in names)} FROM {self.of(names)}"
            # It sets memory aside for so many rows, and for a million where it is not told.
            parts.append(self._engine.execute(sql).to_arrow_table(max(1, self.table.num_rows)))
        return pa.Table.from_arrays(
            list(chain.from_iterable(part.columns for part in parts)),
            schema=pa.schema(list(chain.from_iterable(part.schema for part in parts))),
        )


Source = str | Wide


def of(source: Source, names: Sequence[str]) -> str:
    """Return what SQL reads some columns from, until it is asked for others.

    Args:
        source: what it reads all columns from, or a table that is asked for some at a time.
        names: of the columns.
    """
    return source if isinstance(source, str) else source.of(names)


def is_wide(columns: Sequence[object]) -> bool:
    """Whether a table has so many columns that it is asked for some at a time."""
    return len(columns) > _WIDE


def parts_of(columns: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    """Yield the columns of a table in as many parts as it takes: one unless it is wide.

    >>> [len(part) for part in parts_of(range(30))], {len(part) for part in parts_of(range(2_000))}
    ([30], {500})
    """
    size = _PART if is_wide(columns) else max(1, len(columns))
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def without_empty_rows(table: pa.Table, *, but: Sequence[int]) -> tuple[pa.Table, list[int]]:
    """Return a table without the rows of which no cell is filled, and which these were, from 0.

    Args:
        table: the table.
        but: rows that stay.

    >>> without_empty_rows(pa.table({"a": [None, 1, None]}), but=[2])[1]
    [0]
    """
    filled = np.zeros(table.num_rows, bool)
    filled[list(but)] = True
    for column in table.columns:
        filled |= column.is_valid().to_numpy()
    return table.filter(pa.array(filled)), np.flatnonzero(~filled).tolist()


def hold(connection: Any, table: pa.Table) -> None:
    """Have a table be the table "data" of a connection (Ibis on DuckDB), and be found again by `held`."""
    connection.con.register(NAME, table)
    _held[connection] = table


def held(expression: ibis.Table) -> pa.Table | None:
    """Return the table of Arrow that an expression stands for as it is; None where it is another."""
    operation = expression.op()
    if isinstance(operation, DatabaseTable) and operation.name == NAME:
        return _held.get(expression.get_backend())
    return None


def hash_of(engine: Any, table: pa.Table) -> str:
    """Return a hash of the rows of a table, whatever their order.

    Args:
        engine: a DuckDB connection.
        table: the table.
    """
    hashes = []
    for places in parts_of(range(table.num_columns)):
        engine.register(_SOME, table.select(list(places)))
        found = engine.execute(f"SELECT hash({_SOME}) FROM {_SOME}").to_arrow_table(max(1, table.num_rows))
        hashes.append(found.column(0))
    engine.register(_SOME, pa.Table.from_arrays(hashes, names=[f"c{at}" for at in range(len(hashes))]))
    return str(engine.execute(f"SELECT sum(hash({_SOME})::HUGEINT)::VARCHAR FROM {_SOME}").fetchall()[0][0])
