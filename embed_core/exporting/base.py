"""What an exporter is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from embed_core.space.embedding import Embedding


@dataclass(frozen=True)
class Exporter:
    """A way to write an embedding for others to read.

    Attributes:
        name: what people and code call it.
        title: its name on screen.
        sentence: what is written, and who reads it.
        suffix: what the file's name ends in; empty for a folder.
        write: writes an embedding to a path whose folder is there. Texts of the table are written as they are.
    """

    name: str
    title: str
    sentence: str
    suffix: str
    write: Callable[[Embedding, Path], None] = field(repr=False)
