"""What can be exported, and what is said where it cannot."""

import json
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.registry import EXPORTERS, register


@pytest.fixture
def embedding() -> ec.Embedding:
    return ec.Embedding(list("abc"), np.eye(3, dtype=np.float32), [3, 2, 1], name="shop")


def test_the_report_comes_first() -> None:
    assert next(iter(EXPORTERS)) == "report"


def test_every_exporter_says_what_it_writes() -> None:
    for name, exporter in EXPORTERS.items():
        assert name == exporter.name and exporter.title and exporter.sentence.endswith(".")
        assert exporter.suffix.startswith(".") and "/" in exporter.mime


def test_exporters_of_a_section_stand_together() -> None:
    sections = [exporter.section for exporter in EXPORTERS.values()]
    assert len(dict.fromkeys(sections)) == 1 + sum(one != other for one, other in pairwise(sections))


def test_a_run_is_exported_by_its_own_column_or_by_another(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": list("xyzx") * 9, "b": list("yzwx") * 9, "n": [1.0, 2, 3, 4] * 9})
    run = ec.train(frame, column="a", target="n", objective="entity", features=["b"], dimension=1, epochs=1)
    own = pd.read_parquet(ec.export(run, "parquet", tmp_path / "own.parquet"))
    assert own["category"].tolist() == run.embedding.labels
    other = pd.read_parquet(ec.export(run, "parquet", tmp_path / "b.parquet", column="b"))
    assert other["category"].tolist() == run.embeddings["b"].labels
    with pytest.raises(ec.AtlasError, match='The run has no embedding of "c"'):
        ec.export(run, "parquet", tmp_path / "c.parquet", column="c")


def test_an_exporter_is_added_with_one_line(
    embedding: ec.Embedding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(content: Content) -> bytes:
        return json.dumps(content.embedding.labels).encode()

    monkeypatch.setattr("embed_core.exporting.registry.EXPORTERS", dict(EXPORTERS))
    register(Exporter("toy", "Toy", "A list of names.", ".json", make))
    path = ec.export(embedding, "toy", tmp_path / "new folder" / "toy.json")
    assert json.loads(path.read_text()) == embedding.labels
    assert [each.name for each in path.parent.iterdir()] == ["toy.json"]


def test_what_cannot_be_exported_is_said(embedding: ec.Embedding, tmp_path: Path) -> None:
    with pytest.raises(ec.AtlasError, match='Did you mean "csv"'):
        ec.export(embedding, "CSV", tmp_path / "shops.csv")
    with pytest.raises(ec.AtlasError, match="It is made of a run, and these are vectors alone"):
        ec.export(embedding, "report", tmp_path / "report.html")
    (tmp_path / "file").write_text("a file, and no folder")
    with pytest.raises(ec.AtlasError, match="cannot be written to"):
        ec.export(embedding, "csv", tmp_path / "file" / "shops")
    with pytest.raises(ec.AtlasError, match="cannot hold a null character"):
        ec.export(embedding, "csv", "a\0b")
    for strange in (5, None, BytesIO()):
        with pytest.raises(ec.AtlasError, match="the path of the file to write is wanted"):
            ec.export(embedding, "csv", strange)  # type: ignore[arg-type]
        for folder in (embedding.save, ec.Embedding.load):
            with pytest.raises(ec.AtlasError, match="the path of a folder is wanted"):
                folder(strange)  # type: ignore[arg-type]
    with pytest.raises(ec.AtlasError, match="There is no format"):
        ec.export(embedding, ["csv"], tmp_path / "x")  # type: ignore[arg-type]
    with pytest.raises(ec.AtlasError, match="in the gallery"):
        ec.load_sample(["films"])  # type: ignore[arg-type]


def test_a_run_without_its_table_gives_no_table_back(trap_run: ec.Run, tmp_path: Path) -> None:
    for name in ("table-excel", "table-csv", "table-parquet"):
        with pytest.raises(ec.AtlasError, match="give it as table="):
            ec.export(trap_run, name, tmp_path / "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("n", [1, 2, 3])
def test_one_two_and_three_categories_can_be_exported(n: int) -> None:
    few = Content(ec.Embedding(list("abc")[:n], np.eye(3, dtype=np.float32)[:n], [3, 2, 1][:n], name="shop"))
    for exporter in EXPORTERS.values():
        assert exporter.missing(few) or exporter.make(few)
