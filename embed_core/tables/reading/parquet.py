"""Parquet files, which DuckDB reads where they lie."""

from pathlib import Path
from typing import Any

import duckdb
import ibis

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.table import ReadingReport


def read_parquet(path: Path, *, connection: Any, folder: Path, name: str) -> tuple[ibis.Table, ReadingReport]:
    """Open a Parquet file in ``connection`` (Ibis on DuckDB); it is read again by each query.

    Args:
        path: the file.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder, not needed here.
        name: what people call the file, for messages.

    Raises:
        AtlasError: the file is empty, damaged or no Parquet file, or has no rows.
    """
    if not path.stat().st_size:
        raise AtlasError(f"The file {quoted(name)} is empty: it has 0 bytes. Choose another file.")
    # The characters that DuckDB would take as a pattern of file names.
    literal = "".join(f"[{character}]" if character in "*?[" else character for character in str(path))
    try:
        expression = connection.read_parquet(literal, table_name="data")
        rows = connection.con.execute("SELECT count(*) FROM data").fetchall()[0][0]
    except (duckdb.Error, OSError) as error:
        raise AtlasError(
            f"The file {quoted(name)} is named like a Parquet file but cannot be read as one: it is "
            "damaged, cut short or something else. Write it again, or save the table as CSV (UTF-8)."
        ) from error
    if not rows:
        raise AtlasError(f"The file {quoted(name)} has columns but no rows. Choose a file with rows.")
    return expression, ReadingReport("Parquet", rows=rows, columns=len(expression.columns))


PARQUET = FileFormat("Parquet", (".parquet",), read_parquet, signature=b"PAR1", stays=True)
