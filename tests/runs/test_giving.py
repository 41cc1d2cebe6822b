"""The operator gives runs that belong to nobody to a visitor's workspace."""

from pathlib import Path

import pytest

from embed_core.errors import AtlasError
from embed_core.runs.giving import give
from embed_core.runs.store import RunStore
from tests.helpers.old_runs import put

WORKSPACE = "0123456789abcdef01234567"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "runs").mkdir()
    return tmp_path


def test_runs_are_given_and_are_then_nobody_else_s(home: Path) -> None:
    one, other = put("context", home / "runs"), put("distance", home / "runs")
    assert give(home, WORKSPACE, [one]) == [one]
    theirs = RunStore(home / "workspaces" / WORKSPACE / "runs")
    assert theirs.ids() == [one] and RunStore(home / "runs").ids() == [other]
    assert give(home, WORKSPACE) == [other]
    assert len(theirs.records()) == 2 and theirs.embedding(one).labels


@pytest.mark.parametrize("workspace", ["", "../..", "local", "0" * 23])
def test_only_a_workspace_is_given_anything(home: Path, workspace: str) -> None:
    put("context", home / "runs")
    with pytest.raises(AtlasError, match="24 digits and letters"):
        give(home, workspace)
    assert len(RunStore(home / "runs").ids()) == 1


def test_where_one_run_is_not_there_none_is_given(home: Path) -> None:
    one = put("context", home / "runs")
    with pytest.raises(AtlasError, match="There is no run"):
        give(home, WORKSPACE, [one, WORKSPACE])
    assert RunStore(home / "runs").ids() == [one]
