"""What runs in the process that reads: ``python -m embed_core.tables.reader_process.child``.

A line of JSON comes in for each file to read, and lines of JSON go out: what the reading is at, and last what was
read, or why not. Nothing is unpickled on either side.
"""

import dataclasses
import gc
import json
import os
import queue
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any, TextIO

import duckdb

from embed_core.errors import AtlasError
from embed_core.tables.reader_process.limits import ENGINE, check_cells, limit_memory, limit_seconds
from embed_core.tables.reader_process.written import write
from embed_core.tables.reading.engine import LIMITS, connect
from embed_core.tables.reading.read import StoredFile
from embed_core.tables.reading.step import heard_by, step

_YOUNG = 200_000


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Read and profile a file, and write it as Parquet.

    Args:
        request: path, called and name of the file, options and types as `read_table` takes them, folder (for what
            is written meanwhile) and target (where the Parquet goes).
    """
    options = dict(request["options"])
    if "missing" in options:
        options["missing"] = tuple(options["missing"])
    tempfile.tempdir = request["folder"]
    file = StoredFile(Path(request["path"]), request["called"], request["name"])
    step("Reading the file")
    table = file.table(options, request["types"])
    check_cells(table.report.rows, len(table.columns), file.name)
    step("Keeping the rows")
    columns = write(table, Path(request["target"]))
    step("Looking at the columns")
    profile = table.profile().to_dict("records")
    return {
        "report": dataclasses.asdict(table.report),
        "takes": table.rereading.takes if table.rereading else (),
        "columns": [dict(vars(column)) for column in columns],
        "profile": profile,
        "fingerprint": table.fingerprint(),
    }


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """Return what was read; or, as ``refused`` or ``failed``, why nothing was."""
    try:
        return read(request)
    except AtlasError as error:
        return {"failed": "memory"} if _is_memory(error) else {"refused": str(error)}
    except (MemoryError, duckdb.OutOfMemoryException):
        return {"failed": "memory"}
    except Exception as error:
        # Where it happened, and not what it says: that may hold what stands in the file.
        places = traceback.extract_tb(error.__traceback__)[-3:]
        where = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(places))
        return {
            "failed": "memory" if _is_memory(error) else "error",
            "log": f"{type(error).__name__}, {where}",
        }


def _is_memory(error: BaseException | None) -> bool:
    """Whether it was want of memory in the end."""
    while error is not None:
        if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
            return True
        error = error.__cause__ or error.__context__
    return False


def _requests(requests: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # whoever asked is gone


def _way_out() -> TextIO:
    """Return where answers go; what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return answers


def main() -> None:
    """Answer one request after the other, until whoever asks is gone."""
    out = _way_out()

    def answer(content: dict[str, Any]) -> None:
        out.write(json.dumps(content) + "\n")
        out.flush()

    LIMITS.update(ENGINE)
    # Millions of cells come and go, and none of them is garbage that has to be looked for.
    gc.freeze()
    gc.set_threshold(_YOUNG)
    connect().disconnect()  # the first takes most of a second, in which libraries are imported
    limit_memory()
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_requests, args=(requests,), daemon=True).start()
    answer({"ready": True})
    while True:
        request = requests.get()
        limit_seconds(request["seconds"])
        with heard_by(lambda words: answer({"step": words})):
            content = answer_to(request)
        answer({"answer": content})


if __name__ == "__main__":
    main()
