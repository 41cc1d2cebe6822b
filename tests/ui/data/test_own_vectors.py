"""Vectors that a person has already get a map, neighbours and everything that is exported; nothing of them is run."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.exporting.content import Content
from embed_core.exporting.registry import EXPORTERS
from embed_core.runs.jobs import Jobs
from embed_core.ui.app.state import keys
from tests.helpers.driving import PAGES, words

LABELS = [f"word {i}" for i in range(30)]
VECTORS = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
WORD2VEC = "30 5\n" + "".join(
    f"{label} {' '.join(map(str, vector.tolist()))}\n" for label, vector in zip(LABELS, VECTORS, strict=True)
)


def bring(app: AppTest, name: str, content: bytes) -> AppTest:
    app.run()
    app.file_uploader(key="vectors_upload").upload(name, content, "text/plain")
    return app.run()


def test_they_are_on_every_page_and_can_be_exported(app: AppTest, jobs: Jobs) -> None:
    bring(app, "../../english words.txt", WORD2VEC.encode())
    assert not app.exception and not app.error, words(app)
    run_id = app.session_state[keys.RUN]
    assert "30 categories of english words, placed by vectors from elsewhere" in words(app).replace("\\", "")
    embedding = jobs.store.embedding(run_id)
    assert embedding.labels == LABELS
    np.testing.assert_array_equal(embedding.vectors, VECTORS)
    assert "too few rows" not in words(app)
    assert app.session_state[keys.COLOR] == "cluster", "all have one row, which tells nothing"
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception, page
        if "train" in page:
            assert "nothing was trained here" in words(app) and "Epoch" not in words(app)
        assert "has not been measured yet" not in words(app), "it cannot be"
    content = Content.stored(jobs.store, run_id)
    refused = {name for name, exporter in EXPORTERS.items() if exporter.missing(content)}
    of_rows_or_models = {
        "table-excel",
        "table-csv",
        "table-parquet",
        "keras",
        "keras-codes",
        "keras-code",
        "python",
    }
    assert refused == {*of_rows_or_models, "transformer"}
    for name in of_rows_or_models:
        assert "not trained here" in EXPORTERS[name].missing(content)
    assert "say nothing of a category that they do not hold" in EXPORTERS["transformer"].missing(content)
    assert "not learned here" in EXPORTERS["report"].make(content).decode()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("model.keras", b"PK\x03\x04", "holds no vectors"),
        ("words.csv", b"word,other\na,b\n", "No column holds numbers"),
        ("wide.txt", ("1 2000\na" + " 1" * 2_000).encode(), "dimension"),
    ],
)
def test_what_holds_no_vectors_is_said_in_place(
    app: AppTest, name: str, content: bytes, sentence: str
) -> None:
    bring(app, name, content)
    assert not app.exception
    assert sentence in app.error[0].value.replace("\\", "")
