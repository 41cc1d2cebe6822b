"""What the reading of a table is at, for whoever watches it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[str], object] | None] = ContextVar("listener", default=None)


def step(words: str) -> None:
    """Say what begins, such as "Counting the values"; the listener may end the reading by an exception."""
    listener = _listener.get()
    if listener is not None:
        listener(words)


@contextmanager
def heard_by(listener: Callable[[str], object]) -> Iterator[None]:
    """Call ``listener`` with what the readings within are at.

    >>> with heard_by(print):
    ...     step("Counting the values")
    Counting the values
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
