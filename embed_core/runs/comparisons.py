"""Comparisons as jobs: many parts one after the other, between which a worker can be given back."""

from collections.abc import Callable, Sequence
from typing import Any

from embed_core.progress import JobProgress, OnJobProgress
from embed_core.runs.controls import ControlledLoop, GivenBack


def run_parts(
    work: Callable[..., None],
    data: Any,
    config: Any,
    done: Sequence[JobProgress],
    *,
    on_progress: OnJobProgress,
    keep_going: ControlledLoop,
    state: Sequence[JobProgress] | None = None,
) -> GivenBack | None:
    """Do the parts that are not done, in a worker; returns what to go on from when the worker is wanted back.

    Args:
        work: called with data, configuration and the parts done before; see `run_folds` and `run_sweep`.
        data: what it is done on.
        config: its settings.
        done: parts that an earlier comparison did.
        on_progress: called with each part.
        keep_going: the loop that obeys.
        state: all parts that are done, when it goes on.
    """
    known = list(done if state is None else state)
    before = len(known)

    def report(part: JobProgress) -> None:
        known.append(part)
        on_progress(part)

    def going() -> bool:
        # A part that was begun is begun again later: without one a turn, long ones would never be done.
        return keep_going() or (keep_going.gives_back() and len(known) == before)

    work(data, config, tuple(known), on_progress=report, keep_going=going)
    return keep_going.given_back(known) if keep_going.gives_back() else None
