"""Tables of any engine that Ibis knows."""

import ibis
from ibis.expr.operations import DatabaseTable

from embed_core.tables.engines import asked, failed
from embed_core.tables.reading.arrow_tables import read_stream, require_rows
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import Table


def read_expression(expression: ibis.Table, name: str | None) -> Table:
    """Return an Ibis expression as a table, which stays in its engine; DuckDB takes in what Polars holds.

    Raises:
        AtlasError: it has no rows or no columns, or its engine cannot be asked.
    """
    name = name or _name_of(expression)
    engine = expression.get_backend().name
    if engine == "polars":  # numbers no rows, and holds them in this process anyway
        return read_stream(expression, name, kind="Ibis table (polars)")
    try:
        with asked():
            rows = int(expression.count().execute())
    except Exception as error:  # each engine has errors of its own
        raise failed(name, engine, error) from error
    require_rows(name, rows=rows, columns=len(expression.columns))
    report = ReadingReport(f"Ibis table ({engine})", rows=rows, columns=len(expression.columns))
    return Table(expression, name=name, report=report)


def _name_of(expression: ibis.Table) -> str:
    operation = expression.op()
    return operation.name if isinstance(operation, DatabaseTable) else "Ibis table"
