"""What a file format brings along: how its files are called, what they begin with, and who reads them."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis

from embed_core.tables.table import ReadingReport

Reader = Callable[..., tuple[ibis.Table, ReadingReport]]


@dataclass(frozen=True)
class FileFormat:
    """A kind of file that holds a table.

    Attributes:
        title: what people call it, such as "CSV".
        suffixes: endings of its files, such as ``.csv``, in small letters.
        read: called with the path and, by name, ``connection`` (Ibis on a DuckDB of its own), ``folder`` (a
            temporary one, which lives as long as the reading) and ``name`` (what people call the file).
        signature: the bytes that its files begin with; empty for text.
        is_text: whether it is delimited text: encoding, delimiter, decimal mark and line of names can then be
            given, and are handed to ``read`` by name.
        stays: whether the table goes on reading the file: an upload is then kept as long as its table.
    """

    title: str
    suffixes: tuple[str, ...]
    read: Reader
    signature: bytes = b""
    is_text: bool = False
    stays: bool = False
