"""Runs on disk: what was written comes back, and a crash at any moment leaves it readable."""

import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.learning.config import TrainingConfig
from embed_core.learning.layer_list import Layer
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.made import Made
from embed_core.runs.owner import this_process
from embed_core.runs.progress_files import MOST_SNAPSHOTS, snapshot_stride
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, home, new_id
from embed_core.space.embedding import Embedding
from embed_core.training.run import RunStatus
from embed_core.training.trust_measures import TrustMeasures
from embed_core.types import Target

CONFIG = TrainingConfig.checked(column="shop", target="late", dimension=2)
EPOCHS = [{"epoch": 1, "loss": 0.75, "accuracy": 0.5}, {"epoch": 2, "loss": 0.5, "accuracy": 0.625}]
NO_SUCH_IDS = ["../x", "", ".", "a" * 23, "A" * 24, "g" * 24, "a" * 24 + "\n", "/" + "a" * 23, "0" * 25]
NO_SUCH_IDS += ["\N{ARABIC-INDIC DIGIT ONE}" * 24]
LIVE = [status for status in RunStatus if status.is_live]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "a" / "runs")


@pytest.fixture(scope="module")
def dead_owner() -> str:
    """The name of a process that has lived and died, in the words of the process itself."""
    code = "from embed_core.runs.owner import this_process; print(this_process())"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def record(**changes: Any) -> RunRecord:
    return RunRecord(id=new_id(), name="shops", config=CONFIG).changed(**changes)


def written(store: RunStore, **changes: Any) -> RunRecord:
    one = record(**changes)
    store.write(one)
    return one


def embedding() -> Embedding:
    vectors = np.array([[0.1, -0.2], [0.3, 0.4]], np.float32)
    return Embedding(["a", "(missing)"], vectors, [3, 1], target_mean=[0.5, np.nan], name="shop")


def trust(**changes: Any) -> TrustMeasures:
    known: dict[str, Any] = {
        "k": 1,
        "metric": "cosine",
        "replicates": 5,
        "stability": np.array([0.1 + 0.2, np.nan]),
        "chance": 0.1,
        "compared": 2.0,
        "sizes": np.array([1, 2]),
        "shares": np.array([0.1 + 0.2, 1.0]),
        "agreement": np.array([0.3, 0.0]),
        "group_counts": np.array([2]),
        "group_shares": np.array([0.5]),
        "group_chance": np.array([0.5]),
        "control_vectors": embedding().vectors,
    }
    return TrustMeasures(**(known | changes))


def test_a_written_run_is_read_back(store: RunStore) -> None:
    one = written(
        store,
        status=RunStatus.FINISHED,
        table="Shops",
        labels=["a", "é\n", "(missing)"],
        support=[3, 2, 1],
        target=Target("late", "number", offset=1 / 3, scale=2.5, log=True),
        layers=[Layer("output", "2 → 1", 3)],
        target_mean=[0.1 + 0.2, 0.5, None],
        baseline={"loss": 1 / 3},
        notes=["A note."],
    )
    assert store.record(one.id) == one


def test_ids_cannot_be_guessed_and_differ() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert {len(run_id) for run_id in ids} == {24}


def test_the_history_is_appended_and_read_back(store: RunStore) -> None:
    one = written(store)
    assert store.history(one.id).empty
    store.append_history(one.id, EPOCHS[:1])
    store.append_history(one.id, [])
    store.append_history(one.id, EPOCHS[1:])
    pd.testing.assert_frame_equal(store.history(one.id), pd.DataFrame(EPOCHS))


@pytest.mark.parametrize("kept", range(1, len('{"epoch": 2, "loss": 0.5')))
def test_a_torn_last_line_of_the_history_is_passed_over(store: RunStore, kept: int) -> None:
    one = written(store)
    store.append_history(one.id, EPOCHS[:1])
    with (store.folder / one.id / "history.jsonl").open("a") as file:
        file.write('{"epoch": 2, "loss": 0.5'[:kept])
    assert store.history(one.id)["epoch"].tolist() == [1]


@pytest.mark.parametrize("status", LIVE)
def test_a_run_whose_server_has_died_reads_as_interrupted(
    store: RunStore, dead_owner: str, status: RunStatus
) -> None:
    one = written(store, status=status, owner=dead_owner)
    store.append_history(one.id, EPOCHS)
    found = store.record(one.id)
    assert (found.status, found.epochs_done) == (RunStatus.INTERRUPTED, 2)
    assert store.history(one.id)["loss"].tolist() == [0.75, 0.5]
    assert [listed.status for listed in store.records()] == [RunStatus.INTERRUPTED]


