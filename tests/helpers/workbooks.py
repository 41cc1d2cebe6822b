"""Small workbooks of every kind, written by hand: what is in them is in sight, and no writer is needed."""

import datetime
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import xlwt

Rows = Sequence[Sequence[Any]]
_EPOCH = datetime.datetime(1899, 12, 30)


def xlsx(sheets: Mapping[str, Rows], *, merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
    """Write sheets of texts, numbers, booleans, dates and times; ``merged`` ranges are of every sheet."""
    names = list(sheets)
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    parts = {
        "_rels/.rels": _root("xl/workbook.xml"),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="165" '
        'formatCode="[h]:mm:ss"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="22"/><xf numFmtId="165"/></cellXfs></styleSheet>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"{_STATE if name in hidden else ""}/>'
            for n, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(names) + 1)
        )
        + "</Relationships>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{r}">{"".join(_xlsx_cell(_place(r, c), cell) for c, cell in enumerate(row))}</row>'
            for r, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>'
            + (f"<mergeCells>{merges}</mergeCells>" if merges else "")
            + "</worksheet>"
        )
    return _zipped(parts)


def ods(sheets: Mapping[str, Rows], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Write sheets as OpenDocument; merged are as of `xls`."""
    spans = {
        (first, left): f'<table:table-cell table:number-rows-spanned="{last - first + 1}" '
        f'table:number-columns-spanned="{right - left + 1}"'
        for first, last, left, right in merged
    }

    def cells(r: int, row: Sequence[Any]) -> str:
        written = (
            _ods_cell(cell).replace("<table:table-cell", spans.get((r, c), "<table:table-cell"), 1)
            for c, cell in enumerate(row)
        )
        return f"<table:table-row>{''.join(written)}</table:table-row>"

    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(cells(r, row) for r, row in enumerate(rows))
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{s}="urn:oasis:names:tc:opendocument:xmlns:{s}:1.0"' for s in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return _zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def xls(sheets: Mapping[str, Rows], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Write sheets of the old format; merged are first row, last row, first and last column, from 0."""
    book = xlwt.Workbook()
    styles = {
        datetime.date: xlwt.easyxf(num_format_str="YYYY-MM-DD"),
        datetime.datetime: xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM"),
    }
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell is not None:
                    sheet.write(r, c, cell, styles.get(type(cell), xlwt.Style.default_style))
        for first, last, left, right in merged:
            sheet.merge(first, last, left, right)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsb(sheets: Mapping[str, Rows]) -> bytes:
    """Write sheets of texts, numbers and booleans as records of the binary format."""
    parts: dict[str, str | bytes] = {
        "_rels/.rels": _root("xl/workbook.bin"),
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{_RELATIONS}">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.bin"/>'
            for n in range(1, len(sheets) + 1)
        )
        + "</Relationships>",
        "xl/workbook.bin": _record(0x83)
        + _record(0x8F)
        + b"".join(
            _record(0x9C, struct.pack("<II", 0, n) + _wide(f"r{n}") + _wide(name))
            for n, name in enumerate(sheets, 1)
        )
        + _record(0x90)
        + _record(0x84),
    }
    for n, rows in enumerate(sheets.values(), 1):
        body = b"".join(
            _record(0x00, struct.pack("<IIHBBBI", r, 0, 300, 0, 0, 0, 0))
            + b"".join(_xlsb_cell(c, cell) for c, cell in enumerate(row) if cell is not None)
            for r, row in enumerate(rows)
        )
        size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
        parts[f"xl/worksheets/sheet{n}.bin"] = (
            _record(0x81) + _record(0x94, size) + _record(0x91) + body + _record(0x92) + _record(0x82)
        )
    return _zipped(parts)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_STATE = ' state="hidden"'


def _root(target: str) -> str:
    relation = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="{target}"/>'
    return f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>'


def _zipped(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _place(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row}"


def _serial(value: datetime.date) -> float:
    moment = (
        value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, datetime.time())
    )
    return (moment - _EPOCH) / datetime.timedelta(days=1)


def _xlsx_cell(place: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, datetime.timedelta):
        return f'<c r="{place}" s="3"><v>{value / datetime.timedelta(days=1)}</v></c>'
    if isinstance(value, datetime.date):
        style = 2 if isinstance(value, datetime.datetime) else 1
        return f'<c r="{place}" s="{style}"><v>{_serial(value)}</v></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind, stored = "boolean", f'boolean-value="{str(value).lower()}"'
    elif isinstance(value, str):
        kind, stored = "string", ""
    elif isinstance(value, datetime.date):
        kind, stored = "date", f'date-value="{value.isoformat()}"'
    else:
        kind, stored = "float", f'value="{value!r}"'
    return (
        f'<table:table-cell office:value-type="{kind}" {"office:" + stored if stored else ""}>'
        f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    )


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, data: bytes = b"") -> bytes:
    number = struct.pack("B", kind) if kind < 0x80 else struct.pack("BB", kind & 0xFF, 1)
    size = len(data)
    length = b""
    while True:
        length += bytes([(size & 0x7F) | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return number + length + data


def _xlsb_cell(column: int, value: Any) -> bytes:
    head = struct.pack("<II", column, 0)
    if isinstance(value, bool):
        return _record(0x04, head + bytes([value]))
    if isinstance(value, str):
        return _record(0x06, head + _wide(value))
    return _record(0x05, head + struct.pack("<d", value))
