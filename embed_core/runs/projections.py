"""Projections as jobs: maps that are computed beside the page, so that a person can watch and stop them."""

import hashlib
import multiprocessing
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from embed_core.errors import AtlasError
from embed_core.progress import JobProgress, OnJobProgress
from embed_core.runs.by_turns import ByTurns
from embed_core.runs.controls import ControlledLoop, Controls
from embed_core.runs.job import Job, JobList, Place
from embed_core.space.projections.base import Projection
from embed_core.space.projections.pca import PcaBasis
from embed_core.space.projections.project import project
from embed_core.space.projections.registry import projection_method

KEPT = 24
DRAWN_KEPT = 64
AT_ONCE = 2
"""So many projections move at a time in the whole server: more would take the processor from everybody's pages."""
PAUSE_SECONDS = 0.5
QUIET = 0.5
"""With less than this of a core in use, what nobody waits for is begun."""
_POLL_SECONDS = 0.1

Array = np.ndarray[Any, Any]


class LiveProjection:
    """A projection that moves in frames, one that is computed apart, or either when it has come to rest.

    Attributes:
        iteration: of ``coordinates``.
        total: iterations that are planned; 0 when that is not known.
        coordinates: the newest frame, (n, m); None before the first.
    """

    def __init__(self, key: Hashable, *, wanted: bool = True) -> None:
        self.iteration = 0
        self.total = 0
        self.coordinates: Array | None = None
        self._news = threading.Condition()
        controls = Controls(paused=not wanted)
        self.job = Job(key, about=self, controls=controls, keeps_result=True, on_progress=self._take)

    @property
    def result(self) -> Projection | None:
        """The projection with its quality, once it is there."""
        result: Projection | None = self.job.result
        return result

    @property
    def error(self) -> str:
        """Why there is none."""
        return self.job.error

    @property
    def is_moving(self) -> bool:
        """Whether more frames will come."""
        return self.job.is_running

    @property
    def was_stopped(self) -> bool:
        """Whether it was ended before its time."""
        return not self.is_moving and self.job.controls.stop

    def wait_for_news(self, seen: int | None, seconds: float) -> None:
        """Return when there is another frame than that of the iteration seen, or after so many seconds."""
        with self._news:
            self._news.wait_for(lambda: self.coordinates is not None and self.iteration != seen, seconds)

    def _take(self, frame: JobProgress) -> None:
        with self._news:
            self.iteration, self.total = frame["iteration"], frame["total"]
            self.coordinates = frame["coordinates"]
            self._news.notify_all()