@pytest.mark.parametrize("owner", ["", "nonsense", "1", "{this}:12.0", "-5:1.0"])
def test_another_process_with_the_same_number_is_not_the_owner(store: RunStore, owner: str) -> None:
    run = written(store, status=RunStatus.RUNNING, owner=owner.format(this=os.getpid()))
    assert store.record(run.id).status is RunStatus.INTERRUPTED


@pytest.mark.parametrize("status", LIVE)
def test_a_run_whose_server_lives_goes_on(store: RunStore, status: RunStatus) -> None:
    assert store.record(written(store, status=status, owner=this_process()).id).status is status


def test_a_run_that_has_ended_does_not_ask_for_its_server(store: RunStore, dead_owner: str) -> None:
    for status in (RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.FAILED):
        assert store.record(written(store, status=status, owner=dead_owner).id).status is status


@pytest.mark.parametrize("run_id", NO_SUCH_IDS)
def test_what_is_no_id_never_reaches_the_disk(store: RunStore, run_id: str) -> None:
    (store.folder.parent / "x").mkdir(parents=True)
    (store.folder.parent / "x" / "run.json").write_text(record().model_dump_json())
    calls = (
        store.record,
        store.history,
        store.delete,
        store.embedding,
        store.snapshot_epochs,
        store.model_file,
        lambda run_id: store.rename(run_id, "name"),
        lambda run_id: store.snapshot(run_id, 1),
        lambda run_id: store.append_history(run_id, EPOCHS),
        lambda run_id: store.write(record(id=run_id)),
        lambda run_id: store.write_trust(run_id, trust()),
        lambda run_id: store.trust(run_id, "cosine"),
    )
    for call in calls:
        with pytest.raises(AtlasError, match="There is no run"):
            call(run_id)
    assert not any(store.folder.glob("*"))
    assert (store.folder.parent / "x" / "run.json").exists()


def test_a_run_that_does_not_exist_is_said_to_be_none(store: RunStore) -> None:
    for call in (store.record, store.delete, store.embedding):
        with pytest.raises(AtlasError, match="There is no run"):
            call(new_id())


def test_a_name_is_tidied_and_kept(store: RunStore) -> None:
    one = written(store)
    store.rename(one.id, "  my\n second   run ")
    assert store.record(one.id).name == "my second run"
    store.rename(one.id, "x" * 80)
    assert store.record(one.id).name == "x" * 80


@pytest.mark.parametrize("name", ["", " \t\n", "x" * 81])
def test_a_name_that_is_empty_or_too_long_is_refused(store: RunStore, name: str) -> None:
    one = written(store)
    with pytest.raises(AtlasError, match="1 to 80 characters"):
        store.rename(one.id, name)
    assert store.record(one.id).name == "shops"


def test_a_deleted_run_is_gone_and_others_stay(store: RunStore) -> None:
    one, other = written(store), written(store)
    store.append_history(one.id, EPOCHS)
    store.add_snapshot(one.id, 1, embedding().vectors)
    store.delete(one.id)
    assert [path.name for path in store.folder.iterdir()] == [other.id]
    assert [found.id for found in store.records()] == [other.id]


def test_a_run_that_was_set_aside_can_be_taken_back_until_another_is(store: RunStore) -> None:
    one, other = written(store), written(store)
    store.set_aside(one.id)
    assert [found.id for found in store.records()] == [other.id]
    store.take_back(one.id)
    assert store.record(one.id).name == one.name
    store.set_aside(one.id)
    store.set_aside(other.id)
    with pytest.raises(AtlasError, match="There is no run"):
        store.take_back(one.id)
    store.take_back(other.id)


def test_what_was_made_of_a_run_is_kept_with_it(store: RunStore) -> None:
    one = written(store)
    assert store.made(one.id) == Made()
    made = Made(groups={"city": {"warm": ["Oslo", " Rome"]}}, choices={"color": "support"})
    store.write_made(one.id, made)
    assert RunStore(store.folder).made(one.id) == made
    (store.folder / one.id / "made.json").write_text("{")
    assert store.made(one.id) == Made()


def test_runs_are_listed_newest_first_without_those_that_cannot_be_read(store: RunStore) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [
        written(store, status=RunStatus.FINISHED, created=start + timedelta(days=day)).id for day in (2, 0, 1)
    ]
    for content in (
        b"",
        b"{",
        b"[]",
        b'{"id": 3}',
        b"\xff\xfe\x00",
        b'{"id": "a", "name": "b", "config": {}}',
    ):
        damaged = store.folder / new_id()
        damaged.mkdir()
        (damaged / "run.json").write_bytes(content)
        with pytest.raises(AtlasError, match="cannot be read"):
            store.record(damaged.name)
    (store.folder / new_id()).mkdir()
    (store.folder / "notes.txt").write_text("not a run")
    assert [found.id for found in store.records()] == [ids[0], ids[2], ids[1]]


