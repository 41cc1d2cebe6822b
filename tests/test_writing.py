"""Whole or not at all: a file is the old one or the new one, after a crash of the machine too."""

import os
import stat
from pathlib import Path

import pytest

from embed_core import writing


class Crash(Exception):
    """Stands for the end of the process."""


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    writing.write(path, b"old")
    with pytest.raises(Crash), writing.replacing(path) as file:
        file.write(b"ne")
        raise Crash
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="folders cannot be synchronized here")
def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    replace = os.replace

    def noted_sync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "content")

    def noted_replace(source: Path, target: Path) -> None:
        steps.append("name")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_replace)
    writing.write(tmp_path / "a", b"new")
    assert steps == ["content", "name", "folder"]
