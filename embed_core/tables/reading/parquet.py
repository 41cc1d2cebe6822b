"""Parquet files, alone or many, which DuckDB reads where they lie."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.arrow_tables import readable, selection
from embed_core.tables.reading.engine import ENGINE_ERRORS, identifier, literal, table_in
from embed_core.tables.reading.file_format import FileFormat, check_width
from embed_core.tables.reading.whole_numbers import with_whole_numbers
from embed_core.tables.report import ReadingReport

# So many values are read once when a file is opened, to find the columns that DuckDB cannot read; of more, the first
# rows: reading 100 million rows takes half as long as counting them.
_CHECKED_CELLS, _CHECKED_ROWS = 20_000_000, 100_000
# So many files are compared, a fifth of a second.
_COMPARED, _SAID = 500, 5


def read_parquet(
    path: Path, *, connection: Any, folder: Path, name: str, partitions: bool = False
) -> tuple[ibis.Table, ReadingReport]:
    """Open a Parquet file, or all in a folder, in ``connection`` (Ibis on DuckDB); each query reads them again.

    Args:
        path: a file, a folder, or a pattern of file names.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder, not needed here.
        name: what people call it, for messages.
        partitions: whether folders called ``column=value`` are columns.

    Raises:
        AtlasError: there is no Parquet file, one is empty or damaged, or there are no rows.
    """
    files = _files(path, name)
    schema = _schema(files[0], name)
    kinds = [field.type for field in schema]
    names, notes = unique_names(schema.names)
    many = len(files) > 1
    paths = f"[{', '.join(literal(file, pattern=True) for file in files)}]"
    source = f"read_parquet({paths}, hive_partitioning = {partitions}, union_by_name = {many})"
    check_width(len(names), name)
    try:
        if many or partitions:
            described = connection.con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            if many:
                typed, lacking = _differences(files[:_COMPARED])
                notes += [f"{len(files):,} files are read as one table.", *typed, *lacking]
            chosen, zone_notes = _of_many(
                source, [row[0] for row in described], dict(zip(names, kinds, strict=True))
            )
        else:
            chosen, zone_notes = selection(source, kinds, names, in_parquet=True)
        connection.con.execute(f"CREATE TEMPORARY VIEW opened AS {chosen}").fetchall()
        rows = connection.con.execute("SELECT count(*) FROM opened").fetchall()[0][0]
    except (*ENGINE_ERRORS, OSError) as error:
        raise _damaged(name, files) from error
    if not rows:
        raise AtlasError(f"The file {quoted(name)} has columns but no rows. Choose a file with rows.")
    notes += zone_notes
    checked = "opened" if rows * len(names) <= _CHECKED_CELLS else f"(FROM opened LIMIT {_CHECKED_ROWS})"
    notes += _mend(connection.con, files, chosen, name, checked)
    with_whole_numbers(connection, "opened")
    expression = table_in(connection)
    return expression, ReadingReport(
        "Parquet", rows=rows, columns=len(expression.columns), notes=tuple(notes)
    )


def _files(path: Path, name: str) -> list[Path]:
    if path.is_file():
        files = [path]
    elif path.is_dir():
        files = sorted(file for file in path.rglob("*.parquet") if file.is_file())
    else:
        anchor = Path(path.anchor) if path.anchor else Path()
        files = sorted(file for file in anchor.glob(str(path.relative_to(path.anchor))) if file.is_file())
    if not files:
        raise AtlasError(
            f"There is no Parquet file in the folder {quoted(name, limit=200)}. Name one that holds some, or a file."
        )
    for file in files:
        if not file.stat().st_size:
            raise AtlasError(f"The file {quoted(file.name)} is empty: it has 0 bytes. Choose another file.")
    return files


def _of_many(source: str, columns: Sequence[str], kinds: dict[str, pa.DataType]) -> tuple[str, list[str]]:
    """Return SQL over files whose columns are joined by their names."""
    found = [kinds.get(column, pa.string()) for column in columns]
    return selection(source, found, columns, in_parquet=True)


def _mend(engine: Any, files: Sequence[Path], chosen: str, name: str, checked: str) -> list[str]:
    """Read every column of the checked rows; those that DuckDB cannot read are read by Arrow, or left out."""
    columns = [row[0] for row in engine.execute("DESCRIBE opened").fetchall()]
    try:
        if _can_be_read(engine, columns, checked):
            return []
        bad = [column for column in columns if not _can_be_read(engine, [column], checked)]
    except duckdb.OutOfMemoryException as error:
        raise AtlasError(
            f"The file {quoted(name)} takes more memory to read than there is. Save the columns that matter."
        ) from error
    if len(bad) == len(columns) or len(files) > 1:
        raise _damaged(name, files)
    try:
        arrow = pq.ParquetFile(files[0]).read()
        found = [_as_bytes(arrow.column(columns.index(column))) for column in bad]
        mended, notes = readable(bad, found)
    except (pa.ArrowException, OSError):
        mended, notes = {}, [f'"{column}" was left out: the file is damaged there.' for column in bad]
    kept = [column for column in columns if column in mended or column not in bad]
    values = ", ".join(f"{'mended' if column in mended else 'd'}.{identifier(column)}" for column in kept)
    joined = ""
    if mended:
        engine.register("mended", pa.Table.from_arrays(list(mended.values()), names=list(mended)))
        joined = "POSITIONAL JOIN mended"
    engine.execute("DROP VIEW opened").fetchall()
    engine.execute(f"CREATE TABLE opened AS SELECT {values} FROM ({chosen}) AS d {joined}").fetchall()
    return notes


def _can_be_read(engine: Any, columns: Sequence[str], rows: str) -> bool:
    wanted = ", ".join(f"bit_xor(hash({identifier(column)}))" for column in columns)
    try:
        engine.execute(f"SELECT {wanted} FROM {rows}").fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except ENGINE_ERRORS:
        return False
    return True


def _as_bytes(column: Any) -> Any:
    return column.cast(pa.binary()) if pa.types.is_string(column.type) else column


def _schema(file: Path, name: str) -> pa.Schema:
    try:
        return pq.read_schema(file)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(name) from error


def _differences(files: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Say of the columns that hold other things in other files what these are; and which columns some files lack.

    Raises:
        AtlasError: a file is damaged.
    """
    names: dict[str, str] = {}
    found: dict[str, dict[str, list[str]]] = {}
    for file in files:
        for field in _schema(file, file.name):
            column = names.setdefault(field.name.lower(), field.name)  # DuckDB makes no difference either
            found.setdefault(column, {}).setdefault(str(field.type), []).append(file.name)
    typed = [
        f"The column {quoted(column)} holds "
        + " and ".join(f"{kind} in {listed(held, limit=1)}" for kind, held in kinds.items())
        + "."
        for column, kinds in found.items()
        if len(kinds) > 1
    ]
    lacking = [
        column for column, kinds in found.items() if sum(len(held) for held in kinds.values()) < len(files)
    ]
    return typed[:_SAID], [
        f"Not all files have these columns, which are missing in the rows of the others: {listed(lacking)}."
    ] if lacking else []


def _damaged(name: str, files: Sequence[Path] = ()) -> AtlasError:
    if len(files) > 1:
        why = _differences(files)[0] or ["One is damaged."]
        return AtlasError(
            f"The files of {quoted(name, limit=200)} cannot be read as one table. {' '.join(why)} Open one of them, "
            "or write them again alike."
        )
    return AtlasError(
        f"The file {quoted(name)} is named like a Parquet file but cannot be read as one: it is "
        "damaged, cut short or something else. Write it again, or save the table as CSV (UTF-8)."
    )


PARQUET = FileFormat("Parquet", (".parquet",), read_parquet, signature=b"PAR1", options=("partitions",))
