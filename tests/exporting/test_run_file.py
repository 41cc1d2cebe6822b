"""A run as one file is the same run elsewhere; what only looks like one is refused."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import embed_core as ec
from embed_core.exporting.content import Content
from embed_core.exporting.run_file import RUN_FILE, is_run_file, open_run_file, packed
from embed_core.runs.made import Made
from embed_core.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="module")
def content(trapped: Content) -> bytes:
    return RUN_FILE.make(trapped)


def changed(content: bytes, **files: bytes | None) -> bytes:
    """Return the file with others in it; None leaves one out."""
    given = {name.replace("__", "/").replace("_dot_", "."): value for name, value in files.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()} | given
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, value in parts.items():
            if value is not None:
                target.writestr(name, value)
    return file.getvalue()


def test_a_run_of_a_script_is_opened_by_a_server_with_all_that_it_was(
    trap_run: ec.Run, content: bytes, store: RunStore
) -> None:
    assert is_run_file(content)
    record = open_run_file(content, store)
    assert [each.id for each in store.records()] == [record.id]
    assert record.config == trap_run.config and record.target == trap_run.target
    again = store.embedding(record.id)
    assert again.labels == trap_run.embedding.labels
    np.testing.assert_array_equal(again.vectors, trap_run.embedding.vectors)
    assert store.history(record.id).equals(trap_run.history)
    assert store.model_file(record.id).read_bytes() == trap_run.model


def test_a_run_on_disk_takes_along_what_a_person_made_of_it(
    content: bytes, store: RunStore, tmp_path: Path
) -> None:
    first = open_run_file(content, store)
    store.add_snapshot(first.id, 2, np.zeros((len(first.labels), 3), np.float32))
    made = Made(groups={"shop <i>": {"mine": ["plain"]}}, choices={"method": "pca", "color": {"no": "text"}})
    store.write_made(first.id, made)
    (store.folder / first.id / "history.jsonl").write_text("not taken along")
    other = RunStore(tmp_path / "elsewhere")
    second = open_run_file(packed(store.folder / first.id), other)
    assert second.id != first.id
    assert other.made(second.id).groups == made.groups
    assert other.made(second.id).choices == {"method": "pca"}
    assert other.snapshot_epochs(second.id) == [2]


def test_a_script_opens_it_as_the_run_that_it_was(trap_run: ec.Run, traps: ec.Table, tmp_path: Path) -> None:
    run = ec.open_run(ec.export(trap_run, "run", tmp_path / "run.atlas.zip"))
    assert (run.config, run.status, run.notes) == (trap_run.config, trap_run.status, trap_run.notes)
    assert (run.model, run.fed_model) == (trap_run.model, trap_run.fed_model)
    np.testing.assert_array_equal(run.embedding.vectors, trap_run.embedding.vectors)
    assert sorted(run.model_inputs(traps)) == ["shop <i>"]
    with pytest.raises(ec.AtlasError, match="cannot be read: No such file"):
        ec.open_run(tmp_path / "gone")


def test_opened_twice_it_is_there_twice(content: bytes, store: RunStore) -> None:
    assert open_run_file(content, store).id != open_run_file(content, store).id
    assert len(store.records()) == 2


RECORD = json.dumps({"id": "0" * 24, "name": "x", "config": {"column": "a", "target": "b"}}).encode()
OTHER = pd.DataFrame({"a": ["b"]}).to_parquet()
HUGE = b"\x93NUMPY\x01\x00\x76\x00" + (
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (11, 99999999999), }".ljust(117) + b"\n"
)


def _saved(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _packed(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _snapshot() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros((2, 3), np.float32))
    return file.getvalue()


TRUST = _saved(k=2, metric="cosine", replicates=2, stability=np.zeros(3), chance=0.1)
SNAPSHOT = _snapshot()
HOSTILE = {
    "a path that leads out": ({"..__..__evil_dot_py": b"x"}, "which no run has"),
    "a file that no run has": ({"shell_dot_sh": b"x"}, "which no run has"),
    "no record": ({"run_dot_json": None}, "no run.json"),
    "a record that is none": ({"run_dot_json": b"{}"}, "run.json, id"),
    "a run without a result": ({"run_dot_json": RECORD}, "is waiting, and has no embedding"),
    "no embedding": ({"embedding__0__embedding_dot_parquet": None}, "missing or damaged"),
    "an embedding that is none": ({"embedding__0__embedding_dot_parquet": b"PAR1"}, "missing or damaged"),
    "a history that is none": ({"history_dot_parquet": b"x"}, "missing or damaged"),
    "a history of other things": ({"history_dot_parquet": OTHER}, "no table of numbers by epoch"),
    "a snapshot of other vectors": ({"snapshots__00000001_dot_npy": SNAPSHOT}, "are of other vectors"),
    "a snapshot that says it is huge": ({"snapshots__00000001_dot_npy": HUGE}, "missing or damaged"),
    "trust of other categories": ({"trust__cosine_dot_npz": TRUST}, "of other categories"),
    "a snapshot that would run code": (
        {"snapshots__00000001_dot_npy": b"\x80\x04."},
        "missing or damaged",
    ),
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_what_only_looks_like_a_run_is_refused_and_leaves_nothing(
    case: str, content: bytes, store: RunStore
) -> None:
    files, reason = HOSTILE[case]
    with pytest.raises(ec.AtlasError, match=reason):
        open_run_file(changed(content, **files), store)
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("measured", "is_refused"),
    [
        ({"held_out": 0.7}, False),  # without what later versions measure
        ({"sizes": np.array([1, 2]), "shares": np.array([0.9, 0.9]), "compared": 4.0}, True),
        ({"held_out": 7.0}, True),
        ({"held_out": "much"}, True),
        ({"later": 1}, False),  # of another version it counts as not measured
    ],
)
def test_trust_of_which_no_verdict_can_be_said_is_refused(
    measured: dict[str, Any], is_refused: bool, content: bytes, store: RunStore
) -> None:
    known = open_run_file(content, store)
    own: dict[str, Any] = {"k": 2, "metric": "cosine", "replicates": 6, "chance": 0.1}
    file = _saved(**own, stability=np.zeros(len(known.labels)), **measured)
    if is_refused:
        with pytest.raises(ec.AtlasError, match="what was measured of its trust is no measurement"):
            open_run_file(changed(content, trust__cosine_dot_npz=file), store)
        assert [each.id for each in store.records()] == [known.id]
        return
    trust = store.trust(open_run_file(changed(content, trust__cosine_dot_npz=file), store).id, "cosine")
    assert (trust is None) == ("later" in measured)
    assert trust is None or (trust.held_out == 0.7 and np.isnan(trust.z))


def test_a_file_that_unpacks_to_gigabytes_is_refused(
    content: bytes, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embed_core.exporting.run_file.MOST_BYTES", 10_000)
    with pytest.raises(ec.AtlasError, match="unpacked, it has more than"):
        open_run_file(changed(content, model_dot_keras=b"\0" * 10_000_000), store)
    assert list(store.folder.iterdir()) == []


def _repeated(value: object, rows: int) -> bytes:
    """Return a Parquet file that holds a value once, and says that it is in every row."""
    group = pa.RecordBatch.from_pydict({"epoch": pa.array([value] * (rows // 100))})
    file = io.BytesIO()
    with pq.ParquetWriter(file, group.schema, compression="zstd") as writer:
        for _ in range(100):
            writer.write_batch(group)
    return file.getvalue()


@pytest.mark.parametrize(
    "files",
    [
        {"history_dot_parquet": _repeated(1, 300_000)},
        {"about_dot_parquet": _repeated("x" * 10_000, 2_000)},
        {"trust__cosine_dot_npz": _packed(stability=np.zeros(2_000_000))},
    ],
    ids=["numbers", "texts", "packed numbers"],
)
def test_a_part_that_unfolds_in_memory_to_gigabytes_is_refused_before_it_is_read(
    files: dict[str, bytes], content: bytes, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(len(part) < 100_000 for part in files.values())
    monkeypatch.setattr("embed_core.exporting.run_file.MOST_BYTES", 2_000_000)
    monkeypatch.setattr("embed_core.exporting.unfolded.MOST_BYTES", 20_000_000)
    monkeypatch.setattr("embed_core.runs.store.RunStore.embedding", lambda *_: pytest.fail("it was read"))
    with pytest.raises(ec.AtlasError, match="unfolded, it has more than"):
        open_run_file(changed(content, **files), store)
    assert list(store.folder.iterdir()) == []


def test_no_whole_zip_is_no_run(content: bytes, store: RunStore) -> None:
    assert not is_run_file(b"PK, but nothing more") and not is_run_file(content[:-50])
    with pytest.raises(ec.AtlasError, match="not a whole ZIP"):
        open_run_file(content[:-50], store)


def test_an_address_of_a_table_that_is_not_of_the_gallery_is_not_believed(
    content: bytes, store: RunStore
) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        record = json.loads(source.read("run.json"))
    record |= {"source": "gallery:../../etc/passwd", "owner": "1:0", "id": "f" * 24}
    opened = open_run_file(changed(content, run_dot_json=json.dumps(record).encode()), store)
    assert (opened.source, opened.owner) == ("upload", "") and opened.id != "f" * 24
