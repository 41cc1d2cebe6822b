"""The one kind of error that a person can cause."""


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


def listed(values: object, *, limit: int = 12) -> str:
    """Return some values as one quoted, comma-separated phrase, with how many more there are.

    >>> listed(["a", "b", "c"], limit=2)
    '"a", "b" and 1 more'
    """
    items = [quoted(value) for value in values]  # type: ignore[attr-defined]
    phrase = ", ".join(items[:limit])
    return phrase + (f" and {len(items) - limit} more" if len(items) > limit else "")
