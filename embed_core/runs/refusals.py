"""What is said of runs that are not there, or cannot be read or changed; none of it says where they lie."""

from collections.abc import Iterator
from contextlib import contextmanager

from embed_core.errors import AtlasError, quoted


def no_such_run(run_id: str) -> AtlasError:
    """Return the error for a run that is not there."""
    return AtlasError(f"There is no run {quoted(run_id)}. Choose one of the earlier runs.")


def damaged(run_id: str, what: str) -> AtlasError:
    """Return the error for a run of which something cannot be read."""
    return AtlasError(
        f"The run {quoted(run_id)} is damaged and cannot be read: {what}. Delete it, or bring its files back from a "
        "copy."
    )


@contextmanager
def beginning() -> Iterator[None]:
    """Say in words why a run cannot be begun on disk.

    Raises:
        AtlasError: the disk is full, or may not be written to.
    """
    try:
        yield
    except OSError as problem:
        raise AtlasError(
            f"The run cannot be written: {problem.strerror or type(problem).__name__}. Make room, or have the folder "
            "of the runs be writable, and train again."
        ) from problem


@contextmanager
def changing(run_id: str) -> Iterator[None]:
    """Say in words why a run cannot be changed on disk.

    Raises:
        AtlasError: it is not there, or the disk is full or may not be written to.
    """
    try:
        yield
    except FileNotFoundError:
        raise no_such_run(run_id) from None
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise AtlasError(
            f"The run {quoted(run_id)} cannot be changed on disk: {reason}. Make room, or have the folder of the runs "
            "be writable, and try again."
        ) from problem
