"""Sheets of workbooks: Excel, old and new, and OpenDocument."""

import contextlib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ibis
from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from embed_core.errors import AtlasError, did_you_mean, listed, quoted
from embed_core.tables.names import unique_names
from embed_core.tables.reading.cells import columns_of, text_of
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.heading import find_heading
from embed_core.tables.reading.opendocument import Place, merged_cells
from embed_core.tables.reading.packed import check_unpacked_size
from embed_core.tables.reading.records import Record
from embed_core.tables.reading.typed_cells import typed_cells
from embed_core.tables.report import ReadingReport

_SAMPLE_RECORDS = 300
_MOST_LINES_OF_NAMES = 3
_DAMAGED = (
    "The file {} is named like a workbook but cannot be read as one: it is empty, damaged, locked or "
    "something else."
)


def read_workbook(
    path: Path,
    *,
    connection: Any,
    folder: Path,
    name: str,
    sheet: str | int | None = None,
    header_line: int | str | None = "detect",
    skip_top: int = 0,
    skip_bottom: int = 0,
    missing: tuple[str, ...] = (),
    types: dict[str, str] | None = None,
) -> tuple[ibis.Table, ReadingReport]:
    """Read a sheet of a workbook into ``connection`` (Ibis on DuckDB).

    Args:
        path: the file.
        connection: an Ibis DuckDB connection; the table "data" is made in it.
        folder: a temporary folder, not needed here.
        name: what people call the file, for messages.
        sheet: name or number from 0 of the sheet; the first one that holds something unless given.
        header_line: line of the column names from 0, None for no names, "detect" to detect it.
        skip_top: how many lines above to leave out.
        skip_bottom: how many lines that hold something to leave out below.
        missing: texts that mean that a cell is empty.
        types: what a person says that some columns are.

    Raises:
        AtlasError: it is no workbook, is locked, has no such sheet, or the sheet has no rows.
    """
    workbook = _open(path, name)
    sheets = [
        each.name
        for each in workbook.sheets_metadata
        if each.typ == SheetTypeEnum.WorkSheet and each.visible == Visible.Visible
    ] or workbook.sheet_names
    chosen, lines = _rows(workbook, sheets, sheet, name)
    notes = []
    others = [each for each in sheets if each != chosen.name]
    if others and sheet is None:
        notes.append(
            f"The workbook has {len(sheets)} sheets: {quoted(chosen.name)} was read, not {listed(others)}."
        )
    start, left = chosen.start or (0, 0)
    records = [Record(start + at, [text_of(cell) for cell in row]) for at, row in enumerate(lines)]
    merged = merged_cells(path, chosen.name) if path.suffix.lower() == ".ods" else chosen.merged_cell_ranges
    records = _spread(records, merged or [], left=left)
    end = _end(lines, skip_bottom)
    kept = records[max(skip_top - start, 0) : end]
    sample = [Record(each.line, _trimmed(each.cells)) for each in kept if any(each.cells)][:_SAMPLE_RECORDS]
    width = max((len(_trimmed(record.cells)) for record in kept), default=0)
    heading = find_heading(sample, header_line=header_line, width=width)
    first = records[-1].line + 1 if heading.first_line is None else heading.first_line
    _fill_merged(merged or [], lines, first_row=first, left=left, top=start)
    rows = [row for row in lines[first - start : end] if any(cell is not None for cell in row)]
    if not rows:
        raise AtlasError(
            f"The sheet {quoted(chosen.name)} of {quoted(name)} has no rows below its line of column names. "
            "Choose another sheet, or say that it has no line of names."
        )
    names, renamed = unique_names([*heading.names, *[""] * (width - len(heading.names))])
    empty = set(missing)
    columns = (
        [None if row[at] in empty else row[at] for row in rows] if empty else [row[at] for row in rows]
        for at in range(width)
    )
    table, typing_notes = columns_of(names, columns)
    engine = connection.con
    engine.register("arrived", table)
    engine.execute("CREATE TABLE cells AS FROM arrived").fetchall()
    engine.unregister("arrived")
    cells = typed_cells(
        connection, types or {}, codes="that the sheet keeps as text: they stay text", name=name
    )
    notes += [
        *heading.notes,
        *(renamed if heading.header_line is not None else []),
        *(
            note
            for column, note in typing_notes.items()
            if cells.is_text(column) or column not in cells.texts
        ),
        *cells.notes,
    ]
    report = ReadingReport(
        "Workbook",
        rows=len(rows),
        columns=len(cells.expression.columns),
        sheet=chosen.name,
        sheets=tuple(sheets),
        header_line=heading.header_line,
        written=cells.written,
        notes=tuple(notes),
    )
    return cells.expression, report


