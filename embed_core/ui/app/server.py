"""What belongs to the server, and to no session: the jobs, and the tables that people uploaded."""

import threading

from embed_core.runs.jobs import JobManager
from embed_core.runs.store import RunStore, home
from embed_core.ui.app.uploads import Uploads


class Server:
    """The jobs and the uploads of a server.

    Args:
        jobs: made when they are not given, with workers of their own.
    """

    def __init__(self, jobs: JobManager | None = None) -> None:
        self.jobs = jobs or JobManager(RunStore(home() / "runs"))
        self.uploads = Uploads()


_lock = threading.Lock()
_server: Server | None = None


def current() -> Server:
    """Return this process' server; the first call makes it."""
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
