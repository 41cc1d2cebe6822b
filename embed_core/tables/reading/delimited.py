"""Delimited text into DuckDB: the fast way when it is clean, the careful way when it is not."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.column_types import (
    NOT_PLAIN,
    choose_kinds,
    count_kinds,
    is_grouped,
    text_notes,
    typed,
)
from embed_core.tables.reading.dialect import NO_DELIMITER, Dialect, sniff
from embed_core.tables.reading.encoding import TextFile, as_utf8
from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.heading import lines_phrase
from embed_core.tables.reading.records import records
from embed_core.tables.reading.whole_numbers import with_whole_numbers
from embed_core.tables.report import ReadingReport
from embed_core.tables.table import unique_names

_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_ROWS = 50_000
_BATCH_ROWS = 20_000


@dataclass
class _Repairs:
    """Lines (from 1) that were not as they should be."""

    empty: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    nul: list[int] = field(default_factory=list)

    def notes(self, width: int) -> list[str]:
        """Return a sentence for each kind of repair."""
        sentences = {
            "empty": "held only empty cells: left out.",
            "short": f"had fewer than {width} cells: the cells that are lacking count as missing.",
            "long": f"had more than {width} cells: the cells beyond were left out.",
            "quotes": "had a quote that does not close properly: read as it stands, to the end of the line.",
            "nul": "held NUL characters: taken out.",
        }
        found = ((text, getattr(self, name)) for name, text in sentences.items())
        return [f"{lines_phrase(lines)} {text}" for text, lines in found if lines]


def read_delimited(
    path: Path,
    *,
    connection: Any,
    folder: Path,
    name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header_line: int | str | None = "detect",
) -> tuple[ibis.Table, ReadingReport]:
    """Read a delimited text file into ``connection`` (Ibis on DuckDB).

    Args:
        path: the file.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder.
        name: what people call the file, for messages.
        encoding: the encoding, None to detect it.
        delimiter: the separator, None to detect it.
        decimal: the decimal mark, None to detect it.
        header_line: line of the column names from 0, None for no names, "detect" to detect it.

    Raises:
        AtlasError: the file is empty or not text, has no rows, or the encoding is not known.
    """
    text = as_utf8(path, folder, name=name, encoding=encoding)
    lines = _first_lines(text)
    dialect = sniff(lines, delimiter=delimiter, header_line=header_line)
    given = [*dialect.header, *[""] * (dialect.width - len(dialect.header))]
    names, renamed = unique_names(given)
    if dialect.header_line is None:
        renamed = []
    engine = connection.con
    notes = [*text.notes, *dialect.notes, *renamed]
    is_simple = text.plain and not dialect.skip_blank and _are_records(lines[: dialect.first_line], dialect)
    made = _fast(engine, text, dialect, names, decimal) if is_simple else None
    if made is None:
        notes += _carefully(engine, text, dialect, names)
        made = _typed_table(engine, "raw", names, dialect, decimal)
        engine.execute("DROP TABLE raw").fetchall()
    usual, type_notes = made
    notes += type_notes + _drop_empty_rows(engine, names)
    rows = engine.execute("SELECT count(*) FROM opened").fetchall()[0][0]
    if not rows:
        raise AtlasError(
            f"The file {quoted(name)} has no rows below its line of column names. "
            "Choose a file with rows, or say that it has no line of names (header_line=None)."
        )
    report = ReadingReport(
        format="CSV" if dialect.delimiter != "\t" else "TSV",
        rows=rows,
        columns=len(names),
        encoding=text.encoding,
        delimiter=None if dialect.delimiter == NO_DELIMITER else dialect.delimiter,
        quote=dialect.quote or None,
        decimal=usual,
        header_line=dialect.header_line,
        notes=tuple(notes),
    )
    with_whole_numbers(engine, "opened")
    return connection.table("data"), report


def _first_lines(text: TextFile) -> list[str]:
    with text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file:
        sample = file.read(_SAMPLE_CHARACTERS)
        more = file.read(1)
        if more:
            sample += more + file.readline()
    lines = sample.split(text.line_end)
    ended = [line + text.line_end for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _are_records(lines: list[str], dialect: Dialect) -> bool:
    """Whether each line is a record: DuckDB skips records, and quotes may join lines to one, or break one."""
    alone = (records([line], delimiter=dialect.delimiter, quote=dialect.quote) for line in lines)
    return not any(record.repaired for found in alone for record in found)


def _fast(
    engine: Any, text: TextFile, dialect: Dialect, names: list[str], decimal: str | None
) -> tuple[str, list[str]] | None:
    """Let DuckDB read the file; None when something in it needs care."""
    try:
        return _typed_table(engine, _source(text.path, dialect, names), names, dialect, decimal)
    except duckdb.Error:
        return None


def _source(path: Path, dialect: Dialect, names: list[str]) -> str:
    """Return SQL that reads the rows of a clean file as texts."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    options = {
        "columns": "{" + columns + "}",
        "delim": literal(dialect.delimiter),
        "quote": literal(dialect.quote),
        "escape": literal(dialect.quote),
        "skip": str(dialect.first_line),
        "nullstr": "''",
        "header": "false",
        "auto_detect": "false",
        "strict_mode": "true",
        "null_padding": "false",
    }
    settings = ", ".join(f"{key}={value}" for key, value in options.items())
    return f"read_csv({literal(path, pattern=True)}, {settings})"


