"""How trainings ended that could not be written: kept in memory, and tried again until there is room."""

import threading
from collections.abc import Callable

from embed_core.errors import AtlasError
from embed_core.runs.record import RunRecord
from embed_core.training.run import RunStatus

AGAIN_SECONDS = 15.0
_MOST_KEPT = 20


class Unsaved:
    """Keeps what could not be written, and writes it on a thread of its own when that can be done."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[RunRecord, Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def record(self, run_id: str) -> RunRecord | None:
        """Return the record of a run that is kept, which says so; None of any other."""
        kept = self._kept.get(run_id)
        return None if kept is None else kept[0]

    def records(self) -> dict[str, RunRecord]:
        """Return the records of all that are kept, by id."""
        return {run_id: record for run_id, (record, _) in list(self._kept.items())}

    def keep(self, record: RunRecord, write: Callable[[], None], problem: Exception) -> None:
        """Keep how a training ended.

        Args:
            record: as it is to be written.
            write: writes it, and the result.
            problem: why it could not.
        """
        cause = problem.__cause__ if isinstance(problem.__cause__, OSError) else problem
        reason = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
        words = (
            f"The result could not be written: {reason}. It is kept in memory, and is written by itself as soon as "
            "there is room; it is lost when the server ends before that."
        )
        if record.status is RunStatus.FAILED:
            words = f"{record.error} That could not be written: {reason}."
        with self._lock:
            self._kept[record.id] = record.changed(status=RunStatus.FAILED, error=words), write
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            if self._thread is None:
                self._thread = threading.Thread(target=self._try, name="atlas-save", daemon=True)
                self._thread.start()

    def forget(self, run_id: str) -> None:
        """Write a run no more; it has been deleted."""
        with self._lock:
            self._kept.pop(run_id, None)

    def forget_all(self) -> None:
        """Write none any more."""
        with self._lock:
            self._kept.clear()

    def write_again(self) -> None:
        """Write what can be written now."""
        for run_id, (_, write) in list(self._kept.items()):
            try:
                write()
            except (OSError, AtlasError):
                continue
            self.forget(run_id)

    def _try(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(AGAIN_SECONDS)
            self.write_again()
            with self._lock:
                if not self._kept:
                    self._thread = None
                    return
