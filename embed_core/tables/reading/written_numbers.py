"""Numbers as people write them, with currencies, percent or marks of thousands, in SQL; a part of `written_forms`."""

from collections.abc import Mapping

from embed_core.tables.reading.engine import identifier, literal

_BLANKS = " \u00a0\u2007\u2009\u202f"
_QUOTES = "'\u2019"
_DASHES = "\u2212\u2013"  # minus signs of print
_BLANK = f"[{_BLANKS}]"
_GAP = rf"[\s{_BLANKS}]{{0,40}}"
_SIGNS = (
    "[A-Z]{0,2}[$¢£¤¥\u20a0-\u20c0\u0e3f]|[Kk]r\\.?|zł|Kč|Ft|лв\\.?|грн\\.?|руб\\.?|р\\.|"  # noqa: RUF001
    "円|元|원|RM|Rp\\.?|Rs\\.?|S?Fr\\.?"
)
_CODES = (
    "USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|RUB|UAH|TRY|ILS|BRL|MXN|ARS|CLP|COP|PEN|INR|"
    "CNY|RMB|HKD|SGD|TWD|KRW|THB|IDR|MYR|PHP|VND|ZAR|AED|SAR|EGP|KES|NGN"
)
_CURRENCY = f"(?:{_SIGNS}|{_CODES})"
_FRACTION = r"(?:\.\d+|\.-+)?"
_INDIAN = r"[1-9]\d?(?:,\d{2})+,\d{3}"
_POINT = rf"(?:0|{_INDIAN}|[1-9]\d{{0,2}}(?:[,{_QUOTES}{_BLANKS}]\d{{3}})+|[1-9]\d{{0,17}}){_FRACTION}"
_COMMA = rf"(?:0|[1-9]\d{{0,2}}(?:[.{_QUOTES}{_BLANKS}]\d{{3}})+|[1-9]\d{{0,17}})(?:,\d+|,-+)?"
_SIGN = f"[-+±{_DASHES}]?"
# A letter or two that say how sure a number is, as statistical offices put them behind it.
_FLAG = r"\d [bcdefinprsu]{1,3}"
# What is taken off before a number is read; a minus sign of print becomes a plain one.
_MARKS = rf"{_CURRENCY}|[+±%()\s{_QUOTES}{_BLANKS}]|[.,]?-+\s*$|[a-z]+\s*$"


def _money(number: str) -> str:
    marked = f"{_SIGN}{_BLANK}?{_CURRENCY}?{_GAP}{_SIGN}{number}{_BLANK}?{_CURRENCY}?"
    within = f"{_BLANK}?{_CURRENCY}?{_BLANK}?{number}{_BLANK}?{_CURRENCY}?{_BLANK}?"
    return rf"{_GAP}(?:{marked}|{_CURRENCY}?{_GAP}\({within}\)|{number}-){_GAP}"


PATTERNS = {
    "point": _money(_POINT),
    "comma": _money(_COMMA),
    "point_percent": f"{_GAP}{_SIGN}{_POINT}{_BLANK}?%{_GAP}",
    "comma_percent": f"{_GAP}{_SIGN}{_COMMA}{_BLANK}?%{_GAP}",
    "point_flags": rf"{_GAP}-?{_POINT}(?: [bcdefinprsu]{{1,3}})?{_GAP}",
    "point_marks": r".*\d,\d{3}(?:\D.*)?",
    "comma_marks": r".*\d\.\d{3}(?:\D.*)?",
    "currency": f".*{_CURRENCY}.*",
    "apart": rf".*\d[{_QUOTES}{_BLANKS}]\d{{3}}(?:\D.*)?|.*\d,\d{{2}},\d{{3}}(?:\D.*)?",
    "parenthesis": r".*\(.*",
    "minus": rf"\s*[-{_DASHES}].*|.*\d-\s*",
    "print_minus": rf"\s*[{_DASHES}].*",
    "behind": r".*\d-\s*",
    "plus": r"\s*\+.*",
    "margin": r"\s*±.*",
    "flagged": rf".*{_FLAG}\s*",
    "decimals": r".*\d[.,]\d+\D*",
    "long": r".*\d{5}.*",
}
FORMS = ("point", "comma", "point_percent", "comma_percent", "point_flags")


def number(name: str, counts: Mapping[str, int], filled: int, decimal: str) -> tuple[str, str, str] | None:
    """Return SQL of the numbers, SQL that tells whether a cell is written so, and a sentence; None for other texts.

    Args:
        name: of a column of texts.
        counts: how many cells match each of the patterns.
        filled: how many there are.
        decimal: the decimal mark of most other columns.
    """
    column = identifier(name)
    signed = counts["minus"] or counts["decimals"]
    if counts["plus"] and not signed and not counts["currency"] and not counts["point_percent"]:
        return None  # numbers of telephones
    if counts["behind"] and not (counts["decimals"] or counts["point_marks"] or counts["currency"]):
        return None  # grades
    odd_signs = counts["print_minus"] or counts["behind"] or counts["plus"] or counts["margin"]
    for kind in ("", "_percent"):
        fitting = [mark for mark in ("point", "comma") if counts[mark + kind] == filled]
        marked = (
            kind or counts["currency"] or counts["apart"] or odd_signs or 0 < counts["parenthesis"] < filled
        )
        if not fitting or not marked:
            continue
        if len(fitting) == 1:
            mark = fitting[0]
        elif counts["point_marks"] or counts["comma_marks"]:
            # Three digits after a mark are thousands: amounts of money have two after the decimal one.
            mark = "point" if counts["point_marks"] else "comma"
        else:
            mark = "comma" if decimal == "," else "point"
        what = (
            f'"{name}" holds percent: 12 % is the number 12.'
            if kind
            else f'"{name}" holds amounts of money: they are numbers without their signs.'
            if counts["currency"]
            else f'"{name}" holds numbers with thousands set apart or negative ones in parentheses.'
            if counts["apart"] or counts["parenthesis"]
            else f'"{name}" holds numbers with signs that are not plain: + or ± before, − of print, or - behind.'  # noqa: RUF001
        )
        value = f"TRY_CAST({cleaned(column, ',' if mark == 'comma' else '.')} AS DOUBLE)"
        return value, f"regexp_full_match({column}, {literal(PATTERNS[mark + kind])})", what
    is_measured = counts["decimals"] or counts["long"]  # 12 b is the number of a house
    if counts["point_flags"] == filled and is_measured and 0 < 2 * counts["flagged"] <= filled:
        value = f"TRY_CAST({cleaned(column, '.')} AS DOUBLE)"
        what = f'"{name}" holds numbers, some with a flag behind, such as "12.3 p": the flags were left out.'
        return value, f"regexp_full_match({column}, {literal(PATTERNS['point_flags'])})", what
    return None


def cleaned(column: str, decimal: str) -> str:
    """Return SQL of the digits of a number, as an engine reads them."""
    thousands = "." if decimal == "," else ","
    digits = f"regexp_replace(translate({column}, '{_DASHES}', '--'), {literal(_MARKS)}, '', 'g')"
    digits = f"replace(replace({digits}, '{thousands}', ''), '{decimal}', '.')"
    no_cents = f"{column} LIKE '%,-%' OR {column} LIKE '%.-%'"
    is_negative = f"{column} LIKE '%(%' OR (rtrim({column}) LIKE '%-' AND NOT ({no_cents}))"
    return f"concat(CASE WHEN {is_negative} THEN '-' ELSE '' END, {digits})"
