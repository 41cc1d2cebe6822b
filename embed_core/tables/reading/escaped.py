r"""Delimited text as databases dump it: a backslash before what is part of a cell, and \N for nothing."""

from collections.abc import Sequence

from embed_core.tables.reading.drawn import Drawing

NOTHING = r"\N"
_SEPARATORS = "\t,;|\x01"
_BACKSLASH, _MARK = "\ue000", "\ue001"  # of no script


def find_escapes(lines: Sequence[str], delimiter: str | None) -> Drawing | None:
    r"""Return how lines become delimited text without backslashes; None where these have no such meaning.

    Args:
        lines: the first lines.
        delimiter: what stands between cells, where that is known.

    >>> find_escapes(["town,sold", r"Ulm\, a.d. Donau,3", r"Bonn,\N"], None).rewrite(r"Ulm\, a.d. Donau,3")
    '"Ulm, a.d. Donau",3'
    """
    bare = [line.rstrip("\r\n") for line in lines if line.strip()]
    return next(filter(None, (_escapes_of(bare, mark) for mark in delimiter or _SEPARATORS)), None)


def says_nothing(rows: Sequence[str], delimiter: str) -> bool:
    r"""Whether some cells of lines are \N, and not all that are filled.

    >>> says_nothing(["Ulm,\\N"], ","), says_nothing(["C:\\New,3"], ","), says_nothing(["\\N"], ",")
    (True, False, False)
    """
    marked = [line.rstrip("\r\n").split(delimiter) for line in rows if NOTHING in line]
    others = len(rows) > len(marked) or any(cell not in ("", NOTHING) for cells in marked for cell in cells)
    return others and any(NOTHING in cells for cells in marked)


def _escapes_of(lines: Sequence[str], mark: str) -> Drawing | None:
    if not any(f"\\{mark}" in line for line in lines) or any(f'{mark}"' in f"{mark}{line}" for line in lines):
        return None  # or what is part of a cell stands in quotes
    widths = {len(_split(line, mark)) for line in lines}
    if len(widths) > 1 or widths == {1} or len({line.count(mark) for line in lines}) == 1:
        return None
    return Drawing(
        lambda line: mark.join(_quoted(cell, mark) for cell in _split(line, mark)),
        mark,
        "A separator behind a backslash was read as part of its cell.",
    )


def _split(line: str, mark: str) -> list[str]:
    cells = line.replace(r"\\", _BACKSLASH).replace(f"\\{mark}", _MARK).split(mark)
    return [cell.replace(_MARK, mark).replace('\\"', '"').replace(_BACKSLASH, "\\") for cell in cells]


def _quoted(cell: str, mark: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if mark in cell or '"' in cell else cell
