"""What a file format brings along: how its files are called, what they begin with, and who reads them."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis

from embed_core.errors import AtlasError, quoted
from embed_core.tables.report import ReadingReport

MOST_COLUMNS = 16_384
"""As many as a sheet of Excel can have."""

Reader = Callable[..., tuple[ibis.Table, ReadingReport]]


@dataclass(frozen=True)
class FileFormat:
    """A kind of file that holds a table.

    Attributes:
        title: what people call it, such as "CSV".
        suffixes: endings of its files, such as ``.csv``, in small letters.
        read: called with the path and, by name, ``connection`` (Ibis on a DuckDB of its own), ``folder`` (a
            temporary one, which lives as long as the reading), ``name`` (what people call the file) and those of
            ``options`` that a person has set.
        signature: the bytes that its files begin with; empty when they do not tell.
        is_text: whether it is text: it may then be packed, and is refused when it begins like something else.
        options: which options of `read_table` its reader takes.
    """

    title: str
    suffixes: tuple[str, ...]
    read: Reader
    signature: bytes = b""
    is_text: bool = False
    options: tuple[str, ...] = ()


def check_width(columns: int, name: str) -> None:
    """Refuse a table of more columns than anyone can look through.

    Raises:
        AtlasError: it has more than `MOST_COLUMNS`.
    """
    if columns > MOST_COLUMNS:
        raise AtlasError(
            f"The file {quoted(name)} has {columns:,} columns, and a table may have {MOST_COLUMNS:,}. Save those that "
            "matter, or turn the table so that its columns are rows."
        )
