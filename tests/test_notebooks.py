"""Notebooks: in a kernel that has no widgets, and the examples, run from top to bottom."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import embed_core as ec

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.ipynb"))
# JupyterLab and VS Code bring neither of these; DuckDB refuses some settings without them.
WITHOUT_WIDGETS = "import sys\nfor name in ('ipywidgets', 'anywidget'):\n    sys.modules[name] = None"
BARE = (
    "import embed_core as ec\ntable = ec.load_sample('diamonds')\ntable",
    "run = ec.train(table, column='clarity', target='price', dimension=2, epochs=2, prior_strength=1.0)\nrun",
    "run.embedding",
    "run.embedding.project('pca')",
    "run.map(height=300)",
)


def shown(cell: Any) -> dict[str, str]:
    """Return what a cell shows as its result, by type."""
    return next(each["data"] for each in cell["outputs"] if each["output_type"] == "execute_result")


def test_a_kernel_without_widgets_trains_and_shows_everything() -> None:
    cells = [nbformat.v4.new_code_cell(code) for code in (WITHOUT_WIDGETS, *BARE)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": ROOT}}).execute()
    displays = [shown(cell) for cell in notebook.cells[1:]]
    assert all(each["text/html"].strip() for each in displays)
    assert "iframe" in displays[-1]["text/html"]
    assert "jupyter.widget" not in json.dumps(notebook.cells)


def test_every_table_of_the_gallery_has_a_notebook_without_outputs() -> None:
    assert [path.stem for path in EXAMPLES] == sorted(ec.SAMPLES)
    for path in EXAMPLES:
        assert not any(cell.get("outputs") for cell in nbformat.read(path, as_version=4).cells), path.name


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_from_top_to_bottom(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": ROOT}}).execute()
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert "application/vnd.jupyter.widget-view+json" in shown(last)
