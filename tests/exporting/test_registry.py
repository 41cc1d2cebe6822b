"""What is exported can be read again, text for text and number for number; an exporter is added with one line."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.exporting.base import Exporter
from embed_core.exporting.registry import EXPORTERS, register

LABELS = [
    "plain",
    "",
    "a,b",
    'the "best"',
    "two\nlines",
    "carriage\rreturn",
    "=1+1",
    "Zürich 😀",
    " blanks ",
    "(missing)",
]


@pytest.fixture
def embedding() -> ec.Embedding:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(LABELS), 3)).astype(np.float32)
    vectors[0] = [1e-30, -3.4e38, 1 / 3]
    return ec.Embedding(LABELS, vectors, np.arange(len(LABELS)) * 10**12, name="shop")


def test_csv_gives_back_every_text_and_every_number(embedding: ec.Embedding, tmp_path: Path) -> None:
    path = ec.export(embedding, "csv", tmp_path / "new folder" / "shops.csv")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["category", "support", "v0", "v1", "v2"]
    assert [row[0] for row in rows] == LABELS
    assert [int(row[1]) for row in rows] == embedding.support.tolist()
    found = np.array([[np.float32(number) for number in row[2:]] for row in rows])
    np.testing.assert_array_equal(found, embedding.vectors)
    assert [each.name for each in path.parent.iterdir()] == ["shops.csv"]


def test_csv_is_read_again_by_the_library_itself(embedding: ec.Embedding, tmp_path: Path) -> None:
    table = ec.read_table(ec.export(embedding, "csv", tmp_path / "shops.csv"))
    frame = table.execute(table.expression)
    assert list(frame) == ["category", "support", "v0", "v1", "v2"]
    assert frame["support"].tolist() == embedding.support.tolist()


def test_parquet_is_the_folder_that_an_embedding_is_loaded_from(
    embedding: ec.Embedding, tmp_path: Path
) -> None:
    found = ec.Embedding.load(ec.export(embedding, "parquet", tmp_path / "shops"))
    assert (found.labels, found.name) == (LABELS, "shop")
    np.testing.assert_array_equal(found.vectors, embedding.vectors)


def test_a_run_is_exported_by_its_own_column_or_by_another(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": list("xyzx") * 9, "b": list("yzwx") * 9, "n": [1.0, 2, 3, 4] * 9})
    run = ec.train(frame, column="a", target="n", objective="entity", features=["b"], dimension=1, epochs=1)
    own = ec.Embedding.load(ec.export(run, "parquet", tmp_path / "own"))
    assert own.name == "a" and own.labels == run.embedding.labels
    assert ec.Embedding.load(ec.export(run, "parquet", tmp_path / "b", column="b")).name == "b"
    with pytest.raises(ec.AtlasError, match='The run has no embedding of "c"'):
        ec.export(run, "parquet", tmp_path / "c", column="c")


def test_an_exporter_is_added_with_one_line(
    embedding: ec.Embedding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(embedding: ec.Embedding, path: Path) -> None:
        path.write_text(json.dumps(dict(zip(embedding.labels, embedding.vectors.tolist(), strict=True))))

    monkeypatch.setattr("embed_core.exporting.registry.EXPORTERS", dict(EXPORTERS))
    register(Exporter("toy", "Toy", "A dictionary of vectors.", ".json", write))
    path = ec.export(embedding, "toy", tmp_path / "toy.json")
    assert list(json.loads(path.read_text())) == LABELS


def test_what_cannot_be_exported_is_said(embedding: ec.Embedding, tmp_path: Path) -> None:
    with pytest.raises(ec.AtlasError, match='Did you mean "csv"'):
        ec.export(embedding, "CSV", tmp_path / "shops.csv")
    (tmp_path / "file").write_text("a file, and no folder")
    for name in EXPORTERS:
        with pytest.raises(ec.AtlasError, match="cannot be written to"):
            ec.export(embedding, name, tmp_path / "file" / "shops")


def test_every_exporter_says_what_it_writes() -> None:
    for name, exporter in EXPORTERS.items():
        assert name == exporter.name and exporter.title and exporter.sentence.endswith(".")
        assert exporter.suffix == "" or exporter.suffix.startswith(".")
