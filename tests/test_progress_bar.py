"""Who waits sees how far it is: a bar where there is a terminal or a notebook, lines in a pipe, nothing unasked."""

import os
import pty
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embed_core as ec
from embed_core.progress_bar import ProgressBar

ROOT = Path(__file__).parent.parent
WORK = """
from embed_core.progress_bar import ProgressBar
with ProgressBar("auto", "Counting shop") as bar:
    bar.at(0, 30, "Training shop")
    for epoch in range(1, 31):
        bar.at(epoch, words=f"Training shop, loss {1 / epoch:.2f}")
"""


@pytest.fixture(scope="module")
def shops() -> pd.DataFrame:
    return pd.DataFrame({"shop": list("abcdef") * 40, "late": [0, 0, 0, 1, 1, 1] * 40})


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    read = capsys.readouterr()
    assert read.out == ""
    return read.err.splitlines()


def test_a_pipe_gets_a_line_for_each_kind_of_work_and_none_twice(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("auto", "Counting shop") as bar:
        bar.at(0, 30, "Training shop")
        for epoch in range(1, 31):
            bar.at(epoch, words=f"Training shop, loss {1 / epoch:.2f}")
        bar.at(0, 2, "Training copies")
    lines = ["Counting shop …", "Training shop: 0 of 30", "Training shop, loss 0.03: 30 of 30"]
    assert said(capsys) == [*lines, "Training copies: 0 of 2"]


def test_a_training_says_how_far_it_is_and_nothing_when_not_asked(
    shops: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: dict[str, Any] = {"column": "shop", "target": "late", "dimension": 2, "epochs": 3}
    run = ec.train(shops, **settings, prior_strength=1.0)
    lines = said(capsys)
    assert lines[0] == "Counting shop …" and lines[-1].endswith(": 3 of 3")
    loss = run.history["val_loss"].iloc[-1]
    assert lines[-1].startswith(f"Training shop, loss {loss:.4g}")
    ec.trust(shops, run, k=1, replicates=2)
    assert said(capsys)[-1] == "Training again: 3 of 3"
    ec.stability(shops, run, k=1, replicates=2)
    assert said(capsys)[-1] == "Training again: 2 of 2"
    ec.train(shops, **settings, prior_strength=1.0, progress=False)
    assert said(capsys) == []


def test_sweeps_and_comparisons_say_how_far_they_are(
    shops: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    ec.sweep_dimensions(shops, column="shop", target="late", dimensions=(1, 2), replicates=1, epochs=2)
    *first, last = said(capsys)  # more between them where it takes long
    assert (
        first[:2] == ["Counting shop …", "Trying dimensions: 0 of 2"] and last == "Trying dimensions: 2 of 2"
    )
    ec.compare_encoders(shops, column="shop", target="late", encoders=["drop"], models=["linear"], repeats=1)
    *first, last = said(capsys)
    assert first[:2] == ["Counting …", "Scoring encoders: 0 of 5"] and last == "Scoring encoders: 5 of 5"


def test_a_terminal_gets_a_bar_that_ends_full() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "wb") as terminal:
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
        subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, env=environment, stderr=terminal, check=True)
        shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "Counting shop" in shown
    last = shown.rstrip().rpartition("Training shop, loss 0.03")[2]
    assert "━━━" in last and "30/30" in last


def test_what_a_script_prints_meanwhile_goes_where_it_sends_it() -> None:
    ours, theirs = pty.openpty()
    code = WORK + "    print('of the script')\n"
    with os.fdopen(theirs, "wb") as terminal:
        ended = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, stderr=terminal, stdout=subprocess.PIPE, check=True
        )
    os.close(ours)
    assert ended.stdout == b"of the script\n"


def test_a_notebook_gets_one_output_that_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs: list[str] = []

    def html(bar: Any) -> str:
        return str(bar._repr_mimebundle_(None, None)["text/html"])

    def display(bar: Any, *, display_id: bool) -> Any:
        assert display_id
        outputs.append(html(bar))
        return types.SimpleNamespace(update=lambda bar: outputs.__setitem__(-1, html(bar)))

    kernel = types.SimpleNamespace(kernel=object())
    shell = types.ModuleType("IPython")
    shell.get_ipython = lambda: kernel  # type: ignore[attr-defined]
    shell.display = types.ModuleType("IPython.display")  # type: ignore[attr-defined]
    shell.display.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", shell.display)  # type: ignore[attr-defined]
    with ProgressBar("auto", "Counting shop") as bar:
        for epoch in range(31):
            bar.at(epoch, 30, "Training shop")
    assert len(outputs) == 1
    assert "Training shop" in outputs[0] and "30/30" in outputs[0]


def test_tensorflow_greets_nobody_and_says_nothing_of_retracing() -> None:
    code = (
        "import sys, os, pandas as pd, embed_core as ec\n"
        "shops = pd.DataFrame({'shop': list('aabbcc') * 20, 'late': [0, 0, 0, 1, 1, 1] * 20})\n"
        "for dimension in range(1, 7):\n"
        "    ec.train(shops, column='shop', target='late', dimension=dimension, epochs=2, patience=None,"
        " prior_strength=1.0, progress=False)\n"
        "print('ours', file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stderr == "ours\n"


def test_what_is_written_while_tensorflow_is_imported_is_passed_on() -> None:
    code = (
        "import os\n"
        "from embed_core.learning.quiet import without_greetings\n"
        "with without_greetings():\n"
        "    os.write(2, b'I0000 00:00:1795931071.528207 24591 cudart_stub.cc:31] Could not find\\nof use\\n')"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stderr == "of use\n"
