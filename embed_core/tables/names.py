"""Names of columns: usable and distinct."""

from collections.abc import Iterable

from embed_core.errors import listed


def unique_names(names: Iterable[object]) -> tuple[list[str], list[str]]:
    r"""Return usable, distinct names for columns, and sentences on what had to change.

    Names that differ in their case alone count as the same: engines do not tell them apart.

    >>> unique_names(["a", "A", "", "b\0"])[0]
    ['a', 'A (2)', 'column 3', 'b']
    """
    given = ["" if name is None else str(name) for name in names]
    texts = [text.replace("\0", "") for text in given]
    without_nul = [text for text, before in zip(texts, given, strict=True) if text != before and text.strip()]
    taken = {text.casefold() for text in texts}
    seen: set[str] = set()
    repaired: list[str] = []
    nameless: list[str] = []
    repeated: list[str] = []
    for position, text in enumerate(texts, start=1):
        name = text
        if not text.strip():
            name = _free_name(f"column {position}", taken)
            nameless.append(name)
        elif text.casefold() in seen:
            name = _free_name(text, taken)
            repeated.append(name)
        seen.add(name.casefold())
        taken.add(name.casefold())
        repaired.append(name)
    notes = []
    if nameless:
        notes.append(f"Columns without a name were given one: {listed(nameless)}.")
    if repeated:
        notes.append(f"Column names that occur more than once were given a number: {listed(repeated)}.")
    if without_nul:
        notes.append(f"NUL characters were left out of column names: {listed(without_nul)}.")
    return repaired, notes


def _free_name(wanted: str, taken: set[str]) -> str:
    if wanted.casefold() not in taken:
        return wanted
    number = 2
    while f"{wanted} ({number})".casefold() in taken:
        number += 1
    return f"{wanted} ({number})"
