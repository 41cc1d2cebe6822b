"""How work ends that a worker did not bring to its end, in words."""

from pathlib import Path

KILLED = (
    "The worker process that did this died: it was ended from outside, or crashed. "
    "Nothing else was harmed: try again."
)
OUT_OF_MEMORY = (
    "The machine ran out of memory, and the system ended the worker process that did this. Nothing else was harmed: "
    "try again with fewer categories or a smaller dimension."
)
NOT_BEGUN = "It was stopped before it began, so there is nothing to keep."
NO_WORKER = (
    "No worker process has come for a minute, so nothing can be trained. Start workers for the scheduler, or restart "
    "the server, and try again."
)


def times_out_of_memory() -> int:
    """Return how often this machine has ended a process for want of memory; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
