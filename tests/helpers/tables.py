"""What tests ask of a table."""

import pandas as pd

from embed_core.tables.table import Table


def rows_of(table: Table) -> list[list[object]]:
    """Return all cells of a table, None where one is missing."""
    frame = table.execute(table.expression)
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]
