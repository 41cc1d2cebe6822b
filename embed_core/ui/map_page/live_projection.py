"""A projection that is computed beside the page, so that a person can watch it and stop it."""

import importlib
import multiprocessing
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import streamlit as st

from embed_core.errors import AtlasError
from embed_core.space.projections.base import Projection
from embed_core.space.projections.pca import PcaBasis
from embed_core.space.projections.project import project
from embed_core.space.projections.registry import projection_method

_KEPT = 24
_POLL_SECONDS = 0.1
_HEAVY = ("openTSNE", "scipy.cluster.hierarchy", "sklearn.cluster", "sklearn.neighbors")
_BREATH, _PAUSE = 1.5, 0.5


@dataclass
class LiveProjection:
    """A projection that moves in frames, one that is computed apart, or either when it has come to rest.

    Attributes:
        iteration: of ``coordinates``.
        total: iterations that are planned; 0 when that is not known.
        coordinates: the newest frame, (n, m); None before the first.
        result: the projection with its quality, once it is there.
        error: why there is none.
    """

    iteration: int = 0
    total: int = 0
    coordinates: np.ndarray[Any, Any] | None = None
    result: Projection | None = None
    error: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _wanted: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _is_abandoned: bool = False

    @property
    def is_moving(self) -> bool:
        """Whether more frames will come."""
        return self.result is None and not self.error

    @property
    def was_stopped(self) -> bool:
        """Whether it was ended before its time."""
        return not self.is_moving and self._stop.is_set()

    def stop(self) -> None:
        """Keep the map as it is."""
        self._stop.set()

    def want(self) -> None:
        """Let it move."""
        self._wanted.set()

    def abandon(self) -> None:
        """End it, because nobody will look at it."""
        self._is_abandoned = True
        self._stop.set()
        self._wanted.set()

    def wait(self, seconds: float | None = None) -> None:
        """Return when it is wanted, or after so many seconds.

        Raises:
            AtlasError: it was abandoned.
        """
        self._wanted.wait(seconds)
        if self._is_abandoned:
            raise AtlasError("The projection was given up. Choose it again.")

    def wait_for_news(self, seen: int | None, seconds: float) -> None:
        """Return when there is another frame than that of the iteration seen, or after so many seconds."""
        with self._news:
            self._news.wait_for(lambda: self.coordinates is not None and self.iteration != seen, seconds)

    def take(self, iteration: int, total: int, coordinates: np.ndarray[Any, Any]) -> bool:
        """Take a frame; return whether to stop. Before it is wanted, it gets no farther than the first iterations.

        Raises:
            AtlasError: it was abandoned.
        """
        with self._news:
            self.iteration, self.total, self.coordinates = iteration, total, coordinates
            self._news.notify_all()
        self.wait(None if iteration else 0)
        return self._stop.is_set()


@cache
def import_early() -> None:
    """Import what t-SNE and clusters need, which takes seconds, while a person looks at the first map."""

    def load() -> None:
        for name in _HEAVY:
            importlib.import_module(name)

    timer = threading.Timer(_BREATH, load)
    timer.daemon = True
    timer.start()


class _Projections:
    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], LiveProjection] = OrderedDict()
        self._expected: tuple[object, ...] | None = None
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], vectors: np.ndarray[Any, Any], **options: Any) -> LiveProjection:
        with self._lock:
            live = self._known.get(key) or self._begin(key, vectors, options)
            live.want()
            if key == self._expected:
                self._expected = None
            self._known.move_to_end(key)
            return live

    def expect(self, key: tuple[object, ...], vectors: np.ndarray[Any, Any], **options: Any) -> None:
        with self._lock:
            if key in self._known:
                return
            if self._expected is not None and self._expected in self._known:
                self._known.pop(self._expected).abandon()
            self._expected = key
            self._begin(key, vectors, options)

    def forget(self, key: tuple[object, ...], *, if_moving: bool) -> None:
        with self._lock:
            live = self._known.get(key)
            if live is not None and (live.is_moving or not if_moving):
                self._known.pop(key).abandon()

    def _begin(
        self, key: tuple[object, ...], vectors: np.ndarray[Any, Any], options: dict[str, Any]
    ) -> LiveProjection:
        live = self._known[key] = LiveProjection()
        compute = _compute_elsewhere if projection_method(options["method"]).pace == "apart" else _compute
        threading.Thread(
            target=_guarded, args=(compute, live, vectors, options), name="atlas-projection", daemon=True
        ).start()
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)[1].abandon()
        return live


@st.cache_resource(show_spinner=False)
def _projections() -> _Projections:
    return _Projections()


def live_projection(
    key: tuple[object, ...], vectors: np.ndarray[Any, Any], *, method: str, metric: str, **options: Any
) -> LiveProjection:
    """Return a projection that takes time: begun now, moving, or done. One is shared by all who look at it.

    Args:
        key: names the vectors and all that follows.
        vectors: (n, d).
        method: one whose pace is not ``at once``.
        metric: see `project`.
        **options: of `project`.
    """
    return _projections().get(key, vectors, method=method, metric=metric, **options)


def expect_projection(key: tuple[object, ...], vectors: np.ndarray[Any, Any], **options: Any) -> None:
    """Prepare a projection that may be asked for next, as far as its first iterations: it can then move at once.

    Finding everybody's neighbours takes a second for thousands. One waits at a time; arguments as of
    `live_projection`.
    """
    _projections().expect(key, vectors, **options)


def forget_projection(key: tuple[object, ...], *, if_moving: bool = False) -> None:
    """End a projection, and compute it again when it is next asked for; one at rest can be spared."""
    _projections().forget(key, if_moving=if_moving)


def _guarded(
    compute: Any, live: LiveProjection, vectors: np.ndarray[Any, Any], options: dict[str, Any]
) -> None:
    try:
        compute(live, vectors, options)
    except AtlasError as error:
        live.error = str(error)
    except Exception as error:
        live.error = f"The projection failed with an unexpected error: {type(error).__name__}: {error}"
        raise


def _compute(live: LiveProjection, vectors: np.ndarray[Any, Any], options: dict[str, Any]) -> None:
    live.wait(_PAUSE)
    live.result = project(vectors, on_frame=live.take, **options)


def _compute_elsewhere(live: LiveProjection, vectors: np.ndarray[Any, Any], options: dict[str, Any]) -> None:
    """Compute in a process of its own, which can be ended at any time."""
    title = projection_method(options["method"]).title
    live.coordinates = PcaBasis.fit(vectors, options["n_components"]).apply(vectors)
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, vectors, options), daemon=True)
    process.start()
    sender.close()
    try:
        while not receiver.poll(_POLL_SECONDS):
            if live._stop.is_set():
                raise AtlasError(
                    f"{title} was stopped before it had a map. Choose another projection, or start over."
                )
        answer = receiver.recv()
    except EOFError:
        raise AtlasError(f"The process that computed {title} died, most likely for want of memory.") from None
    finally:
        process.terminate()
        receiver.close()
    if isinstance(answer, str):
        raise AtlasError(answer)
    live.result = answer


def _send(sender: Connection, vectors: np.ndarray[Any, Any], options: dict[str, Any]) -> None:
    try:
        sender.send(project(vectors, **options))
    except AtlasError as error:
        sender.send(str(error))
