"""Files that strangers bring, read in a process that may die: right, or refused with a sentence."""

import io
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import embed_core as ec
from embed_core.tables.reader_process import child, limits, readers
from embed_core.tables.reader_process.readers import Readers
from embed_core.tables.reading.read import StoredFile, stored
from embed_core.tables.reading.step import heard_by
from embed_core.tables.table import Table

SALES = (
    b"town;day;price;share\nUlm;12.09.2024;1.091,47 \xe2\x82\xac;3 %\nBonn;13.09.2024;432,10 \xe2\x82\xac;\n"
    b"Ulm;14.09.2024;7,00 \xe2\x82\xac;12 %\nsum\n"
)


@pytest.fixture(scope="module")
def ours() -> Iterator[Readers]:
    made = Readers()
    yield made
    made.close()


def brought(content: bytes, name: str = "table.csv") -> StoredFile:
    file = io.BytesIO(content)
    file.name = name
    return stored(file)


def library(content: bytes, name: str = "table.csv", **options: object) -> Table:
    file = io.BytesIO(content)
    file.name = name
    return ec.read_table(file, **options)


def parquet(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def same(one: Table, other: Table) -> None:
    assert one.report == other.report
    assert one.expression.schema() == other.expression.schema()
    assert one.fingerprint() == other.fingerprint()
    assert one.to_pandas().equals(other.to_pandas())
    assert one.profile().equals(other.profile())


def test_a_table_is_what_the_library_reads(ours: Readers) -> None:
    table = ours.read(brought(SALES))
    same(table, library(SALES))
    assert table.report.written and table.report.notes
    days = table.execute(table.expression.select(day=table.texts("day")))["day"]
    assert days.tolist()[0] == "12.09.2024"


def test_types_that_parquet_lacks_come_back(ours: Readers) -> None:
    content = parquet(
        pa.table(
            {
                "long": pa.array([2**63 + 1, 5, None], pa.uint64()),
                "lasts": pa.array([1, 2, None], pa.duration("us")),
                "at": pa.array([1, 2, None], pa.time64("us")),
                "moment": pa.array([1, 2, None], pa.timestamp("ns", "Europe/Berlin")),
                "day": pa.array([1, 2, None], pa.timestamp("s")),
                "many": pa.array([[1], [2, 3], None], pa.list_(pa.int32())),
                'a "b" %': pa.array(["x", "", None]),
            }
        )
    )
    same(ours.read(brought(content, "t.parquet")), library(content, "t.parquet"))


def test_what_was_assumed_is_overruled_in_the_same_process(ours: Readers) -> None:
    table = ours.read(brought(SALES))
    before = [process._popen.pid for process in ours._idle]
    again = table.read_again(skip_bottom=1, types={"share": "ignore"}, missing=("Bonn",))
    same(again, library(SALES, skip_bottom=1, types={"share": "ignore"}, missing=("Bonn",)))
    assert again.rereading and again.rereading.given["types"] == {"share": "ignore"}
    assert before == [process._popen.pid for process in ours._idle]
    with pytest.raises(ec.AtlasError, match="Did you mean"):
        table.read_again(types={"shares": "text"})
    with pytest.raises(ec.AtlasError, match="encoding"):
        table.read_again(encoding="klingon")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (signal.SIGKILL, "ended from outside, as the system does when memory runs out"),
        (signal.SIGABRT, "gave up, as when a damaged file makes it ask for more memory than there is"),
        (signal.SIGSEGV, "the library that reads such files crashed"),
        (signal.SIGTERM, r"the process that did broke off\. Nothing"),
    ],
)
def test_a_reader_that_is_ended_is_a_sentence_and_the_next_file_is_read(
    ours: Readers, how: signal.Signals, why: str
) -> None:
    def end(words: str) -> None:
        if words == "Reading the file":
            for process in ours._busy:
                psutil.Process(process._popen.pid).send_signal(how)

    with heard_by(end), pytest.raises(ec.AtlasError, match=why):
        ours.read(brought(SALES))
    assert ours.read(brought(SALES)).n_rows == 4


def test_who_watches_can_stop_the_reading_and_nothing_is_left(ours: Readers) -> None:
    class Stopped(Exception):
        pass

    def stop(words: str) -> None:
        if words == "Reading the file":
            raise Stopped

    file = brought(SALES)
    with heard_by(stop), pytest.raises(Stopped):
        ours.read(file)
    assert not ours._busy and [each.name for each in file.path.parent.iterdir()] == [file.path.name]