def test_a_history_that_cannot_be_read_hides_no_other_run(store: RunStore, dead_owner: str) -> None:
    fine = written(store, status=RunStatus.FINISHED)
    torn = written(store, status=RunStatus.RUNNING, owner=dead_owner)
    (store.folder / torn.id / "history.jsonl").write_bytes(b'{"epoch": 1}\n\xff\xfe\x00')
    assert {found.id for found in store.records()} == {fine.id, torn.id}
    assert store.record(torn.id).epochs_done == 1


# Snapshots


def test_at_most_sixty_snapshots_are_kept_whatever_the_epochs() -> None:
    for epochs in [*range(1, 400), 1_000, 5_900, 5_901, 99_999, 100_000]:
        stride = snapshot_stride(epochs)
        kept = len(range(0, epochs + 1, stride))
        assert kept <= MOST_SNAPSHOTS
        assert stride == 1 or len(range(0, epochs + 1, stride - 1)) > MOST_SNAPSHOTS - 1


def test_kept_epochs_come_back_in_order(store: RunStore) -> None:
    one = written(store)
    assert store.snapshot_epochs(one.id) == []
    for epoch in (100, 0, 20):
        store.add_snapshot(one.id, epoch, embedding().vectors * epoch)
    assert store.snapshot_epochs(one.id) == [0, 20, 100]
    np.testing.assert_array_equal(store.snapshot(one.id, 20), embedding().vectors * 20)
    with pytest.raises(AtlasError, match="no vectors of epoch 21"):
        store.snapshot(one.id, 21)


# Crashes


class Crash(Exception):
    """Stands for the end of the process."""


def crash(*_: object, **__: object) -> None:
    raise Crash


