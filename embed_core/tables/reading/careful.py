"""Delimited text, record by record: what is damaged is mended, and it is said where."""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from embed_core.tables.reading.dialect import NO_DELIMITER, Dialect
from embed_core.tables.reading.encoding import TextFile
from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.reading.heading import lines_phrase
from embed_core.tables.reading.records import Lines, Record, plain_records, records
from embed_core.tables.reading.stacked import without_titles
from embed_core.tables.wide import Source, Wide

_BATCH_ROWS, _BATCH_CELLS = 20_000, 1_000_000
_STEADY = 64
_END_OF_FILE = "\x1a"  # of DOS


@dataclass
class _Repairs:
    """Lines (from 1) that were not as they should be."""

    empty: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    nul: list[int] = field(default_factory=list)
    titles: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)

    def notes(self, width: int) -> list[str]:
        """Return a sentence for each kind of repair."""
        sentences = {
            "empty": "held no values: left out.",
            "short": f"had fewer than {width} cells: the cells that are lacking count as missing.",
            "long": f"had more than {width} cells: the cells beyond were left out.",
            "quotes": "had a quote that does not close properly: read as it stands, to the end of the line.",
            "titles": "held a title or the column names of a further table: left out.",
            "comments": "began with #, unlike the rows: left out as comments.",
            "nul": "held NUL characters: taken out.",
        }
        found = ((text, getattr(self, name)) for name, text in sentences.items())
        return [f"{lines_phrase(lines)} {text}" for text, lines in found if lines]


def read_carefully(
    engine: Any,
    text: TextFile,
    dialect: Dialect,
    names: list[str],
    *,
    skip_bottom: int,
    missing: tuple[str, ...],
    in_memory: bool,
) -> tuple[Source, list[str]]:
    """Read the file record by record, and return what its texts are read from, and notes on what was repaired.

    Args:
        engine: a DuckDB connection.
        text: the file.
        dialect: how it is laid out.
        names: of the columns.
        skip_bottom: how many lines that hold something to leave out below.
        missing: spellings that mean that a cell is empty.
        in_memory: whether the texts are kept in Arrow, and not in the table "raw".
    """
    repairs = _Repairs()
    rows = _rows(text, dialect, repairs, skip_bottom=skip_bottom)
    nothing = ("", *missing)
    source: Source = "raw"
    if in_memory:
        source = Wide(engine, _in_memory(rows, names, frozenset(nothing)))
    else:
        _into_table(engine, rows, names, nothing)
    return source, repairs.notes(dialect.width)


def _into_table(engine: Any, rows: Iterator[list[str]], names: list[str], nothing: tuple[str, ...]) -> None:
    engine.execute(
        f"CREATE TABLE raw ({', '.join(f'{identifier(name)} VARCHAR' for name in names)})"
    ).fetchall()
    schema = pa.schema([(f"c{position}", pa.string()) for position in range(len(names))])
    empty = ", ".join(map(literal, nothing))
    cells = ", ".join(f"CASE WHEN {name} NOT IN ({empty}) THEN {name} END" for name in schema.names)
    while batch := list(itertools.islice(rows, _BATCH_ROWS)):
        arrays = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        engine.register("batch", pa.Table.from_arrays(arrays, schema=schema))
        engine.execute(f"INSERT INTO raw SELECT {cells} FROM batch").fetchall()
        engine.unregister("batch")


def _in_memory(rows: Iterator[list[str]], names: list[str], nothing: frozenset[str]) -> pa.Table:
    schema = pa.schema([(name, pa.string()) for name in names])
    parts = []
    while batch := list(itertools.islice(rows, max(1, _BATCH_CELLS // len(names)))):
        columns = (
            [None if cell in nothing else cell for cell in column] for column in zip(*batch, strict=True)
        )
        parts.append(
            pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], schema=schema)
        )
    return pa.concat_tables(parts).combine_chunks() if parts else schema.empty_table()


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
    is_simple = text.plain and dialect.width > 1 and not (dialect.skip_blank or dialect.escape or skip_bottom)
    above = dialect.first_line
    with text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file:
        lines: Iterator[str] = itertools.islice(file, above, None)
        source = Lines(lines if text.plain else _ended(lines, dialect))
        while True:
            if is_simple:
                yield from plain_records(
                    source,
                    delimiter=dialect.delimiter,
                    quote=dialect.quote,
                    width=dialect.width,
                    on_repair=lambda line: repairs.quotes.append(line + above + 1),
                )
            steady = 0
            for cells in _mended(source, text, dialect, repairs, skip_bottom=skip_bottom):
                if cells:
                    yield cells
                steady = steady + 1 if cells and cells[0].strip() else 0
                if is_simple and steady > _STEADY:  # nothing that was looked at ahead is left
                    break
            else:
                return


def _ended(lines: Iterator[str], dialect: Dialect) -> Iterator[str]:
    """Yield the lines; what a carriage return alone ends within one, if it parts it into rows, is a line as well."""
    for line in lines:
        parts = line.rstrip("\r\n").split("\r") if "\r" in line[:-2] else ()
        is_plain = dialect.width > 1 and not (dialect.quote and dialect.quote in line)
        if parts and is_plain and all(part.count(dialect.delimiter) + 1 == dialect.cells for part in parts):
            yield from (part + "\n" for part in parts)
        else:
            yield line


def _mended(
    source: Lines, text: TextFile, dialect: Dialect, repairs: _Repairs, *, skip_bottom: int
) -> Iterator[list[str]]:
    """Yield the rows, and nothing in place of each that holds nothing."""
    width, above = dialect.width, dialect.first_line + 1
    found = records(
        source,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        width=dialect.cells,
        skip_blank=dialect.skip_blank,
        escape=dialect.escape,
    )
    found = _without_last(found, skip_bottom) if skip_bottom else found
    found = without_titles(found, dialect.header, lambda line: repairs.titles.append(line + above))
    for line, cells, is_repaired in found:
        if is_repaired:
            repairs.quotes.append(line + above)
        if not any(cells) or cells == [_END_OF_FILE]:
            if cells:
                repairs.empty.append(line + above)
            yield []
            continue
        if not text.plain and any("\0" in cell for cell in cells):
            repairs.nul.append(line + above)
            cells = [cell.replace("\0", "") for cell in cells]
        if dialect.delimiter == NO_DELIMITER:
            cells = [NO_DELIMITER.join(cells)]
        if len(cells) != width:
            if cells[0].startswith("#") and not dialect.has_hashes:
                repairs.comments.append(line + above)
                yield []
                continue
            if len(cells) < width:
                repairs.short.append(line + above)
            elif any(map(str.strip, cells[width:])):
                repairs.long.append(line + above)
            cells = cells[:width] + [""] * (width - len(cells))
        yield cells
