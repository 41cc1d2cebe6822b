"""Durations as people write them are numbers of seconds: 26:05:00, 1 h 5 min, PT1H5M; a part of `written_forms`."""

import re
from collections.abc import Mapping

from embed_core.tables.reading.engine import identifier, literal

_NUMBER = r"\d+(?:[.,]\d+)?"
_UNITS = {
    604_800: r"(?:weeks?|wks?|wochen?|semaines?|semanas?)",
    86_400: r"(?:days?|d|tagen?|tage?|jours?|d[ií]as?)",
    3_600: r"(?:hours?|hrs?|h|std\.?|stunden?|heures?|horas?)",
    60: r"(?:minutes?|mins?\.?|m|minuten?|minutos?)",
    1: r"(?:seconds?|secs?|s|sek\.?|sekunden?|secondes?|segundos?)",
}
_BETWEEN = "(?:,? ?(?:and |und |et |y )?)"
_WORDS = [f"{_NUMBER} ?{unit}" for unit in _UNITS.values()]
_CLOCK = r"\d+:[0-5]\d:[0-5]\d(?:\.\d+)?"

PATTERNS = {
    "clock": rf"-?(?:\d+ days?,? )?{_CLOCK}",
    # Those that are no time of a day, whose end may be written as 24:00:00.
    "long_clock": rf"-{_CLOCK}|-?\d+ days?,? {_CLOCK}|24:.*[1-9].*|(?:2[5-9]|[3-9]\d|\d{{3,}}):.*",
    "words": "(?i)-?(?:"
    + "|".join(
        first + "".join(f"(?:{_BETWEEN}{word})?" for word in _WORDS[place + 1 :])
        for place, first in enumerate(_WORDS)
    )
    + ")",
    # A letter alone may as well stand for meters.
    "a_letter": f"(?i)-?{_NUMBER} ?[dms]",
    "iso": r"P(?:\d+W|\d+D)|P(?:\d+D)?T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?",
}
FORMS = ("clock", "words", "iso")
_NAMED = re.compile(r"(?i)durat|elapsed|dauer|durée|duraci|laufzeit|run ?time|lasts|time taken|waiting")


def duration(name: str, counts: Mapping[str, int], filled: int) -> tuple[str, str, str] | None:
    """Return SQL of the seconds, SQL that tells whether a cell is written so, and a sentence; None for other texts.

    Args:
        name: of a column of texts. Hours below 24 are a time of day, unless it says that they are not.
        counts: how many cells match each of the patterns.
        filled: how many there are.
    """
    column = identifier(name)
    if counts["clock"] == filled and (counts["long_clock"] or _NAMED.search(name)):
        kind = "clock"
        parts = {86_400: r"(\d+) day", 3_600: r"(\d+):\d\d:", 60: r":(\d\d):", 1: r":(\d\d(?:\.\d+)?)$"}
    elif counts["words"] == filled > counts["a_letter"]:
        kind = "words"
        parts = {size: f"(?i)({_NUMBER}) ?{unit}(?:[^a-z]|$)" for size, unit in _UNITS.items()}
    elif counts["iso"] == filled:
        kind = "iso"
        parts = {604_800: r"(\d+)W", 86_400: r"(\d+)D", 3_600: r"(\d+)H", 60: r"(\d+)M", 1: r"([\d.]+)S"}
    else:
        return None
    seconds = " + ".join(
        f"{size} * coalesce(TRY_CAST(replace(regexp_extract({column}, {literal(pattern)}, 1), ',', '.') AS DOUBLE), 0)"
        for size, pattern in parts.items()
    )
    fits = f"regexp_full_match({column}, {literal(PATTERNS[kind])})"
    # Without it, a missing one would last for no time.
    value = f"CASE WHEN {fits} THEN CASE WHEN {column} LIKE '-%' THEN -1 ELSE 1 END * ({seconds}) END"
    return value, fits, f'"{name}" holds durations: they are numbers of seconds.'
