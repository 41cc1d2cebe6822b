"""Workers that somebody else started, for a scheduler that was there already: looked at before they get an order."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_PACKAGE = "embed_core"
_NEEDED = ("tensorflow", "keras", "numpy", "pandas", "pydantic")
LOST = "scheduler-connection-lost"  # as Dask calls it
NONE_YET = "no worker has come to the scheduler {} yet"
NO_ANSWER = (
    "The Dask scheduler {} does not answer, so nothing can be trained. Start it with dask scheduler, or correct "
    "CATEGORY_ATLAS_SCHEDULER, and try again."
)
GONE = (
    "The Dask scheduler {} has gone, and what it had in hand with it. Start it and its workers again, and try again: "
    "nothing else was harmed."
)
_log = logging.getLogger(__name__)


def let_go(part: Any) -> None:
    """Close a client, a cluster or a pool, or nothing where there is none.

    A client that is just looking for its scheduler again stumbles over its own closing (distributed 2026.8:
    "ConnectionPool is closed"); it is closed all the same, and nobody needs it any more.
    """
    if part is None:
        return
    try:
        part.close()
    except Exception:  # whatever it stumbles over
        _log.debug("what was not needed any more did not close in good order", exc_info=True)


def looking() -> Callable[[], dict[str, str]]:
    """Return a function that returns the versions a process has of what a worker needs; what it has not is left out.

    A function within a function travels as code: a worker that had to import it from where it is not would die of that.
    """
    package, needed = _PACKAGE, _NEEDED

    def versions() -> dict[str, str]:
        found = {}
        with suppress(ImportError):
            found[package] = str(getattr(import_module(package), "__version__", ""))
        for name in needed:
            for build in (name, f"{name}-cpu"):
                with suppress(PackageNotFoundError):
                    found.setdefault(name, version(build))
        return found

    return versions


def refusal(client: Any, address: str) -> str:
    """Return why a worker cannot be given anything, in a sentence; "" when it can."""
    return complaint(client.run(looking(), workers=[address])[address], address)


def complaint(found: Mapping[str, str], address: str) -> str:
    """Return what a worker lacks of what this process has, in a sentence; "" when that is nothing.

    Packages whose objects travel must be of the same major version, and this one of the same version.

    >>> complaint({**looking()(), "embed_core": "0.0.1"}, "tcp://10.0.0.7:4000")[:79]
    'The worker tcp://10.0.0.7:4000 is given nothing: it has embed_core 0.0.1, and t'
    """
    ours = looking()()
    lacking = [name for name in ours if name not in found]
    others = [
        f"{name} {found[name]}, and this server {known}"
        for name, known in ours.items()
        if name in found and _compared(name, found[name]) != _compared(name, known)
    ]
    wrong = [f"no {' and no '.join(lacking)}"] * bool(lacking) + others
    if not wrong:
        return ""
    return (
        f"The worker {address} is given nothing: it has {'; it has '.join(wrong)}. Install there what is installed "
        "here, and start it again."
    )


def _compared(name: str, known: str) -> str:
    return known if name == _PACKAGE else known.partition(".")[0]
