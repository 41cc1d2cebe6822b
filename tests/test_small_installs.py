"""What works without TensorFlow, Streamlit and Dask, and what is said where they are needed."""

import json
import pickle
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embed_core as ec
from embed_core import extras

ROOT = Path(__file__).parent.parent
RUN = ROOT / "tests" / "data" / "runs" / "target-of-classes" / "embedding" / "0"
# Run by a process of its own, in which the packages of the extras are not there. It prints what it found.
ALONE = """
import sys
for name in ("tensorflow", "keras", "streamlit", "dask", "distributed", "plotly", "cryptography", "umap"):
    sys.modules[name] = None
import json, pickle
from pathlib import Path
import numpy as np
import pandas as pd
import embed_core as ec

folder, kept = map(Path, sys.argv[1:])
found = {}
pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20}).to_csv(folder / "shops.csv", index=False)
table = ec.read_table(folder / "shops.csv")
found["columns"] = list(table.profile()["name"])
embedder = pickle.loads((folder / "embedder").read_bytes())
found["transform"] = embedder.transform(pd.DataFrame({"shop": ["a", "b", "never seen"]})).shape
embedding = ec.Embedding.load(kept)
found["neighbors"] = len(embedding.neighbors(embedding.labels[0], k=2))
noise = np.random.default_rng(0).normal(size=(40, 5)).astype("float32")
many = ec.Embedding(list(map(str, range(40))), noise, np.ones(40, int))
for method in ("pca", "tsne"):
    found[method] = many.project(method).coordinates.shape
found["export"] = [ec.export(many, each, folder / each).stat().st_size > 99 for each in ("csv", "map", "word2vec")]
target = {"column": "shop", "target": "late"}
for name, refused in {
    "train": lambda: ec.train(table, **target, dimension=2, epochs=1),
    "estimator": lambda: ec.CategoryEmbedder().fit(table.to_pandas()[["shop"]], table.to_pandas()["late"]),
    "umap": lambda: many.project("umap"),
}.items():
    try:
        found[name] = str(refused())
    except ec.AtlasError as error:
        found[name] = str(error)
scores = ec.compare_encoders(table, **target, encoders=["drop", "embedding_target"])
found["compared"] = scores.drop_duplicates("encoder").set_index("encoder")["note"].to_dict()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, shops: pd.DataFrame) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("small")
    embedder = ec.CategoryEmbedder(dimension=2, epochs=1).fit(shops[["shop"]], shops["late"])
    (folder / "embedder").write_bytes(pickle.dumps(embedder))
    arguments = [sys.executable, "-c", ALONE, str(folder), str(RUN)]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_core_reads_looks_up_draws_and_exports_without_them(found: dict[str, Any]) -> None:
    assert found["columns"] == ["shop", "late"]
    assert found["transform"] == [3, 2] and found["neighbors"] == 2 and all(found["export"])
    assert found["pca"] == found["tsne"] == [40, 2]


@pytest.mark.parametrize("name", ["train", "estimator"])
def test_what_trains_says_how_to_install_tensorflow(found: dict[str, Any], name: str) -> None:
    assert found[name].startswith(
        "Training needs TensorFlow, which is not installed. Install it with pip install"
    )
    assert '"category-atlas[train]"' in found[name] and "train-cpu" in found[name]


def test_encoders_that_need_no_training_are_compared_without_it(found: dict[str, Any]) -> None:
    assert not found["compared"]["drop"]
    assert "Training needs TensorFlow" in found["compared"]["embedding_target"]


def test_a_projection_says_how_to_install_what_it_needs(found: dict[str, Any]) -> None:
    assert '"category-atlas[umap]"' in found["umap"]


def test_inputs_of_a_model_need_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ec.Run.__new__(ec.Run)
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(ec.AtlasError, match=r"needs TensorFlow.*category-atlas\[train\]"):
        run.model_inputs(None)


def test_the_build_for_processors_is_tensorflow_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name != "tensorflow-cpu":
            raise PackageNotFoundError(name)
        return "2.21.0"

    monkeypatch.setattr(extras, "version", version)
    assert extras.installed_version("tensorflow") == "2.21.0"
    assert extras.installed_version("keras") == ""


def packages(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text("utf-8").splitlines()
    return {line.split("  ")[0] for line in lines if line and not line.startswith("#")}


def test_the_two_builds_of_tensorflow_have_the_same_bounds() -> None:
    assert {each.replace("tensorflow-cpu", "tensorflow") for each in packages("train-cpu.txt")} == packages(
        "train.txt"
    )


def test_the_full_list_is_the_core_and_what_the_dashboard_needs() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    included = {line.removeprefix("-r requirements/") for line in lines if not line.startswith("#")}
    assert included == {"core.txt", "train.txt", "app.txt"}
