"""Files damaged at random, for as long as one likes: each ends as a table or a sentence, and the next one is read.

    python -m benchmarks.fuzz [--minutes 60] [--seed 0] [--also FOLDER] [--keep FOLDER]

Each is read the way an upload is: in a process of its own, within its limits. What ends otherwise is printed, and kept
where that is wanted. The files of a folder are damaged as well as our own.
"""

import argparse
import gzip
import io
import logging
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from benchmarks.machine import heading
from embed_core.errors import AtlasError
from embed_core.tables.reader_process.readers import Readers
from embed_core.tables.reading.read import StoredFile

# Marks of tables, ends of lines, broken text, odd numbers, starts of files, and lengths that are too large.
TOKENS = (
    *(b"", b"\x00", *(bytes([mark]) for mark in b"\"',;\t\r\n\\{[<&"), b"\r\n", b"]}"),
    *(
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"NaN",
        b"1e999",
        b"-0",
        b"9" * 400,
    ),
    *(b"PAR1", b"PK\x03\x04", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff"),
)
_SECONDS, _LONGEST = 10, 64
_ZIPS = (".zip", ".xlsx", ".xlsb", ".ods")
_BROKE_OFF, _NOT_STARTED = "broke off", "could not be started"
_TOO_MUCH = "could not be read: that takes more than"
# A library that asks for more memory than there is aborts; the process is there for that.
_BY_A_SIGNAL = "exit -"


@dataclass(frozen=True)
class Edit:
    """One damage.

    Attributes:
        place: where, as a share of the content, from 0 to 1.
        length: how many bytes are taken out there.
        token: what is put there instead.
        times: how often in a row.
    """

    place: float
    length: int
    token: bytes
    times: int = 1


def originals() -> dict[str, bytes]:
    """Return small files of every kind that we can write, by their ending."""
    rows = 60
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "town": [f"town {at}" for at in rng.integers(0, 9, rows)],
            "note": [('said "no", twice', "two\nlines", "", "ü; ß")[at] for at in rng.integers(0, 4, rows)],
            "late": rng.integers(0, 2, rows),
            "price": rng.normal(size=rows).round(3),
            "day": pd.date_range("2024-01-31", periods=rows).astype(str),
        }
    )
    text = frame.to_csv(index=False).encode()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    parquet, arrow, book, packed = (io.BytesIO() for _ in range(4))
    pq.write_table(table, parquet, row_group_size=20)
    pyarrow.feather.write_feather(table, arrow)
    frame.to_excel(book, index=False, engine="xlsxwriter")
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.csv", text)
    return {
        ".csv": text,
        ".tsv": frame.to_csv(index=False, sep="\t").encode("utf-16"),
        ".txt": frame.to_csv(index=False, sep=";", decimal=",").encode("cp1252"),
        ".json": frame.to_json(orient="records").encode(),
        ".jsonl": frame.to_json(orient="records", lines=True).encode(),
        ".parquet": parquet.getvalue(),
        ".arrow": arrow.getvalue(),
        ".xlsx": book.getvalue(),
        ".zip": packed.getvalue(),
        ".csv.gz": gzip.compress(text),
        ".csv.zst": pa.Codec("zstd").compress(text, asbytes=True),
    }


def damaged(content: bytes, edits: Sequence[Edit], *, inside: bool) -> bytes:
    """Return content with damages, one after the other.

    Args:
        content: of a file.
        edits: what is done to it.
        inside: whether it is a zip, and a file in it is damaged, so that what is unpacked is wrong and not the packing.
    """
    if inside:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        chosen = sorted(parts)[int(edits[0].place * len(parts)) % len(parts)]
        parts[chosen] = damaged(parts[chosen], edits, inside=False)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            for name, part in parts.items():
                file.writestr(name, part)
        return packed.getvalue()
    for edit in edits:
        at = int(edit.place * len(content))
        content = content[:at] + edit.token * edit.times + content[at + edit.length :]
    return content


