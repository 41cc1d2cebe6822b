"""Which process writes a run, and whether it still lives."""

import os

import psutil


def this_process() -> str:
    """Return a name of this process that is unique across processes."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Whether the process of this name still lives.

    >>> is_alive(this_process()), is_alive("1:0.00"), is_alive("nobody")
    (True, False, False)
    """
    pid, _, started = owner.partition(":")
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < 1
    except (psutil.Error, ValueError, OverflowError):
        return False
