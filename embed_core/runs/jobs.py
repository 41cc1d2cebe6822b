"""The runs of a workspace, and all its jobs."""

import os

import pandas as pd

from embed_core.runs.cluster import Workers
from embed_core.runs.job import JobList
from embed_core.runs.projections import Projections
from embed_core.runs.record import RunRecord
from embed_core.runs.rehearsals import Rehearsals
from embed_core.runs.store import RunStore
from embed_core.runs.threads import Threads
from embed_core.runs.trainings import Trainings
from embed_core.runs.trust_jobs import TrustJobs

UNASKED_VARIABLE = "CATEGORY_ATLAS_MEASURES_UNASKED"


class Jobs:
    """All jobs of a workspace, by kind, and its runs, those going on included.

    Args:
        store: the workspace's runs.
        workers: where jobs that need TensorFlow run.
        measures_unasked: whether trust is measured as soon as a training has ended; by default it is, unless the
            environment variable ``CATEGORY_ATLAS_MEASURES_UNASKED`` is ``0``.

    Attributes:
        trainings: write runs.
        trust: measures how far runs can be trusted.
        comparisons: sweeps of dimensions and comparisons of encoders.
        lessons: what the lesson works out.
        rehearsals: get trainings ready while a person is choosing.
        projections: maps that move, in threads of this process.
    """

    def __init__(self, store: RunStore, workers: Workers, *, measures_unasked: bool | None = None) -> None:
        if measures_unasked is None:
            measures_unasked = os.environ.get(UNASKED_VARIABLE) != "0"
        self.store = store
        self.workers = workers
        self.trust = TrustJobs(store, workers, unasked=measures_unasked)
        self.trainings = Trainings(store, workers, hear=self.trust.hear)
        self.comparisons = JobList(workers)
        self.lessons = JobList(workers)
        self.rehearsals = Rehearsals(workers)
        self.projections = Projections(Threads())

    def record(self, run_id: str) -> RunRecord:
        """Return what is known of a run, going on or not.

        Raises:
            AtlasError: there is no such run.
        """
        live = self.trainings.find(run_id)
        return live.record if live else self.store.record(run_id)

    def records(self) -> list[RunRecord]:
        """Return all readable runs, newest first, going on or not."""
        stored = self.store.records()
        return [live.record if (live := self.trainings.find(each.id)) else each for each in stored]

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
