"""Programs that were compiled once are found by other processes, and what is damaged harms nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embed_core.learning import machine_cache

# Whatever a process did before, it finds the program; prints the loss, and whether anything was compiled.
TRAINING = """
import os, sys
from dataclasses import replace
from pathlib import Path
from embed_core.learning.machine_cache import keep_programs
keep_programs()
import keras
from tests.learning.cases import SPECS, rows_for, trained
from embed_core.learning.program import program
if "history" in sys.argv:
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Flatten()])
spec = SPECS["binary"]
print(trained(spec, rows_for(spec)).vectors().tobytes().hex())
if "sizes" in sys.argv:
    for size in (13, 15, 16):
        other = replace(spec, tables=((size, 3),))
        trained(other, rows_for(other, 150 + size), rows_for(other, 40 + size), validation_share=0.2)
if "again" in sys.argv:
    program.cache_clear()
    print(trained(spec, rows_for(spec)).vectors().tobytes().hex())
"""


def _trained(folder: Path, *arguments: str) -> list[str]:
    environment = {**os.environ, "CATEGORY_ATLAS_PROGRAMS": str(folder), "TF_XLA_FLAGS": ""}
    done = subprocess.run(
        [sys.executable, "-c", TRAINING, *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_process_with_another_history_finds_the_program_and_a_damaged_file_harms_nothing(
    tmp_path: Path,
) -> None:
    first = _trained(tmp_path / "programs")
    (file,) = (tmp_path / "programs").rglob("*.pb")
    assert file.parent.stat().st_mode & 0o077 == 0
    written = file.stat().st_mtime_ns
    assert _trained(tmp_path / "programs", "history", "again") == first * 2
    assert list(file.parent.iterdir()) == [file], "another program was compiled"
    assert file.stat().st_mtime_ns == written
    file.write_bytes(file.read_bytes()[:1000])
    assert _trained(tmp_path / "programs") == first
    assert [path.stat().st_size > 1000 for path in file.parent.iterdir()] == [True], (
        "it was not compiled again"
    )


def test_tables_of_about_the_same_size_are_compiled_once(tmp_path: Path) -> None:
    _trained(tmp_path / "programs", "sizes")
    files = list((tmp_path / "programs").rglob("*.pb"))
    assert len(files) == 2, "one of what is only learned from, and one of three sizes that are judged, too"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CATEGORY_ATLAS_PROGRAMS", str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_other=1")
    machine_cache.keep_programs()
    return Path(os.environ["TF_XLA_FLAGS"].split("=")[-1])


def test_flags_that_are_there_stay_and_the_oldest_files_go(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert os.environ["TF_XLA_FLAGS"].startswith("--tf_xla_other=1 ")
    for age in range(4):
        (cache / f"{age}.pb").write_bytes(b"x" * 100)
        os.utime(cache / f"{age}.pb", (1000 - age, 1000 - age))
    monkeypatch.setattr(machine_cache, "MOST_BYTES", 250)
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    machine_cache.keep_programs()
    assert sorted(path.name for path in cache.iterdir()) == ["0.pb", "1.pb"]


def test_a_folder_that_others_can_write_to_is_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.chmod(0o777)
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    machine_cache.keep_programs()
    assert os.environ["TF_XLA_FLAGS"] == ""
