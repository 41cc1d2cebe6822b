"""The Parquet for Embedding Atlas, opened by Embedding Atlas itself: a program that `.ci/slow` installs."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embed_core.exporting.content import Content
from embed_core.exporting.embedding_atlas import EMBEDDING_ATLAS

PROGRAM = os.environ.get("CATEGORY_ATLAS_EMBEDDING_ATLAS") or shutil.which("embedding-atlas")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="the program embedding-atlas is not installed"),
]
START_SECONDS = 90


@pytest.fixture
def asked(trapped: Content, tmp_path: Path) -> Iterator[Any]:
    """Start it on the file as its description says, and yield what asks it for a path."""
    (tmp_path / "vectors.parquet").write_bytes(EMBEDDING_ATLAS.make(trapped))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--x", "x", "--y", "y", "--vector", "vector", "--neighbors", "neighbors", "--text", "category"]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    assert PROGRAM is not None
    process = subprocess.Popen(
        [PROGRAM, "vectors.parquet", *options, *address], cwd=tmp_path, stdout=subprocess.DEVNULL
    )

    def ask(path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return json.load(answer)

    try:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                ask("/data/metadata.json")
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None and time.monotonic() < until, "it did not open the file"
                time.sleep(0.3)
        yield ask
    finally:
        process.terminate()
        process.wait(10)


def test_it_opens_the_file_with_places_neighbours_and_names(asked: Any, trapped: Content) -> None:
    data = asked("/data/metadata.json")["props"]["data"]
    assert data["projection"] == {"x": "x", "y": "y"}
    assert (data["text"], data["neighbors"]) == ("category", "neighbors")
    sql = "SELECT category, x, y, len(vector) AS width, neighbors.ids AS near FROM dataset ORDER BY __row_index__"
    query = urllib.parse.quote(json.dumps({"type": "json", "sql": sql}))
    rows = asked(f"/data/query?query={query}")
    assert [row["category"] for row in rows] == list(trapped.embedding.labels)
    assert {row["width"] for row in rows} == {trapped.embedding.dimension}
    found, _ = trapped.embedding.nearest(len(rows) - 1)
    assert [row["near"] for row in rows] == found.tolist()
