"""Files damaged at random, for half a minute: each ends as a table or a sentence. `benchmarks.fuzz` goes on."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import TOKENS, Edit, Ends, damaged, is_zip, originals
from embed_core.tables.reader_process.readers import Readers
from tests.helpers.workbooks import ods, xls, xlsb

ROWS = [["town", "late", "price"], *([f"town {at % 5}", at % 2, at / 7] for at in range(40))]
FILES = originals() | {".ods": ods({"a": ROWS}), ".xls": xls({"a": ROWS}), ".xlsb": xlsb({"a": ROWS})}
EDITS = st.builds(
    Edit,
    place=st.floats(0, 1),
    length=st.one_of(st.just(0), st.integers(0, 64)),
    token=st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8)),
    times=st.sampled_from([1, 1, 1, 3, 500]),
)


@pytest.fixture(scope="module")
def ends() -> Iterator[Ends]:
    readers = Readers()
    with tempfile.TemporaryDirectory() as folder:
        found = Ends(readers, Path(folder))
        yield found
        found.close()
    readers.close()


@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.sampled_from(sorted(FILES)), st.lists(EDITS, min_size=1, max_size=6), st.booleans())
def test_a_damaged_file_is_a_table_or_a_sentence(
    ends: Ends, ending: str, edits: list[Edit], inside: bool
) -> None:
    how, what = ends.of(damaged(FILES[ending], edits, inside=inside and is_zip(ending)), ending)
    assert how != "wrong", what


@pytest.mark.parametrize("ending", sorted(FILES))
def test_undamaged_each_is_read(ends: Ends, ending: str) -> None:
    how, what = ends.of(FILES[ending], ending)
    assert how == "table", what


def test_an_error_that_is_no_sentence_is_found(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("town")

    monkeypatch.setattr(ends._readers, "read", broken)
    assert ends.of(b"a,b\n1,2\n", ".csv") == ("wrong", "KeyError: 'town'")
