"""The workspace of a session: the only way to a run, a job or an uploaded table."""

from embed_core.ui.app import server
from embed_core.ui.app.server import Workspace


def workspace() -> Workspace:
    """Return the workspace of this session; today there is one, and it is everybody's."""
    return server.current().workspace()
