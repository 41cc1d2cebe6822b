"""Files that are meant to hang a reader, to fill its memory or to break it; each is made in seconds."""

import gzip
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MB = 1 << 20
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "http://schemas.openxmlformats.org/package/2006"


def commas(path: Path) -> None:
    """Write one line of 200 MB that is all commas."""
    path.write_bytes(b"," * (200 * MB))


def quotes(path: Path) -> None:
    """Write one line of 200 MB that is all quotes."""
    path.write_bytes(b'"' * (200 * MB))


def open_quote(path: Path) -> None:
    """Write 50 MB in which a quote opens near the top, and never closes."""
    line = b"a town,7,2024-01-31\n"
    path.write_bytes(b'town,late,day\n"a town,7,2024-01-31\n' + line * (50 * MB // len(line)))


def stray_quotes(path: Path) -> None:
    """Write 50 MB with a quote in the middle of a cell, in every line."""
    line = b'a 5" pipe,7,2024-01-31\n'
    path.write_bytes(b"part,late,day\n" + line * (50 * MB // len(line)))


def opening_quotes(path: Path) -> None:
    """Write 50 MB in which every line opens a quote, and closes none."""
    line = b'7,"a town,2024-01-31\n'
    path.write_bytes(b"late,town,day\n" + line * (50 * MB // len(line)))


def many_columns(path: Path) -> None:
    """Write 100,000 columns."""
    names = ",".join(f"c{at}" for at in range(100_000))
    path.write_text(names + "\n" + ("1," * 99_999 + "1\n") * 3, "ascii")


def wide(path: Path) -> None:
    """Write 10,000 columns of 50 rows: a table that is read."""
    random = np.random.default_rng(0)
    rows = (",".join(map(str, random.integers(0, 30, 10_000))) for _ in range(50))
    path.write_text("\n".join([",".join(f"c{at}" for at in range(10_000)), *rows]), "ascii")


def wide_parquet(path: Path) -> None:
    """Write 20,000 columns as Parquet."""
    pq.write_table(pa.table({f"c{at}": [1, 2, 3] for at in range(20_000)}), path)


def unfolding(path: Path) -> None:
    """Write Parquet of some 50 kB whose one text of a megabyte stands in ten million rows: 10 TB."""
    text = pa.array(["x" * MB])
    many = pa.DictionaryArray.from_arrays(pa.array(np.zeros(10_000_000, np.int32)), text)
    pq.write_table(pa.table({"text": many}), path, compression="zstd", row_group_size=10_000_000)


def many_rows(path: Path) -> None:
    """Write Parquet of a few MB that has 300 million rows."""
    group = pa.table(
        {f"c{at}": pa.DictionaryArray.from_arrays(np.repeat(np.arange(50, dtype=np.int32), 20_000),
         pa.array([f"v{value}" for value in range(50)])) for at in range(10)}
    )  # fmt: skip
    with pq.ParquetWriter(path, group.schema, compression="zstd") as writer:
        for _ in range(300):
            writer.write_table(group)


def nested(path: Path) -> None:
    """Write JSON that is nested 400 deep."""
    path.write_text('[{"a":' * 400 + "1" + "}]" * 400, "ascii")


def nested_parquet(path: Path) -> None:
    """Write Parquet whose column is a list of a list and so on, 400 deep."""
    kind, value = pa.int64(), 1
    for _ in range(400):
        kind, value = pa.list_(kind), [value]  # type: ignore[assignment]
    pq.write_table(pa.table({"a": pa.array([value] * 3, kind)}), path)


def long_keys(path: Path) -> None:
    """Write 20 MB of JSON in which every record has a key of its own."""
    with path.open("w", encoding="ascii") as file:
        for row in range(500_000):
            file.write(json.dumps({f"key {row}": "a value of it"}) + "\n")


def gzip_bomb(path: Path) -> None:
    """Write 10 MB of gzip that unfold to 10 GB."""
    member = gzip.compress(b"a,b\n" * (256 * MB // 4), 9)
    path.write_bytes(member * 40)


def zip_bomb(path: Path) -> None:
    """Write a few MB of zip that unfold to 4 GB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file,
        file.open("a.csv", "w", force_zip64=True) as to,
    ):
        part = b"0," * (8 * MB)
        for _ in range(256):
            to.write(part)


def lying_zip(path: Path) -> None:
    """Write a zip that says that it holds ten bytes, and holds 1 GB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b"a,b\n" * (16 * MB)) for _ in range(16)) + packer.flush()
    name, said = b"a.csv", 10
    head = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, 0, len(packed), said, len(name), 0)
    entry = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<3HII", 0, 0, 0, 0, 0) + name
    body = b"PK\3\4" + head + name + packed
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, len(entry), len(body), 0)
    path.write_bytes(body + entry + end)


def many_formats(path: Path) -> None:
    """Write a workbook with a million formats."""
    formats = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' * 1_000_000
    _workbook(
        path,
        f'<styleSheet xmlns="{_SHEETS}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        f'<borders count="1"><border/></borders><cellXfs count="1000000">{formats}</cellXfs></styleSheet>',
        "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 4)),
    )


def long_sheet(path: Path) -> None:
    """Write a workbook of 2 MB whose sheet unfolds to 1 GB of cells."""
    cells = '<row><c t="inlineStr"><is><t>a</t></is></c></row>' * 200_000
    _workbook(path, f'<styleSheet xmlns="{_SHEETS}"/>', cells, times=100)


def _workbook(path: Path, styles: str, rows: str, *, times: int = 1) -> None:
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PARTS}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PARTS}/relationships">'
        f'<Relationship Id="r1" Type="{related}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{related}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PARTS}/relationships">'
        f'<Relationship Id="r1" Type="{related}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{related}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": styles,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, _XML + content)
        with file.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_SHEETS}"><sheetData>'.encode())
            for _ in range(times):
                sheet.write(rows.encode())
            sheet.write(b"</sheetData></worksheet>")


FILES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "one line of 200 MB, all commas": (".csv", commas),
    "one line of 200 MB, all quotes": (".csv", quotes),
    "a quote that never closes, 50 MB": (".csv", open_quote),
    "a stray quote in every line, 50 MB": (".csv", stray_quotes),
    "a quote opened in every line, 50 MB": (".csv", opening_quotes),
    "100,000 columns": (".csv", many_columns),
    "10,000 columns × 50 rows": (".csv", wide),
    "20,000 columns, Parquet": (".parquet", wide_parquet),
    "Parquet that unfolds to 10 TB": (".parquet", unfolding),
    "Parquet of 300 million rows in a few MB": (".parquet", many_rows),
    "JSON nested 400 deep": (".json", nested),
    "Parquet nested 400 deep": (".parquet", nested_parquet),
    "JSON, a key of its own in each of 500,000 lines": (".jsonl", long_keys),
    "gzip that unfolds to 10 GB": (".csv.gz", gzip_bomb),
    "zip that unfolds to 4 GB": (".zip", zip_bomb),
    "zip that says 10 bytes, and is 1 GB": (".zip", lying_zip),
    "xlsx with a million formats": (".xlsx", many_formats),
    "xlsx whose sheet unfolds to 1 GB": (".xlsx", long_sheet),
}
"""By what they are: how they are called, and what makes them."""


def damaged(folder: Path, times: int, *, seed: int = 0) -> Iterator[Path]:
    """Yield a Parquet file again and again, each time with other bytes changed in its data pages."""
    random = np.random.default_rng(seed)
    rows = 5_000
    table = pa.table(
        {
            "town": [f"town {value}" for value in random.integers(0, 40, rows)],
            "late": random.integers(0, 2, rows),
            "price": random.normal(size=rows),
            "day": pa.array(random.integers(0, 20_000, rows).astype(np.int32), pa.date32()),
        }
    )
    path = folder / "damaged.parquet"
    for at in range(times):
        compression = ("snappy", "zstd", "gzip", "none")[at % 4]
        pq.write_table(table, path, compression=compression, row_group_size=1_000)
        content = bytearray(path.read_bytes())
        last = len(content) - int.from_bytes(content[-8:-4], "little") - 8
        for _ in range(int(random.integers(1, 9))):
            content[int(random.integers(4, last))] = int(random.integers(0, 256))
        path.write_bytes(content)
        yield path
