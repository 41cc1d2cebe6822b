"""Published files of open data: the names and the number of rows that a careful person finds in them."""

import json
import re
from typing import Any

import pytest

from embed_core.errors import AtlasError
from embed_core.tables.reading.read import read_table
from tests.helpers.shared import SHARED, needs

FOLDER = SHARED / "real"
INDEX = json.loads((FOLDER / "index.json").read_text("utf-8")) if FOLDER.exists() else []
# Names that are not in the file, or not so: cleaned by hand.
NOT_IN_THE_FILE = {
    "Camp Palacios - Humidity.csv",
    "PLA_6%Talc-1hz.csv",
    "workforce-management-information-dft_201706.csv",
}


def plain(name: str) -> str:
    return re.sub(r" \(\d+\)$", "", name.strip().casefold()).strip()


@needs("real")
@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["file"]) for entry in INDEX])
def test_a_real_file_is_read_with_its_names_and_rows(entry: dict[str, Any]) -> None:
    path = FOLDER / entry["file"]
    if not entry["rows"]:
        with pytest.raises(AtlasError, match="has no rows below its line of column names"):
            read_table(path)
        return
    table = read_table(path)
    assert table.n_rows == entry["rows"]
    if entry["file"] in NOT_IN_THE_FILE:
        return
    found = [plain(name) for name in table.columns if not re.fullmatch(r"column \d+( \(\d+\))?", name)]
    assert found == [plain(name) for name in entry["header"] or [] if name]
    assert (table.report.header_line is None) == (entry["header"] is None)
