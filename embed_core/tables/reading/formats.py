"""The file formats that can be read. A new one is a file beside this one and a line in `FORMATS`."""

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.arrow_tables import ARROW
from embed_core.tables.reading.delimited import CSV, TSV
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.json_records import JSON, JSON_LINES
from embed_core.tables.reading.packed import PACKED
from embed_core.tables.reading.parquet import PARQUET
from embed_core.tables.reading.workbook import EXCEL, ODS

FORMATS: list[FileFormat] = [CSV, TSV, EXCEL, ODS, PARQUET, ARROW, JSON, JSON_LINES]

# What files begin with that are often mistaken for a table.
_OTHER_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"<?xml", "an XML document"),
    (b"version https://git-lfs", "the place of a file that Git LFS keeps elsewhere"),
)


def suffixes() -> list[str]:
    """Return the endings of all files that can be read; those of text may be followed by one of `PACKED`.

    >>> suffixes()[:3]
    ['.csv', '.tsv', '.txt']
    """
    return [suffix for each in FORMATS for suffix in each.suffixes]


def titles() -> str:
    """Return the names of all formats as a phrase.

    >>> titles()
    'CSV, TSV, Excel, OpenDocument, Parquet, Arrow, JSON or JSON lines'
    """
    *most, last = (each.title for each in FORMATS)
    return f"{', '.join(most)} or {last}" if most else last


def format_of(suffix: str, *, name: str) -> FileFormat:
    """Return the format of files with an ending.

    Args:
        suffix: with its dot, in letters of any case; empty for none.
        name: what people call the file, for the message.

    Raises:
        AtlasError: no format has this ending.
    """
    for each in FORMATS:
        if suffix.lower() in each.suffixes:
            return each
    ending = f"the ending {quoted(suffix)} is" if suffix else "a file without an ending is"
    raise AtlasError(
        f"The file {quoted(name)} cannot be read: {ending} not among those that can be "
        f"({', '.join(suffixes())}; of text {', '.join(PACKED)}, too). Save the table as CSV (UTF-8) or Parquet and "
        "open that."
    )


def content_of(start: bytes) -> str | None:
    """Return what a file that begins with these bytes holds, as "a PNG picture"; None when they do not say.

    >>> content_of(b"PAR1")
    'a Parquet file'
    """
    known = [
        (each.signature, f"a{'n' if each.title[0] in 'AEIO' else ''} {each.title} file")
        for each in FORMATS
        if each.signature
    ]
    found = (what for signature, what in [*known, *_OTHER_SIGNATURES] if start.startswith(signature))
    return next(found, None)