def _open(path: Path, name: str) -> CalamineWorkbook:
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"PK") and zipfile.is_zipfile(path):
        with _or_damaged(_DAMAGED.format(quoted(name))), zipfile.ZipFile(path) as archive:
            check_unpacked_size(sum(each.file_size for each in archive.infolist()), path, name)
    elif start and b"\0" not in start and not start.startswith(b"\xd0\xcf\x11\xe0"):
        what = "a web page" if start.lstrip().startswith(b"<") else "text"
        raise AtlasError(
            f"The file {quoted(name)} is named like a workbook but holds {what}. Open it in a spreadsheet program and "
            "save it as .xlsx, or give it the ending .csv when it is a table of text."
        )
    try:
        with _or_damaged(_DAMAGED.format(quoted(name))), path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise AtlasError(
            f"The workbook {quoted(name)} is locked by a password. Save it without one and open that."
        ) from error


@contextlib.contextmanager
def _or_damaged(sentence: str) -> Iterator[None]:
    """Say that a workbook is damaged, whatever reading it ends in: of other errors than calamine's, or a Rust panic."""
    try:
        yield
    except (AtlasError, PasswordError, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise AtlasError(f"{sentence} Open it in a spreadsheet program and save it again.") from error
        raise


def _rows(
    workbook: CalamineWorkbook, sheets: list[str], wanted: str | int | None, name: str
) -> tuple[CalamineSheet, list[list[Any]]]:
    """Return the wanted sheet, or the first with a table, else with anything; and its cells, None for an empty one."""
    held = None
    if isinstance(wanted, int) and wanted < len(sheets):
        wanted = sheets[wanted]
    if wanted is not None and wanted not in workbook.sheet_names:
        hint = did_you_mean(wanted, sheets) or f"Its sheets are {listed(sheets)}."
        raise AtlasError(f"The workbook {quoted(name)} has no sheet {quoted(wanted)}. {hint}")
    for title in [str(wanted)] if wanted is not None else sheets:
        with _or_damaged(f"The sheet {quoted(title)} of {quoted(name)} cannot be read: the file is damaged."):
            sheet = workbook.get_sheet_by_name(title)
            lines = [[None if cell == "" else cell for cell in row] for row in sheet.to_python()]
        if _is_table(lines):
            return sheet, lines
        if held is None and any(map(_filled, lines)):
            held = sheet, lines
    if held:
        return held
    empty = listed([wanted] if wanted is not None else sheets)
    raise AtlasError(
        f"The workbook {quoted(name)} is empty: "
        + (
            f"there is nothing in {empty}. Choose another sheet or file."
            if empty
            else "it has no sheets. Choose another."
        )
    )


def _is_table(lines: list[list[Any]]) -> bool:
    """Whether a sheet holds rows of cells, and not only lines of text."""
    return sum(_filled(row) > 1 for row in lines) > 1


def _filled(row: list[Any]) -> int:
    return sum(cell is not None for cell in row)


def _end(lines: list[list[Any]], skip_bottom: int) -> int:
    """Return where the lines end without the last ones that hold something."""
    filled = [at for at, row in enumerate(lines) if _filled(row)]
    left = filled[: max(len(filled) - skip_bottom, 0)]
    return left[-1] + 1 if left else 0


def _fill_merged(
    merged: Sequence[tuple[Place, Place]], lines: list[list[Any]], *, first_row: int, left: int, top: int
) -> None:
    """Give the rows under the names the value of the merged cell that they are part of."""
    for (first, one), (last, other) in merged:
        if first_row <= first < top + len(lines) and 0 <= one - left < len(lines[0]):
            value = lines[first - top][one - left]
            for row in lines[first - top : last - top + 1]:
                row[one - left : other - left + 1] = [value] * len(row[one - left : other - left + 1])


def _spread(records: list[Record], merged: Sequence[tuple[Place, Place]], *, left: int) -> list[Record]:
    """Return the records with the text of a cell that is merged over columns, beside others, in all of its columns.

    So a name is that stands above several; a title is that stands alone, from the first column on.
    """
    top = records[0].line if records else 0
    for (first, one), (last, other) in merged:
        if not (0 <= first - top <= last - top < len(records) and 0 <= one - left < len(records[0].cells)):
            continue
        cells = records[first - top].cells
        text = cells[one - left]
        if other > one and (one > left or any(cells[other - left + 1 :])):
            cells[one - left : other - left + 1] = [text] * len(cells[one - left : other - left + 1])
        if one == other:
            for record in records[first - top : min(last - top, first - top + _MOST_LINES_OF_NAMES) + 1]:
                record.cells[one - left] = text
    return records


def _trimmed(cells: list[str]) -> list[str]:
    return cells[: max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)]


EXCEL = FileFormat(
    "Excel",
    (".xlsx", ".xlsm", ".xlsb", ".xls"),
    read_workbook,
    signature=b"\xd0\xcf\x11\xe0",
    options=("sheet", "header_line", "skip_top", "skip_bottom", "missing", "types"),
)
ODS = FileFormat("OpenDocument", (".ods",), read_workbook, options=EXCEL.options)
