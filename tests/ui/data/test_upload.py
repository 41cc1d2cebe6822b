"""What a person may upload: every format, any sheet of a workbook, and a sentence for all that is refused."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.driving import upload, words
from tests.helpers.workbooks import xlsx

TOWNS = [["town", "sold"], *[[f"town {n % 5}", float(n)] for n in range(40)]]
RIVERS = [["river", "miles"], *[[f"river {n % 4}", float(n)] for n in range(20)]]


def test_another_sheet_of_a_workbook_is_chosen_on_the_page(app: AppTest) -> None:
    upload(app, xlsx({"Towns": TOWNS, "Rivers": RIVERS, "Empty": []}), "book.xlsx")
    assert "town" in words(app) and not app.error
    box = next(box for box in app.selectbox if box.label == "Sheet")
    assert box.options == ["Towns", "Rivers", "Empty"]
    box.set_value("Rivers").run()
    assert next(box for box in app.selectbox if box.label == "Sheet").value == "Rivers"
    assert "river" in next(box for box in app.selectbox if box.label == "Column of categories").options
    next(box for box in app.selectbox if box.label == "Sheet").set_value("Empty").run()
    assert "is empty" in app.error[0].value and not app.exception


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n", "cannot be read"),
        ("book.docx", b"PK\x03\x04", "cannot be read"),
        ("book.xlsx", b"no workbook", "holds text"),
        ("table", b"a,b\n1,2\n", "without an ending"),
        ("table.json", b"{", "is not JSON"),
        ("table.csv.gz", b"\x1f\x8b", "cannot be unpacked"),
    ],
)
def test_a_refused_file_is_answered_with_a_sentence(
    app: AppTest, name: str, content: bytes, says: str
) -> None:
    upload(app, content, name)
    assert [says in error.value for error in app.error] == [True] and not app.exception
    assert "Reading the file" not in words(app), "that has ended"
