"""A projection that is computed beside the page, so that a person can watch it and stop it."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.space.projection import Projection, project

_KEPT = 24


@dataclass
class LiveProjection:
    """A t-SNE that moves, or has come to rest.

    Attributes:
        iteration: of ``coordinates``.
        total: iterations that are planned.
        coordinates: the newest frame, (n, 2); None before the first.
        result: the projection with its quality, once it is there.
        error: why there is none.
    """

    iteration: int = 0
    total: int = 1
    coordinates: np.ndarray[Any, Any] | None = None
    result: Projection | None = None
    error: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def is_moving(self) -> bool:
        """Whether more frames will come."""
        return self.result is None and not self.error

    def stop(self) -> None:
        """Keep the map as it is."""
        self._stop.set()

    def take(self, iteration: int, total: int, coordinates: np.ndarray[Any, Any]) -> bool:
        """Take a frame; return whether to stop."""
        self.iteration, self.total, self.coordinates = iteration, total, coordinates
        return self._stop.is_set()


class _Projections:
    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], LiveProjection] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], vectors: np.ndarray[Any, Any], **options: Any) -> LiveProjection:
        with self._lock:
            live = self._known.get(key)
            if live is None:
                live = self._known[key] = LiveProjection()
                threading.Thread(
                    target=_compute, args=(live, vectors, options), name="atlas-projection", daemon=True
                ).start()
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)[1].stop()
            self._known.move_to_end(key)
            return live


@st.cache_resource(show_spinner=False)
def _projections() -> _Projections:
    return _Projections()


def live_projection(run_id: str, vectors: np.ndarray[Any, Any], *, metric: str, seed: int) -> LiveProjection:
    """Return the t-SNE of a run's vectors: begun now, moving, or done. One is shared by all who look at it."""
    return _projections().get((run_id, metric, seed), vectors, metric=metric, seed=seed)


def _compute(live: LiveProjection, vectors: np.ndarray[Any, Any], options: dict[str, Any]) -> None:
    try:
        live.result = project(vectors, method="tsne", on_frame=live.take, **options)
    except AtlasError as error:
        live.error = str(error)
    except Exception as error:
        live.error = f"The projection failed with an unexpected error: {type(error).__name__}: {error}"
        raise
