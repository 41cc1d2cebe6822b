"""A PostgreSQL of its own: a temporary cluster of Debian's server, owned by somebody who is not root."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER = "postgres"


def programs() -> Path | None:
    """Return the folder of the server's programs, which Debian keeps off the PATH; None where there is no server."""
    on_path = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return Path(on_path).resolve().parent if on_path else next(reversed(folders), None)


def may_be_missed() -> bool:
    """Whether what needs a server is skipped: there is none, and nobody asked for it to be there."""
    return programs() is None and not os.environ.get("CATEGORY_ATLAS_NEEDS_POSTGRES")


@contextmanager
def cluster(password: str = "") -> Iterator[str]:
    """Start a server, and yield the address of a database in it; it is reached by a socket in its own folder.

    With a password it asks for that.
    """
    folder = Path(tempfile.mkdtemp(prefix="atlas-pg-"))
    is_root = os.getuid() == 0
    if is_root:  # initdb and pg_ctl refuse root
        shutil.chown(folder, OWNER)
    bin_folder = programs()
    assert bin_folder is not None

    def run(program: str, *arguments: str) -> None:
        command = [str(bin_folder / program), *arguments]
        subprocess.run(
            ["runuser", "-u", OWNER, "--", *command] if is_root else command,
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    data = str(folder / "data")
    try:
        # Its own sort order is not that of bytes, as in most databases.
        secret = folder / "password"
        secret.write_text(password)
        secret.chmod(0o644)
        asked = ["-A", "scram-sha-256", "--pwfile", str(secret)] if password else ["-A", "trust"]
        run("initdb", "-D", data, "-U", "atlas", *asked, "-E", "UTF8", "--no-sync",
            "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8")  # fmt: skip
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", settings, "start")
        yield f"postgresql://atlas{':' if password else ''}{password}@/postgres?host={folder}"
    finally:
        subprocess.run(
            [*(["runuser", "-u", OWNER, "--"] if is_root else []), str(bin_folder / "pg_ctl"), "-D", data,
             "-m", "immediate", "stop"],
            check=False, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
