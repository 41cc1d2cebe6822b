"""Which encoding of one byte a letter makes words of languages that are written in it."""

import re
from unicodedata import combining

_SAMPLE = 1 << 14
_LATIN = 0x370
_SURE, _UNSURE = 0.95, 0.1
_DOUBTFUL = 0.9
_ROMANCE = "\xb5\xaa\xbaàâæçéèêëîïôœùûüÿáíìóòúñãõ"
_GERMANIC = "\xb5äöüßåæøéèêáóëï"
_ICELANDIC = "áðéíóúýþæö"
_CENTRAL = (
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýž",
    "áäčďéíĺľňóôŕšťúýž",
    "áéíóöőúüű",
    "čćđšžäöüé",
    "ăâîşţșțé",
)
_CYRILLIC = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
)
_GREEK = ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",)
# For each encoding the letters past ASCII of languages that are written in it; the first of several that suit is taken.
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "cp1252": (_ROMANCE, _GERMANIC, _ICELANDIC),
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "cp1254": ("çğ\u0131öşüâîûi\u0307",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC[:1],
    "iso8859_5": _CYRILLIC,
    "cp866": _CYRILLIC[:1],
    "iso8859_7": _GREEK,
    "cp1253": _GREEK,
    "cp1256": ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگڤ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652",),
    "cp874": ("".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4F)))),),
    "mac_roman": (_ROMANCE, _GERMANIC),
    "cp850": (_ROMANCE, _GERMANIC),
    "mac_cyrillic": _CYRILLIC,
}
ENCODINGS = tuple(_LANGUAGES)
_VOWELS = "аеёиоуыэюяіїєαεηιουωάέήίόύώϊϋ"
_CONSONANTS = re.compile(f"(?:(?![{_VOWELS}])[α-ωά-ώа-яё-џ]){{4,}}")  # noqa: RUF001
_ROWS = re.compile(r"[^\x00-\x7f]{4,}")
_BOXES = re.compile("[\u2500-\u259f]")
_ACUTE = frozenset("áíóúæ")
_QUOTES = "«»„“”‚‘’…"  # noqa: RUF001
_WITHIN_WORDS = "’‘´·–—-"  # noqa: RUF001


def best_of_one_byte(sample: bytes) -> str:
    """Return the encoding in which the high bytes of a sample are letters of one language, and signs between words.

    That of western Europe is taken unless it clearly is another.
    """
    sample = sample[:_SAMPLE]
    suits = {encoding: _suits(sample, encoding) for encoding in _LANGUAGES}
    suits["cp874"] -= _UNSURE  # nearly every high byte is a letter of Thai
    best = max(suits, key=suits.__getitem__)
    return (
        best
        if suits[best] >= _SURE - _UNSURE * (best == "cp874") and suits["cp1252"] < _DOUBTFUL
        else "cp1252"
    )


def _suits(sample: bytes, encoding: str) -> float:
    """Return which share of the characters past ASCII is as it should be."""
    text = sample.decode(encoding, errors="replace")
    high, lower = [at for at, character in enumerate(text) if character > "\x7f"], text.lower()
    if len(lower) != len(text):
        lower = "".join(character.lower()[:1] for character in text)
    padded = f" {text} "
    letters = [at for at in high if text[at].isalpha() or lower[at] in _LANGUAGES[encoding][0]]
    signs = sum(_is_sign(padded[at : at + 3]) for at in {*high}.difference(letters))
    # No capital stands behind a small letter, no letter of another script among ours, nor four marked ones in a row.
    odd = sum(text[at].isupper() and padded[at].islower() for at in letters)
    if ord(max(_LANGUAGES[encoding][0])) < _LATIN:
        odd += sum(map(len, _ROWS.findall(text)))
    else:
        odd += sum(any(each.isascii() and each.isalpha() for each in padded[at : at + 3]) for at in letters)
    odd += len(_CONSONANTS.findall(lower)) // 2
    known = max(
        sum(lower[at] in alphabet for at in letters)
        for alphabet in _LANGUAGES[encoding]
        if alphabet != _ICELANDIC or not _ACUTE.isdisjoint(lower)  # the rest of its letters are Turkish ones
    )
    return (known + signs - odd) / max(1, len(high))


def _is_sign(around: str) -> bool:
    """Whether a sign, with what stands before and behind it, is one that texts hold there."""
    before, sign, after = tuple(around)
    if sign in _WITHIN_WORDS or sign in "\xa0\xad":
        return True
    if sign == "\N{REPLACEMENT CHARACTER}" or _BOXES.match(sign) or not sign.isprintable() or combining(sign):
        return False
    if before.isalpha() and after.isalpha():
        return False
    return sign in _QUOTES or all(
        each.isalnum() or each <= "\x7f" or each in _QUOTES for each in (before, after)
    )
