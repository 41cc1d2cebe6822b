"""Text that comes packed: gzip, Zstandard, or a ZIP archive of one file."""

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from embed_core.errors import AtlasError, listed, quoted

_CHUNK = 1 << 20
_OF_SYSTEMS = ("Thumbs.db", "desktop.ini")  # what Windows leaves in folders
# A table of text shrinks to a tenth or a fiftieth; what grows more than this was made to fill a disk.
_LARGEST_RATIO = 200
_ALWAYS_ALLOWED = 1 << 30
_KEPT_FREE = 1 << 30


def _zstandard(path: Path) -> Any:
    return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")


_OPENERS: dict[str, Callable[[Path], Any]] = {".gz": gzip.open, ".zst": _zstandard}
PACKED = (*_OPENERS, ".zip")
"""The endings of packed files."""
_SIGNATURES = {b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst"}


def packing_of(path: Path) -> str:
    """Return the ending of a packed file, or the one that it should have by what it begins with; "" of others."""
    if path.suffix.lower() in PACKED:
        return path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(4)
    return next((ending for signature, ending in _SIGNATURES.items() if start.startswith(signature)), "")


def unpack(path: Path, folder: Path, *, name: str) -> tuple[Path, str]:
    """Unpack a file into ``folder``; return where it is and what it is called.

    Args:
        path: the packed file.
        folder: where to write.
        name: what people call the packed file.

    Raises:
        AtlasError: it is damaged, holds an archive or more than one file, or is too large unpacked.
    """
    target, packing = folder / "unpacked", packing_of(path)
    try:
        if packing == ".zip":
            return target, _unzip(path, target, name)
        inner = Path(name).stem if Path(name).suffix.lower() == packing else name
        _refuse_nested(inner, name)
        with _OPENERS[packing](path) as stream:
            _copy(stream, target, path, name)
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        NotImplementedError,
        pa.ArrowException,
    ) as error:
        raise AtlasError(
            f"The file {quoted(name)} cannot be unpacked: it is damaged, cut short or something else. "
            "Pack it again, or open the file that is in it."
        ) from error
    return target, inner


def check_unpacked_size(size: int, path: Path, name: str) -> None:
    """Refuse what unpacks to more than text does, or than there is room for.

    Raises:
        AtlasError: it does.
    """
    packed = max(path.stat().st_size, 1)
    if size > max(_ALWAYS_ALLOWED, _LARGEST_RATIO * packed):
        raise AtlasError(
            f"The file {quoted(name)} has {packed / 1024**2:,.1f} MB and unpacks to more than "
            f"{size / 1024**2:,.0f} MB, which no table does. Unpack it yourself and open what is in it."
        )


def _unzip(path: Path, target: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        files = [
            each
            for each in archive.infolist()
            if not each.is_dir()
            and not each.filename.startswith("__MACOSX/")
            and Path(each.filename).name[0] != "."
            and Path(each.filename).name not in _OF_SYSTEMS
        ]
        if len(files) != 1:
            held = listed((each.filename for each in files), limit=5) if files else "nothing"
            raise AtlasError(
                f"The archive {quoted(name)} holds {len(files)} files ({held}), and one is needed. "
                "Unpack it and open the file that holds the table."
            )
        if files[0].flag_bits & 1:
            raise AtlasError(
                f"The archive {quoted(name)} is locked by a password. Unpack it and open the file in it."
            )
        inner = Path(files[0].filename).name
        _refuse_nested(inner, name)
        check_unpacked_size(files[0].file_size, path, name)
        with archive.open(files[0]) as stream:
            _copy(stream, target, path, name)
    return inner


def _refuse_nested(inner: str, name: str) -> None:
    if Path(inner).suffix.lower() in (*PACKED, ".tar", ".tgz", ".7z", ".rar", ".bz2", ".xz"):
        raise AtlasError(
            f"The file {quoted(name)} holds another archive, {quoted(inner)}. Unpack it and open the table in it."
        )


def _copy(stream: IO[bytes], target: Path, path: Path, name: str) -> None:
    """Copy, and look at how much has come, whatever the archive says."""
    room = shutil.disk_usage(target.parent).free - _KEPT_FREE
    size = 0
    with target.open("wb") as copy:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            check_unpacked_size(size, path, name)
            if size > room:
                raise AtlasError(
                    f"There is no room on the disk to unpack {quoted(name)}. Make some, or unpack it elsewhere and "
                    "open what is in it."
                )
            copy.write(chunk)
