"""Money, percent and dates as people write them, worked out in SQL; the rest of `column_types`."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from embed_core.errors import listed
from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.wide import Source, of

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_BATCH = 100
_SAMPLE = 300
_MONTHS = 4
_BLANKS = " \u00a0\u202f"
_QUOTES = "'\u2019"
_MINUS = "\u2212"
_BLANK = f"[{_BLANKS}]"
_SIGNS = r"US\$|R\$|A\$|C\$|[$€£¥₹₽₺₩₪฿₴]|kr\.?|zł|Kč"
_CODES = "USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|INR|CNY"
_CURRENCY = f"(?:{_SIGNS}|{_CODES})"
_POINT = rf"(?:0|[1-9]\d{{0,2}}(?:[,{_QUOTES}{_BLANKS}]\d{{3}})+|[1-9]\d{{0,17}})(?:\.\d+)?"
_COMMA = rf"(?:0|[1-9]\d{{0,2}}(?:[.{_QUOTES}{_BLANKS}]\d{{3}})+|[1-9]\d{{0,17}})(?:,\d+|,-+)?"
_SIGN = f"[-{_MINUS}]?"
# What is taken off before a number is read; a minus sign of print becomes a plain one.
_MARKS = rf"{_CURRENCY}|[%(){_QUOTES}{_BLANKS}]|,-+$"


def _money(number: str) -> str:
    marked = f"{_SIGN}{_CURRENCY}?{_BLANK}?{_SIGN}{number}{_BLANK}?{_CURRENCY}?"
    return rf"{marked}|\({_BLANK}?{_CURRENCY}?{_BLANK}?{number}{_BLANK}?{_CURRENCY}?\)"


_PATTERNS = {
    "point": _money(_POINT),
    "comma": _money(_COMMA),
    "point_percent": f"{_SIGN}{_POINT}{_BLANK}?%",
    "comma_percent": f"{_SIGN}{_COMMA}{_BLANK}?%",
    "point_marks": r".*\d,\d{3}(?:\D.*)?",
    "comma_marks": r".*\d\.\d{3}(?:\D.*)?",
    "currency": f".*{_CURRENCY}.*",
    "blanks": rf".*\d[{_QUOTES}{_BLANKS}]\d{{3}}(?:\D.*)?",
    "parenthesis": r"\(.*",
    "offset": r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)",
    "day": r"(?:[A-Za-z]{3,9}\.?,? )?(?:[A-Za-z]{3,9}\.?|\d{1,4})[-./ ]{1,2}.{1,12}[-./, ]{1,2}\d{1,4}(?:\D.*)?",
}
_FORMS = [
    re.compile(_PATTERNS[kind])
    for kind in ("point", "comma", "point_percent", "comma_percent", "offset", "day")
]
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", ", %H:%M", " %H:%M:%S.%g")
_TWO, _YEAR = r"\d{1,2}", r"[12]\d{3}"
_MONTH = "[A-Za-z]{3,9}"
# Of two digits with dots or dashes between them, 01.02.13 is as often a code or a version as a day.
_DAYS = {
    **{f"%d{mark}%m{mark}%Y": rf"{_TWO}\{mark}{_TWO}\{mark}{_YEAR}" for mark in "./-"},
    **{f"%m{mark}%d{mark}%Y": rf"{_TWO}\{mark}{_TWO}\{mark}{_YEAR}" for mark in "/-"},
    **{f"{one}/{two}/%y": rf"{_TWO}/{_TWO}/\d{{2}}" for one, two in (("%d", "%m"), ("%m", "%d"))},
    **{f"%Y{mark}%m{mark}%d": rf"{_YEAR}\{mark}{_TWO}\{mark}{_TWO}" for mark in "-/."},
    **{f"%d{mark}%b{mark}%Y": rf"{_TWO}{mark}[A-Za-z]{{3}}{mark}{_YEAR}" for mark in "- "},
    **{f"%d{mark}%b{mark}%y": rf"{_TWO}{mark}[A-Za-z]{{3}}{mark}\d{{2}}" for mark in "- "},
    "%d %B %Y": f"{_TWO} {_MONTH} {_YEAR}",
    "%d. %B %Y": rf"{_TWO}\. {_MONTH} {_YEAR}",
    "%b %d, %Y": f"[A-Za-z]{{3}} {_TWO}, {_YEAR}",
    "%B %d, %Y": f"{_MONTH} {_TWO}, {_YEAR}",
    "%b %d %Y": f"[A-Za-z]{{3}} {_TWO} {_YEAR}",
    "%a, %d %b %Y": f"[A-Za-z]{{3}}, {_TWO} [A-Za-z]{{3}} {_YEAR}",
}


@dataclass(frozen=True)
class Form:
    """How the values of a column are written.

    Attributes:
        value: SQL of the value.
        fits: SQL that tells whether a cell is written so.
        written: the format, as strftime takes it, that gives the text of a date back; "" when none does.
        notes: sentences for people.
    """

    value: str
    fits: str
    written: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class _Day:
    """Formats that all dates of a column have."""

    name: str
    formats: list[str] = field(default_factory=list)

    @property
    def order(self) -> str:
        """Which comes first, the day or the month; "" when both can."""
        firsts = {"d" if each.startswith("%d") else "m" for each in self.formats if each[3:5] in ("%m", "%d")}
        return firsts.pop() if len(firsts) == 1 else ""


def find_forms(run: Run, source: Source, columns: Mapping[str, int], *, decimal: str) -> dict[str, Form]:
    """Find out how the cells of columns of texts are written that are neither plain numbers nor plain dates.

    Args:
        run: executes SQL over ``source``.
        source: what SQL reads from.
        columns: their names, each with how many cells are filled.
        decimal: the decimal mark of most other columns.
    """
    forms: dict[str, Form] = {}
    days = []
    for name, counts in _counted(run, source, _possible(run, source, list(columns))):
        filled = columns[name]
        number = _number(name, counts, filled, decimal)
        if number:
            forms[name] = number
        elif counts["offset"] == filled:
            forms[name] = _with_offset(name)
        elif counts["day"] == filled:
            days.append(_Day(name, _day_formats(run, source, name)))
    days = [day for day in days if day.formats]
    orders = Counter(day.order for day in days if day.order)
    for day in days:
        ambiguous = len({each[:2] for each in day.formats}) > 1
        chosen, note = _order(run, source, day, orders, decimal) if ambiguous else (day.formats[0], None)
        form = _date(run, source, day.name, chosen, columns[day.name], note)
        if form:
            forms[day.name] = form
    return forms


def decimal_of(run: Run, source: Source, name: str, *, usual: str) -> str:
    """Return the decimal mark with which more cells of a column are numbers."""
    counts = dict(_counted(run, source, [name]))[name]
    if counts["point"] == counts["comma"]:
        return usual
    return "." if counts["point"] > counts["comma"] else ","


def as_number(name: str, decimal: str) -> str:
    """Return SQL that reads whatever is a number in a cell, and gives nothing for the rest."""
    column = identifier(name)
    return f"coalesce(TRY_CAST({_cleaned(column, decimal)} AS DOUBLE), TRY_CAST({column} AS DOUBLE))"


def as_time(name: str, *, day_first: bool) -> str:
    """Return SQL that reads whatever is a date or a time in a cell, and gives nothing for the rest."""
    column = identifier(name)
    days = sorted(_DAYS, key=lambda each: each.startswith("%d") != day_first)
    formats = ", ".join(literal(day + time) for day in days for time in _TIMES)
    return f"coalesce(TRY_CAST({column} AS TIMESTAMP), try_strptime({column}, [{formats}]))"


def _possible(run: Run, source: Source, names: list[str]) -> list[str]:
    """Return the columns of which one cell at least is written in some form: a look at one rules most others out."""
    kept = []
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        row = run(
            f"SELECT {', '.join(f'any_value({identifier(name)})' for name in batch)} FROM {of(source, batch)}"
        )[0]
        cells = zip(batch, row, strict=True)
        kept += [name for name, cell in cells if cell and any(form.fullmatch(cell) for form in _FORMS)]
    return kept


def _counted(run: Run, source: Source, names: list[str]) -> Iterator[tuple[str, dict[str, int]]]:
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        tests = [
            f"count_if(regexp_full_match({identifier(name)}, {literal(pattern)}))"
            for name in batch
            for pattern in _PATTERNS.values()
        ]
        row = run(f"SELECT {', '.join(tests)} FROM {of(source, batch)}")[0]
        for at, name in enumerate(batch):
            yield name, dict(zip(_PATTERNS, row[at * len(_PATTERNS) :], strict=False))


def _number(name: str, counts: Mapping[str, int], filled: int, decimal: str) -> Form | None:
    column = identifier(name)
    for kind in ("", "_percent"):
        fitting = [mark for mark in ("point", "comma") if counts[mark + kind] == filled]
        marked = kind or counts["currency"] or counts["blanks"] or 0 < counts["parenthesis"] < filled
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
        )
        value = f"TRY_CAST({_cleaned(column, ',' if mark == 'comma' else '.')} AS DOUBLE)"
        return Form(value, f"regexp_full_match({column}, {literal(_PATTERNS[mark + kind])})", notes=(what,))
    return None


def _cleaned(column: str, decimal: str) -> str:
    thousands = "." if decimal == "," else ","
    digits = f"regexp_replace(replace({column}, '{_MINUS}', '-'), {literal(_MARKS)}, '', 'g')"
    digits = f"replace(replace({digits}, '{thousands}', ''), '{decimal}', '.')"
    return f"CASE WHEN {column} LIKE '(%' THEN '-' || {digits} ELSE {digits} END"


def _with_offset(name: str) -> Form:
    column = identifier(name)
    value = f"TRY_CAST(regexp_extract({column}, '^(.{{10}}[ T][0-9:.]+)', 1) AS TIMESTAMP)"
    note = f'The times in "{name}" are those of the clocks where they were written down: their offsets are left out.'
    return Form(value, f"regexp_full_match({column}, {literal(_PATTERNS['offset'])})", notes=(note,))


def _day_formats(run: Run, source: Source, name: str) -> list[str]:
    """Return the formats that every one of some cells has."""
    column = identifier(name)
    tests = ", ".join(f"bool_and({_reads(column, each)} IS NOT NULL)" for each in _DAYS)
    cells = f"SELECT {column} FROM {of(source, [name])} WHERE {column} IS NOT NULL LIMIT {_SAMPLE}"
    row = run(f"SELECT {tests} FROM ({cells})")[0]
    return [each for each, holds in zip(_DAYS, row, strict=True) if holds]


def _reads(column: str, day: str) -> str:
    formats = ", ".join(literal(day + time) for time in _TIMES)
    pattern = literal(rf"(?:{_DAYS[day]})(?:[ T,].*)?")
    return f"CASE WHEN regexp_full_match({column}, {pattern}) THEN try_strptime({column}, [{formats}]) END"


def _order(run: Run, source: Source, day: _Day, orders: Counter[str], decimal: str) -> tuple[str, str | None]:
    """Return the format of dates whose day and month could change places, with a note when it is a guess."""
    column = identifier(day.name)
    firsts = {"d" if each.startswith("%d") else "m": each for each in reversed(day.formats)}
    holding = {
        first: run(f"SELECT count_if({_reads(column, each)} IS NOT NULL) FROM {of(source, [day.name])}")[0][0]
        for first, each in firsts.items()
    }
    if len(set(holding.values())) > 1:
        return firsts[max(holding, key=holding.__getitem__)], None
    value = _reads(column, firsts["d"])
    days, months, day_one, month_one = run(
        f"SELECT count(DISTINCT day(v)), count(DISTINCT month(v)), min(day(v)), min(month(v)) FROM "
        f"(SELECT {value} AS v FROM {of(source, [day.name])})"
    )[0]
    # Months are counted by their first day.
    if max(days, months) >= _MONTHS and (days == 1 == day_one) != (months == 1 == month_one):
        return firsts["d" if days == 1 else "m"], None
    usual = orders.most_common(1)[0][0] if orders else "d" if decimal == "," else "m"
    first = "day" if usual == "d" else "month"
    return firsts[usual], (
        f'The dates in "{day.name}" are ambiguous: the {first} was taken to come first, as '
        f"{'in the other columns' if orders else 'nothing in the table says otherwise'}."
    )


def _date(run: Run, source: Source, name: str, chosen: str, filled: int, note: str | None) -> Form | None:
    column = identifier(name)
    value = _reads(column, chosen)
    bare = chosen.replace("%d", "%-d").replace("%m", "%-m")
    times = dict.fromkeys((*_TIMES, *(time.replace("%H", "%-H").replace("%I", "%-I") for time in _TIMES)))
    formats = [each + time for each in dict.fromkeys((chosen, bare)) for time in times]
    same = ", ".join(f"count_if(strftime(v, {literal(each)}) = t)" for each in formats)
    read, with_time, *back = run(
        f"SELECT count(v), count_if(v <> date_trunc('day', v) OR t LIKE '%:%'), {same} "
        f"FROM (SELECT {value} AS v, {column} AS t FROM {of(source, [name])})"
    )[0]
    if read < filled:
        return None
    written = next((each for each, rows in zip(formats, back, strict=True) if rows == filled), "")
    if not with_time:
        value = f"CAST({value} AS DATE)"
    return Form(value, f"{_reads(column, chosen)} IS NOT NULL", written, (note,) if note else ())


def notes_on(forms: Mapping[str, Form]) -> list[str]:
    """Return what people must know about the forms, a sentence each."""
    notes = [note for form in forms.values() for note in form.notes]
    unlike = [name for name, form in forms.items() if not form.written and "strptime" in form.value]
    if unlike:
        notes.append(f"The dates in {listed(unlike)} are written in more than one way, and shown in one.")
    return notes
