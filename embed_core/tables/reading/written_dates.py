"""Dates as people and programs write them, worked out in SQL; a part of `written_forms`."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from embed_core.tables.reading.engine import identifier, literal
from embed_core.tables.reading.worded_dates import MONTHS, ZONE, plain
from embed_core.tables.wide import Source, of

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_SAMPLE = 300
_MONTHS = 4
_FEWEST = 5
PATTERNS = {
    "offset": r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)",
    "day": r"(?:[A-Za-z]{3,9}\.?,? )?(?:[A-Za-z]{3,9}\.?|\d{1,4})[-./ ]{1,2}.{1,12}[-./, ]{1,2}\d{1,4}(?:\D.*)?"
    rf"|.{{0,30}}{MONTHS}.{{0,45}}|\d{{4}} ?[年년].{{1,30}}|\d{{8}}T\d{{6}}Z?",
}
FORMS = tuple(PATTERNS)
_NAMED = re.compile(r"(?i)dat[aeou]|day|tag\b|fecha|дата|birth|geburt|since|until")
_SHORT = "%d.%m.%y"
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", ", %H:%M", " %H:%M:%S.%g")
_TWO, _YEAR = r"\d{1,2}", r"[12]\d{3}"
_MONTH = "[A-Za-z]{3,9}"
# With dots or dashes between them, two digits each are as often a code or a version as a day, see `_is_short`.
_DAYS = {
    **{f"%d{mark}%m{mark}%Y": rf"{_TWO}\{mark}{_TWO}\{mark}{_YEAR}" for mark in "./-"},
    **{f"%m{mark}%d{mark}%Y": rf"{_TWO}\{mark}{_TWO}\{mark}{_YEAR}" for mark in "/-"},
    **{f"{one}/{two}/%y": rf"{_TWO}/{_TWO}/\d{{2}}" for one, two in (("%d", "%m"), ("%m", "%d"))},
    **{f"%Y{mark}%m{mark}%d": rf"{_YEAR}\{mark}{_TWO}\{mark}{_TWO}" for mark in "-/."},
    **{f"%d{mark}%b{mark}%Y": rf"{_TWO}{mark}[A-Za-z]{{3}}{mark}{_YEAR}" for mark in "- "},
    **{f"%d{mark}%b{mark}%y": rf"{_TWO}{mark}[A-Za-z]{{3}}{mark}\d{{2}}" for mark in "- "},
    _SHORT: r"\d\d\.\d\d\.\d\d",
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
    """Formats that all dates of a column have; ``text`` is SQL of what is written in the formats."""

    name: str
    text: str
    formats: list[str] = field(default_factory=list)

    @property
    def order(self) -> str:
        """Which comes first, the day or the month; "" when both can."""
        firsts = {"d" if each.startswith("%d") else "m" for each in self.formats if each[3:5] in ("%m", "%d")}
        return firsts.pop() if len(firsts) == 1 else ""

    @property
    def is_plain(self) -> bool:
        """Whether the cells are written in the formats as they are."""
        return self.text == identifier(self.name)


def find_dates(run: Run, source: Source, columns: Mapping[str, int], *, decimal: str) -> dict[str, Form]:
    """Find out how dates are written.

    Args:
        run: executes SQL over ``source``.
        source: what SQL reads from.
        columns: those of which every cell may be a date, each with how many cells are filled.
        decimal: the decimal mark of the table, which says something about the order of day and month.
    """
    days = [_day(run, source, name) for name in columns]
    days = [day for day in days if day.formats]
    orders = Counter(day.order for day in days if day.order)
    forms = {}
    for day in days:
        ambiguous = len({each[:2] for each in day.formats}) > 1
        chosen, note = _order(run, source, day, orders, decimal) if ambiguous else (day.formats[0], None)
        form = _date(run, source, day, chosen, columns[day.name], note)
        if form:
            forms[day.name] = form
    return forms


def as_time(name: str, *, day_first: bool) -> str:
    """Return SQL that reads whatever is a date or a time in a cell, and gives nothing for the rest."""
    column = identifier(name)
    days = sorted(_DAYS, key=lambda each: each.startswith("%d") != day_first)
    formats = ", ".join(literal(day + time) for day in days for time in _TIMES)
    read = ", ".join(f"try_strptime({text}, [{formats}])" for text in (column, plain(column)))
    return f"coalesce(TRY_CAST({column} AS TIMESTAMP), {read})"


def with_offset(name: str) -> Form:
    """Return how times are read behind which their difference to that of Greenwich stands."""
    column = identifier(name)
    value = f"TRY_CAST(regexp_extract({column}, '^(.{{10}}[ T][0-9:.]+)', 1) AS TIMESTAMP)"
    note = f'The times in "{name}" are those of the clocks where they were written down: their offsets are left out.'
    return Form(value, f"regexp_full_match({column}, {literal(PATTERNS['offset'])})", notes=(note,))


def _day(run: Run, source: Source, name: str) -> _Day:
    column = identifier(name)
    day = _Day(name, column, _day_formats(run, source, name, column))
    if not day.formats:
        text = plain(column)
        day = _Day(name, text, _day_formats(run, source, name, text))
    if day.formats == [_SHORT] and not _is_short(run, source, name):
        day.formats = []
    return day


def _day_formats(run: Run, source: Source, name: str, text: str) -> list[str]:
    """Return the formats that every one of some cells has."""
    tests = ", ".join(f"bool_and({_reads('t', each)} IS NOT NULL)" for each in _DAYS)
    cells = (
        f"SELECT {text} AS t FROM {of(source, [name])} WHERE {identifier(name)} IS NOT NULL LIMIT {_SAMPLE}"
    )
    row = run(f"SELECT {tests} FROM ({cells})")[0]
    return [each for each, holds in zip(_DAYS, row, strict=True) if holds]


def _is_short(run: Run, source: Source, name: str) -> bool:
    """Whether 12.09.24 is a day: its column is called so, or one of several is past the twelfth."""
    if _NAMED.search(name):
        return True
    column = identifier(name)
    distinct, last = run(f"SELECT count(DISTINCT {column}), max({column}[:2]) FROM {of(source, [name])}")[0]
    return bool(distinct >= _FEWEST and int(last) > 12)


def _reads(text: str, day: str) -> str:
    formats = ", ".join(literal(day + time) for time in _TIMES)
    pattern = literal(rf"(?:{_DAYS[day]})(?:[ T,].*)?")
    return f"CASE WHEN regexp_full_match({text}, {pattern}) THEN try_strptime({text}, [{formats}]) END"


def _order(run: Run, source: Source, day: _Day, orders: Counter[str], decimal: str) -> tuple[str, str | None]:
    """Return the format of dates whose day and month could change places, with a note when it is a guess."""
    firsts = {"d" if each.startswith("%d") else "m": each for each in reversed(day.formats)}
    holding = {
        first: run(f"SELECT count_if({_reads(day.text, each)} IS NOT NULL) FROM {of(source, [day.name])}")[0][
            0
        ]
        for first, each in firsts.items()
    }
    if len(set(holding.values())) > 1:
        return firsts[max(holding, key=holding.__getitem__)], None
    value = _reads(day.text, firsts["d"])
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


def _date(run: Run, source: Source, day: _Day, chosen: str, filled: int, note: str | None) -> Form | None:
    column = identifier(day.name)
    value = _reads(day.text, chosen)
    bare = chosen.replace("%d", "%-d").replace("%m", "%-m")
    times = dict.fromkeys((*_TIMES, *(time.replace("%H", "%-H").replace("%I", "%-I") for time in _TIMES)))
    formats = [each + time for each in dict.fromkeys((chosen, bare)) for time in times]
    same = ", ".join(f"count_if(strftime(v, {literal(each)}) = t)" for each in formats)
    read, with_time, *back = run(
        f"SELECT count(v), count_if(v <> date_trunc('day', v) OR t LIKE '%:%'), {same} "
        f"FROM (SELECT {value} AS v, {column} AS t FROM {of(source, [day.name])})"
    )[0]
    if read < filled:
        return None
    written = next((each for each, rows in zip(formats, back, strict=True) if rows == filled), "")
    if not with_time:
        value = f"CAST({value} AS DATE)"
    notes = [note] if note else []
    if not day.is_plain:
        zones = run(
            f"SELECT 1 FROM {of(source, [day.name])} WHERE regexp_full_match({column}, {literal(ZONE)}) LIMIT 1"
        )
        notes.append(
            f'The dates in "{day.name}" are written in words or signs of their own: they are shown as 2024-03-31.'
            + (" Their zones are left out." if zones else "")
        )
    elif chosen == _SHORT:
        notes.append(
            f'"{day.name}" was read as dates of which two digits are the year. Read it as "text" if these are codes.'
        )
    return Form(value, f"{_reads(day.text, chosen)} IS NOT NULL", written, tuple(notes))
