"""Reading record by record: what is plain is read in blocks, and gives what looking at each line gives."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embed_core.tables.reading import careful, records
from embed_core.tables.reading.dialect import Dialect
from embed_core.tables.reading.encoding import TextFile

DIALECT = Dialect(",", '"', False, "", (), 0, 1, ("town", "late"), 2, 2, False, ())
SPECIAL = (
    "",
    ",",
    " ,",
    "town,late",
    "a title",
    "a,b,c",
    "a",
    '"',
    '"a,b',
    'a,"b',
    'a,"b"',
    '"a ""b""",c',
    '"x\ny",z',
)
plain = st.sampled_from(["a,b", "c,d", "e,1"])
opening = st.sampled_from(['1,"a', '"b,2'])


def read(path: Path, end: str, *, in_blocks: bool) -> tuple[list[list[str]], object]:
    text = TextFile(path, "utf-8", in_blocks, end[-1], ())
    repairs = careful._Repairs()
    return list(careful._rows(text, DIALECT, repairs, skip_bottom=0)), dataclasses.asdict(repairs)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.one_of(
            st.lists(plain, min_size=5, max_size=12),
            st.lists(opening, min_size=1, max_size=9),
            st.lists(st.sampled_from(SPECIAL), min_size=1, max_size=3),
        ),
        max_size=8,
    ),
    end=st.sampled_from(["\n", "\r\n"]),
    is_ended=st.booleans(),
)
def test_blocks_of_plain_lines_give_what_every_line_gives(
    parts: list[list[str]], end: str, is_ended: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_BLOCK", 3)
    monkeypatch.setattr(careful, "_STEADY", 4)
    lines = ["town,late", *(line for part in parts for line in part)]
    path = tmp_path / "table.csv"
    path.write_bytes((end.join(lines) + end * is_ended).encode())
    assert read(path, end, in_blocks=True) == read(path, end, in_blocks=False)


def test_where_no_quote_closes_no_line_is_looked_at_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    mended = careful._mended

    def counted(*given: object, **options: object) -> object:
        nonlocal looked_at
        for cells in mended(*given, **options):  # type: ignore[arg-type]
            looked_at += 1
            yield cells

    monkeypatch.setattr(careful, "_mended", counted)
    for first, others in (('"a town,7', "a town,7"), ('7,"a town', '7,"a town')):
        looked_at = 0
        path = tmp_path / "table.csv"
        path.write_text("\n".join(["town,late", first, *[others] * 50_000]), "ascii")
        rows, repairs = read(path, "\n", in_blocks=True)
        assert len(rows) == 50_001 and 0 < looked_at < 5_000
        assert repairs["quotes"][:1] == [2]  # type: ignore[index]
