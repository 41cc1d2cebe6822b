"""A full disk, a vanished home, files damaged by hand: the other runs are untouched, and this one can be deleted."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embed_core import writing
from embed_core.errors import AtlasError
from embed_core.runs.record import FORMAT
from embed_core.runs.store import RunStore, new_id
from embed_core.runs.sweeping import sweep
from embed_core.runs.unsaved import Unsaved
from embed_core.training.run import RunStatus
from tests.helpers.old_runs import put

_NOBODY = 65_534

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda content: content[: len(content) // 2],
    "emptied": lambda content: b"",
    "zeroed": lambda content: bytes(len(content)),
    "shuffled": lambda content: content[len(content) // 2 :] + content[: len(content) // 2],
}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    (tmp_path / "runs").mkdir()
    return RunStore(tmp_path / "runs")


def looked_at(store: RunStore, run_id: str) -> list[str]:
    """Look at all there is of a run; return what is refused, as sentences."""
    refused = []
    for look in (
        lambda: store.record(run_id),
        lambda: store.history(run_id),
        lambda: [store.snapshot(run_id, epoch) for epoch in store.snapshot_epochs(run_id)],
        lambda: store.embedding(run_id),
        lambda: store.trust(run_id, "cosine"),
        lambda: store.made(run_id),
    ):
        try:
            look()
        except AtlasError as error:
            refused.append(str(error))
    return refused


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_any_file_may_be_damaged_and_the_others_are_read(store: RunStore, damage: str) -> None:
    fine = put("context", store.folder)
    broken = put("target-of-classes", store.folder)
    whole = {path: path.read_bytes() for path in (store.folder / broken).rglob("*") if path.is_file()}
    assert len(whole) > 5 and looked_at(store, broken) == []
    for path, content in whole.items():
        path.write_bytes(DAMAGE[damage](content))
        for sentence in looked_at(RunStore(store.folder), broken):
            assert "is damaged" in sentence and str(store.folder) not in sentence, (path, sentence)
        assert looked_at(store, fine) == []
        assert fine in {record.id for record in store.records()}
        path.write_bytes(content)
    (store.folder / broken / "run.json").write_bytes(
        DAMAGE[damage](whole[store.folder / broken / "run.json"])
    )
    store = RunStore(store.folder)  # another process' change is seen a second later
    assert list(store.unreadable()) == [broken]
    store.set_aside(broken)
    assert store.unreadable() == {} and [record.id for record in store.records()] == [fine]


def test_a_record_of_another_run_is_not_taken_for_ones_own(store: RunStore) -> None:
    one, other = put("context", store.folder), put("distance", store.folder)
    shutil.copyfile(store.folder / other / "run.json", store.folder / one / "run.json")
    with pytest.raises(AtlasError, match="is damaged"):
        store.record(one)
    assert [record.id for record in store.records()] == [other]


def test_a_folder_without_a_record_is_said_to_be_damaged(store: RunStore) -> None:
    run_id = put("context", store.folder)
    (store.folder / run_id / "run.json").unlink()
    assert "has no run.json" in store.unreadable()[run_id]
    store.delete(run_id)
    assert store.ids() == []


def test_a_server_that_dies_while_a_run_begins_leaves_no_damaged_one(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store.record(put("context", store.folder)).changed(id=new_id())

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        store.write(record)
    monkeypatch.undo()
    left = RunStore(store.folder)
    assert left.unreadable() == {} and record.id not in left.ids()
    left.write(record)
    assert left.record(record.id).id == record.id


@pytest.mark.parametrize("changes", [{}, {"name": 3}, {"config": "of another kind"}])
def test_a_run_of_a_newer_format_is_said_to_be_and_is_left_alone(
    store: RunStore, changes: dict[str, object]
) -> None:
    run_id = put("context", store.folder)
    path = store.folder / run_id / "run.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"format": FORMAT + 1} | changes))
    before = path.read_bytes()
    with pytest.raises(AtlasError, match="newer version"):
        store.record(run_id)
    with pytest.raises(AtlasError, match="newer version"):
        store.rename(run_id, "another name")
    assert path.read_bytes() == before and "Update" in store.unreadable()[run_id]


def test_a_home_that_is_gone_has_no_runs_and_takes_new_ones(store: RunStore) -> None:
    run_id = put("context", store.folder)
    record = store.record(run_id)
    shutil.rmtree(store.folder.parent)
    assert store.records() == [] and store.unreadable() == {}
    with pytest.raises(AtlasError, match="There is no run"):
        store.record(run_id)
    store.write(record)
    assert store.records() == [record]


@contextlib.contextmanager
def somebody_else() -> Iterator[None]:
    """Be nobody where one is root, to whom nothing is read-only."""
    if os.geteuid():
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_home_is_read_and_what_would_change_it_is_refused_without_a_path() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as home:
        store = RunStore(Path(home) / "runs")
        run_id = put("context", store.folder)
        for each in [Path(home), *Path(home).rglob("*")]:
            each.chmod(0o555 if each.is_dir() else 0o444)
        with somebody_else():
            record = RunStore(store.folder).record(run_id)
            assert len(RunStore(store.folder).embedding(run_id)) and [record] == store.records()
            refused = []
            for change in (lambda: store.rename(run_id, "another name"), lambda: store.delete(run_id)):
                with pytest.raises(AtlasError) as refusal:
                    change()
                refused.append(str(refusal.value))
        assert "cannot be changed" in refused[0] and not any(home in each for each in refused)
        for each in [Path(home), *Path(home).rglob("*")]:
            each.chmod(0o755)


def test_a_disk_that_refuses_is_said_without_a_path(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = put("context", store.folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(store.folder))

    monkeypatch.setattr("embed_core.writing.write", full)
    with pytest.raises(AtlasError, match="No space left on device") as refusal:
        store.rename(run_id, "another name")
    assert str(store.folder) not in str(refusal.value)


def test_how_a_training_ended_is_kept_until_it_can_be_written(store: RunStore) -> None:
    record = store.record(put("context", store.folder))
    room, written = [False], []

    def write() -> None:
        if not room[0]:
            raise OSError(28, "No space left on device", "/somewhere")
        written.append(record.id)

    unsaved = Unsaved()
    unsaved.keep(record, write, OSError(28, "No space left on device", "/somewhere"))
    kept = unsaved.record(record.id)
    assert kept is not None and kept.status is RunStatus.FAILED
    assert "No space left on device" in kept.error and "/somewhere" not in kept.error
    unsaved.write_again()
    assert unsaved.record(record.id) is not None and written == []
    room[0] = True
    unsaved.write_again()
    assert unsaved.record(record.id) is None and written == [record.id]


def test_a_list_of_runs_is_read_again_only_when_something_changed(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.runs.listing.HELD_SECONDS", 1_000.0)
    for name in ("context", "distance"):
        put(name, store.folder)
    assert len(store.records()) == 2
    asked: list[str] = []
    look = store._listing._look
    monkeypatch.setattr(store._listing, "_look", lambda folder: asked.append("looked") or look(folder))
    assert len(store.records()) == 2 and asked == []
    run_id = put("entity-shared", store.folder)  # by another process
    assert len(store.records()) == 3 and len(asked) == 1
    store.set_aside(run_id)
    assert len(store.records()) == 2


def test_what_another_server_changes_within_a_run_is_seen_when_it_is_the_runs_turn(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.runs.listing.HELD_SECONDS", -1.0)
    monkeypatch.setattr("embed_core.runs.listing.CHECKED_AT_ONCE", 1)
    ids = [put("context", store.folder), put("distance", store.folder), put("entity-shared", store.folder)]
    assert len(store.records()) == 3
    other = RunStore(store.folder)
    for run_id in ids:
        other.rename(run_id, "named by the other")
    store.record(ids[0])  # a page has it open, so this process has read it since
    seen = [[record.name for record in store.records()].count("named by the other") for _ in range(4)]
    assert seen[0] < 3 and seen[-1] == 3
    store.rename(ids[1], "named here")
    assert "named here" in [record.name for record in store.records()]


def test_leftovers_of_a_crash_are_swept_and_nothing_else(tmp_path: Path) -> None:
    others = tmp_path / "workspaces" / ("a" * 24) / "runs"
    others.mkdir(parents=True)
    (tmp_path / "runs").mkdir()
    for folder in (tmp_path / "runs", others):
        run_id = put("context", folder)
        (folder / run_id / ".run.json.0123abcd").write_bytes(b"half")
        (folder / run_id / "snapshots" / ".00000001.npy.0123abcd").write_bytes(b"half")
        shutil.copytree(folder / run_id, folder / f".{run_id}.deleted")
    assert sweep(tmp_path) == 0, "it may be another server's, which is writing just now"
    assert sweep(tmp_path, older_than=-1.0) == 6
    for folder in (tmp_path / "runs", others):
        assert len(list(folder.iterdir())) == 1 and looked_at(RunStore(folder), run_id) == []
        assert not list(folder.rglob(".*"))