def is_zip(ending: str) -> bool:
    """Whether files with this ending are zips, whose parts can be damaged."""
    return ending.endswith(_ZIPS)


class Ends:
    """Reads damaged files, and says what each ended with."""

    def __init__(self, readers: Readers, folder: Path) -> None:
        self._readers, self._folder = readers, folder
        self._logged = logging.Handler()
        self._logged.emit = lambda record: self._said.append(record.getMessage())  # type: ignore[method-assign]
        self._said: list[str] = []
        logging.getLogger("embed_core").addHandler(self._logged)

    def close(self) -> None:
        """Listen no more."""
        logging.getLogger("embed_core").removeHandler(self._logged)

    def of(self, content: bytes, ending: str) -> tuple[str, str]:
        """Return what reading it ended with, and the words of that.

        ``table``, ``sentence``, ``limit`` (of time or memory), ``died`` (the process, in a library), or ``wrong``: an
        error that nobody made a sentence of, or too slow.
        """
        path, began = self._folder / f"file{ending}", time.process_time()
        path.write_bytes(content)
        self._said.clear()
        try:
            table = self._readers.read(StoredFile(path, path.name, path.name))
        except AtlasError as error:
            said = str(error)
            if _TOO_MUCH in said:
                return "limit", said
            if _BROKE_OFF in said and _BY_A_SIGNAL in " ".join(self._said):
                return "died", said
            if _BROKE_OFF in said or _NOT_STARTED in said:
                return "wrong", f"{said} {' '.join(self._said)}"
            if str(self._folder) in said:
                return "wrong", f"a path is told: {said}"
            return "sentence", said
        except Exception as error:  # what it ends with is what is looked for
            return "wrong", f"{type(error).__name__}: {error}"
        if time.process_time() - began > _SECONDS:
            return "wrong", "too slow"
        return "table", f"{table.report.rows} rows"


def drawn(rng: np.random.Generator) -> list[Edit]:
    """Return a few damages."""
    return [
        Edit(
            place=float(rng.random()),
            length=int(rng.integers(0, _LONGEST)) * int(rng.integers(0, 2)),
            token=TOKENS[int(rng.integers(len(TOKENS)))]
            if rng.random() < 0.7
            else rng.bytes(int(rng.integers(1, 9))),
            times=int(rng.choice([1, 1, 1, 3, 500])),
        )
        for _ in range(int(rng.integers(1, 7)))
    ]


def main() -> None:
    """Damage files, and print what did not end well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--also", type=Path, help="damage the files of this folder, too")
    parser.add_argument("--keep", type=Path, help="where to keep what did not end well")
    options = parser.parse_args()
    print(heading("duckdb", "pyarrow"))
    files = list(originals().items())
    if options.also:
        found = sorted(
            path for path in options.also.iterdir() if path.is_file() and path.stat().st_size < 1 << 20
        )
        files += [("".join(path.suffixes[-2:]), path.read_bytes()) for path in found]
    rng, readers, counts = np.random.default_rng(options.seed), Readers(), Counter[str]()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ends = Ends(readers, Path(folder))
        while time.monotonic() - began < 60 * options.minutes:
            ending, content = files[int(rng.integers(len(files)))]
            edits = drawn(rng)
            inside = is_zip(ending) and zipfile.is_zipfile(io.BytesIO(content)) and rng.random() < 0.7
            spoilt = damaged(content, edits, inside=bool(inside))
            how, what = ends.of(spoilt, ending)
            counts[how] += 1
            if how == "wrong":
                print(f"- {ending}: {what}", flush=True)
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{counts[how]}{ending}").write_bytes(spoilt)
    readers.close()
    print(
        f"\n{counts.total():,} files: " + ", ".join(f"{count:,} {how}" for how, count in counts.most_common())
    )


if __name__ == "__main__":
    main()