@pytest.mark.parametrize("what", ["seconds of", "MB of memory"])
def test_what_takes_too_much_is_ended(ours: Readers, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if what == "MB of memory":
        monkeypatch.setattr(limits, "MEMORY", -1)
    else:
        monkeypatch.setattr(readers, "seconds_for", lambda size: 0.001)
    content = b"a,b\n" + b"1,x\n" * 500_000
    with pytest.raises(ec.AtlasError, match=what.split()[0]):
        ours.read(brought(content))


def test_what_works_too_long_says_so_where_nobody_looks_in_time(
    ours: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "seconds_for", lambda size: 0.001)
    monkeypatch.setattr(limits.Watch, "exceeded", lambda self: "")
    with pytest.raises(ec.AtlasError, match="seconds"):
        ours.read(brought(b"a,b\n" + b"".join(b"%d,x%d\n" % (row, row) for row in range(1_000_000))))


def of_one_long_line(character: bytes) -> tuple[bytes, str]:
    return character * (18 << 20), "line of more than"


def wide() -> tuple[bytes, str]:
    return (",".join(f"c{at}" for at in range(20_000)).encode() + b"\n") * 4, "20,000 columns"


def unfolding() -> tuple[bytes, str]:
    """30 kB of Parquet that hold 200 GB: one text of a megabyte again and again."""
    codes = pa.array(np.zeros(200_000, np.int32))
    texts = pa.DictionaryArray.from_arrays(codes, pa.array(["x" * (1 << 20)]))
    return parquet(pa.table({"a": texts}), compression="zstd"), "takes more than"


def nested() -> tuple[bytes, str]:
    return b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "could not be read|is not JSON"


HOSTILE = {
    "commas.csv": of_one_long_line(b","),
    "quotes.csv": of_one_long_line(b'"'),
    "wide.csv": wide(),
    "unfolds.parquet": unfolding(),
    "nested.json": nested(),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_file_ends_as_a_sentence(ours: Readers, name: str) -> None:
    content, says = HOSTILE[name]
    with pytest.raises(ec.AtlasError, match=says) as refused:
        ours.read(brought(content, name))
    assert "/tmp" not in str(refused.value)
    assert ours.read(brought(SALES)).n_rows == 4


def test_an_upload_of_very_many_cells_is_refused_before_they_are_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = brought(SALES)
    target = tmp_path / "table.parquet"
    wanted = {"path": str(file.path), "called": file.called, "name": file.name, "options": {}, "types": {}}
    wanted |= {"folder": str(tmp_path), "target": str(target)}
    monkeypatch.setattr(child.tempfile, "tempdir", None)
    monkeypatch.setattr(limits, "MOST_CELLS", 15)
    assert "4 rows of 4 columns" in child.answer_to(wanted)["refused"] and not target.exists()
    monkeypatch.setattr(limits, "MOST_CELLS", 16)
    assert "columns" in child.answer_to(wanted) and target.exists()


def test_a_quote_that_never_closes_loses_no_row(ours: Readers) -> None:
    rows = b"".join(b"%d,word,%d\n" % (at, at % 7) for at in range(30_000))
    table = ours.read(brought(b'a,b,c\n1,"never,3\n' + rows))
    assert table.n_rows == 30_001


def test_a_workbook_of_very_many_formats_is_read(ours: Readers, tmp_path: Path) -> None:
    from tests.helpers.workbooks import xlsx

    source = zipfile.ZipFile(io.BytesIO(xlsx({"Towns": [["town", "sold"], ["Ulm", 3.0], ["Bonn", 4.0]]})))
    formats = "".join(f'<numFmt numFmtId="{at}" formatCode="0.{at}"/>' for at in range(200, 200_200))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for each in source.namelist():
            content = source.read(each).decode()
            if each.endswith("styles.xml"):
                content = content.replace("<fonts", f'<numFmts count="200000">{formats}</numFmts><fonts', 1)
            target.writestr(each, content)
    assert ours.read(brought(out.getvalue(), "book.xlsx")).n_rows == 2


def test_damaged_parquet_is_read_or_refused_with_a_sentence(ours: Readers) -> None:
    rng = np.random.default_rng(0)
    towns = rng.choice(["Ulm", "Bonn", "Köln"], 500)
    content = parquet(pa.table({"town": towns, "sold": rng.random(500), "n": rng.integers(0, 9, 500)}))
    refused = 0
    for _ in range(30):
        damaged = bytearray(content)
        for place in rng.integers(4, len(content) - 4, 6):
            damaged[place] = rng.integers(256)
        try:
            ours.read(brought(bytes(damaged), "t.parquet")).to_pandas()
        except ec.AtlasError as error:
            refused += 1
            assert "t.parquet" in str(error)
    assert 0 < refused < 30


def test_hundreds_of_columns_of_few_rows_are_no_want_of_memory(ours: Readers) -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 300)).round(3)
    rows = [f"name {at}," + ",".join(map(str, numbers)) for at, numbers in enumerate(vectors)]
    content = "\n".join([",".join(["name", *(f"d{at}" for at in range(300))]), *rows]).encode()
    same(ours.read(brought(content)), library(content))
