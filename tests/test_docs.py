"""What the documentation says is so: its examples give what is printed beneath them."""

import doctest
from pathlib import Path

import pytest

import embed_core as ec

DOCS = Path(__file__).parent.parent / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if ">>> " in page.read_text("utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_print_what_it_says(page: Path) -> None:
    failed, run = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert run and not failed


def test_the_guide_has_no_examples_that_nothing_runs() -> None:
    # What doctest reads is fenced as pycon.
    for page in (*(DOCS / "guide").glob("*.md"), DOCS / "misleading.md"):
        assert "```python" not in page.read_text("utf-8"), page


def test_the_api_has_every_public_name_once() -> None:
    lines = (DOCS / "api.md").read_text("utf-8").splitlines()
    named = [line.removeprefix("::: embed_core.") for line in lines if line.startswith(":::")]
    assert sorted(named) == sorted(ec.__all__)
