"""The one kind of error that a person can cause, and the phrases that its sentences are made of."""

import difflib
import math
import os
from collections.abc import Iterable
from numbers import Integral
from pathlib import Path
from typing import Any, TypeVar

# Comparing texts letter by letter takes about 10 µs each: so many are still answered at once.
_MOST_COMPARED = 5_000
_LONGEST_COMPARED = 100

_Kind = TypeVar("_Kind")


class AtlasError(ValueError):
    """Something that a person gave cannot be used, and what to do about it.

    The text names the thing, the rule, the value that was got and the way out. It is
    plain text: whoever shows it escapes it. The library raises it, the command line
    prints it and the pages show it in place.

    >>> from embed_core.errors import AtlasError, quoted
    >>> raise AtlasError(f"There is no column {quoted('prise')}. Choose one of: price.")
    Traceback (most recent call last):
    embed_core.errors.AtlasError: There is no column "prise". Choose one of: price.
    """


def quoted(value: object, *, limit: int = 60) -> str:
    """Return ``value`` in double quotes, shortened to ``limit`` characters for a sentence.

    >>> quoted("origin")
    '"origin"'
    >>> quoted("x" * 100, limit=5)
    '"xxxx…"'
    """
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f'"{text}"'


def listed(values: Iterable[object], *, limit: int = 12) -> str:
    """Return some values as one quoted, comma-separated phrase, with how many more there are.

    >>> listed(["a", "b", "c"], limit=2)
    '"a", "b" and 1 more'
    """
    items = [quoted(value) for value in values]
    phrase = ", ".join(items[:limit])
    return phrase + (f" and {len(items) - limit} more" if len(items) > limit else "")


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return a question that names up to three similar names, or "" when there are none.

    Names that differ in their case alone, or in blanks around them, come before those that are spelled alike.

    >>> did_you_mean("Origin", ["origin", "destination"])
    'Did you mean "origin"?'
    >>> did_you_mean("xyz", ["origin", "destination"])
    ''
    """
    text, names = str(name), list(known)
    folded = text.casefold().strip()
    alike = [each for each in names if each.casefold().strip() == folded][:3]
    if not alike:
        short = [each for each in names[:_MOST_COMPARED] if len(each) <= _LONGEST_COMPARED]
        alike = difflib.get_close_matches(text[:_LONGEST_COMPARED], short, n=3)
    return f"Did you mean {listed(alike)}?" if alike else ""


def percent(share: float) -> str:
    """Return a share for a sentence: what is not nothing is not called 0 %, nor what is not all 100 %.

    >>> percent(0.256), percent(0.004), percent(0.999), percent(1.0), percent(float("nan"))
    ('26 %', 'under 1 %', 'over 99 %', '100 %', '–')
    """
    if math.isnan(share):
        return "–"
    if 0 < share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def check_whole(value: object, what: str, *, least: int) -> int:
    """Return ``value`` as an int when it is a whole number from ``least`` on.

    Raises:
        AtlasError: when it is not.

    >>> check_whole(0, "number of clusters", least=1)
    Traceback (most recent call last):
    embed_core.errors.AtlasError: The number of clusters must be a whole number from 1. Got "0".
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise AtlasError(f"The {what} must be a whole number from {least}. Got {quoted(value)}.")
    return int(value)


def check_kind(given: Any, kind: type[_Kind], what: str, *, way_out: str) -> _Kind:
    """Return what was given, when it is of a kind.

    Raises:
        AtlasError: when it is not; ``what`` says what is wanted.

    >>> check_kind("a.csv", dict, "a table", way_out="Read it first.")
    Traceback (most recent call last):
    embed_core.errors.AtlasError: A value of type "str" was given where a table is wanted. Read it first.
    """
    if not isinstance(given, kind):
        raise AtlasError(
            f"A value of type {quoted(type(given).__name__)} was given where {what} is wanted. {way_out}"
        )
    return given


def check_path(given: Any, what: str) -> Path:
    """Return what was given, when it can be a path.

    Raises:
        AtlasError: when it cannot; ``what`` says what it is the path of.

    >>> check_path(5, "the file")
    Traceback (most recent call last):
    embed_core.errors.AtlasError: A value of type "int" was given where the path of the file is wanted. Give it as a \
text or a pathlib.Path.
    """
    if not isinstance(given, str | os.PathLike):
        given = check_kind(given, str, f"the path of {what}", way_out="Give it as a text or a pathlib.Path.")
    path = Path(given)
    if "\0" in str(path):
        raise AtlasError(f"The path of {what} cannot hold a null character. Got {quoted(str(path))}.")
    return path