class Projections:
    """Begins projections, shares each with all who look at it, and prepares the one that may be asked for next.

    Args:
        place: where they run; frames are drawn many times a second, so that is a thread of this process.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._jobs = JobList(place, remembered=KEPT)
        self._expected: Hashable = None
        self._name = object()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> LiveProjection | None:
        """Return a projection that was begun; None when it was not, or was dropped."""
        job = self._jobs.find(key)
        return None if job is None else job.about

    def begin(self, key: Hashable, vectors: Array, *, method: str, **options: Any) -> LiveProjection:
        """Return a projection that takes time: begun now, moving, or done. One is shared by all who look at it.

        Args:
            key: names the vectors and all that follows.
            vectors: (n, d).
            method: one whose pace is not ``at once``.
            **options: of `project`.
        """
        with self._lock:
            live = self.find(key) or self._begin(key, vectors, method, options, wanted=True)
            if live.is_moving and live.job.controls.paused:
                self._jobs.control(live.job, paused=False)
            if key == self._expected:
                self._expected = None
            self._jobs.touch(key)
            return live

    def expect(self, key: Hashable, vectors: Array, *, method: str, **options: Any) -> None:
        """Prepare a projection that may be asked for next, as far as its first iterations: it can then move at once.

        Finding everybody's neighbours takes a second for thousands. One waits at a time; arguments as of `begin`.
        """
        with self._lock:
            if self.find(key) is not None:
                return
            if self._expected is not None:
                self._jobs.drop(self._expected)
            self._expected = key
            self._begin(key, vectors, method, options, wanted=False)

    def stop(self, key: Hashable) -> None:
        """Keep the map as it is."""
        self._jobs.stop(key)

    def drop(self, key: Hashable, *, if_moving: bool = False) -> None:
        """End a projection, and compute it again when it is next asked for; one at rest can be spared."""
        with self._lock:
            live = self.find(key)
            if live is not None and (live.is_moving or not if_moving):
                self._jobs.drop(key)

    def end(self) -> None:
        """End all, and forget them."""
        with self._lock:
            self._jobs.drop_all()
            self._expected = None

    def is_busy(self, live: LiveProjection) -> bool:
        """Whether somebody is not yet done with it, stopped or not."""
        return self._place.is_busy_with(live.job)

    def _begin(
        self, key: Hashable, vectors: Array, method: str, options: dict[str, Any], *, wanted: bool
    ) -> LiveProjection:
        live = LiveProjection(key, wanted=wanted)
        compute = compute_apart if projection_method(method).pace == "apart" else compute_in_frames
        self._jobs.begin(live.job, partial(self._compute, compute), vectors, {"method": method, **options})
        return live

    def _compute(
        self, compute: Callable[..., Projection], vectors: Array, options: dict[str, Any], **to_and_fro: Any
    ) -> Projection:
        """Compute a projection, or take it from another workspace with the same vectors: a class opens copies."""
        digest = _digest(vectors, options)
        known = _DRAWN.of_another(digest, self._name)
        if known is not None:
            return known
        drawn = compute(vectors, options, **to_and_fro)
        if not to_and_fro["keep_going"].controls.stop:
            _DRAWN.keep(digest, drawn, self._name)
        return drawn


def compute_in_frames(
    vectors: Array, options: dict[str, Any], *, on_progress: OnJobProgress, keep_going: ControlledLoop
) -> Projection:
    """Compute a projection that reports its frames; before it is wanted, it gets no farther than the first."""

    def on_frame(iteration: int, total: int, coordinates: Array) -> bool:
        on_progress({"iteration": iteration, "total": total, "coordinates": coordinates})
        with _BY_TURNS.away():
            going = keep_going() if iteration else not keep_going.controls.stop
        if keep_going.controls.abandon:
            raise AtlasError("The projection was given up. Choose it again.")
        return not going

    _wait_until_quiet(keep_going)
    with _BY_TURNS.present():
        return project(vectors, on_frame=on_frame, **options)


def _wait_until_quiet(keep_going: ControlledLoop) -> None:
    """Return when it is wanted, or the server has had little else to do for a while: pages come first."""
    is_quiet = False
    while keep_going.controls.paused and not keep_going.controls.stop and not is_quiet:
        used = time.process_time()
        keep_going.wait(PAUSE_SECONDS)
        is_quiet = time.process_time() - used < QUIET * PAUSE_SECONDS
        if keep_going.controls.abandon:
            return


def _digest(vectors: Array, options: dict[str, Any]) -> str:
    """Return what is another for other vectors, or for other arguments of `project`."""
    about = repr((vectors.shape, vectors.dtype.str, sorted(options.items())))
    return hashlib.blake2b(
        about.encode() + np.ascontiguousarray(vectors).tobytes(), digest_size=16
    ).hexdigest()


class _Drawn:
    """The projections that were finished last in all workspaces; none can be asked for without its vectors."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[Projection, object]] = OrderedDict()
        self._lock = threading.Lock()

    def of_another(self, digest: str, name: object) -> Projection | None:
        """Return what another than this one has drawn; one's own is drawn again, as that is what was asked for."""
        with self._lock:
            drawn, drawn_by = self._kept.get(digest, (None, name))
            return None if drawn_by is name else drawn

    def keep(self, digest: str, drawn: Projection, name: object) -> None:
        """Keep a projection, and who has drawn it."""
        with self._lock:
            self._kept.pop(digest, None)
            self._kept[digest] = drawn, name
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


def compute_apart(
    vectors: Array, options: dict[str, Any], *, on_progress: OnJobProgress, keep_going: ControlledLoop
) -> Projection:
    """Compute a projection in a process of its own, which can be ended at any time."""
    title = projection_method(options["method"]).title
    start = PcaBasis.fit(vectors, options["n_components"]).apply(vectors)
    on_progress({"iteration": 0, "total": 0, "coordinates": start})
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, vectors, options), daemon=True)
    process.start()
    sender.close()
    try:
        while not receiver.poll(_POLL_SECONDS):
            if not keep_going():
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
    result: Projection = answer
    return result


_DRAWN = _Drawn(DRAWN_KEPT)
_BY_TURNS = ByTurns(AT_ONCE)


def _send(sender: Connection, vectors: Array, options: dict[str, Any]) -> None:
    try:
        sender.send(project(vectors, **options))
    except AtlasError as error:
        sender.send(str(error))
