"""The public face: every name is there, is found, and says what it is."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import embed_core as ec

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture(scope="module")
def runs() -> tuple[ec.Run, ec.Run]:
    shops = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})
    one, other = (ec.train(shops, column="shop", target="late", dimension=2, epochs=3) for _ in range(2))
    return one, other


def test_every_public_name_is_listed_is_there_and_says_what_it_is() -> None:
    assert set(ec.__all__) <= set(dir(ec))
    for name in ec.__all__:
        found = getattr(ec, name)
        if inspect.isroutine(found) or inspect.isclass(found):
            assert inspect.getdoc(found), name


def test_every_public_name_has_a_home() -> None:
    assert sorted(ec._HOME_OF) == sorted(ec.__all__)
    for name, home in ec._HOME_OF.items():
        assert getattr(ec, name) is getattr(importlib.import_module(f"embed_core.{home}"), name)


@pytest.mark.parametrize("started", ["-c import embed_core", "-m embed_core --help"])
def test_nothing_is_imported_before_it_is_needed(started: str) -> None:
    flag, rest = started.split(maxsplit=1)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", flag, *([rest] if flag == "-c" else rest.split())],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "embed_core" in imported
    assert not imported & {"pandas", "ibis", "duckdb", "pydantic", "sklearn", "tensorflow", "streamlit"}


def test_what_the_readme_uses_is_public() -> None:
    blocks = README.read_text("utf-8").split("```python\n")[1:]
    code = ast.parse("\n".join(block.split("```")[0] for block in blocks))
    used = {
        node.attr
        for node in ast.walk(code)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ec"
    }
    assert {"train", "trust", "compare_runs", "what_sets_apart", "recommend", "export"} <= used
    assert used <= set(ec.__all__)


def test_runs_are_the_same_only_as_objects(runs: tuple[ec.Run, ec.Run]) -> None:
    one, other = runs
    assert one == one and one != other
    assert one in [other, one] and other not in [one]
    assert len({one, other, one}) == 2


def test_a_run_is_shown_in_one_line(runs: tuple[ec.Run, ec.Run]) -> None:
    assert repr(runs[0]) == 'Run("shop" by target: 3 categories in 2 dimensions, finished after 3 epochs)'


RUN_WANTED: dict[str, Callable[[pd.DataFrame, ec.Run], object]] = {
    "trust": lambda frame, run: ec.trust(run, frame),
    "stability": lambda frame, run: ec.stability(run, frame),
    "what_vectors_know": lambda frame, run: ec.what_vectors_know(run, frame),
    "what_sets_apart": lambda frame, run: ec.what_sets_apart(run, frame, ["a"]),
    "compare_runs": lambda frame, run: ec.compare_runs(run, run.embedding),
    "export": lambda frame, run: ec.export(frame, "csv", "t.csv"),
    "keep_run": lambda frame, run: ec.keep_run(frame),
}


@pytest.mark.parametrize("name", RUN_WANTED)
def test_what_is_given_in_place_of_a_run_is_said(name: str, runs: tuple[ec.Run, ec.Run]) -> None:
    with pytest.raises(ec.AtlasError, match="was given where a run is wanted"):
        RUN_WANTED[name](pd.DataFrame({"shop": ["a", "b"]}), runs[0])


def test_a_table_that_was_read_is_a_table() -> None:
    table = ec.read_table(pd.DataFrame({"shop": ["a", "b"]}))
    assert ec.read_table(table) is table
    assert ec.read_table(table, types={"shop": "text"}).columns == ["shop"]
    with pytest.raises(ec.AtlasError, match="Leave name out"):
        ec.read_table(table, name="other")
