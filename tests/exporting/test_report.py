"""The report holds what it promises, and every text of the table as text."""

import html
from html.parser import HTMLParser

import numpy as np
import pytest

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.map_page import MAP_PAGE
from embed_core.exporting.report.report import REPORT
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
    trust = ec.trust(traps, trap_run, k=2, splits=1)
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
