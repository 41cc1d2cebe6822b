"""JSON, Arrow and Parquet in all their forms, and text that comes packed."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from embed_core.errors import AtlasError
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of

TOWNS = pd.DataFrame({"town": ["Ulm", "Bonn", None], "rows": [3, 5, 7], "share": [0.5, 1.25, 2.0]})
CSV = b"town,rows\nUlm,3\nBonn,5\n"


def gzipped(content: bytes) -> bytes:
    """Return it packed, without the time: the names of tests are made of it, and must be the same in all processes."""
    return gzip.compress(content, mtime=0)


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


def zstandard(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("t.json", lambda path: TOWNS.to_json(path, orient="records")),
        ("t.jsonl", lambda path: TOWNS.to_json(path, orient="records", lines=True)),
        ("t.ndjson", lambda path: TOWNS.to_json(path, orient="records", lines=True)),
        ("t.feather", lambda path: feather.write_feather(pa.table(TOWNS), path, compression="lz4")),
        ("t.arrow", lambda path: written(path, ipc(pa.ipc.new_file))),
        ("t.ipc", lambda path: written(path, ipc(pa.ipc.new_stream))),
        ("t.parquet", TOWNS.to_parquet),
    ],
)
def test_every_format_gives_the_same_table(tmp_path: Path, name: str, write: Any) -> None:
    write(tmp_path / name)
    table = read_table(tmp_path / name)
    assert rows_of(table) == [["Ulm", 3, 0.5], ["Bonn", 5, 1.25], [None, 7, 2.0]]
    assert table.columns == ["town", "rows", "share"] and table.report.notes == ()


def ipc(writer: Any) -> bytes:
    sink = pa.BufferOutputStream()
    arrow = pa.table(TOWNS)
    with writer(sink, arrow.schema) as stream:
        stream.write_table(arrow)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    ("records", "columns", "first"),
    [
        ([{"a": "01", "b": 1}, {"b": 2.5}], ["a", "b"], ["01", 1.0]),
        ([{"a": "x", "b": [1, 2]}, {"a": "y", "b": []}], ["a", "b"], ["x", "[1, 2]"]),
        ([{"a": "x", "b": {"c": "é"}}], ["a", "b"], ["x", '{"c": "é"}']),
        ([{"a": 1, "A": "x"}, {"a": "y"}], ["a", "A (2)"], ["1", "x"]),
        ([{"a": 2**70, "b": True}], ["a", "b"], [str(2**70), True]),
        ({"count": 2, "data": [{"a": "x"}, {"a": "y"}]}, ["a"], ["x"]),
        ({"Ulm": {"n": 1}, "Bonn": {"n": 2}}, ["name", "n"], ["Ulm", 1]),
        ([{"a": "2024-05-01", "b": float("nan")}, {"a": "x", "b": 1.5}], ["a", "b"], ["2024-05-01", None]),
    ],
)
def test_records_of_every_shape_become_rows(
    tmp_path: Path, records: Any, columns: list[str], first: list[Any]
) -> None:
    table = read_table(written(tmp_path / "t.json", json.dumps(records).encode()))
    assert table.columns == columns
    assert rows_of(table)[0] == first


TEXTS = [
    (["1,5", "2,25", "0,5"], [1.5, 2.25, 0.5]),
    (["1 234", "12 500", "7"], [1234, 12500, 7]),
    (["12.09.2024", "13.09.2024", "01.02.2025"], ["2024-09-12", "2024-09-13", "2025-02-01"]),
    (["2024-05-01", "2024-05-02", ""], ["2024-05-01", "2024-05-02", None]),
    (["1.5", "2.25", "3", "4.5", "7", "n/a"], [1.5, 2.25, 3, 4.5, 7, None]),
    (["01-02-24", "03-04-24", "03-04-24"], ["01-02-24", "03-04-24", "03-04-24"]),
    (["007", "12", "13"], ["007", "12", "13"]),
    (["1.1", "1.10", "1.2"], ["1.1", "1.10", "1.2"]),
    (["08:30:00", "x", ""], ["08:30:00", "x", None]),
]


@pytest.mark.parametrize("beside", [{}, {"nested": {"a": 1}}])
@pytest.mark.parametrize(("texts", "read"), TEXTS)
def test_texts_in_json_are_read_as_those_of_delimited_text(
    tmp_path: Path, texts: list[str], read: list[Any], beside: dict[str, Any]
) -> None:
    records = [{"a": text, **beside} for text in texts]
    table = read_table(written(tmp_path / "t.json", json.dumps(records).encode()))
    plain = [cell.date().isoformat() if isinstance(cell, pd.Timestamp) else cell for cell in column_of(table)]
    assert plain == read
    [first] = read_table(tmp_path / "t.json", types={"a": "text"}).head(1)["a"]
    assert first == texts[0]
    assert (
        read_table(written(tmp_path / "n.json", b'[{"a": "1,5"}]'), types={"a": "number"}).head()["a"][0]
        == 1.5
    )


def column_of(table: Any) -> list[Any]:
    return [None if pd.isna(cell) else cell for cell in table.to_pandas()["a"]]


def test_whole_numbers_in_quotes_are_codes_where_others_have_none(tmp_path: Path) -> None:
    table = read_table(written(tmp_path / "t.json", b'[{"zip": "89073", "n": 1}, {"zip": "53111", "n": 2}]'))
    assert rows_of(table) == [["89073", 1], ["53111", 2]]
    assert table.report.notes == (
        '"zip" holds whole numbers in quotes, as other numbers have none: they stay text.',
    )
    table = read_table(
        written(tmp_path / "t.json", b'[{"year": "2024", "n": "1"}, {"year": "2025", "n": "2"}]')
    )
    assert rows_of(table) == [[2024, 1], [2025, 2]]


BY_COLUMN = {
    "pandas": TOWNS.to_json(),
    "pandas, split": TOWNS.to_json(orient="split"),
    "lists": json.dumps({name: json.loads(TOWNS[name].to_json(orient="values")) for name in TOWNS}),
}


@pytest.mark.parametrize("written_as", BY_COLUMN)
def test_a_table_written_column_by_column_is_read_by_its_rows(tmp_path: Path, written_as: str) -> None:
    table = read_table(written(tmp_path / "t.json", BY_COLUMN[written_as].encode()))
    assert table.columns == ["town", "rows", "share"]
    assert rows_of(table) == [["Ulm", 3, 0.5], ["Bonn", 5, 1.25], [None, 7, 2.0]]
    assert table.report.notes == ("It was written column by column, and not record by record.",)


@pytest.mark.parametrize(
    "content", [{"a": ["x"], "b": ["y"]}, {"a": ["x", "y"], "b": ["z"]}, {"a": [], "b": []}]
)
def test_a_record_that_holds_lists_is_a_record(tmp_path: Path, content: Any) -> None:
    table = read_table(written(tmp_path / "t.json", json.dumps(content).encode()))
    assert table.n_rows == 1 and table.columns == ["a", "b"]


@pytest.mark.parametrize(
    "records",
    [
        {"data": {"towns": {"edges": [{"node": {"a": "x", "n": at}} for at in range(3)]}}},
        {"hits": {"total": 3, "hits": [{"_score": 1, "_source": {"a": "x", "n": at}} for at in range(3)]}},
    ],
)
def test_records_in_json_that_stand_in_another_are_taken_out(tmp_path: Path, records: Any) -> None:
    table = read_table(written(tmp_path / "t.json", json.dumps(records).encode()))
    assert table.columns == ["a", "n"] and rows_of(table)[2] == ["x", 2]
    assert any("Each record is what" in note for note in table.report.notes)


def test_rows_in_json_are_named_by_the_first(tmp_path: Path) -> None:
    table = read_table(written(tmp_path / "t.json", b'[["town", "rows"], ["Ulm", 3], ["Bonn", null]]'))
    assert table.to_pandas().fillna(0).to_dict("list") == {"town": ["Ulm", "Bonn"], "rows": [3, 0]}


def test_a_map_in_json_gives_its_properties_and_the_places_of_points(tmp_path: Path) -> None:
    towns = {"Ulm": (9.99, 48.4), "Bonn": (7.1, 50.73), "Atlantis": None}
    features = [
        {
            "type": "Feature",
            "properties": {"town": town},
            "geometry": {"type": "Point", "coordinates": place} if place else None,
        }
        for town, place in towns.items()
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    table = read_table(written(tmp_path / "t.geojson", content))
    frame = table.to_pandas().set_index("town")
    assert frame["latitude"].dropna().to_dict() == {"Ulm": 48.4, "Bonn": 50.73}
    assert frame["longitude"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("lines", [True, False])
def test_ids_in_json_are_whole_where_one_is_missing(tmp_path: Path, lines: bool) -> None:
    frame = pd.DataFrame({"id": [101.0, None, 102.0], "half": [1.5, None, 2.0]})
    frame.to_json(tmp_path / "t.json", orient="records", lines=lines)
    table = read_table(tmp_path / "t.json")
    texts = table.expression.select(id=table.texts("id"), half=table.texts("half"))
    assert table.execute(texts.drop_null()).values.tolist() == [["101", "1.5"], ["102", "2.0"]]


RECORDS = [{"town": "Ulm", "n": 1}, {"town": "Bonn", "n": 2}, {"town": "Kiel", "n": 3}]
LINES = [json.dumps(town) for town in RECORDS]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            {"success": True, "result": {"records": RECORDS, "fields": [{"id": "town"}]}},
            'those of "result.records"',
        ),
        ([{"page": 1, "total": 3}, RECORDS], "a list within a list"),
        (
            {
                "meta": {"view": {"columns": [{"name": "town"}, {"name": "n"}]}},
                "data": [[*town.values()] for town in RECORDS],
            },
            "column by column",
        ),
        (",\n".join(LINES), None),
        ("[\n" + ",\n".join(LINES) + "\n]\n", None),
        ("\n".join([*LINES, '{"town": "Es']), "Line 4 cannot be read as JSON"),
    ],
)
def test_records_in_json_are_found_where_portals_put_them(
    tmp_path: Path, content: Any, says: str | None
) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    table = read_table(written(tmp_path / "t.json", text.encode()))
    assert rows_of(table) == [["Ulm", 1], ["Bonn", 2], ["Kiel", 3]]
    assert says is None or any(says in note for note in table.report.notes)


def test_rows_in_json_without_names_are_numbered(tmp_path: Path) -> None:
    table = read_table(written(tmp_path / "t.json", b'[["Ulm", 1], ["Bonn", 2]]'))
    assert (table.columns, rows_of(table)) == (["column 1", "column 2"], [["Ulm", 1], ["Bonn", 2]])


def test_packed_text_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    table = read_table(written(tmp_path / "t.csv", gzip.compress(b"town,n\nUlm,1\n")))
    assert rows_of(table) == [["Ulm", 1]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'[{"a": 1}, {"a": ]', "is not JSON: line 1"),
        (b'{"a": 1}\n{"a": 2}\n{"a"\n', "is not JSON: line 3"),
        (b"[1, 2, 3]", "no list of records"),
        (b'"text"', "no list of records"),
        (b"", "empty"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_list_of_records_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(AtlasError, match=says) as error:
        read_table(written(tmp_path / "t.json", content))
    assert '"t.json"' in str(error.value) and str(tmp_path) not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv.gz", gzipped(CSV)),
        ("t.csv.gz", gzipped(CSV[:9]) + gzipped(CSV[9:])),
        ("t.csv.zst", zstandard(CSV)),
        ("t.zip", zipped(towns__csv=CSV)),
        ("t.gz", gzipped(CSV)),
        ("t.jsonl.gz", gzipped(b'{"town": "Ulm", "rows": 3}\n{"town": "Bonn", "rows": 5}\n')),
    ],
)
def test_packed_text_is_read_from_a_path_and_an_upload(tmp_path: Path, name: str, content: bytes) -> None:
    upload = io.BytesIO(content)
    upload.name = name
    for table in (read_table(written(tmp_path / name, content)), read_table(upload)):
        assert rows_of(table) == [["Ulm", 3], ["Bonn", 5]]
        assert table.name == name
        assert rows_of(table.read_again(types={"rows": "text"})) == [["Ulm", "3"], ["Bonn", "5"]]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.zip", zipped(a__csv=CSV, b__csv=CSV), "holds 2 files"),
        ("t.zip", zipped(), "holds 0 files"),
        ("t.zip", zipped(inner__zip=zipped(a__csv=CSV)), "holds another archive"),
        ("t.zip.gz", gzipped(zipped(a__csv=CSV)), "holds another archive"),
        ("t.zip", zipped(a__parquet=b"PAR1"), "only text is read packed"),
        ("t.csv.gz", gzipped(CSV * 9)[:40], "cannot be unpacked"),
        ("t.csv.zst", b"nothing of the kind", "cannot be unpacked"),
        ("t.zip", b"PK\x03\x04 and no more", "cannot be unpacked"),
        ("t.csv.gz", gzipped(zipped(a__csv=CSV)), "holds a ZIP archive"),
        ("t.csv.gz", gzipped(b"a,b\n" + b"0,0\n" * 4_000_000), "unpacks to more than"),
    ],
)
def test_what_cannot_be_unpacked_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, says: str
) -> None:
    monkeypatch.setattr("embed_core.tables.reading.packed._ALWAYS_ALLOWED", 1 << 20)
    with pytest.raises(AtlasError, match=says) as error:
        read_table(written(tmp_path / name, content))
    assert name in str(error.value)


def test_folders_and_patterns_of_parquet_files_are_one_table(tmp_path: Path) -> None:
    for year in (2023, 2024):
        folder = tmp_path / "sales" / f"year={year}"
        folder.mkdir(parents=True)
        pd.DataFrame({"year": [7], "town": [f"of {year}"]}).to_parquet(folder / "t.parquet")
    for source in (tmp_path / "sales", f"{tmp_path}/sales/*/*.parquet"):
        table = read_table(source)
        # A folder that is called like a column does not replace it.
        assert sorted(rows_of(table)) == [[7, "of 2023"], [7, "of 2024"]]
    for year in (2023, 2024):
        pd.DataFrame({"town": [f"of {year}"]}).to_parquet(tmp_path / "sales" / f"year={year}" / "t.parquet")
    table = read_table(tmp_path / "sales", partitions=True)
    assert sorted(rows_of(table)) == [["of 2023", 2023], ["of 2024", 2024]]
    assert any("2 files" in note for note in table.report.notes)


@pytest.mark.parametrize(
    ("second", "notes"),
    [
        ({"town": ["Bonn"], "rows": [2]}, []),
        ({"Town": ["Bonn"], "ROWS": [2]}, []),
        (
            {"town": ["Bonn"], "rows": ["many"]},
            ['The column "rows" holds int64 in "1.parquet" and string in "2.parquet".'],
        ),
        (
            {"town": ["Bonn"], "area": [1.5]},
            [
                'Not all files have these columns, which are missing in the rows of the others: "rows", "area".',
            ],
        ),
    ],
)
def test_files_of_a_folder_that_differ_are_read_as_one_and_said(
    tmp_path: Path, second: dict[str, list[Any]], notes: list[str]
) -> None:
    for name, content in (("1", {"town": ["Ulm"], "rows": [1]}), ("2", second)):
        pq.write_table(pa.table(content), tmp_path / f"{name}.parquet")
    table = read_table(tmp_path)
    assert table.n_rows == 2
    assert list(table.report.notes) == ["2 files are read as one table.", *notes]


def test_files_that_cannot_be_one_table_are_refused_with_what_differs(tmp_path: Path) -> None:
    pq.write_table(pa.table({"town": ["Ulm"], "day": pa.array([1], pa.date32())}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"town": ["Bonn"], "day": [2]}), tmp_path / "2.parquet")
    with pytest.raises(
        AtlasError, match=r'"day" holds date32\[day\] in "1\.parquet" and int64 in "2\.parquet"'
    ):
        read_table(tmp_path)
    (tmp_path / "2.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(AtlasError, match=r'The file "2\.parquet" is named like a Parquet file'):
        read_table(tmp_path)


@pytest.mark.parametrize("source", ["empty", "empty/*.parquet"])
def test_a_folder_without_parquet_files_is_refused(tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(AtlasError, match="no Parquet file in the folder"):
        read_table(f"{tmp_path}/{source}")


@pytest.mark.parametrize(
    "address", ["s3://bucket/t.parquet", "https://example.com/t.csv", "gs://b/*.parquet"]
)
def test_addresses_are_refused_with_what_to_do(address: str) -> None:
    for source in (address, Path(address)):
        with pytest.raises(AtlasError, match="Download it first"):
            read_table(source)


def test_names_in_parquet_are_made_unique_with_a_note(tmp_path: Path) -> None:
    columns = [pa.array([number]) for number in range(4)]
    pq.write_table(pa.Table.from_arrays(columns, names=["a", "a", "A", ""]), tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.columns == ["a", "a (2)", "A (3)", "column 4"]
    assert rows_of(table) == [[0, 1, 2, 3]] and len(table.report.notes) == 2


def test_text_in_parquet_that_is_not_utf8_is_read_with_a_note(tmp_path: Path) -> None:
    latin = pa.array(["Köln".encode("latin-1"), b"Ulm"], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 2, latin.buffers())
    pq.write_table(pa.table({"town": text, "rows": [1, 2]}), tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert rows_of(table) == [["Köln", 1], ["Ulm", 2]]
    assert any('"town"' in note and "Latin-1" in note for note in table.report.notes)


def test_damage_inside_a_parquet_file_is_found_when_it_is_opened(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"bad": [f"town {row * 7919 % 50_000}" for row in range(50_000)], "good": range(50_000)}
    )
    path = tmp_path / "t.parquet"
    frame.to_parquet(path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[100:20_000] = bytes(19_900)
    path.write_bytes(content)
    try:
        table = read_table(path)
    except AtlasError as error:
        assert "damaged" in str(error) and str(tmp_path) not in str(error)
    else:
        assert table.columns == ["good"] and any('"bad" was left out' in note for note in table.report.notes)
        assert table.profile()["name"].tolist() == ["good"]


@pytest.mark.parametrize("text", ["{}", "[{}, {}]"])
def test_records_without_a_field_are_no_records(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.json"
    path.write_text(text, "utf-8")
    with pytest.raises(AtlasError, match=r'"t.json" has no records in it. Choose a file with rows.'):
        read_table(path)
