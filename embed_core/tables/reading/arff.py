"""ARFF, the format of Weka: a line for each column above the rows."""

import re
from collections.abc import Sequence

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.drawn import Drawing

_NAME = re.compile(r"""\s*@attribute\s+(?:'([^']*)'|"([^"]*)"|(\S+))""", re.IGNORECASE)
_OF_HEAD = re.compile(r"\s*(?:@(?:relation|attribute|data)\b|%)", re.IGNORECASE)
_RELATION = re.compile(r"\s*@relation\b", re.IGNORECASE)
_DATA = re.compile(r"\s*@data\b", re.IGNORECASE)


def find_arff(lines: Sequence[str], name: str) -> Drawing | None:
    """Return how lines of ARFF become delimited text; None for other text.

    Args:
        lines: the first lines.
        name: what people call the file.

    Raises:
        AtlasError: its rows hold places with values.

    >>> lines = ["@relation t", "@attribute 'sold here' real", "@attribute town string", "@data", "3,Ulm"]
    >>> [*map(find_arff(lines, "t").rewrite, lines)]
    ['', '', '', '"sold here","town"', '3,Ulm']
    """
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("%")), "")
    at = next((at for at, line in enumerate(lines) if _DATA.match(line)), None)
    if not _RELATION.match(first) or at is None:
        return None
    if any(line.lstrip().startswith("{") for line in lines[at:]):
        raise AtlasError(
            f"The rows of {quoted(name)} are sparse ARFF. Save them in full, or as CSV (UTF-8), and open that."
        )
    names = [next(filter(None, found.groups())) for found in map(_NAME.match, lines[:at]) if found]
    head = ",".join('"' + each.replace('"', '""') + '"' for each in names)
    return Drawing(
        lambda line: head if _DATA.match(line) else "" if _OF_HEAD.match(line) else line,
        ",",
        "It is ARFF: the names are those of its attributes, and ? counts as missing.",
    )
