"""Delimited text into DuckDB: the fast way when it is clean, the careful way when it is not."""

import contextlib
from functools import partial
from pathlib import Path
from typing import Any

import ibis

from embed_core.errors import AtlasError, quoted
from embed_core.tables.memory import with_enough
from embed_core.tables.names import unique_names
from embed_core.tables.reading.arff import find_arff
from embed_core.tables.reading.careful import read_carefully
from embed_core.tables.reading.dialect import NO_DELIMITER, Dialect, sniff
from embed_core.tables.reading.drawn import find_columns, find_drawing, redrawn
from embed_core.tables.reading.encoding import TextFile, as_utf8
from embed_core.tables.reading.engine import ENGINE_ERRORS, identifier, literal, table_in
from embed_core.tables.reading.escaped import NOTHING, find_escapes, says_nothing
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.heading import lines_phrase
from embed_core.tables.reading.options import require_columns
from embed_core.tables.reading.pairs import refuse_pairs
from embed_core.tables.reading.records import records
from embed_core.tables.reading.typed_table import Typed, make_typed
from embed_core.tables.reading.whole_numbers import with_whole_numbers
from embed_core.tables.report import ReadingReport
from embed_core.tables.wide import Source, Wide, is_wide, of, without_empty_rows

_SAMPLE_CHARACTERS = 1 << 18
_FIRST_COLUMNS = 20
_MOST_IN_MEMORY = 32 << 20
_LONGEST_LINE = 1 << 24


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
    sniffed = partial(sniff, name=name, quote=quote, header_line=header_line, skip_top=skip_top)
    arff = find_arff(lines, name)
    drawing = arff or (find_drawing(lines) if delimiter is None else None)
    drawing = drawing or (find_escapes(lines, delimiter) if quote is None else None)
    dialect = sniffed(lines, delimiter=delimiter)
    if delimiter is None and dialect.delimiter == NO_DELIMITER:
        refuse_pairs(lines, name)
        drawing = drawing or find_columns(lines)
    if drawing:
        text = redrawn(text, folder, drawing)
        lines = _first_lines(text, name)
        dialect = sniffed(lines, delimiter=drawing.delimiter)
    given = [*dialect.header, *[""] * (dialect.width - len(dialect.header))]
    names, renamed = unique_names(given)
    if not names:
        raise AtlasError(
            f"The file {quoted(name)} holds nothing below the {skip_top:,} lines that are left out at the top. Leave "
            "out fewer."
        )
    if dialect.header_line is None:
        renamed = []
    has_end = bool(renamed) and names[-1] not in types and _are_ended(given)
    require_columns(types, names)
    types = dict.fromkeys([names[at] for at in dialect.between], "ignore") | types
    engine = connection.con
    notes = [*text.notes, *dialect.notes]
    if arff:
        missing = (*missing, "?")
    if quote is None and says_nothing(lines[dialect.first_line :], dialect.delimiter):
        missing = (*missing, NOTHING)
        notes.append(f"What says {NOTHING} counts as missing, as in what databases write.")

    in_memory = is_wide(names) and text.path.stat().st_size <= _MOST_IN_MEMORY

    def typed(source: Source) -> Typed:
        return with_enough(
            connection,
            lambda: make_typed(
                engine, source, names, decimal=decimal, delimiter=dialect.delimiter, types=types
            ),
        )

    is_simple = text.plain and not dialect.skip_blank and not skip_bottom and not in_memory
    made = None
    if is_simple and _are_records(lines[: dialect.first_line], dialect):
        with contextlib.suppress(*ENGINE_ERRORS):
            made = typed(_source(text.path, dialect, names, missing))
            if _has_gap(engine, [column for column in names if types.get(column) != "ignore"]):
                # What stands below an empty row may be another table.
                made = None
    if made is None:
        source, repaired = read_carefully(
            engine, text, dialect, names, skip_bottom=skip_bottom, missing=missing, in_memory=in_memory
        )
        notes += repaired
        made = typed(source)
        engine.execute("DROP TABLE IF EXISTS raw").fetchall()
    kept = [column for column in names if types.get(column) != "ignore"]
    opened, dropped = _without_empty_rows(engine, kept, made)
    if has_end and _is_empty(engine, opened, names[-1]):
        opened = _without(engine, opened, kept.pop())
        renamed = [note for note in renamed if names[-1] not in note]
    notes += renamed + made.notes + dropped
    rows = engine.execute(f"SELECT count(*) FROM {of(opened, kept[:1])}").fetchall()[0][0]
    if not rows:
        raise AtlasError(
            f"The file {quoted(name)} has no rows below its line of column names. "
            "Choose a file with rows, or say that it has no line of names."
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
    with_whole_numbers(connection, opened)
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


def _are_empty(names: list[str]) -> str:
    return " AND ".join(f"{identifier(name)} IS NULL" for name in names)


def _may_be_empty(engine: Any, opened: Source, names: list[str]) -> bool:
    """Whether a row's first cells are all empty: to ask that of thousands of columns takes seconds."""
    first = names[:_FIRST_COLUMNS]
    found = engine.execute(f"SELECT 1 FROM {of(opened, first)} WHERE {_are_empty(first)} LIMIT 1")
    return bool(found.fetchall())


def _has_gap(engine: Any, names: list[str]) -> bool:
    """Whether an empty row is followed by one that is not."""
    if not _may_be_empty(engine, "opened", names):
        return False
    empty = _are_empty(names)
    ends = engine.execute(
        f"SELECT min(rowid) FILTER ({empty}), max(rowid) FILTER (NOT ({empty})) FROM opened"
    )
    first_empty, last_filled = ends.fetchall()[0]
    return None not in (first_empty, last_filled) and first_empty < last_filled


def _without_empty_rows(engine: Any, names: list[str], made: Typed) -> tuple[Source, list[str]]:
    """Leave out rows in which nothing is left, and return what SQL reads the others from, and notes."""
    opened = made.opened
    if not _may_be_empty(engine, opened, names):
        return opened, []
    if isinstance(opened, Wide):
        kept, empty_rows = without_empty_rows(opened.table, but=made.below)
        opened = Wide(engine, kept)
    else:
        empty = _are_empty(names)
        if made.below:
            empty += f" AND rowid NOT IN ({', '.join(map(str, made.below))})"
        found = engine.execute(f"SELECT rowid FROM opened WHERE {empty}").fetchall()
        empty_rows = [row[0] for row in found]
        if empty_rows:
            engine.execute(f"DELETE FROM opened WHERE {empty}").fetchall()
    dropped = [row + 1 for row in empty_rows]
    return opened, [f"{lines_phrase(dropped, 'Row')} held no values: left out."] if dropped else []


def _are_ended(given: list[str]) -> bool:
    """Whether all names but the last are given: a separator behind these, and behind every row, makes no column."""
    return len(given) > 1 and all(map(str.strip, given[:-1])) and not given[-1].strip()


def _is_empty(engine: Any, opened: Source, name: str) -> bool:
    found = engine.execute(f"SELECT count({identifier(name)}) FROM {of(opened, [name])}").fetchall()
    return not found[0][0]


def _without(engine: Any, opened: Source, name: str) -> Source:
    """Return what SQL reads the other columns from."""
    if isinstance(opened, Wide):
        return Wide(engine, opened.table.drop_columns([name]))
    engine.execute(f"ALTER TABLE opened DROP COLUMN {identifier(name)}").fetchall()
    return opened


_OPTIONS = (
    *("encoding", "delimiter", "quote", "decimal", "header_line"),
    *("skip_top", "skip_bottom", "missing", "types"),
)
CSV = FileFormat("CSV", (".csv",), read_delimited, is_text=True, options=_OPTIONS)
TSV = FileFormat(
    "TSV",
    (".tsv", ".txt", ".tab", ".psv", ".dat", ".data", ".asc", ".prn", ".arff"),
    read_delimited,
    is_text=True,
    options=_OPTIONS,
)
