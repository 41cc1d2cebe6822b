"""What notebooks show: every object has a display, and no name in it is markup."""

import html
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import embed_core as ec

TRAPS = ["<b>x</b>", "</script><script>alert(1)</script>", '"q"', "two\nlines", "=1+1", "plain"]


class Reader(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = ""
        self.page = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.page += dict(attrs).get("srcdoc") or ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def objects() -> dict[str, object]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"shop <i>": rng.choice(TRAPS, 300), "late": rng.choice(["no", "yes"], 300)})
    table = ec.read_table(frame)
    run = ec.train(table, column="shop <i>", target="late", dimension=3, epochs=2, prior_strength=1.0)
    trust = ec.trust(table, run, k=2, replicates=2)
    return {
        "table": table,
        "run": run,
        "embedding": run.embedding,
        "map": run.embedding.project(),
        "trust": trust,
        "shown": ec.show_map(run, trust=trust),
    }


def test_every_object_has_a_display_without_markup_of_the_table(objects: dict[str, object]) -> None:
    for name, each in objects.items():
        reader = Reader(each._repr_html_())  # type: ignore[attr-defined]
        assert not {"b", "i", "script"} & set(reader.elements), name
        assert "iframe" in reader.elements if name == "shown" else reader.text.strip(), name
    for trap in TRAPS:
        assert trap in Reader(objects["embedding"]._repr_html_()).text  # type: ignore[attr-defined]


def test_the_map_of_a_notebook_is_the_page_that_opens_without_a_server(objects: dict[str, object]) -> None:
    page = Reader(objects["shown"]._repr_html_()).page  # type: ignore[attr-defined]
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    trust = objects["trust"]
    assert isinstance(trust, ec.Trust) and html.escape(trust.verdict.sentence) in page


def test_one_category_has_a_display() -> None:
    assert "1 categories" in ec.Embedding(["a"], [[1.0]], [1])._repr_html_()
