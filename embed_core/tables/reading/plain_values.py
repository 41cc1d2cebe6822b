"""Whether a cell of text plainly holds a value, as hardly a name of a column does."""

import re

# What people write where there is no value.
SPELLINGS = (
    *("-", "--", "---", "\u2013", "\u2014", ".", "..", "...", ":", "?", "n/a", "na", "n.a.", "n.a", "nan"),
    *("null", "none", "missing", "unknown", "k.a.", "k. a.", "n.d.", "n/d", "s/o"),
    *("#n/a", "#na", "#null!", "#div/0!", "#ref!", "#value!", "#name?", "#num!"),
)

_NUMBER = re.compile(
    r"^\(?[+-]?[$€£¥]?\s?[+-]?(\d[\d.,]*([eE][+-]?\d+)?|[.,]\d+([eE][+-]?\d+)?)\s?[%$€£¥]?\)?$"
)
_DAY = re.compile(
    r"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?)$"
)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, also money or percent."""
    return bool(_NUMBER.match(cell.strip()))


def is_day(cell: str) -> bool:
    """Whether a cell holds a date or a time."""
    return bool(_DAY.match(cell.strip()))


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, a date or a time."""
    return is_number(cell) or is_day(cell)
