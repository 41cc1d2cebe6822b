"""Vectors that were made elsewhere are taken as they are, and what holds none is refused in words."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.space.embedding import Embedding

LABELS = ["New York", "=1+1", "", "null", "7", "ü 😀"]
VECTORS = np.random.default_rng(0).normal(size=(len(LABELS), 3)).astype(np.float32)


def same(found: Embedding, labels: list[str] = LABELS) -> bool:
    np.testing.assert_array_equal(found.vectors, VECTORS)
    return found.labels == labels


def test_word2vec_and_glove_with_blanks_in_names(tmp_path: Path) -> None:
    rows = [f"{label} {' '.join(map(str, v.tolist()))}" for label, v in zip(LABELS, VECTORS, strict=True)]
    (tmp_path / "w2v.txt").write_text("\n".join(["6 3", *rows]) + "\n", "utf-8")
    (tmp_path / "glove.vec").write_text("\n".join(rows[1:]) + "\n", "utf-8")
    found = Embedding.from_file(tmp_path / "w2v.txt")
    assert same(found) and found.name == "w2v" and found.support.tolist() == [1] * 6
    np.testing.assert_array_equal(Embedding.from_file(tmp_path / "glove.vec").vectors, VECTORS[1:])


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet"])
def test_tables_in_files_keep_their_names_as_texts(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame(VECTORS, columns=["v0", "v1", "v2"])
    frame.insert(0, "word", LABELS)
    frame["count"], frame["map_x"] = range(6), 0.5
    path = tmp_path / f"words.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, sep="," if suffix == "csv" else "\t", index=False)
    found = Embedding.from_file(path)
    assert same(found) and found.support.tolist() == list(range(6))


DIALECTS = {
    "commas": "id;city;v1;v2;rows\n01;Ulm;0,5;-1,25;3\n02;Bonn, W;1;2,5e-1;4\n",
    "tabs": "id\tcity\tv1\tv2\trows\n01\tUlm\t0.5\t-1.25\t3\n02\tBonn, W\t1\t0.25\t4\n",
    "quotes": 'v1,v2,rows,city\n"0,5","-1,25",3,Ulm\n"1","0,25",4,"Bonn, W"\n',
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_tables_in_any_dialect_are_read(tmp_path: Path, dialect: str, encoding: str) -> None:
    path = tmp_path / "cities.csv"
    path.write_text(DIALECTS[dialect].replace("Ulm", "Köln").replace("id", "nr"), encoding)
    found = Embedding.from_file(path)
    assert found.vectors.tolist() == [[0.5, -1.25], [1, 0.25]] and found.support.tolist() == [3, 4]
    assert found.labels == (["Köln", "Bonn, W"])
    frame = pd.read_csv(io.StringIO(DIALECTS["commas"]), sep=";", dtype={"id": str})
    assert Embedding.from_table(frame, label="city").vectors.tolist() == [[0.5, -1.25], [1, 0.25]]


def test_the_two_files_of_the_projector(tmp_path: Path) -> None:
    pd.DataFrame(VECTORS).to_csv(tmp_path / "vectors.tsv", sep="\t", header=False, index=False)
    for head in ([], ["category\trows"]):
        lines = [*head, *(f"{label}\t1" for label in LABELS)]
        (tmp_path / "metadata.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        assert same(Embedding.from_file(tmp_path / "vectors.tsv", metadata=tmp_path / "metadata.tsv"))


def test_a_column_of_lists_and_columns_that_are_named() -> None:
    frame = pd.DataFrame({"x": 1.0, "shop": LABELS, "vector": VECTORS.tolist(), "n": 3})
    assert same(Embedding.from_table(frame))
    wide = pd.DataFrame(VECTORS, columns=["a", "b", "c"]).assign(shop=LABELS, other="text", target_mean=0.5)
    found = Embedding.from_table(wide, label="shop", vectors=["a", "b", "c"], metric="euclidean")
    assert same(found) and found.metric == "euclidean" and found.target_mean.tolist() == [0.5] * 6


def test_an_embedding_layer_of_a_keras_model() -> None:
    import keras

    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Embedding(7, 3, name="words"), keras.layers.Flatten()]
    )
    table = np.vstack([np.ones((1, 3), np.float32), VECTORS])
    model.get_layer("words").set_weights([table])
    found = Embedding.from_keras(model, None, LABELS, unknown=0, name="city")
    assert same(found) and found.unknown.tolist() == [1, 1, 1] and found.name == "city"
    with pytest.raises(AtlasError, match="The layer has 7 rows, and 6 labels were given"):
        Embedding.from_keras(model, "words", LABELS)
    with pytest.raises(AtlasError, match='There is no embedding layer "word"'):
        Embedding.from_keras(model, "word", LABELS)
    with pytest.raises(AtlasError, match="unknown row must be one of 7, counted from 0"):
        Embedding.from_keras(model, "words", LABELS, unknown=7)
    with pytest.raises(AtlasError, match="a Keras model is wanted"):
        Embedding.from_keras("model.keras", None, LABELS)
    with pytest.raises(AtlasError, match="no vectors yet"):
        Embedding.from_keras(keras.Sequential([keras.layers.Embedding(6, 3)]), None, LABELS)


REFUSED = {
    "text.txt": ("just a text\nwithout numbers", "holds no vectors that can be read"),
    "short.txt": ("2 3\na 1 2 3\nb 1 2\n", "Line 3 of .* has no 3 numbers"),
    "names.csv": ("word,other\na,x\nb,y\n", "No column holds numbers"),
    "numbers.parquet": ("PAR1", "holds no vectors that can be read"),
    "empty.csv": ("", "holds no vectors that can be read"),
    "binary.vec": ("2 3\n\udcff\udcfe", "holds no vectors that can be read"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_holds_no_vectors_is_refused(tmp_path: Path, name: str) -> None:
    content, reason = REFUSED[name]
    (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(AtlasError, match=reason):
        Embedding.from_file(tmp_path / name)
    with pytest.raises(AtlasError, match="cannot be read: No such file"):
        Embedding.from_file(tmp_path / "gone.csv")


@pytest.mark.parametrize("head", ["6 3\n", "6 3 \n", ""])
def test_lines_of_word2vec_may_end_in_blanks_and_returns(tmp_path: Path, head: str) -> None:
    rows = [f"n{place} {' '.join(map(str, v.tolist()))} \n" for place, v in enumerate(VECTORS)]
    (tmp_path / "w2v.txt").write_bytes((head + "".join(rows)).replace("\n", "\r\n").encode())
    assert same(Embedding.from_file(tmp_path / "w2v.txt"), [f"n{place}" for place in range(6)])


def test_names_that_are_not_those_of_the_vectors_are_refused(tmp_path: Path) -> None:
    vectors, names = tmp_path / "vectors.tsv", tmp_path / "metadata.tsv"
    pd.DataFrame(VECTORS).to_csv(vectors, sep="\t", header=False, index=False)
    with pytest.raises(AtlasError, match=r"metadata\.tsv"):
        Embedding.from_file(vectors, metadata=names)
    for count in (5, 8):
        names.write_text("a\n" * count)
        with pytest.raises(AtlasError, match=f"has {count} lines, and there are 6 vectors"):
            Embedding.from_file(vectors, metadata=names)


def test_coordinates_are_vectors_where_there_is_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("name,x,y,index\na,1,2,7\nb,3,4,8\n")
    assert Embedding.from_file(tmp_path / "map.csv").vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("columns", "chosen", "reason"),
    [
        (["w", "v"], "v", 'must be numbers, and "v" holds others'),
        (["w", "l"], "l", 'must be numbers, and "l" holds others'),
        (["w", "w"], None, 'these repeat: "w"'),
    ],
)
def test_vectors_that_are_no_numbers_are_refused(columns: list[str], chosen: str | None, reason: str) -> None:
    frame = pd.DataFrame({"w": ["a", "b"], "v": ["up", "down"], "l": [["up"], ["down"]]})[columns]
    with pytest.raises(AtlasError, match=reason):
        Embedding.from_table(frame, vectors=chosen)


def test_repeated_names_and_unknown_columns_are_named() -> None:
    with pytest.raises(AtlasError, match='given more than once: "a"'):
        Embedding.from_table(pd.DataFrame({"word": ["a", "a"], "v0": [1, 2]}))
    with pytest.raises(AtlasError, match='Did you mean "word"'):
        Embedding.from_table(pd.DataFrame({"word": ["a", "b"], "v0": [1, 2]}), label="Word")
