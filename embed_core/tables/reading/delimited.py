"""Delimited text into DuckDB: the fast way when it is clean, the careful way when it is not."""

import contextlib
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from embed_core.errors import AtlasError, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.dialect import NO_DELIMITER, Dialect, sniff
from embed_core.tables.reading.encoding import TextFile, as_utf8
from embed_core.tables.reading.engine import identifier, literal, table_in
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.heading import lines_phrase
from embed_core.tables.reading.options import require_columns
from embed_core.tables.reading.records import Record, records
from embed_core.tables.reading.stacked import without_titles
from embed_core.tables.reading.typed_table import Typed, make_typed
from embed_core.tables.reading.whole_numbers import with_whole_numbers
from embed_core.tables.reading.wrapped import are_wrapped, unwrapped
from embed_core.tables.report import ReadingReport

_SAMPLE_CHARACTERS = 1 << 18
_BATCH_ROWS = 20_000
_FIRST_COLUMNS = 20
_END_OF_FILE = "\x1a"  # of DOS
_LONGEST_LINE = 1 << 24


@dataclass
class _Repairs:
    """Lines (from 1) that were not as they should be."""

    empty: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    nul: list[int] = field(default_factory=list)
    titles: list[int] = field(default_factory=list)

    def notes(self, width: int) -> list[str]:
        """Return a sentence for each kind of repair."""
        sentences = {
            "empty": "held no values: left out.",
            "short": f"had fewer than {width} cells: the cells that are lacking count as missing.",
            "long": f"had more than {width} cells: the cells beyond were left out.",
            "quotes": "had a quote that does not close properly: read as it stands, to the end of the line.",
            "titles": "held a title or the column names of a further table: left out.",
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
    quote: str | None = None,
    skip_top: int = 0,
    skip_bottom: int = 0,
    missing: tuple[str, ...] = (),
    types: dict[str, str] | None = None,
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
        quote: what stands around quoted cells, "" for nothing, None to detect it.
        skip_top: how many lines above to leave out.
        skip_bottom: how many lines that hold something to leave out below.
        missing: spellings that mean that a cell is empty.
        types: what a person says that some columns are.

    Raises:
        AtlasError: the file is empty or not text, or has no rows.
    """
    types = types or {}
    text = as_utf8(path, folder, name=name, encoding=encoding)
    lines = _first_lines(text, name)
    if delimiter is None and are_wrapped(lines):
        text = unwrapped(text, folder)
        lines = _first_lines(text, name)
    dialect = sniff(
        lines, name=name, delimiter=delimiter, quote=quote, header_line=header_line, skip_top=skip_top
    )
    given = [*dialect.header, *[""] * (dialect.width - len(dialect.header))]
    names, renamed = unique_names(given)
    if not names:
        raise AtlasError(
            f"The file {quoted(name)} holds nothing below the {skip_top:,} lines that are left out at the top. Leave "
            "out fewer."
        )
    if dialect.header_line is None:
        renamed = []
    require_columns(types, names)
    types = dict.fromkeys([names[at] for at in dialect.between], "ignore") | types
    engine = connection.con
    notes = [*text.notes, *dialect.notes, *renamed]

    def typed(source: str) -> Typed:
        return make_typed(engine, source, names, decimal=decimal, delimiter=dialect.delimiter, types=types)

    is_simple = text.plain and not dialect.skip_blank and not skip_bottom
    made = None
    if is_simple and _are_records(lines[: dialect.first_line], dialect):
        with contextlib.suppress(duckdb.Error):
            made = typed(_source(text.path, dialect, names, missing))
            if _has_gap(engine, [column for column in names if types.get(column) != "ignore"]):
                # What stands below an empty row may be another table.
                made = None
    if made is None:
        notes += _carefully(engine, text, dialect, names, skip_bottom=skip_bottom, missing=missing)
        made = typed("raw")
        engine.execute("DROP TABLE raw").fetchall()
    kept = [column for column in names if types.get(column) != "ignore"]
    notes += made.notes + _drop_empty_rows(engine, kept, but=made.below)
    rows = engine.execute("SELECT count(*) FROM opened").fetchall()[0][0]
    if not rows:
        raise AtlasError(
            f"The file {quoted(name)} has no rows below its line of column names. "
            "Choose a file with rows, or say that it has no line of names (header_line=None)."
        )
    report = ReadingReport(
        format="CSV" if dialect.delimiter != "\t" else "TSV",
        rows=rows,
        columns=len(kept),
        encoding=text.encoding,
        delimiter=None if dialect.delimiter == NO_DELIMITER else dialect.delimiter,
        quote=dialect.quote or None,
        decimal=made.decimal,
        header_line=dialect.header_line,
        written=made.written,
        notes=tuple(notes),
    )
    with_whole_numbers(engine, "opened")
    return table_in(connection), report


def _first_lines(text: TextFile, name: str) -> list[str]:
    with text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file:
        sample = file.read(_SAMPLE_CHARACTERS)
        more = file.read(1)
        if more:
            sample += more + file.readline(_LONGEST_LINE)
            if len(sample) >= _LONGEST_LINE:
                raise AtlasError(
                    f"The file {quoted(name)} has a line of more than {_LONGEST_LINE / 1e6:,.0f} million characters, "
                    "which no row of a table has. Look whether its lines end as they should, and save it again."
                )
    lines = sample.split(text.line_end)
    ended = [line + text.line_end for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _are_records(lines: list[str], dialect: Dialect) -> bool:
    """Whether each line is a record: DuckDB skips records, and quotes may join lines to one, or break one."""
    mark, quote, escape = dialect.delimiter, dialect.quote, dialect.escape
    alone = (records([line], delimiter=mark, quote=quote, escape=escape) for line in lines)
    return not any(record.repaired for found in alone for record in found)


def _source(path: Path, dialect: Dialect, names: list[str], missing: tuple[str, ...]) -> str:
    """Return SQL that reads the rows of a clean file as texts."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    options = {
        "columns": "{" + columns + "}",
        "delim": literal(dialect.delimiter),
        "quote": literal(dialect.quote),
        "escape": literal(dialect.escape or dialect.quote),
        "skip": str(dialect.first_line),
        "nullstr": f"[{', '.join(literal(each) for each in ('', *missing))}]",
        "header": "false",
        "auto_detect": "false",
        "strict_mode": "true",
        "null_padding": "false",
    }
    settings = ", ".join(f"{key}={value}" for key, value in options.items())
    return f"read_csv({literal(path, pattern=True)}, {settings})"


