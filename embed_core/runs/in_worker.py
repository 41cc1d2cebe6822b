"""What runs in a worker process: work that reports, and listens to its transport buttons."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from distributed import get_client, get_worker

from embed_core.learning.config import TrainingConfig
from embed_core.training.fit import Fitted, fit
from embed_core.types import Floats, TrainingData, TrainingUpdate

REPORT_SECONDS = 0.1
ANSWER_SECONDS, ANSWER_TRIALS = 0.1, 20
# One topic each for all runs: the scheduler remembers the last events of every topic that it has seen.
COMMANDS = "category-atlas-commands"
UPDATES = "category-atlas-updates"


def warm_up() -> bool:
    """Import TensorFlow and compile something small, so that the first training starts at once."""
    with _silence():
        import numpy as np

        from embed_core.learning.examples import Examples
        from embed_core.learning.model_spec import ModelSpec
        from embed_core.learning.trainer import Trainer

        rows = Examples((np.zeros(2, np.int32),), (np.array([0, 1], np.int32),), np.ones(2, np.int64))
        config = TrainingConfig(column="a", target="b", epochs=1, validation_share=0.0)
        list(Trainer(ModelSpec("target", ((2, 2),)), rows, rows, config).epochs())
    return True


@contextmanager
def _silence() -> Iterator[None]:
    """Keep TensorFlow's greetings, written past Python, off the server's terminal; errors are raised."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    kept = os.dup(2)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@dataclass(frozen=True)
class Command:
    """How a training is to proceed.

    Attributes:
        paused: wait, unless steps are left.
        steps: epochs to train although paused; ``serial`` tells one press from the next.
        stop: end now, keeping what was learned.
        pace: epochs per second at most; 0 is full speed.
    """

    paused: bool = False
    steps: int = 0
    serial: int = 0
    stop: bool = False
    pace: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return it in the form in which it travels."""
        return dict(vars(self))


def run_training(
    data: TrainingData, config: TrainingConfig, run_id: str, stride: int, start: dict[str, Any]
) -> Fitted:
    """Train in this worker, sending updates and obeying commands; returns the result.

    Args:
        data: counted rows.
        config: the settings.
        run_id: names the topics.
        stride: every how many epochs the vectors are kept for replaying.
        start: the first `Command`, as a dictionary.
    """
    transport = Transport(Command(**start))
    report = _Report(run_id, stride)
    with _listening(run_id, transport):

        def on_update(update: TrainingUpdate) -> bool:
            report.epoch(update, at_once=transport.is_slow)
            return transport.after_epoch(update.epoch)

        fitted = fit(
            data,
            config,
            on_start=lambda baseline: report.send({"baseline": baseline}),
            on_update=on_update,
            keep_going=transport.keep_going,
            with_vectors=True,
            with_model=True,
        )
        report.flush()
        return fitted


@dataclass(frozen=True)
class Parcel:
    """Work with its arguments, as they travel together."""

    work: Callable[..., Any]
    arguments: tuple[Any, ...]


def run_task(parcel: Parcel, key: str) -> Any:
    """Do the work of a `Task` in this worker, sending what it tells; returns its result."""
    transport = Transport(Command())
    with _listening(key, transport):
        return parcel.work(
            *parcel.arguments,
            tell=lambda part: _send(key, {"part": part}),
            keep_going=transport.keep_going,
        )


@contextmanager
def _listening(run_id: str, transport: "Transport") -> Iterator[None]:
    """Obey what is commanded of a run meanwhile.

    The server answers "started" with the last command, as whatever was sent before we listened is lost. Nothing
    says when the scheduler has noted that we listen, so we say it until the answer is here.
    """
    answered = threading.Event()

    def hear(event: tuple[float, dict[str, Any]]) -> None:
        if event[1]["run"] == run_id:
            transport.obey(Command(**event[1]["command"]))
            answered.set()

    client = get_client()
    client.subscribe_topic(COMMANDS, hear)
    try:
        for _ in range(ANSWER_TRIALS):
            _send(run_id, {"started": True})
            if answered.wait(ANSWER_SECONDS):
                break
        yield
    finally:
        client.unsubscribe_topic(COMMANDS)


def _send(run_id: str, message: dict[str, Any]) -> None:
    get_worker().log_event(UPDATES, {"run": run_id, **message})


class Transport:
    """Pause, step, stop and pace, as the training asks between its chunks."""

    def __init__(self, command: Command) -> None:
        self._changed = threading.Condition()
        self._command = command
        self._steps_left = command.steps
        self._next_epoch_at = 0.0

    def obey(self, command: Command) -> None:
        """Take a new command; called from another thread."""
        with self._changed:
            if command.serial != self._command.serial:
                self._steps_left += command.steps
            self._command = command
            self._changed.notify_all()

    @property
    def is_slow(self) -> bool:
        """Whether every epoch is looked at: more than ten a second are not."""
        return self._command.paused or 0 < self._command.pace <= 1 / REPORT_SECONDS

    def keep_going(self) -> bool:
        """Wait while paused; return whether to go on."""
        with self._changed:
            while self._command.paused and not self._steps_left and not self._command.stop:
                self._changed.wait(1.0)
            return not self._command.stop

    def after_epoch(self, epoch: int) -> bool:
        """Count steps and keep the pace; return whether to stop."""
        with self._changed:
            if epoch and self._steps_left:
                self._steps_left -= 1
            while self._command.pace and not self._command.stop:
                now = time.monotonic()
                if now >= self._next_epoch_at:
                    break
                self._changed.wait(self._next_epoch_at - now)
            if self._command.pace:
                self._next_epoch_at = max(time.monotonic(), self._next_epoch_at) + 1 / self._command.pace
        return not self.keep_going()


@dataclass
class _Report:
    """Gathers epochs and sends them a few times a second."""

    run_id: str
    stride: int
    rows: list[dict[str, float]] = field(default_factory=list)
    snapshots: list[tuple[int, Floats]] = field(default_factory=list)
    latest: tuple[int, Floats] | None = None
    sent_at: float = 0.0

    def epoch(self, update: TrainingUpdate, *, at_once: bool) -> None:
        vectors = next(iter(update.vectors.values()))
        if update.epoch:
            self.rows.append({"epoch": update.epoch, **update.metrics})
        self.latest = (update.epoch, vectors)
        if update.epoch % self.stride == 0:
            self.snapshots.append((update.epoch, vectors))
        if at_once or time.monotonic() - self.sent_at > REPORT_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self.latest is not None:
            self.send(
                {
                    "rows": self.rows,
                    "latest": (self.latest[0], self.latest[1].tobytes()),
                    "snapshots": [(epoch, vectors.tobytes()) for epoch, vectors in self.snapshots],
                    "shape": list(self.latest[1].shape),
                }
            )
        self.rows, self.snapshots, self.latest = [], [], None
        self.sent_at = time.monotonic()

    def send(self, message: dict[str, Any]) -> None:
        _send(self.run_id, message)
