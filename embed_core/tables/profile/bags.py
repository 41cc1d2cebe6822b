"""Columns whose cells hold several values each: what is in them, and which columns seem to be such."""

from collections.abc import Sequence

import ibis
import pandas as pd

from embed_core.tables.bags import LIST, LOOKED_AT, separator_of, values_of
from embed_core.tables.profile.measures import BARS, Measures, fetched

_MOST_COLUMNS = 5_000


def measure_bag(table: ibis.Table, column: Measures, cells: ibis.Value, separator: str) -> None:
    """Measure the values of cells that hold several each.

    Args:
        table: the table in its engine.
        column: what was measured of its cells; its counts of values are replaced.
        cells: the texts of the cells.
        separator: what stands between the values.
    """
    counted = table.group_by(cell=cells).aggregate(rows=lambda group: group.count()).to_pandas().dropna()
    values = [values_of(str(cell), separator) for cell in counted["cell"]]
    column.filled = sum(rows for rows, found in zip(counted["rows"].tolist(), values, strict=True) if found)
    each = counted.assign(cell=pd.Series(values, index=counted.index, dtype=object)).explode("cell").dropna()
    rows = each.groupby("cell")["rows"].sum().reset_index()
    rows = rows.sort_values(["rows", "cell"], ascending=[False, True])
    column.type, column.distinct, column.values = cells.type(), len(rows), int(rows["rows"].sum())
    column.low = column.high = None
    column.whole, column.bins, column.length, column.several = False, [], 0.0, ""
    column.common = rows["rows"].head(BARS).astype(int).tolist()
    column.top_count = column.common[0] if column.common else 0
    column.top = str(rows["cell"].iloc[0]) if column.top_count > 1 else ""


def look_for_bags(table: ibis.Table, columns: Sequence[Measures]) -> None:
    """Say of which columns the cells seem to hold several values each; some rows are looked at."""
    types = table.schema()
    for column in columns:
        column.several = LIST if types[column.name].is_array() else ""
    texts = [column for column in columns if types[column.name].is_string() and column.distinct > 1]
    for start in range(0, len(texts), _MOST_COLUMNS):  # of a wide table every query takes a while
        part = texts[start : start + _MOST_COLUMNS]
        cells = fetched(table, [column.name for column in part], first=LOOKED_AT)
        for column in part:
            column.several = separator_of(cells[column.name].drop_null())
