"""Merged cells of OpenDocument's sheets, of which the reader of workbooks says nothing."""

import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SPANS = re.compile(rb'number-(?:rows|columns)-spanned="(?!1")')
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")

Place = tuple[int, int]


def merged_cells(path: Path, sheet: str) -> list[tuple[Place, Place]]:
    """Return the first and the last cell of all that are merged, as places of row and column, from 0.

    Args:
        path: a file that was read as a workbook.
        sheet: its sheet.
    """
    found = []
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
            if not _SPANS.search(file.read()):  # to look at each cell takes a hundred times as long
                return []
            file.seek(0)
            is_wanted, row, column = False, 0, 0
            for event, element in ElementTree.iterparse(file, events=("start", "end")):
                if element.tag == f"{_TABLE}table" and event == "start":
                    is_wanted, row = element.get(f"{_TABLE}name") == sheet, 0
                elif element.tag == f"{_TABLE}table-row" and event == "end":
                    row, column = row + _number(element, "number-rows-repeated"), 0
                    element.clear()
                elif element.tag in _CELLS and event == "start":
                    height, width = (
                        _number(element, f"number-{each}-spanned") for each in ("rows", "columns")
                    )
                    if is_wanted and (height > 1 or width > 1):
                        found.append(((row, column), (row + height - 1, column + width - 1)))
                    column += _number(element, "number-columns-repeated")
    except (zipfile.BadZipFile, zlib.error, OSError, KeyError, ElementTree.ParseError, ValueError):
        return []  # what could be read of it was
    return found


def _number(element: ElementTree.Element, name: str) -> int:
    return int(element.get(_TABLE + name) or 1)
