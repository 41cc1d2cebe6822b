"""Each format is opened by a program that reads it, and every name and number is there again."""

import csv
import io
import sqlite3
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import numpy as np
import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pytest

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.lookup_sql import LOOKUP_SQL
from embed_core.exporting.registry import EXPORTERS
from embed_core.exporting.word2vec import words_of
from tests.helpers import postgres

NASTY = [
    "plain",
    "",
    "a,b",
    "O'Neil",
    "two\nlines",
    "a\tb",
    "carriage\rreturn",
    "=1+1",
    "New York",
    "New_York",
    "ü 😀",
    "a\x0b\x01",
]


@pytest.fixture(scope="module", params=["cosine", "euclidean"])
def content(request: pytest.FixtureRequest) -> Content:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(NASTY), 3)).astype(np.float32) + 5
    vectors[0] = [1e-30, -3.4e20, 1 / 3]
    if request.param == "euclidean":
        vectors[0] = 7
    return Content(
        ec.Embedding(
            NASTY,
            vectors,
            np.arange(len(NASTY)) * 10**12,
            unknown=vectors[1],
            target_mean=rng.random(len(NASTY)),
            name='the "shop" --\n; DROP TABLE x',
            metric=request.param,
        ),
        groups={"=mine": ["plain", "gone"]},
    )


def made(name: str, content: Content) -> bytes:
    return EXPORTERS[name].make(content)


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_gives_back_every_text_and_every_number(content: Content) -> None:
    header, *rows = rows_of_csv(made("csv", content))
    assert header == ["category", "support", "target_mean", "map_x", "map_y", "v0", "v1", "v2"]
    assert [row[0] for row in rows] == [f"'{label}" if label == "=1+1" else label for label in NASTY]
    found = np.array([[np.float32(number) for number in row[5:]] for row in rows])
    np.testing.assert_array_equal(found, content.embedding.vectors)


def test_parquet_gives_back_every_text_and_every_number(content: Content) -> None:
    frame = pd.read_parquet(io.BytesIO(made("parquet", content)))
    assert frame["category"].tolist() == NASTY
    np.testing.assert_array_equal(frame[["v0", "v1", "v2"]], content.embedding.vectors)
    np.testing.assert_array_equal(frame[["map_x", "map_y"]], content.map.coordinates)


def test_neighbours_are_those_of_the_embedding_with_their_distances(content: Content) -> None:
    header, *rows = rows_of_csv(made("neighbors", content))
    assert header == ["category", "rank", "neighbour", "distance", "neighbour_rows"]
    assert len(rows) == len(NASTY) * (len(NASTY) - 1)
    expected = content.embedding.neighbors("New York", k=4)
    found = [row for row in rows if row[0] == "New York"][:4]
    assert [row[2].removeprefix("'") for row in found] == expected["category"].tolist()
    assert [float(row[3]) for row in found] == pytest.approx(expected["distance"].tolist())


def test_every_category_is_in_one_cluster_and_in_the_groups_that_have_it(content: Content) -> None:
    _, *rows = rows_of_csv(made("groups", content))
    assert sorted(row[2].removeprefix("'") for row in rows if row[0] == "cluster") == sorted(NASTY)
    assert [row[1:3] for row in rows if row[0] == "group"] == [["'=mine", "plain"]]


def test_the_projector_has_a_line_for_each_name_and_the_same_neighbours(content: Content) -> None:
    with zipfile.ZipFile(io.BytesIO(made("tensorboard", content))) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    metadata = [line.split("\t") for line in files["metadata.tsv"].split("\n")[:-1]]
    vectors = np.array([line.split("\t") for line in files["vectors.tsv"].split("\n")[:-1]], float)
    assert [len(line) for line in metadata] == [4] * (len(NASTY) + 1)
    assert [line[0] for line in metadata[5:7]] == ["two␊lines", "a␉b"]
    shown = ec.Embedding(
        [str(i) for i in range(len(vectors))], vectors, [1] * len(vectors), metric="euclidean"
    )
    assert (shown.nearest(3)[0] == content.embedding.nearest(3)[0]).all()
    centre = np.abs(vectors.mean(axis=0)).max()
    lengths = np.linalg.norm(vectors, axis=1)
    if content.embedding.metric == "euclidean":
        assert centre < 1e-5 and "their mean was taken" in files["README.txt"]
    else:
        assert lengths == pytest.approx(1) and "the length 1" in files["README.txt"]


def test_what_is_a_zip_goes_into_a_folder_where_the_name_has_no_ending(tmp_path: Path) -> None:
    shops = ec.Embedding(["a", "b"], [[0, 1], [2, 3.5]], [7, 5])
    folder = ec.export(shops, "tensorboard", tmp_path / "logs")
    packed = zipfile.ZipFile(ec.export(shops, "tensorboard", tmp_path / "logs.zip"))
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
        name: packed.read(name) for name in packed.namelist()
    }


def test_the_drawing_is_well_formed_and_names_stay_text(content: Content) -> None:
    root = ElementTree.fromstring(made("svg", content))
    circles = root.findall(".//{*}circle/{*}title")
    assert sorted(each.text or "" for each in circles) == sorted(
        label.replace("\r", "\n").translate({1: "\ufffd", 11: "\ufffd"}) for label in NASTY
    )
    assert {each.tag.rpartition("}")[2] for each in root.iter()} == {"svg", "rect", "circle", "title", "text"}


def test_word2vec_has_a_word_for_each_name_and_its_vector(content: Content, tmp_path: Path) -> None:
    from gensim.models import KeyedVectors  # here: a second to import

    (tmp_path / "vectors.txt").write_bytes(made("word2vec", content))
    found = KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt")
    assert found.index_to_key == words_of(NASTY) and len(found) == len(NASTY)
    np.testing.assert_array_equal(found.vectors, content.embedding.vectors)


def test_embedding_atlas_finds_one_list_column_places_and_neighbours_by_row(content: Content) -> None:
    table = pq.read_table(io.BytesIO(made("embedding-atlas", content)))
    assert {"category", "vector", "x", "y", "neighbors"} <= set(table.column_names)
    np.testing.assert_array_equal(
        np.array(table["vector"].to_pylist(), np.float32), content.embedding.vectors
    )
    first = table["neighbors"].to_pylist()[0]
    rows, distances = content.embedding.nearest(len(NASTY) - 1)
    assert first["ids"] == rows[0].tolist() and first["distances"] == distances[0].tolist()


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", "postgres"])
def test_the_lookup_table_is_joined_in_a_database(content: Content, engine: str) -> None:
    script = LOOKUP_SQL.make(content).decode()
    query = "SELECT category, support, v0, v1, v2 FROM shop_drop_table_x_vectors ORDER BY support"
    query = query.replace("shop_drop_table_x_vectors", script.split("CREATE TABLE ")[1].split()[0])
    if engine == "duckdb":
        with duckdb.connect() as connection:
            connection.execute(script)
            rows = connection.execute(query).fetchall()
    elif engine == "postgres":
        if postgres.may_be_missed():
            pytest.skip("PostgreSQL's server is not installed")
        with postgres.cluster() as address, psycopg.connect(address, autocommit=True) as connection:
            connection.execute(script.encode())
            rows = connection.execute(query.encode()).fetchall()
    else:
        with sqlite3.connect(":memory:") as lite:
            lite.executescript(script)
            rows = lite.execute(query).fetchall()
        lite.close()
    assert [row[0] for row in rows] == NASTY
    np.testing.assert_array_equal(np.array([row[2:] for row in rows], np.float32), content.embedding.vectors)
