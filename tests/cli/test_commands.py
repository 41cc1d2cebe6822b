"""The command line: what it answers, what it refuses, and what Ctrl-C leaves."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embed_core as ec
from embed_core.cli import main as commands
from embed_core.cli.interrupting import Interrupting
from embed_core.exporting.kept_runs import kept

ROOT = Path(__file__).parents[2]
ESCAPE = "\x1b[2Jd"


@pytest.fixture(scope="module")
def monkeymodule() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, monkeymodule: pytest.MonkeyPatch) -> str:
    """A table on disk, beside a home of its own."""
    folder = tmp_path_factory.mktemp("cli")
    monkeymodule.setenv("CATEGORY_ATLAS_HOME", str(folder / "home"))
    frame = pd.DataFrame({"shop": ["a", "b", "c", ESCAPE, "e", "f"] * 40, "late": [0, 0, 0, 1, 1, 1] * 40})
    frame.to_csv(folder / "shops.csv", index=False)
    return str(folder / "shops.csv")


@pytest.fixture(scope="module")
def trained(table: str, monkeymodule: pytest.MonkeyPatch) -> str:
    """The id of a run that the command line has trained."""
    asked = ["train", table, "-c", "shop", "-t", "late", "-d", "2", "--epochs", "3", "--name", "first"]
    monkeymodule.setattr(sys, "argv", ["category-atlas", *asked, "--set", "prior_strength=1.0"])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert not ended.value.code
    return kept().records()[0].id


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return the exit code of a command, and what it wrote."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["category-atlas", *arguments])
        commands.main()
    written = capsys.readouterr()
    return int(ended.value.code or 0), written.out, written.err


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, _ = called(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_a_run_of_the_command_line_is_one_of_the_library(
    trained: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ec.open_run("first")
    assert (run.config.column, run.config.dimension, len(run.history)) == ("shop", 2, 3)
    [listed] = answer(capsys, "runs")
    assert (listed["id"], listed["name"], listed["status"]) == (trained, "first", "finished")
    nearest = run.embedding.neighbors("a", k=2)
    assert [row["category"] for row in answer(capsys, "neighbors", "a", "-k", "2")] == list(
        nearest["category"]
    )


def test_a_pipe_gets_tab_separated_values_that_do_nothing_to_a_terminal(
    trained: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = called(capsys, "neighbors", "a", "--run", trained[:8])
    lines = [line.split("\t") for line in out.splitlines()]
    assert code == 0 and lines[0] == ["category", "distance", "support"] and len(lines) == 6
    assert "\x1b" not in out and "\\x1b[2Jd" in out
    code, out, err = called(capsys, "neighbors", "\x1b[2J")
    assert code == 2 and "\x1b" not in out + err


def test_trust_is_measured_and_kept_with_the_run(
    trained: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "trust", "--table", table, "--replicates", "2")
    assert found["level"] in ("good", "careful", "do not rely") and len(found["categories"]) == 6
    assert kept().trust(trained, ec.open_run(trained).embedding.metric) is not None


def test_a_run_is_exported_and_opened_as_a_file(
    trained: str, table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "first.atlas.zip")
    assert answer(capsys, "export", "run", file)["path"] == file
    own = answer(capsys, "neighbors", "a", "--run", file)
    assert own == answer(capsys, "neighbors", "a")
    code, _, err = called(capsys, "export", "table-csv", str(tmp_path / "own.csv"))
    assert code == 2 and "--table" in err
    assert not called(capsys, "export", "table-csv", str(tmp_path / "own.csv"), "--table", table)[0]
    assert len(pd.read_csv(tmp_path / "own.csv")) == 240


def test_next_months_table_goes_on_from_a_run(
    trained: str, table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.read_csv(table)
    pd.concat([frame, frame.head(8).assign(shop="new")]).to_csv(tmp_path / "next.csv", index=False)
    asked = ["train", str(tmp_path / "next.csv"), "--start", "first", "--name", "next"]
    code, out, err = called(capsys, *asked, "--set", "learning_rate=1e-6")
    assert code == 0, err
    assert "Of the run that it went on from, 6 of 6 categories" in out and 'new is "new"' in out
    first, following = ec.open_run("first"), ec.open_run("next")
    assert following.started_from == trained and following.config.target == first.config.target
    moved = pd.DataFrame(answer(capsys, "compare", "first", "next", "-k", "1")["changes"])["moved"]
    assert len(moved) == 6 and moved.max() < 0.01, "the vectors of before are kept"
    _, out, _ = called(capsys, "compare", "first", "next", "-k", "1")
    assert out.count("(0.0)") == 5 and "Moved furthest" in out
    code, _, err = called(capsys, "train", table, "--start", "first", "-d", "3")
    assert code == 2 and "same dimension" in err
    code, out, _ = called(capsys, "train", "--help")
    assert code == 0 and "--start" in out and "go on from" in " ".join(out.split())


def test_two_runs_and_encoders_are_compared(
    trained: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    same = answer(capsys, "compare", "first", trained, "-k", "1")
    assert (same["categories"], same["kept"], same["settings"]) == (6, 1.0, [])
    settings = ["--set", 'encoders=["drop"]', "--set", 'models=["linear"]', "--set", "repeats=1"]
    scored = answer(capsys, "encoders", table, "-c", "shop", "-t", "late", *settings)
    assert [row["encoder"] for row in scored["encoders"]] == ["drop"] and scored["verdict"]


def test_profile_describes_every_column(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["name"] for row in answer(capsys, "profile", table)] == ["shop", "late"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["profile", "nope.csv"], 'There is no file "nope.csv"'),
        (["profile", "gallery:nope"], 'There is no table "nope"'),
        (["train", "TABLE"], "No column was chosen"),
        (["train", "TABLE", "-c", "shpo", "-t", "late"], 'Did you mean "shop"'),
        (["train", "TABLE", "-c", "shop", "-t", "late", "--set", "epoch=3"], 'Did you mean "epochs"'),
        (["train", "TABLE", "-c", "shop", "-t", "late", "--set", "on_update=1"], 'no setting "on_update"'),
        (["train", "TABLE", "-c", "shop", "-t", "late", "--set", "epochs"], "NAME=VALUE"),
        (["train", "TABLE", "-c", "shop", "-t", "late", "--set", "objective=[1]"], '"objective" must be'),
        (["train", "TABLE", "-c", "shop", "-t", "late", "--name", "x" * 81], "1 to 80 characters"),
        (["encoders", "TABLE", "-c", "shop", "-t", "late", "--set", "source=1"], 'no setting "source"'),
        (["neighbors", "a", "--run", "none"], 'no kept run "none"'),
        (["neighbors", "z"], 'no category "z"'),
        (["neighbors", "a", "-k", "0"], "0"),
        (["trust"], "--table"),
        (["export", "sqll", "x"], 'Did you mean "sql"'),
        (["export", "csv", "/proc/nowhere/x.csv"], "cannot be written"),
        (["neighbors"], "Missing argument"),
        (["nothing"], "No such command"),
    ],
)
def test_a_refusal_is_a_sentence_and_the_code_2(
    arguments: list[str], words: str, trained: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = kept().ids()
    given = [table if each == "TABLE" else each for each in arguments]
    code, out, err = called(capsys, *given)
    assert code == 2 and out == ""
    assert words in " ".join(err.split()) and "Traceback" not in err
    assert kept().ids() == before


def test_ctrl_c_keeps_what_was_reached(
    trained: str, table: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    train = ec.train

    def interrupted(*given: Any, on_update: Any, **settings: Any) -> ec.Run:
        def after(update: ec.TrainingUpdate) -> object:
            if update.epoch == 3:
                signal.raise_signal(signal.SIGINT)
            return on_update(update)

        return train(*given, on_update=after, **settings)

    monkeypatch.setattr("embed_core.training.train.train", interrupted)
    asked = ["train", table, "-c", "shop", "-t", "late", "-d", "2", "--epochs", "5000"]
    code, out, _ = called(capsys, *asked, "--set", "prior_strength=1.0", "--set", "patience=null", "--json")
    assert code == 130
    found = json.loads(out)
    assert (found["status"], found["epochs_done"]) == ("stopped", 3)
    assert len(ec.open_run(found["id"]).history) == 3


def test_ctrl_c_before_there_is_anything_and_a_second_one_end_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupting() as interrupting:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert not interrupting.after_epoch(None)
        signal.raise_signal(signal.SIGINT)
        assert interrupting.was_asked and interrupting.after_epoch(None)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_it_is_being_imported_ends_it_without_a_word() -> None:
    code = (
        "import signal, sys; from embed_core.__main__ import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored by whoever started this test, maybe
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder()); main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_every_command_has_help_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    named = {
        each.name or each.callback.__name__: each
        for each in commands.app.registered_commands
        if each.callback
    }
    assert set(named) >= {"app", "profile", "train", "trust", "neighbors", "compare", "export", "runs"}
    for name, command in named.items():
        assert str(command.epilog).startswith(f"Example: category-atlas {name}")
        code, out, _ = called(capsys, name, "--help")
        assert code == 0 and "Example:" in out and "«" not in out
        assert ("us_flights" in out) == (name in ("profile", "train", "encoders"))
        assert ("word2vec" in out) == (name == "export")


def test_the_module_is_the_command_and_the_library_needs_none_of_it(tmp_path: Path) -> None:
    code = (
        "import sys, embed_core as ec; [getattr(ec, name) for name in ec.__all__ if name != 'CategoryEmbedder']; "
        "assert not {'typer', 'rich.progress'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    environment = {"CATEGORY_ATLAS_HOME": str(tmp_path), "PATH": "/usr/bin"}
    ended = subprocess.run(
        [sys.executable, "-m", "embed_core", "runs", "--json"], cwd=ROOT, env=environment, capture_output=True
    )
    assert (ended.returncode, json.loads(ended.stdout)) == (0, [])
