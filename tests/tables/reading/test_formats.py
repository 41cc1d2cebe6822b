"""A file format is one file and a line: the toy of this file is read, and offered, without touching another."""

import io
import json
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.errors import AtlasError
from embed_core.tables.reading.file_format import FileFormat
from embed_core.tables.reading.formats import FORMATS, content_of, suffixes, titles
from embed_core.tables.reading.read import read_table
from embed_core.tables.report import ReadingReport

CONTENT = b'TOY[{"town": "Ulm", "rows": 3}, {"town": "Bonn", "rows": 5}]'
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


def read_toy(path: Path, *, connection: Any, folder: Path, name: str) -> tuple[ibis.Table, ReadingReport]:
    rows = json.loads(path.read_bytes()[3:])
    connection.con.register("data", pa.Table.from_pylist(rows))
    return connection.table("data"), ReadingReport("Toy", rows=len(rows), columns=len(rows[0]))


TOY = FileFormat("Toy", (".toy", ".toys"), read_toy, signature=b"TOY")


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the line."""
    monkeypatch.setattr("embed_core.tables.reading.formats.FORMATS", [*FORMATS, TOY])


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("ending", [".toy", ".TOYS"])
def test_a_format_that_was_added_is_read_from_a_path_and_an_upload(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"towns{ending}"
    path.write_bytes(CONTENT)
    upload = io.BytesIO(CONTENT)
    upload.name = f"towns{ending}"
    for table in (read_table(path), read_table(upload)):
        assert table.name == f"towns{ending}"
        assert table.report.format == "Toy"
        pd.testing.assert_frame_equal(
            table.to_pandas(), pd.DataFrame({"town": ["Ulm", "Bonn"], "rows": [3, 5]})
        )


@pytest.mark.usefixtures("toy")
def test_a_format_that_was_added_is_known_by_name_ending_and_content(tmp_path: Path) -> None:
    assert titles().startswith("CSV, TSV, Excel") and titles().endswith("JSON lines or Toy")
    assert suffixes()[-2:] == [".toy", ".toys"]
    wrong = tmp_path / "towns.csv"
    wrong.write_bytes(CONTENT)
    with pytest.raises(AtlasError, match="named like a text file but holds a Toy file"):
        read_table(wrong)
    with pytest.raises(AtlasError, match=r"\.parquet, .*\.toy, \.toys; of text \.gz, \.zst, \.zip"):
        read_table(_written(tmp_path / "towns.png", PICTURE))
    with pytest.raises(AtlasError, match=r"delimiter can be set for delimited text only, and .* is Toy"):
        read_table(_written(tmp_path / "towns.toy", CONTENT), delimiter=";")


@pytest.mark.usefixtures("toy")
def test_both_uploaders_name_a_format_that_was_added_and_none_refuses_without_a_word() -> None:
    def page() -> None:
        from types import SimpleNamespace

        import streamlit as st

        from embed_core.ui.app.state import keys
        from embed_core.ui.data.upload import upload
        from embed_core.ui.map_page.colors.own_table import own_table

        upload()
        st.session_state[keys.ABOUT] = {"run": None}
        # All that it asks before there is a file.
        own_table(SimpleNamespace(embedding=[], record=SimpleNamespace(id="run")))  # type: ignore[arg-type]

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    uploaders = app.get("file_uploader")
    assert len(uploaders) == 2
    # With a list of types, the browser refuses others as "image/png files are not allowed".
    assert list(uploaders[0].proto.type) == []
    assert "JSON lines or Toy" in uploaders[0].proto.label and ".toy, .toys" in uploaders[0].proto.help
    assert list(uploaders[1].proto.type) == suffixes()


def test_without_it_the_toy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match=r'the ending "\.toy" is not among those'):
        read_table(_written(tmp_path / "towns.toy", CONTENT))


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (PICTURE, "a PNG picture"),
        (b"PAR1", "a Parquet file"),
        (b"ARROW1", "an Arrow file"),
        (b"a,b\n1,2\n", None),
    ],
)
def test_content_is_known_by_its_first_bytes(start: bytes, what: str | None) -> None:
    assert content_of(start) == what


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
