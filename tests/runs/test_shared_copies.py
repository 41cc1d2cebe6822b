"""Links to copies of runs: unguessable, whole, and taken back for good."""

from pathlib import Path

import pytest

from embed_core.runs.shared_copies import SharedCopies


@pytest.fixture
def copies(tmp_path: Path) -> SharedCopies:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "run.zip").write_bytes(b"of somebody")
    return SharedCopies(tmp_path / "copies")


def test_a_copy_is_given_to_whoever_has_the_word_until_it_is_taken_back(copies: SharedCopies) -> None:
    word = copies.give(b"one", workspace="mine", run_id="a")
    assert copies.give(b"two", workspace="mine", run_id="b") != word
    copies.give(b"three", workspace="theirs", run_id="a")
    assert copies.content(word) == b"one"
    assert copies.given("mine")["a"] == word and set(copies.given("mine")) == {"a", "b"}

    assert copies.take_back("mine", "a") == 1
    assert copies.content(word) is None
    assert set(copies.given("mine")) == {"b"} and set(copies.given("theirs")) == {"a"}
    assert copies.take_back("mine") == 1 and copies.given("mine") == {}
    assert len(copies.given("theirs")) == 1


@pytest.mark.parametrize("word", ["", "../secret", "secret", ".", "a" * 32, "a" * 31 + "/", "x\0" * 16])
def test_a_word_that_was_not_given_opens_nothing(copies: SharedCopies, word: str) -> None:
    assert copies.content(word) is None


def test_what_is_damaged_by_hand_hides_nothing_else(copies: SharedCopies, tmp_path: Path) -> None:
    word = copies.give(b"one", workspace="mine", run_id="a")
    other = copies.give(b"two", workspace="mine", run_id="b")
    (tmp_path / "copies" / word / "of.json").write_bytes(b"{")
    assert copies.given("mine") == {"b": other}


def test_what_cannot_be_written_leaves_nothing_behind(
    copies: SharedCopies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("embed_core.writing.write", full)
    with pytest.raises(OSError, match="No space"):
        copies.give(b"one", workspace="mine", run_id="a")
    assert list((tmp_path / "copies").iterdir()) == []
