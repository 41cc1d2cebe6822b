"""The runs of a workspace, and all its jobs."""

import os

import pandas as pd

from embed_core.runs.cluster import Workers
from embed_core.runs.comparisons import Comparisons
from embed_core.runs.job import JobList
from embed_core.runs.projections import Projections
from embed_core.runs.record import RunRecord
from embed_core.runs.rehearsals import Rehearsals
from embed_core.runs.share import Share
from embed_core.runs.store import RunStore
from embed_core.runs.threads import Threads
from embed_core.runs.trainings import Trainings
from embed_core.runs.trust_jobs import TrustJobs

UNASKED_VARIABLE = "CATEGORY_ATLAS_MEASURES_UNASKED"
MOST_AT_ONCE = 3
"""How many trainings, and how many comparisons, a visitor of a shared server may have going on."""


class Jobs:
    """All jobs of a workspace, by kind, and its runs, those going on included.

    Args:
        store: the workspace's runs.
        workers: where jobs that need TensorFlow run.
        measures_unasked: whether trust is measured as soon as a training has ended; by default it is, unless the
            environment variable ``CATEGORY_ATLAS_MEASURES_UNASKED`` is ``0``.
        most: how many trainings, and how many comparisons, may go on at a time; None for any number.

    Attributes:
        trainings: write runs.
        trust: measures how far runs can be trusted.
        comparisons: sweeps of dimensions and comparisons of encoders.
        lessons: what the lesson works out.
        rehearsals: get trainings ready while a person is choosing.
        projections: maps that move, in threads of this process.
    """

    def __init__(
        self,
        store: RunStore,
        workers: Workers,
        *,
        measures_unasked: bool | None = None,
        most: int | None = None,
    ) -> None:
        if measures_unasked is None:
            measures_unasked = os.environ.get(UNASKED_VARIABLE) != "0"
        self.store = store
        self.workers = workers
        share = Share(workers)
        self.trust = TrustJobs(store, share, unasked=measures_unasked)
        self.trainings = Trainings(store, share, hear=self.trust.hear, most=most)
        self.comparisons = Comparisons(share, most=most)
        self.lessons = JobList(share)
        self.rehearsals = Rehearsals(share, store)
        self.projections = Projections(Threads())

    @property
    def are_busy(self) -> bool:
        """Whether anything goes on that a person has begun."""
        lists = (self.comparisons, self.lessons)
        going = any(job.is_running for jobs in lists for job in jobs)
        return going or self.trainings.are_busy or self.trust.are_busy

    def end(self) -> None:
        """End all that goes on, and forget it; runs that are not finished are left as they are on disk."""
        self.trainings.end()
        self.trust.end()
        self.rehearsals.end()
        self.projections.end()
        self.comparisons.drop_all()
        self.lessons.drop_all()

    def record(self, run_id: str) -> RunRecord:
        """Return what is known of a run, going on or not.

        Raises:
            AtlasError: there is no such run.
        """
        live = self.trainings.find(run_id)
        return live.record if live else self.trainings.unsaved(run_id) or self.store.record(run_id)

    def records(self) -> list[RunRecord]:
        """Return all readable runs, newest first, going on or not."""
        stored, own = self.store.records(), self.trainings.records()
        return [own.get(each.id, each) for each in stored] if own else stored

    def set_aside(self, run_id: str) -> None:
        """Remove a run so that it can be taken back, see `RunStore.set_aside`."""
        self.trainings.forget(run_id)
        self.store.set_aside(run_id)

    def history(self, run_id: str) -> pd.DataFrame:
        """Return the history so far, a row per epoch."""
        live = self.trainings.find(run_id)
        return pd.DataFrame(list(live.rows)) if live else self.store.history(run_id)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name, at most 80 characters.

        Raises:
            AtlasError: the name is empty or too long, or there is no such run.
        """
        self.store.rename(run_id, name)
        if live := self.trainings.find(run_id):
            live.record = live.record.changed(name=self.store.record(run_id).name)
