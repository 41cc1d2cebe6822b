"""Tables of any engine that Ibis knows."""

import ibis
from ibis.expr.operations import DatabaseTable

from embed_core.tables.reading.arrow_tables import require_rows
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Table


def read_expression(expression: ibis.Table, name: str | None) -> Table:
    """Return an Ibis expression as a table, which stays in its engine.

    Raises:
        AtlasError: it has no rows or no columns.
    """
    rows = int(expression.count().execute())
    name = name or _name_of(expression)
    require_rows(name, rows=rows, columns=len(expression.columns))
    report = ReadingReport(
        f"Ibis table ({expression.get_backend().name})", rows=rows, columns=len(expression.columns)
    )
    return Table(expression, name=name, report=report)


def _name_of(expression: ibis.Table) -> str:
    operation = expression.op()
    return operation.name if isinstance(operation, DatabaseTable) else "Ibis table"
