"""Libraries that take seconds to import, imported while a person looks at what is there."""

import importlib
import threading
from functools import cache

_HEAVY = ("openTSNE", "scipy.cluster.hierarchy", "sklearn.cluster", "sklearn.neighbors")
_BREATH = 1.5


@cache
def import_early() -> None:
    """Import what t-SNE and clusters need, in a while, once a process."""

    def load() -> None:
        for name in _HEAVY:
            importlib.import_module(name)

    timer = threading.Timer(_BREATH, load)
    timer.daemon = True
    timer.start()
