"""What the documentation says is so: its examples give what is printed beneath them."""

import doctest
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType

import pytest

import embed_core as ec

DOCS = Path(__file__).parent.parent / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if ">>> " in page.read_text("utf-8")]


class Mlflow(ModuleType):
    """MLflow's functions that the guide calls, with their signatures (3.17); it remembers what it is told."""

    def __init__(self) -> None:
        super().__init__("mlflow")
        self.steps: list[tuple[int | None, dict[str, float]]] = []

    def start_run(self) -> AbstractContextManager[None]:
        return nullcontext()

    def log_metrics(
        self,
        metrics: dict[str, float],
        step: int | None = None,
        synchronous: bool | None = None,
        run_id: str | None = None,
    ) -> None:
        self.steps.append((step, {name: float(value) for name, value in metrics.items()}))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_print_what_it_says(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = Mlflow()
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    failed, run = doctest.testfile(str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert run and not failed
    assert [step for step, _ in mlflow.steps] == ([1, 2, 3] if page.stem == "python" else [])
    assert all({"loss", "val_loss"} <= set(metrics) for _, metrics in mlflow.steps)


def test_the_guide_has_no_examples_that_nothing_runs() -> None:
    # What doctest reads is fenced as pycon.
    for page in (*(DOCS / "guide").glob("*.md"), DOCS / "misleading.md"):
        assert "```python" not in page.read_text("utf-8"), page


def test_the_api_has_every_public_name_once() -> None:
    lines = (DOCS / "api.md").read_text("utf-8").splitlines()
    named = [line.removeprefix("::: embed_core.") for line in lines if line.startswith(":::")]
    assert sorted(named) == sorted(ec.__all__)
