"""What belongs to the server, and to no session: the workers, and the jobs and uploads of each workspace."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from embed_core.runs.cluster import Workers
from embed_core.runs.jobs import Jobs
from embed_core.runs.store import RunStore, home
from embed_core.ui.app.uploads import Uploads

LOCAL = "local"
"""The workspace of the one person of a personal server."""


class Workspace:
    """What one person can reach: ids of runs, jobs and tables mean something in their workspace alone.

    Args:
        jobs: its jobs and runs.
    """

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.uploads = Uploads()


class Server:
    """The workers that all workspaces share, and the workspaces.

    Args:
        workers: where jobs run; made when they are not given.
        folder: of all that is kept; see `home`.
    """

    def __init__(self, workers: Workers | None = None, *, folder: Path | None = None) -> None:
        self.workers = workers or Workers()
        self._folder = folder or home()
        self._workspaces: dict[str, Workspace] = {}
        self._lock = threading.Lock()

    def workspace(self, name: str = LOCAL) -> Workspace:
        """Return a workspace, made when it is first asked for.

        Args:
            name: from the server itself, never from a request: it is the name of a folder. The runs of the local one
                lie directly under ``runs``.
        """
        with self._lock:
            if name not in self._workspaces:
                folder = self._folder if name == LOCAL else self._folder / "workspaces" / name
                self._workspaces[name] = Workspace(Jobs(RunStore(folder / "runs"), self.workers))
            return self._workspaces[name]

    def share(self, name: str, workspace: Workspace) -> None:
        """Have a workspace that was made elsewhere under a name of this server."""
        self._workspaces[name] = workspace

    def close(self) -> None:
        """End the workers, and with them what they do."""
        self.workers.close()


_lock = threading.Lock()
_server: Server | None = None


def current() -> Server:
    """Return this process' server: that of its lifespan, or one that the first call makes where there is none."""
    global _server
    with _lock:
        if _server is None:
            _server = Server()
        return _server


def give(server: Server | None) -> None:
    """Have a server be this process'; None forgets the one that was."""
    global _server
    with _lock:
        _server = server


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Make the server's own before the first visitor comes, and end it with the server."""
    server = Server()
    give(server)
    try:
        yield
    finally:
        give(None)
        server.close()
