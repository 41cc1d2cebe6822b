"""The report holds what it promises, and every text of the table as text."""

import html
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.map_page import MAP_PAGE, drawing_of
from embed_core.exporting.report.report import REPORT, _clusters, _groups
from embed_core.map.svg import COLORS
from tests.exporting.conftest import TRAPS

MOST_BYTES = 6_000_000


class Reader(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page(trapped: Content) -> Reader:
    reader = Reader()
    reader.feed(REPORT.make(trapped).decode())
    return reader


def test_it_says_what_was_asked_what_came_out_and_how_far_to_believe_it(
    page: Reader, trapped: Content
) -> None:
    assert trapped.trust is not None
    for reason in trapped.trust.verdict.reasons:
        assert reason.rstrip(".") in page.text
    for heading in (
        "What was asked",
        "Clusters",
        "Nearest neighbours",
        "The training",
        "How the table was read",
    ):
        assert heading in page.text
    assert "600 rows of the table" in page.text and "=mine <b>" in page.text
    assert page.elements.count("svg") == 2


def test_every_text_of_the_table_stays_text(page: Reader) -> None:
    for trap in TRAPS:
        assert trap in page.text, trap
    assert not {"b", "i", "script", "img", "link", "iframe"} & set(page.elements)
    assert page.addresses == []


def test_trust_that_was_measured_is_in_it(trap_run: ec.Run, traps: ec.Table) -> None:
    trust = ec.trust(traps, trap_run, k=2, replicates=2)
    text = REPORT.make(Content.of(trap_run, table=traps, measures=trust.measures)).decode()
    assert "found again by trainings on other halves" in text
    assert html.escape(trust.verdict.reasons[0].rstrip(".")) in text


def test_report_and_map_of_thousands_stay_small(trap_run: ec.Run) -> None:
    rng = np.random.default_rng(0)
    n = 5_000
    many = ec.Embedding(
        [f"category {i}" for i in range(n)], rng.normal(size=(n, 16)), rng.integers(1, 99, n), name="shop <i>"
    )
    content = Content.of(trap_run)
    content = Content(many, record=content.record, history=content.history, clustering={"n_clusters": 6})
    assert len(REPORT.make(content)) < MOST_BYTES
    assert len(MAP_PAGE.make(content)) < MOST_BYTES


@pytest.mark.parametrize(("measure", "is_in_km"), [("distance", True), ("time", False)])
def test_distances_that_were_learned_are_in_their_own_unit(measure: str, is_in_km: bool) -> None:
    places = np.random.default_rng(0).uniform(0, 900, (12, 2))
    pairs = [(i, j) for i in range(12) for j in range(i)]
    away = {pair: float(np.linalg.norm(places[pair[0]] - places[pair[1]])) for pair in pairs}
    frame = pd.DataFrame(
        [(f"t{i}", f"t{j}", km) for (i, j), km in away.items()], columns=["from", "to", "km"]
    )
    settings = {"column": "from", "partner": "to", "target": "km", "objective": "distance", "dimension": 2}
    run = ec.train(frame, **settings, measure=measure, epochs=100, validation_share=0.0, progress=False)
    content = Content.of(run)
    first, second = run.embedding["t3"], run.embedding["t1"]
    found = content.distance_unit * float(np.linalg.norm(first - second))
    assert (abs(found / away[3, 1] - 1) < 0.05) is is_in_km
    assert (
        "by euclidean distance, in the unit of <bdi>km</bdi>, in the" in REPORT.make(content).decode()
    ) is is_in_km


def test_a_cluster_has_the_color_that_the_map_page_gives_it(trap_run: ec.Run) -> None:
    # The second has fewer categories, and most rows: the first colour.
    vectors = [[1, 0.01 * i] for i in range(5)] + [[0.01 * i, 1] for i in range(3)]
    embedding = ec.Embedding(list("abcdefgh"), np.array(vectors), [9, 9, 9, 9, 9, 99, 98, 97], name="letter")
    content = Content(embedding, record=Content.of(trap_run).record, clustering={"n_clusters": 2})
    colors = [line.color for line in _clusters(content)]
    assert content.cluster_names == ["a, b, c + 2", "f, g, h"]
    assert colors == [COLORS[1], COLORS[0]]
    assert drawing_of(content).count(COLORS[0]) == 3


def test_a_large_group_names_those_with_most_rows_and_says_how_many_more() -> None:
    labels = [f"shop {number:03}" for number in range(100)]
    vectors = np.random.default_rng(0).normal(size=(100, 2))
    content = Content(ec.Embedding(labels, vectors, range(1, 101)), groups={"all": labels, "few": labels[:2]})
    (_, named, more), few = _groups(content)
    assert named[:2] == ["shop 099", "shop 098"] and len(named) + more == 100 and more > 0
    assert few == ("few", ["shop 001", "shop 000"], 0)
