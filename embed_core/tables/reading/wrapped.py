"""Files in which every line stands in quotes as a whole: a table that was saved as the text of one column."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from embed_core.tables.reading.encoding import TextFile

_WRAPPED = re.compile(r'"((?:[^"]|"")*)"')
_FEWEST = 3


def are_wrapped(lines: Sequence[str]) -> bool:
    """Whether each line is one quoted cell, with as many separators in it as in all others.

    >>> are_wrapped(['"town,sold"', '"Ulm,3"', '"Bonn,5"']), are_wrapped(['"town"', '"Ulm, DE"', '"Bonn"'])
    (True, False)
    """
    found = [_WRAPPED.fullmatch(line.rstrip("\r\n")) for line in lines if line.strip()]
    if len(found) < _FEWEST or not all(found):
        return False
    texts = [match[1] for match in found if match]
    return any(texts[0].count(mark) and len({text.count(mark) for text in texts}) == 1 for mark in ",;\t|")


def unwrapped(text: TextFile, folder: Path) -> TextFile:
    """Return a copy in ``folder`` without the quotes around its lines."""
    path = folder / "unwrapped"
    with (
        text.path.open(encoding="utf-8-sig", errors="replace", newline=text.line_end) as file,
        path.open("w", encoding="utf-8", newline="") as copy,
    ):
        for line in file:
            bare = line.rstrip("\r\n")
            match = _WRAPPED.fullmatch(bare)
            copy.write((match[1].replace('""', '"') if match else bare) + line[len(bare) :])
    note = "Every line stands in quotes as a whole: they were taken off."
    return dataclasses.replace(text, path=path, notes=(*text.notes, note))
