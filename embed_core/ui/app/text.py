"""Words on screen: what people typed or uploaded is shown as it is, never as markup."""

import re

# What turns the direction of reading around, and what keeps that within a name.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ISOLATE, _END = "\u2068", "\u2069"
_DIMENSIONS = re.compile(r"(\d)\\?-D\b")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@\"'/])")


def plain(text: object, *, limit: int = 400) -> str:
    r"""Return text so that Markdown shows it letter by letter, on one line, shortened to ``limit``.

    A name that turns the direction of reading around does so for itself only.

    >>> plain("**bold** :material/home: $x$")
    '\\*\\*bold\\*\\* \\:material\\/home\\: \\$x\\$'
    """
    line = one_line(text, limit=limit)
    return _MARKDOWN.sub(r"\\\1", line)


def one_line(text: object, *, limit: int = 400) -> str:
    r"""Return text on one line, shortened to ``limit``: for what shows no Markdown, such as the options of a choice.

    >>> one_line("from_lat\n|"), one_line("a long name", limit=7)
    ('from_lat |', 'a long…')
    """
    line = " ".join(str(text).split())
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    return f"{_ISOLATE}{line}{_END}" if _DIRECTION.search(line) else line


def unbroken(text: str) -> str:
    r"""Return text, plain or in Markdown, in which no line ends within "8-D".

    >>> unbroken(plain("self-made, 8-D")) == "self\\-made, 8\N{NON-BREAKING HYPHEN}D"
    True
    """
    return _DIMENSIONS.sub("\\1\N{NON-BREAKING HYPHEN}D", text)


def number(value: float | None, *, digits: int = 3) -> str:
    """Return a number for reading: few digits, thousands apart.

    >>> number(1234567.0), number(0.000123456), number(2.5), number(None)
    ('1,234,567', '0.000123', '2.5', '–')
    """
    if value is None or value != value:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def share(value: float) -> str:
    """Return a share as a percentage.

    >>> share(0.876)
    '87.6 %'
    """
    return f"{100 * value:.1f} %"


def seconds(value: float) -> str:
    """Return a time span for reading.

    >>> seconds(0.42), seconds(75), seconds(4000)
    ('0.4 s', '1 min 15 s', '1 h 6 min')
    """
    if value < 60:
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def counted(amount: int, noun: str, plural: str = "") -> str:
    """Return an amount with its noun.

    >>> counted(1, "row"), counted(1200, "category", "categories")
    ('1 row', '1,200 categories')
    """
    return f"{amount:,} {noun if amount == 1 else plural or noun + 's'}"
