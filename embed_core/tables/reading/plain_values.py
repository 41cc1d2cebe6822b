"""Whether a cell of text plainly holds a value, as hardly a name of a column does."""

import re

# What people write where there is no value.
SPELLINGS = (
    *("-", "--", "---", "\u2013", "\u2014", ".", "..", "...", ":", "?", "n/a", "na", "n.a.", "n.a", "nan"),
    *("nas", "nat", "null", "none", "nil", "\\n", "missing", "unknown", "undefined", "tbd", "n.d.", "n.d"),
    *("nd", "n/d", "n.c.", "nc", "s/o", "s/d", "s.d.", "suppressed", "k.a.", "unbekannt", "н/д"),
    *("not available", "not applicable", "no data", "not reported", "k. a.", "keine angabe"),
    *("nicht verfügbar", "non disponible", "sin datos", "нет данных"),
    *("无", "不详", "해당없음", "없음", "不明"),
    *("(blank)", "(leer)", "(null)", "(none)", "<na>", "<null>"),
)
# Signs alone; what stands for a value that is kept secret, as [c] and (D) do; errors of spreadsheets; no day at all.
_NOTHING = re.compile(
    r"[^\w\s]{1,5}|[$€£]\s*[-\u2013\u2014]+|[\[(][A-Za-z]{1,3}[\])]|#[A-Z]+(?:/[A-Z0])?[!?]?|0000-00-00(?: 00:00:00)?"
    r"|:(?: [a-z]{1,3})?"
)

_DIGITS = (
    r"\d{1,3}(?:[ \u00a0\u202f'\u2019]\d{3})+(?:[.,]\d+)?|\d[\d.,]*(?:[eE][+-]?\d+)?|[.,]\d+(?:[eE][+-]?\d+)?"
)
_NUMBER = re.compile(rf"^\(?[+-]?[$€£¥]?\s?[+-]?(?:{_DIGITS})\s?[%$€£¥]?\)?$")
_YEAR = re.compile(r"(1[89]|20|21)\d\d")
_DAY = re.compile(
    r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?)$"
)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, also money or percent, and no date: 31.12.2024 has digits and dots, too."""
    return bool(_NUMBER.match(cell.strip())) and not is_day(cell)


def is_day(cell: str) -> bool:
    """Whether a cell holds a date or a time."""
    return bool(_DAY.match(cell.strip()))


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, a date or a time."""
    return is_number(cell) or is_day(cell)


def is_year(cell: str) -> bool:
    """Whether a cell holds the number of a year, which names a column as well as it is a value."""
    return bool(_YEAR.fullmatch(cell.strip()))


def is_nothing(cell: str) -> bool:
    """Whether a cell among values says that there is none.

    >>> [cell for cell in ("n/a", "[c]", "**", "#DIV/0!", "$ -", "x") if is_nothing(cell)]
    ['n/a', '[c]', '**', '#DIV/0!', '$ -']
    """
    text = cell.strip()
    return text.casefold() in SPELLINGS or bool(_NOTHING.fullmatch(text))
