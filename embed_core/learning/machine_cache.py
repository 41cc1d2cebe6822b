"""Compile once a machine: XLA's own cache on disk, in a private folder.

TensorFlow names a program's file by the names in it, which count up in a process; so that another process finds it,
they are set back while a program is made. No other module touches what is private to Keras and TensorFlow.
"""

import contextlib
import hashlib
import os
import platform
import stat
from collections.abc import Iterator
from pathlib import Path

from embed_core.extras import installed_version

FOLDER_VARIABLE = "CATEGORY_ATLAS_PROGRAMS"
MOST_BYTES = 256_000_000
_FLAG = "--tf_xla_persistent_cache_directory="
_NAMES = 1_000_000


def keep_programs() -> None:
    """Have XLA keep what it compiles; to be called before TensorFlow is imported, and harmless where it cannot.

    The folder is ``~/.cache/category-atlas/programs``, or what ``CATEGORY_ATLAS_PROGRAMS`` says; empty, nothing is
    kept. Its files are machine code: it must be ours alone, and is named after TensorFlow's version and the
    processor, so that no other processor loads them. Above 256 MB the oldest files go.
    """
    flags = os.environ.get("TF_XLA_FLAGS", "")
    chosen = os.environ.get(FOLDER_VARIABLE, str(Path("~/.cache/category-atlas/programs").expanduser()))
    if not chosen or _FLAG in flags:
        return
    folder = Path(chosen) / f"tensorflow-{installed_version('tensorflow')}-{_processor()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours_alone(folder):
            return
        _make_room(folder)
    except OSError:  # a home that cannot be written to
        return
    # A file that is found is announced with a line of level E.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_XLA_FLAGS"] = f"{flags} {_FLAG}{folder}".strip()


def forget_programs() -> None:
    """Remove what is kept: a file of it cannot be read."""
    for flag in os.environ.get("TF_XLA_FLAGS", "").split():
        if flag.startswith(_FLAG):
            for path in Path(flag.removeprefix(_FLAG)).glob("*.pb"):
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def names_set_back(program: str) -> Iterator[None]:
    """Name what is made meanwhile as if the process had made nothing before.

    Args:
        program: tells programs apart; those that are alike have the same name.
    """
    from keras.src.backend.common import global_state
    from tensorflow.python.framework import ops

    counted, uid = global_state.get_global_attribute("object_name_uids"), ops.uid
    # The names of functions must differ within a process.
    number = int.from_bytes(hashlib.sha256(program.encode()).digest()[:5], "big") * _NAMES

    def next_number() -> int:
        nonlocal number
        number += 1
        return number

    global_state.set_global_attribute("object_name_uids", None)
    ops.uid = next_number
    try:
        yield
    finally:
        ops.uid = uid
        global_state.set_global_attribute("object_name_uids", counted)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        features = sorted({line for line in lines if line.startswith(("flags", "Features", "model name"))})
    except OSError:  # no Linux
        features = [platform.processor()]
    text = "\n".join([platform.machine(), platform.system(), *features])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _is_ours_alone(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _make_room(folder: Path) -> None:
    files = []
    for path in folder.glob("*.pb"):
        with contextlib.suppress(OSError):  # another process removed it
            found = path.stat()
            files.append((found.st_mtime, found.st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > MOST_BYTES or not size:
            path.unlink(missing_ok=True)
