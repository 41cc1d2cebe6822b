"""Layouts that tables come in, each in a few lines: what stands between cells, around them and above them."""

from pathlib import Path

import pytest

from benchmarks.pollutions import pollutions
from benchmarks.reading import ours, score
from embed_core.tables.reading.read import read_table

NAMES = ["city", "kind", "amount", "date"]
ROWS = [
    [city, kind, str(amount), f"2024-01-{amount:02d}"]
    for city, kind, amount in zip(
        ["Paris", "Lyon", "Nice", "Lille"] * 2, "xyzxyzxy", range(10, 18), strict=True
    )
]
LINES = [",".join(row) for row in (NAMES, *ROWS)]


def between(mark: str) -> list[str]:
    return [line.replace(",", mark) for line in LINES]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        *(pytest.param(between(mark), NAMES, id=repr(mark)) for mark in "^~\x01*: "),
        *(pytest.param(between(mark), NAMES, id=repr(mark)) for mark in ("||", ";;", ", ", "   ")),
        pytest.param([f'"{line}"' for line in LINES], NAMES, id="whole lines in quotes"),
        pytest.param([LINES[0], "---,---,---,---", *LINES[1:]], NAMES, id="a line drawn below the names"),
        pytest.param(["Author,Me", "Units,EUR", *LINES], NAMES, id="narrow lines above sure names"),
        pytest.param([*LINES, "\x1a"], NAMES, id="the end of a file in DOS"),
        pytest.param(
            [LINES[0], "(name),(code),(EUR),(ISO)", *LINES[1:]],
            ["city (name)", "kind (code)", "amount (EUR)", "date (ISO)"],
            id="units below the names",
        ),
    ],
)
def test_a_layout_is_found(tmp_path: Path, lines: list[str], names: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert (table.columns, table.n_rows) == (names, len(ROWS))
    assert table.expression[names[2]].type().is_integer()
    assert table.head(1)[names[0]].tolist() == ["Paris"]


@pytest.mark.parametrize(
    "lines",
    [
        ["text", *(f"this is sentence {number}, and so on" for number in range(20))],
        ["when", *(f"2024-01-{day:02d} 10:00:00" for day in range(10, 30))],
        ["name", *(f"Anna Maria {letter}" for letter in "abcdefghij")],
        ["time", *(f"10:{minute}:00" for minute in range(10, 30))],
    ],
)
def test_one_column_stays_one(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert (table.columns, table.n_rows) == (lines[:1], len(lines) - 1)


def test_all_of_pollocks_kinds_are_read_whole(tmp_path: Path) -> None:
    names = ["Airport Name", "Make Model", "Flight Date", "Cost Total"]
    rows = [[f"{row[0]}, {row[1]}", f"m{at}", row[3], row[2]] for at, row in enumerate(ROWS * 4)]
    seen = set()
    for file in pollutions(names, rows):
        if file.kind in seen or not file.rows:  # one of a kind: the rest is in the benchmark
            continue
        seen.add(file.kind)
        path = tmp_path / "t.csv"
        path.write_bytes(file.content)
        assert score(file, ours(path)) == 1.0, file.kind
    assert len(seen) > 25