def _carefully(
    engine: Any,
    text: TextFile,
    dialect: Dialect,
    names: list[str],
    *,
    skip_bottom: int,
    missing: tuple[str, ...],
) -> list[str]:
    """Read the file record by record into the table "raw" and return notes on what was repaired."""
    engine.execute(
        f"CREATE TABLE raw ({', '.join(f'{identifier(name)} VARCHAR' for name in names)})"
    ).fetchall()
    schema = pa.schema([(f"c{position}", pa.string()) for position in range(dialect.width)])
    repairs = _Repairs()
    rows = _rows(text, dialect, repairs, skip_bottom=skip_bottom)
    empty = ", ".join(literal(each) for each in ("", *missing))
    cells = ", ".join(f"CASE WHEN {name} NOT IN ({empty}) THEN {name} END" for name in schema.names)
    while batch := list(itertools.islice(rows, _BATCH_ROWS)):
        arrays = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        engine.register("batch", pa.Table.from_arrays(arrays, schema=schema))
        engine.execute(f"INSERT INTO raw SELECT {cells} FROM batch").fetchall()
        engine.unregister("batch")
    return repairs.notes(dialect.width)


def _without_last(found: Iterator[Record], last: int) -> Iterator[Record]:
    """Leave out the last records that hold something."""
    held: deque[Record] = deque()
    for record in found:
        if last and any(record.cells):
            held.append(record)
            if len(held) <= last:
                continue
            record = held.popleft()
        yield record


def _rows(text: TextFile, dialect: Dialect, repairs: _Repairs, *, skip_bottom: int) -> Iterator[list[str]]:
    width = dialect.width
    dropped: list[int] = []
    with text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file:
        found = records(
            itertools.islice(file, dialect.first_line, None),
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            width=dialect.cells,
            skip_blank=dialect.skip_blank,
            escape=dialect.escape,
        )
        found = _without_last(found, skip_bottom) if skip_bottom else found
        found = without_titles(found, dialect.header, dropped)
        above = dialect.first_line + 1
        for line, cells, is_repaired in found:
            if is_repaired:
                repairs.quotes.append(line + above)
            if not any(cells) or cells == [_END_OF_FILE]:
                if cells:
                    repairs.empty.append(line + above)
                continue
            if not text.plain and any("\0" in cell for cell in cells):
                repairs.nul.append(line + above)
                cells = [cell.replace("\0", "") for cell in cells]
            if len(cells) != width:
                if len(cells) < width:
                    repairs.short.append(line + above)
                elif any(map(str.strip, cells[width:])):
                    repairs.long.append(line + above)
                cells = cells[:width] + [""] * (width - len(cells))
            yield cells
    repairs.titles += [line + dialect.first_line + 1 for line in dropped]


def _are_empty(names: list[str]) -> str:
    return " AND ".join(f"{identifier(name)} IS NULL" for name in names)


def _may_be_empty(engine: Any, names: list[str]) -> bool:
    """Whether a row's first cells are all empty: to ask that of thousands of columns takes seconds."""
    found = engine.execute(f"SELECT 1 FROM opened WHERE {_are_empty(names[:_FIRST_COLUMNS])} LIMIT 1")
    return bool(found.fetchall())


def _has_gap(engine: Any, names: list[str]) -> bool:
    """Whether an empty row is followed by one that is not."""
    if not _may_be_empty(engine, names):
        return False
    empty = _are_empty(names)
    ends = engine.execute(
        f"SELECT min(rowid) FILTER ({empty}), max(rowid) FILTER (NOT ({empty})) FROM opened"
    )
    first_empty, last_filled = ends.fetchall()[0]
    return None not in (first_empty, last_filled) and first_empty < last_filled


def _drop_empty_rows(engine: Any, names: list[str], *, but: list[int]) -> list[str]:
    if not _may_be_empty(engine, names):
        return []
    empty = _are_empty(names)
    if but:
        empty += f" AND rowid NOT IN ({', '.join(map(str, but))})"
    dropped = [row[0] + 1 for row in engine.execute(f"SELECT rowid FROM opened WHERE {empty}").fetchall()]
    if not dropped:
        return []
    engine.execute(f"DELETE FROM opened WHERE {empty}").fetchall()
    return [f"{lines_phrase(dropped, 'Row')} held no values: left out."]


_OPTIONS = (
    *("encoding", "delimiter", "quote", "decimal", "header_line"),
    *("skip_top", "skip_bottom", "missing", "types"),
)
CSV = FileFormat("CSV", (".csv",), read_delimited, is_text=True, options=_OPTIONS)
TSV = FileFormat("TSV", (".tsv", ".txt"), read_delimited, is_text=True, options=_OPTIONS)
