"""Text files of any encoding as UTF-8, in a stream."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from embed_core.errors import AtlasError, quoted
from embed_core.tables.reading.alphabets import ENCODINGS, best_of_one_byte

_CHUNK = 1 << 20
_SAMPLE = 1 << 15
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b")) + b"\x7f"
_MULTIBYTE = ("cp932", "cp950", "gb18030", "cp949", "euc_jp")
_NOT_WESTERN = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_JAPANESE_MAIL = re.compile(rb"\x1b\$[@B]")


@dataclass(frozen=True)
class TextFile:
    """A text file as UTF-8: where it is, how it was stored, and what is odd about it.

    Attributes:
        path: a UTF-8 file.
        encoding: the encoding of the original.
        plain: whether there is neither a NUL nor a lone carriage return in it.
        line_end: a carriage return when lines end with it alone, else a line feed.
        notes: sentences for people.
    """

    path: Path
    encoding: str
    plain: bool
    line_end: str
    notes: tuple[str, ...]


@dataclass
class _Scan:
    """What one pass over the bytes tells."""

    valid_utf8: bool = True
    nul: int = 0
    lines: int = 0
    carriage_returns: int = 0
    line_ends: int = 0
    visible: bool = False
    high: bytes = b""


def as_utf8(path: Path, folder: Path, *, name: str, encoding: str | None = None) -> TextFile:
    """Return ``path`` itself when it is UTF-8 already, else a UTF-8 copy in ``folder``.

    Args:
        path: the file.
        folder: where a copy may be written.
        name: what people call the file, for messages.
        encoding: the encoding to use, None to detect it.

    Raises:
        AtlasError: when the file is empty or is not text.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    bom = next((found for mark, found in _BOMS if start.startswith(mark)), None)
    wide = bom if bom and bom != "utf-8-sig" else _utf16_without_bom(start)
    _refuse_binary(start, name, wide=wide or (encoding or "").lower().startswith(("utf-16", "utf-32")))
    scan = _scan(path)
    if not scan.visible:
        raise AtlasError(f"The file {quoted(name)} is empty: there is no text in it. Choose another file.")
    coded = "iso2022_jp" if _JAPANESE_MAIL.search(start) else None
    chosen = encoding or wide or coded or (bom or "utf-8" if scan.valid_utf8 else _detect(scan.high))
    notes = []
    if encoding is None and not bom and chosen != "utf-8":
        notes.append(
            f"The file is not UTF-8: its letters were read as {chosen}, which is a guess. "
            "If they look wrong, choose another encoding."
        )
    if codecs.lookup(chosen).name in ("utf-8", "utf-8-sig") and scan.valid_utf8:
        copy = path
    else:
        copy = folder / "text-as-utf-8"
        try:
            lost = _rewrite(path, copy, chosen)
        except UnicodeError as error:  # what no replacement mends, such as UTF-16 without its mark
            raise AtlasError(
                f"The file {quoted(name)} is not written in {chosen}: {error}. Leave the encoding out to have it "
                "detected."
            ) from error
        scan = _scan(copy)
        if lost:
            notes.append(
                f'{lost:,} places could not be read as {chosen}: "\N{REPLACEMENT CHARACTER}" stands there.'
            )
    lone = scan.carriage_returns - scan.line_ends
    line_end = "\r" if lone and not scan.lines else "\n"
    return TextFile(copy, chosen, not scan.nul and not lone, line_end, tuple(notes))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _scan(path: Path) -> _Scan:
    scan, decoder, before = _Scan(), codecs.getincrementaldecoder("utf-8")(), b""
    with path.open("rb") as file:
        for chunk in _chunks(file):
            scan.visible = scan.visible or bool(chunk.strip(b"\xef\xbb\xbf\x00 \t\r\n"))
            scan.nul += chunk.count(b"\x00")
            scan.lines += chunk.count(b"\n")
            if b"\r" in chunk or before == b"\r":
                scan.carriage_returns += chunk.count(b"\r")
                scan.line_ends += chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
            before = chunk[-1:]
            if not chunk.isascii() and len(scan.high) < _SAMPLE:
                scan.high += b"\n".join(line for line in chunk.splitlines() if not line.isascii())
            scan.valid_utf8 = scan.valid_utf8 and _decodes(decoder, chunk)
    scan.valid_utf8 = scan.valid_utf8 and _decodes(decoder, b"", final=True)
    return scan


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def mislabeled(name: str, content: str) -> AtlasError:
    """Return the error for a file that is named like text and holds something else, as "a PNG picture"."""
    return AtlasError(
        f"The file {quoted(name)} is named like a text file but holds {content}. "
        "Give it its right ending, or save the table as CSV (UTF-8) or Parquet and open that."
    )


def _refuse_binary(start: bytes, name: str, *, wide: object) -> None:
    controls = len(start) - len(start.translate(None, _CONTROLS))
    text = b"\0" not in start and _decodes(codecs.getincrementaldecoder("utf-8")(), start)
    if not wide and not text and controls > max(8, len(start) // 20):
        raise mislabeled(name, "binary data")


def _utf16_without_bom(start: bytes) -> str | None:
    """Return the encoding of text in which every second byte of its line ends, separators and digits is NUL."""
    start = start[: len(start) // 2 * 2]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < max(4, 4 * (min(even, odd) + 1)):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = start.decode(encoding, errors="replace")
    lines = text.count("\n") + text.count("\r")
    return encoding if lines and text.count("\N{REPLACEMENT CHARACTER}") <= 1 else None


def _detect(high: bytes) -> str:
    """Guess the encoding of the lines that are not ASCII."""
    sample = high[:_SAMPLE]
    if _mostly_utf8(sample):
        return "utf-8"
    found = best_of_one_byte(sample)
    # Thai letters are two bytes of Korean as well, and some bytes are nothing in western text.
    if found in ("cp1252", "cp874") and (not _is_western(sample) or _NOT_WESTERN.search(sample)):
        best = from_bytes(sample, cp_isolation=[*_MULTIBYTE, *ENCODINGS]).best()
        if best and best.encoding in _MULTIBYTE:
            return best.encoding
    return _western(sample) if found == "cp1252" else found


def _mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    return sum(character > "\x7f" for character in text) > 50 * broken


def _is_western(sample: bytes) -> bool:
    """Whether high bytes stand alone between letters, as accents and signs do in western text."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return sum(length == 1 for length in runs) >= 0.7 * len(runs)


def _western(sample: bytes) -> str:
    windows = re.search(rb"[\x80-\x9f]", sample) and not _NOT_WESTERN.search(sample)
    return "cp1252" if windows else "latin-1"


def _rewrite(path: Path, copy: Path, encoding: str) -> int:
    """Write ``copy`` as UTF-8 and return how many places could not be decoded."""
    lost = 0
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as source, copy.open("w", encoding="utf-8", newline="") as target:
        for chunk in _chunks(source):
            text = decoder.decode(chunk)
            lost += text.count("\N{REPLACEMENT CHARACTER}")
            target.write(text)
        target.write(decoder.decode(b"", True))
    return lost
