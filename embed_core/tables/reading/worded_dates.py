"""Dates with names of months and of days, with signs of other scripts, with odd clocks: rewritten in SQL."""

from embed_core.tables.reading.engine import literal

# English, German, French, Spanish, Italian, Dutch, Portuguese, Swedish, Danish, Polish, Russian, Turkish.
_NAMES = {
    "Jan": "jan|january|januar|jänner|janvier|janv|enero|ene|gennaio|gen|januari|janeiro|stycznia|января|янв|ocak",
    "Feb": "feb|february|februar|feber|février|fevrier|févr|fév|febrero|febbraio|februari|fevereiro|fev|lutego|февраля|"
    "фев|şubat",
    "Mar": "mar|march|märz|maerz|mrz|mär|mars|marzo|maart|mrt|março|marco|marts|marca|марта|мар|mart",
    "Apr": "apr|april|avril|avr|abril|abr|aprile|kwietnia|апреля|апр|nisan",
    "May": "may|mai|mayo|maggio|mag|mei|maio|maj|maja|мая|май|may.s",
    "Jun": "jun|june|juni|juin|junio|giugno|giu|junho|czerwca|июня|июн|haziran",
    "Jul": "jul|july|juli|juillet|juil|julio|luglio|lug|julho|lipca|июля|июл|temmuz",
    "Aug": "aug|august|août|aout|agosto|ago|augustus|augusti|sierpnia|августа|авг|ağustos",
    "Sep": "sep|sept|september|septembre|septiembre|setiembre|settembre|set|setembro|września|сентября|сен|сент|eylül",
    "Oct": "oct|october|okt|oktober|octobre|octubre|ottobre|ott|outubro|out|października|октября|окт|ekim",
    "Nov": "nov|november|novembre|noviembre|novembro|listopada|ноября|ноя|нояб|kas.m",
    "Dec": "dec|december|dez|dezember|déc|décembre|decembre|dic|diciembre|dicembre|dezembro|grudnia|декабря|дек|aral.k",
}
MONTHS = f"(?i:{'|'.join(_NAMES.values())})"
ZONE = r"(?i).*:\d\d(?:\.\d+)?(?:(?: ?[AP]M)? ?(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?(?: \(.*\))?| ?[A-Z]{2,4}(?: \d{4})?)"
_MONTH = f"({'|'.join(_NAMES)})"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_STEPS = (
    *(
        (rf"(?i)(^|[^\p{{L}}])(?:{names})\.?($|[^\p{{L}}])", rf"\1{month}\2")
        for month, names in _NAMES.items()
    ),
    (r"^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]", r"\1-\2-\3"),
    (r"^(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.?", r"\1-\2-\3"),
    (r"^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z?$", r"\1-\2-\3 \4:\5:\6"),
    (rf"^(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[-/. ]*(?:of |de )?{_MONTH}", r"\1 \2"),
    (rf"(?i)^[\p{{L}}-]+\.?,? +(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[-/. ]*(?:of |de )?{_MONTH}", r"\1 \2"),
    (rf"^[\p{{L}}-]+\.?,? +{_MONTH}", r"\1"),
    (rf"{_MONTH}[-/., ]*(?:del? )?(\d)", r"\1 \2"),
    (rf"^{_MONTH} (\d{{1,2}}) ({_CLOCK})(?: [A-Z]{{1,5}}| [+-]\d{{4}})? (\d{{4}})$", r"\2 \1 \4 \3"),
    (rf"^{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", r"\2 \1 \3"),
    (r"(?i)(\d{2})(?::|,? (?:at|um|à|às|kl\.?|,)?) ?(\d{1,2}:\d{2})", r"\1 \2"),
    (r"(?i) (\d{1,2})\.(\d{2})\.(\d{2})(?:\.\d+)? ?([AP])M$", r" \1:\2:\3 \4M"),
    (r"(?i)(\d) ?([AP])\.? ?M\.?(?: (?:UTC|GMT|[A-Z]{2,4}T)?(?: ?[+-]\d{1,2}(?::?\d{2})?)?)?$", r"\1 \2M"),
    (r"(?i) (\d{1,2}) ?h ?(\d{2})$", r" \1:\2"),
    (r"(?i)(:\d{2}(?:[.,]\d+)?) ?(?:Uhr|UTC|GMT|Z)?(?: ?[+-]\d{2}:?\d{2})?(?: \(.*\))?$", r"\1"),
    (r"(:\d{2}),(\d+)$", r"\1.\2"),
)


def plain(column: str) -> str:
    """Return SQL that writes a date as "1 Mar 2024" or "2024-3-1", and its clock as "13:45:00" or "1:45 PM"."""
    for pattern, written in _STEPS:
        column = f"regexp_replace({column}, {literal(pattern)}, {literal(written)})"
    return column
