"""A training in memory, and all that it left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from embed_core.display import HasMap, line, rows_of, shown
from embed_core.errors import check_kind, check_path, quoted
from embed_core.extras import check_tensorflow
from embed_core.learning.config import TrainingConfig
from embed_core.learning.layer_list import Layer
from embed_core.space.embedding import Embedding
from embed_core.training.model_inputs import texts_and_numbers
from embed_core.types import Floats, Target


class RunStatus(StrEnum):
    """Where a run is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return self in (RunStatus.WAITING, RunStatus.RUNNING, RunStatus.PAUSED)

    @property
    def has_result(self) -> bool:
        """Whether there is an embedding to look at."""
        return self in (RunStatus.FINISHED, RunStatus.STOPPED)


@dataclass(frozen=True, eq=False, repr=False)
class Run(HasMap):
    """A training in memory. Two runs are equal only when they are the same object.

    Attributes:
        config: its settings.
        status: how it ended.
        history: a row per epoch: ``epoch``, ``loss``, ``accuracy`` or ``mae`` (in the target's unit) and
            their ``val_`` twins. The loss of a number is in units of its variance.
        embeddings: per embedded column.
        baseline: loss and metric of knowing nothing, judged on the validation part when there is one.
        best_epoch: the epoch with the lowest (validation) loss.
        model: the content of a ``.keras`` file that takes codes, and predicts in the target's unit.
        fed_model: of one that takes texts and numbers by the names of columns, as `model_inputs` makes them; the
            model that takes codes is its layer "codes".
        numbers: columns that it takes as numbers.
        heads: what it predicts of the other columns, for ``context``.
        layers: of the model, from the input on.
        rows: of the table that were counted, each once.
        distinct_rows: that were learned from.
        batch_size: rows per step.
        versions: of the packages that it was trained with.
        prior_strength: that was given, or chosen.
        notes: sentences about what was left out, pooled or sampled.
        replicates: the vectors of copies trained with it, each per embedded column.
        seconds: from the call to the end, counting included.
        target: what is predicted; None with ``context``.
        kept_as: its id, where `open_run` found it among the kept runs; "" of any other.
        started_from: the run that it went on from: its id, where it was kept, or what it says of itself; "" where there
            was none.
    """

    config: TrainingConfig
    status: RunStatus
    history: pd.DataFrame
    embeddings: dict[str, Embedding]
    baseline: dict[str, float]
    best_epoch: int
    model: bytes
    prior_strength: float = 0.0
    notes: tuple[str, ...] = ()
    replicates: tuple[dict[str, Floats], ...] = ()
    seconds: float = 0.0
    target: Target | None = None
    fed_model: bytes = b""
    numbers: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()
    rows: int = 0
    distinct_rows: int = 0
    batch_size: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    kept_as: str = ""
    started_from: str = ""

    @property
    def embedding(self) -> Embedding:
        """The embedding of the configuration's column."""
        return self.embeddings[self.config.column]

    @property
    def trained_by(self) -> TrainingConfig:
        """The settings, with the prior that was chosen where none was given."""
        return self.config.with_prior(self.prior_strength)

    def save(self, path: str | Path) -> Path:
        """Write the run as one file, as ``export(run, "run", path)`` does, and return where it is.

        Args:
            path: of the file, which the dashboard opens as well; usually it ends in ``.atlas.zip``.

        Raises:
            AtlasError: it cannot be written there.
        """
        # Named and not imported: what is written of runs stands above what they are.
        written: Path = import_module("embed_core.exporting.registry").export(self, "run", path)
        return written

    @classmethod
    def load(cls, path: str | Path) -> "Run":
        """Return a run that was written as one file, as `open_run` does; its model is not opened.

        Args:
            path: of the file.

        Raises:
            AtlasError: it cannot be read, or is no run.
        """
        loaded: Run = import_module("embed_core.exporting.kept_runs").open_run(check_path(path, "a run"))
        return loaded

    def model_inputs(self, table: Any) -> dict[str, Any]:
        """Return a table as the model of `fed_model` takes it: a tensor of TensorFlow for each of its inputs.

        Keras' ``predict`` takes no texts of NumPy or pandas.

        Args:
            table: a `Table`, or anything that `read_table` takes, with the columns that the run was trained on.

        Raises:
            AtlasError: one of the columns is not there, or TensorFlow.
        """
        check_tensorflow("Making inputs of Keras")
        from embed_core.learning.networks.tensors import tensors  # here: TensorFlow

        return tensors(texts_and_numbers(table, self.embeddings, self.numbers))

    def _repr_html_(self) -> str:
        lines = [line(note) for note in self.notes]
        if len(self.history):
            reached = self.history.iloc[-1].drop("epoch")
            measures = [
                (
                    name,
                    f"{value:.4g}",
                    f"{self.baseline.get(str(name).removeprefix('val_'), float('nan')):.4g}",
                )
                for name, value in reached.items()
            ]
            lines.insert(0, rows_of(["measure", "last epoch", "knowing nothing"], measures))
        return shown(repr(self), *lines) + self.embedding._repr_html_()

    def __repr__(self) -> str:
        config, epochs = self.config, len(self.history)
        learned = f"{quoted(config.column)} by {config.objective}"
        size = f"{len(self.embedding):,} categories in {config.dimension} dimensions"
        return f"Run({learned}: {size}, {self.status} after {epochs:,} epoch{'s' if epochs != 1 else ''})"


def require_run(given: Any) -> Run:
    """Return what was given for a run.

    Raises:
        AtlasError: it is none.
    """
    return check_kind(
        given,
        Run,
        "a run",
        way_out="Give what train() or open_run() returns; where a table is wanted as well, it comes first.",
    )
