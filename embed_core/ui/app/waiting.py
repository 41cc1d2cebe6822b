"""What is said of work that waits for a worker."""

from embed_core.runs.job import Job
from embed_core.ui.app import state

_ORDINALS = ("Next", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def in_line(job: Job) -> str:
    """Say which in line a job is; "" when it does not wait."""
    workers = state.jobs().workers
    place = workers.place_in_line(job)
    if place is None:
        return ""
    which = _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"Number {place}"
    return f"{which} in line for a worker" + (f": {workers.none_yet}" if workers.none_yet else "")