def test_a_crash_before_the_renaming_leaves_the_old_record(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = written(store, status=RunStatus.FINISHED)
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(os, "replace", crash)
        store.write(one.changed(name="new"))
    assert store.record(one.id) == one
    assert [found.name for found in store.records()] == ["shops"]
    assert [path.name for path in (store.folder / one.id).iterdir()] == ["run.json"]


def test_a_crash_in_the_first_write_leaves_no_run(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(os, "replace", crash)
        written(store)
    assert store.records() == []


def test_a_crash_while_the_file_is_written_leaves_the_old_record(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = written(store, status=RunStatus.FINISHED)
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(os, "fsync", crash)
        store.write(one.changed(name="new"))
    assert store.record(one.id) == one
    assert [path.name for path in (store.folder / one.id).iterdir()] == ["run.json"]


def test_a_crash_in_a_snapshot_keeps_the_others(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    one = written(store)
    store.add_snapshot(one.id, 0, embedding().vectors)
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(os, "replace", crash)
        store.add_snapshot(one.id, 1, embedding().vectors)
    assert store.snapshot_epochs(one.id) == [0]


@pytest.mark.parametrize("survived", range(5))
def test_a_crash_between_any_two_files_of_the_result_leaves_an_interrupted_run(
    store: RunStore, dead_owner: str, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    one = written(store, status=RunStatus.RUNNING, owner=dead_owner)
    store.append_history(one.id, EPOCHS)
    replace, done = os.replace, []

    def replace_some(source: object, target: object) -> None:
        if len(done) == survived:
            raise Crash
        done.append(target)
        replace(source, target)  # type: ignore[arg-type]

    ended = one.changed(status=RunStatus.FINISHED)
    with monkeypatch.context() as patch, pytest.raises(Crash):
        patch.setattr(os, "replace", replace_some)
        store.finish(ended, pd.DataFrame(EPOCHS), {"shop": embedding()}, b"PK model")
    assert (store.record(one.id).status, store.record(one.id).epochs_done) == (RunStatus.INTERRUPTED, 2)
    pd.testing.assert_frame_equal(store.history(one.id), pd.DataFrame(EPOCHS))
    with pytest.raises(AtlasError, match="interrupted and has no embedding"):
        store.embedding(one.id)


# The result


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.STOPPED])
def test_the_result_is_written_and_given_back(store: RunStore, status: RunStatus) -> None:
    one = written(store, status=RunStatus.RUNNING, owner=this_process())
    store.append_history(one.id, EPOCHS[:1])
    store.finish(
        one.changed(status=status, epochs_done=2), pd.DataFrame(EPOCHS), {"shop": embedding()}, b"PK"
    )
    assert (store.record(one.id).status, store.record(one.id).epochs_done) == (status, 2)
    pd.testing.assert_frame_equal(store.history(one.id), pd.DataFrame(EPOCHS))
    assert store.model_file(one.id).read_bytes() == b"PK"
    found = store.embedding(one.id)
    assert found.labels == embedding().labels
    np.testing.assert_array_equal(found.vectors, embedding().vectors)
    np.testing.assert_array_equal(found.target_mean, embedding().target_mean)


@pytest.mark.parametrize("status", [status for status in RunStatus if not status.has_result])
def test_a_run_without_a_result_has_no_embedding(store: RunStore, status: RunStatus) -> None:
    one = written(store, status=status, owner=this_process())
    with pytest.raises(AtlasError, match=f'"shops" is {status} and has no embedding'):
        store.embedding(one.id)


# What was measured of it


def test_what_was_measured_is_read_back_by_another_store(store: RunStore) -> None:
    one, other = written(store), written(store)
    store.write_trust(one.id, trust())
    store.write_trust(one.id, trust(metric="euclidean", chance=0.5))
    found = RunStore(store.folder).trust(one.id, "cosine")
    assert found is not None
    for name, value in vars(trust()).items():
        np.testing.assert_array_equal(getattr(found, name), value, strict=isinstance(value, np.ndarray))
        assert type(getattr(found, name)) is type(value)
    euclidean = store.trust(one.id, "euclidean")
    assert euclidean is not None and euclidean.chance == 0.5
    assert store.trust(other.id, "cosine") is None


def test_a_deleted_run_leaves_nothing_measured_and_gets_nothing_new(store: RunStore) -> None:
    one = written(store)
    store.write_trust(one.id, trust())
    store.delete(one.id)
    assert store.trust(one.id, "cosine") is None
    with pytest.raises(FileNotFoundError):
        store.write_trust(one.id, trust())
    assert list(store.folder.iterdir()) == []


def test_a_crash_while_a_measurement_is_written_keeps_the_one_before(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = written(store)
    store.write_trust(one.id, trust())
    for broken in ("replace", "savez"):
        with monkeypatch.context() as patch, pytest.raises(Crash):
            patch.setattr(os if broken == "replace" else np, broken, crash)
            store.write_trust(one.id, trust(chance=0.9))
    found = store.trust(one.id, "cosine")
    assert found is not None and found.chance == 0.1
    assert [path.name for path in (store.folder / one.id / "trust").iterdir()] == ["cosine.npz"]


def test_a_measurement_that_cannot_be_read_counts_as_none(store: RunStore) -> None:
    one = written(store)
    store.write_trust(one.id, trust())
    path = store.folder / one.id / "trust" / "cosine.npz"
    whole = path.read_bytes()
    for content in (b"", b"PK", whole[: len(whole) // 2], pickle.dumps({}), b"nonsense" * 10):
        path.write_bytes(content)
        assert store.trust(one.id, "cosine") is None
    np.savez(path, k=3)
    assert store.trust(one.id, "cosine") is None
    with pytest.raises(AtlasError, match="There is no metric"):
        store.trust(one.id, "../cosine")


class Bomb:
    """An object whose unpickling makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_no_pickle_is_ever_loaded(store: RunStore, tmp_path: Path) -> None:
    exploded = tmp_path / "exploded"
    one = written(store)
    store.finish(one.changed(status=RunStatus.FINISHED), pd.DataFrame(EPOCHS), {"shop": embedding()}, b"")
    store.add_snapshot(one.id, 1, embedding().vectors)
    bombs = {"pickle": pickle.dumps(Bomb(exploded))}
    store.write_trust(one.id, trust())
    np.save(tmp_path / "bomb.npy", np.array([Bomb(exploded)], object), allow_pickle=True)
    bombs["object array"] = (tmp_path / "bomb.npy").read_bytes()
    files = [path for path in (store.folder / one.id).rglob("*") if path.is_file()]
    assert len(files) == 7
    for content in bombs.values():
        for path in files:
            if path.name != "run.json":
                path.write_bytes(content)
        for read in (store.embedding, store.history, lambda run_id: store.snapshot(run_id, 1)):
            with pytest.raises(Exception):  # noqa: B017 - which one it is matters less than what must not happen
                read(one.id)
        assert store.trust(one.id, "cosine") is None
        store.records()
    assert not exploded.exists()
    pickle.loads(bombs["pickle"])
    assert exploded.exists()


def test_the_home_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", "~/atlas")
    assert home() == Path.home() / "atlas"
    monkeypatch.delenv("CATEGORY_ATLAS_HOME")
    assert home().name == "category-atlas"


def test_a_run_of_an_objective_that_is_no_longer_registered_is_left_out(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = store.record(written(store).id)  # known by now
    others = {name: one for name, one in OBJECTIVES.items() if name != gone.config.objective}
    monkeypatch.setattr("embed_core.runs.reading.OBJECTIVES", others)
    assert store.records() == []
    with pytest.raises(AtlasError, match=f'objective "{gone.config.objective}", which is not here'):
        store.record(gone.id)