def _typed_table(
    engine: Any, source: str, names: list[str], dialect: Dialect, decimal: str | None
) -> tuple[str, list[str]]:
    """Make the table "opened" from the texts of ``source``; return the decimal mark and notes.

    The types are guessed from the first rows and checked on all while the table is made; only when
    the guess does not hold are all rows looked at first.
    """

    def run(sql: str) -> Any:
        return engine.execute(sql).fetchall()

    run(f"CREATE OR REPLACE TABLE sample AS FROM {source} LIMIT {_SAMPLE_ROWS}")
    seen = run("SELECT count(*) FROM sample")[0][0]
    counted = count_kinds(run, "sample", names)
    run("DROP TABLE sample")
    partial = seen >= _SAMPLE_ROWS
    if partial and not all(counts.filled for counts in counted.values()):
        counted, partial = count_kinds(run, source, names), False
    while True:
        kinds, usual, notes = choose_kinds(counted, decimal=decimal, delimiter=dialect.delimiter)
        columns = ", ".join(
            typed(name, kinds[name], grouped=is_grouped(counted[name], kinds[name]), checked=partial)
            for name in names
        )
        try:
            run(f"CREATE OR REPLACE TABLE opened AS SELECT {columns} FROM {source}")
        except duckdb.Error as error:
            if NOT_PLAIN not in str(error):
                raise
            counted, partial = count_kinds(run, source, names), False
        else:
            return usual, notes + text_notes(counted, kinds, first_rows=seen if partial else None)


def _carefully(engine: Any, text: TextFile, dialect: Dialect, names: list[str]) -> list[str]:
    """Read the file record by record into the table "raw" and return notes on what was repaired."""
    engine.execute(
        f"CREATE TABLE raw ({', '.join(f'{identifier(name)} VARCHAR' for name in names)})"
    ).fetchall()
    schema = pa.schema([(f"c{position}", pa.string()) for position in range(dialect.width)])
    repairs = _Repairs()
    rows = _rows(text, dialect, repairs)
    while batch := list(itertools.islice(rows, _BATCH_ROWS)):
        arrays = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        engine.register("batch", pa.Table.from_arrays(arrays, schema=schema))
        engine.execute("INSERT INTO raw SELECT * FROM batch").fetchall()
        engine.unregister("batch")
    return repairs.notes(dialect.width)


def _rows(text: TextFile, dialect: Dialect, repairs: _Repairs) -> Iterator[list[str | None]]:
    width = dialect.width
    with text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file:
        lines = itertools.islice(file, dialect.first_line, None)
        for record in records(
            lines,
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            width=width,
            skip_blank=dialect.skip_blank,
        ):
            number, cells = record.line + dialect.first_line + 1, record.cells
            if not any(cells):
                if cells:
                    repairs.empty.append(number)
                continue
            if record.repaired:
                repairs.quotes.append(number)
            if any("\0" in cell for cell in cells):
                repairs.nul.append(number)
                cells = [cell.replace("\0", "") for cell in cells]
            if len(cells) < width:
                repairs.short.append(number)
            elif len(cells) > width:
                repairs.long.append(number)
            yield [cell or None for cell in cells[:width]] + [None] * (width - len(cells))


def _drop_empty_rows(engine: Any, names: list[str]) -> list[str]:
    empty = " AND ".join(f"{identifier(name)} IS NULL" for name in names)
    dropped = [row[0] + 1 for row in engine.execute(f"SELECT rowid FROM opened WHERE {empty}").fetchall()]
    if not dropped:
        return []
    engine.execute(f"DELETE FROM opened WHERE {empty}").fetchall()
    return [f"{lines_phrase(dropped, 'Row')} held only empty cells: left out."]


_OPTIONS = ("encoding", "delimiter", "decimal", "header_line")
CSV = FileFormat("CSV", (".csv",), read_delimited, is_text=True, options=_OPTIONS)
TSV = FileFormat("TSV", (".tsv", ".txt"), read_delimited, is_text=True, options=_OPTIONS)
