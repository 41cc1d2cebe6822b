"""The Python of a run, run: the same numbers again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.python_code import PYTHON


def test_the_script_of_a_run_gives_its_numbers_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"the 'shop'": rng.choice(list("abcdef"), 300), "late": rng.choice(["no", "yes"], 300)}
    )
    frame["region"] = 1 + (frame["the 'shop'"] > "c")
    frame["tags"] = rng.choice(["x|y", "y", "x|z|y"], 300)
    frame.to_csv("shops; table.csv", index=False, sep=";")
    table = ec.read_table("shops; table.csv", types={"region": "text"}, bags={"tags": "|"})
    table = ec.merge_spellings(ec.keep_rows(table, "the 'shop'", "is not", ["f"]), "late", {"yes": "late"})
    run = ec.train(
        table,
        column="the 'shop'",
        target="late",
        objective="entity",
        features=["region", "tags"],
        hidden=[4],
        dimension=2,
        epochs=3,
        seed=5,
    )
    script = PYTHON.make(Content.of(run, table=table)).decode()
    assert "FILE = 'shops; table.csv'" in script and "'is not', ['f'])" in script
    assert "split_cells(table, 'tags', '|')" in script
    assert "types={'region': 'text'}" in script and "seed=5" in script and "batch_size" not in script
    without = PYTHON.make(Content.of(run)).decode()
    assert "is not known here: export(..., table=table)" in without and "keep_rows" not in without
    names: dict[str, object] = {}
    exec(compile(script, "run.py", "exec"), names)
    again = names["run"]
    assert isinstance(again, ec.Run)
    np.testing.assert_array_equal(again.embedding.vectors, run.embedding.vectors)
    assert again.history.equals(run.history)
    assert (tmp_path / "report.html").exists()


def test_a_table_of_the_gallery_is_opened_by_its_name() -> None:
    table = ec.load_sample("diamonds")
    run = ec.train(table, column="clarity", target="price", dimension=1, epochs=1, prior_strength=1.0)
    assert "ec.load_sample('diamonds')" in PYTHON.make(Content.of(run, table=table)).decode()
