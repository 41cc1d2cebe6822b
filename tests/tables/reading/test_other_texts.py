"""Text that is no delimited text, and text in which signs of its own stand around or within cells."""

from pathlib import Path

import pytest

from embed_core.errors import AtlasError
from embed_core.tables.reading.read import read_table
from tests.helpers.tables import rows_of

ARFF = """% towns
@RELATION towns

@ATTRIBUTE 'sold here' NUMERIC
@attribute kind {shop,office}
@DATA
% so far
3.5,shop
?,office
5,?
"""


@pytest.mark.parametrize("name", ["towns.arff", "towns.csv"])
def test_arff_is_named_by_its_attributes(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(ARFF)
    table = read_table(tmp_path / name)
    assert table.columns == ["sold here", "kind"]
    assert rows_of(table) == [[3.5, "shop"], [None, "office"], [5, None]]
    assert any("It is ARFF" in note for note in table.report.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ARFF.replace("3.5,shop", "{0 3.5, 1 shop}"), "sparse ARFF"),
        ("+1 1:0.5 3:1\n-1 2:0.25\n+1 1:1\n", "libsvm"),
        (
            'time=10:00 level=info msg="user in"\ntime=10:01 level=info\ntime=10:02 level=warn a=\n',
            "name=value",
        ),
    ],
)
def test_pairs_of_places_or_names_with_values_are_refused_with_what_to_do(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "t.txt").write_text(text)
    with pytest.raises(AtlasError, match=f"{says}.* and open that"):
        read_table(tmp_path / "t.txt")


def test_japanese_between_ascii_is_no_western_text(tmp_path: Path) -> None:
    lines = ["地域,年月,人口", *(f"市{at},令和{at}年,{at}" for at in range(1, 9))]
    (tmp_path / "t.csv").write_text("\n".join(lines), "cp932")
    table = read_table(tmp_path / "t.csv")
    assert table.columns == ["地域", "年月", "人口"] and table.report.encoding == "cp932"
