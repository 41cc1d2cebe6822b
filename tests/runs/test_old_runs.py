"""Runs that an earlier version wrote: they open, can be read whole, and can be deleted."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from embed_core.errors import AtlasError
from embed_core.runs.store import RunStore
from embed_core.training.run import RunStatus
from tests.helpers.old_runs import FOLDER, OLD_RUNS, put

ENDED = [name for name in OLD_RUNS if name != "target-interrupted"]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def written(name: str) -> dict[str, object]:
    """What ``run.json`` says, whatever the code makes of it."""
    content: dict[str, object] = json.loads((FOLDER / name / "run.json").read_bytes())
    return content


def test_there_is_a_run_of_every_objective_a_shared_one_and_a_stopped_one() -> None:
    configs = [written(name)["config"] for name in OLD_RUNS]
    assert {config["objective"] for config in configs} == {"target", "context", "entity", "distance"}
    assert any(config["objective"] == "entity" and config["partner"] for config in configs)
    assert {written(name)["format"] for name in OLD_RUNS} == {1}
    assert {written(name)["status"] for name in OLD_RUNS} == {"finished", "stopped", "running"}


@pytest.mark.parametrize("name", OLD_RUNS)
def test_an_old_run_says_what_it_said_when_it_was_written(store: RunStore, name: str) -> None:
    run_id = put(name, store.folder)
    (record,) = store.records()
    then, now = written(name), json.loads(record.model_dump_json())
    if name == "target-interrupted":
        assert now["status"] == "interrupted"
        then |= {"status": now["status"], "epochs_done": now["epochs_done"]}
    assert record.id == run_id
    if then["target"] is not None:
        now["target"] = {
            field: now["target"][field] for field in then["target"]
        }  # others were not written then
    assert {key: now[key] for key in then if key != "config"} == {
        key: value for key, value in then.items() if key != "config"
    }
    assert then["config"].items() <= now["config"].items()


@pytest.mark.parametrize("name", ENDED)
def test_vectors_history_and_snapshots_of_an_old_run_belong_together(store: RunStore, name: str) -> None:
    run_id = put(name, store.folder)
    record = store.record(run_id)
    embedding, history = store.embedding(run_id), store.history(run_id)
    assert list(embedding.labels) == record.labels
    assert embedding.support.tolist() == record.support
    assert embedding.vectors.shape == (len(record.labels), record.config.dimension)
    assert history["epoch"].tolist() == list(range(1, record.epochs_done + 1))
    assert np.isfinite(history.to_numpy(float)).all()
    assert {key: history[key].iloc[-1] for key in record.last} == record.last
    assert store.snapshot_epochs(run_id) == list(range(record.epochs_done + 1))
    shown_epoch = record.epochs_done if record.config.patience is None else record.best_epoch
    np.testing.assert_array_equal(store.snapshot(run_id, shown_epoch), embedding.vectors)
    assert zipfile.is_zipfile(store.model_file(run_id))


@pytest.mark.parametrize("name", ENDED)
def test_every_column_of_an_old_run_has_its_embedding(store: RunStore, name: str) -> None:
    run_id = put(name, store.folder)
    record = store.record(run_id)
    shapes = {column: store.embedding(run_id, column).vectors.shape for column in record.columns}
    assert next(iter(shapes.values())) == (16 if name != "target-hostile" else 13, record.config.dimension)
    if record.config.partner is not None:
        ours, theirs = (store.embedding(run_id, column) for column in record.columns[:2])
        assert ours.labels == theirs.labels
        np.testing.assert_array_equal(ours.vectors, theirs.vectors)


@pytest.mark.parametrize(
    ("name", "metrics"),
    [("target-of-classes", {"euclidean", "cosine"}), ("target-hostile", {"euclidean"}), ("context", set())],
)
def test_the_trust_that_was_measured_of_an_old_run_is_kept(
    store: RunStore, name: str, metrics: set[str]
) -> None:
    run_id = put(name, store.folder)
    n = len(store.record(run_id).labels)
    found = {metric: store.trust(run_id, metric) for metric in ("euclidean", "cosine")}
    assert {metric for metric, trust in found.items() if trust is not None} == metrics
    for trust in (found[metric] for metric in metrics):
        assert (trust.k, trust.replicates) == (5, 2)
        assert trust.stability.shape == (n,) and trust.control_vectors.shape[0] == n
        assert np.nanmin(trust.stability) >= 0 and np.nanmax(trust.stability) <= 1
        assert np.isfinite([trust.chance, trust.structure, trust.control]).all()


def test_a_run_that_was_interrupted_keeps_what_was_written_and_has_no_embedding(store: RunStore) -> None:
    run_id = put("target-interrupted", store.folder)
    record, history = store.record(run_id), store.history(run_id)
    assert record.status is RunStatus.INTERRUPTED
    assert record.epochs_done == len(history) >= 12
    epochs = store.snapshot_epochs(run_id)
    assert store.snapshot(run_id, epochs[-1]).shape == (16, 2)
    with pytest.raises(AtlasError, match="has no embedding"):
        store.embedding(run_id)


@pytest.mark.parametrize("name", OLD_RUNS)
def test_an_old_run_can_be_renamed_and_deleted(store: RunStore, name: str) -> None:
    run_id = put(name, store.folder)
    store.rename(run_id, "another name")
    assert store.record(run_id).name == "another name"
    store.delete(run_id)
    assert store.records() == [] and list(store.folder.iterdir()) == []
