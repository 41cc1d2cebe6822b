"""What belongs to the server, and to no session: its processes, and the jobs and uploads of each workspace."""

import gc
import shutil
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import MOST_AT_ONCE, Jobs
from embed_core.runs.shared_copies import SharedCopies
from embed_core.runs.store import RunStore, home
from embed_core.runs.sweeping import sweep
from embed_core.tables.reader_process.readers import Readers
from embed_core.ui.app.left_settings import LeftSettings
from embed_core.ui.app.sessions import Sessions
from embed_core.ui.app.uploads import Uploads
from embed_core.ui.app.visitors import is_shared

LOCAL = "local"
"""The workspace of the one person of a personal server."""
IDLE_SECONDS = 6 * 3600.0
"""After so long without a click, the tables of a workspace that does nothing are given up; its runs stay."""


@dataclass(frozen=True)
class Deleted:
    """What was deleted of a workspace.

    Attributes:
        runs: how many runs.
        tables: how many uploaded tables.
        comparisons: how many comparisons.
    """

    runs: int
    tables: int
    comparisons: int


class Workspace:
    """What one person can reach: ids of runs, jobs and tables mean something in their workspace alone.

    Args:
        jobs: its jobs and runs.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.uploads = Uploads()
        self.left_settings = LeftSettings()
        self.used_at = time.monotonic()

    def delete_everything(self) -> Deleted:
        """End all that is going on, and remove all that there is."""
        found = Deleted(
            len(self.jobs.store.ids()), len(self.uploads.held()), len(list(self.jobs.comparisons))
        )
        self.jobs.end()
        self.uploads.clear()
        self.left_settings.clear()
        self.jobs.store.delete_all()
        return found


class Server:
    """The processes that all workspaces share, and the workspaces.

    Args:
        workers: where jobs run; made when they are not given.
        readers: where uploads are read; likewise.
        folder: of all that is kept; see `home`.
        shared: whether every visitor has a workspace (default False: there is one person).
    """

    def __init__(
        self,
        workers: Workers | None = None,
        *,
        readers: Readers | None = None,
        folder: Path | None = None,
        shared: bool = False,
    ) -> None:
        self.workers = workers or Workers()
        self.readers = readers or Readers()
        self.is_shared = shared
        self.sessions = Sessions()
        self._folder = folder or home()
        self.copies = SharedCopies(self._folder / "copies")
        self._workspaces: dict[str, Workspace] = {}
        self._lock = threading.Lock()
        self._is_starting = False

    def workspace(self, name: str = LOCAL) -> Workspace:
        """Return a workspace, made when it is first asked for.

        Args:
            name: from the server itself, never from a request: it is the name of a folder. The runs of the local one
                lie directly under ``runs``.
        """
        with self._lock:
            if name not in self._workspaces:
                self._forget_idle()
                store = RunStore(self._folder_of(name) / "runs")
                self._workspaces[name] = Workspace(
                    Jobs(store, self.workers, most=MOST_AT_ONCE if self.is_shared else None)
                )
            found = self._workspaces[name]
            found.used_at = time.monotonic()
            return found

    def has_workspace(self, name: str) -> bool:
        """Whether a workspace is there, in use or kept from before."""
        return name in self._workspaces or self._folder_of(name).is_dir()

    def share(self, name: str, workspace: Workspace) -> None:
        """Have a workspace that was made elsewhere under a name of this server."""
        self._workspaces[name] = workspace

    def delete(self, name: str) -> Deleted:
        """Remove all that is in a workspace, and its folder."""
        deleted = self.workspace(name).delete_everything()
        self.copies.take_back(name)
        if name != LOCAL:
            shutil.rmtree(self._folder_of(name), ignore_errors=True)
        return deleted

    def start_after(self, seconds: float) -> None:
        """Start the processes in a while, unless they were: importing takes both cores, which the first page needs."""
        if not self._is_starting:
            self._is_starting = True
            timer = threading.Timer(seconds, self._start_readers)
            timer.daemon = True
            timer.start()
        self.workers.start_after(seconds)

    def _start_readers(self) -> None:
        # What is imported stays: to look through it for garbage again and again stops everybody for .2 s.
        gc.collect()
        gc.freeze()
        self.readers.start()

    def close(self) -> None:
        """End the processes, and with them what they do."""
        self.readers.close()
        self.workers.close()

    def _folder_of(self, name: str) -> Path:
        return self._folder if name == LOCAL else self._folder / "workspaces" / name

    def _forget_idle(self) -> None:
        """Give up what nobody has looked at for long: what is on disk comes back with the visitor."""
        limit = time.monotonic() - IDLE_SECONDS
        for name, each in list(self._workspaces.items()):
            if name != LOCAL and each.used_at < limit and not each.jobs.are_busy:
                each.jobs.end()
                del self._workspaces[name]


_lock = threading.Lock()
_server: Server | None = None


def current() -> Server:
    """Return this process' server: that of its lifespan, or one that the first call makes where there is none."""
    global _server
    with _lock:
        if _server is None:
            _server = Server(shared=is_shared())
        return _server


def give(server: Server | None) -> None:
    """Have a server be this process'; None forgets the one that was."""
    global _server
    with _lock:
        _server = server


def _get_ready(server: Server) -> None:
    """Read the one person's runs, of which there may be thousands, before a page asks; then sweep leftovers."""
    if not server.is_shared:
        server.workspace().jobs.records()
    sweep(home())


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Make the server's own before the first visitor comes, and end it with the server."""
    server = Server(shared=is_shared())
    give(server)
    threading.Thread(target=_get_ready, args=(server,), name="atlas-ready", daemon=True).start()
    try:
        yield
    finally:
        give(None)
        server.close()
