"""One fold of a comparison: encoders and models fitted on its training rows, and judged on the others."""

import contextlib
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.comparing.encoders.data import ComparisonData, Fold
from embed_core.comparing.encoders.downstream_models import Model, judged, know_nothing, other_columns
from embed_core.comparing.encoders.registry import ENCODERS, EncoderSettings

# Cells of a dense table of training rows: 200 MB as 32-bit numbers, twice that inside the boosted trees.
MOST_CELLS = 50_000_000
# Boosting grows a tree per class in each of its rounds.
MOST_CLASSES_BOOSTED = 20


@dataclass(frozen=True)
class Encoded:
    """What an encoder made of the rows of a fold, and what that took.

    Attributes:
        train: columns of the rows to learn from.
        test: of the rows to be judged on.
        columns: how many there are.
        fit_seconds: to fit it, and to encode the rows to learn from.
        transform_seconds: to encode the others.
        megabytes: of ``train``.
        is_raw: whether they are numbered categories.
    """

    train: Any = field(repr=False)
    test: Any = field(repr=False)
    columns: int
    fit_seconds: float
    transform_seconds: float
    megabytes: float
    is_raw: bool = False


@dataclass(frozen=True)
class Judged:
    """How a model did on a fold: its scores, by name, and how long it took to fit; or a note why it has none."""

    scores: Mapping[str, float] = field(default_factory=dict)
    model_seconds: float | None = None
    note: str | None = None


class OtherColumns:
    """The columns that are not studied, encoded once a fold for all encoders."""

    def __init__(self, data: ComparisonData, fold: Fold) -> None:
        self.fold = fold
        self._data = data
        self._made: dict[bool, tuple[Any, Any]] = {}

    def encoded(self, *, scaled: bool) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the columns of the training and of the test rows."""
        if scaled not in self._made:
            train, test = _parts(self._data, self.fold, (*self._data.numbers, *self._data.levels))
            others = other_columns(self._data.numbers, self._data.levels, scaled=scaled)
            self._made[scaled] = others.fit_transform(train), others.transform(test)
        return self._made[scaled]


def encoded(data: ComparisonData, fold: Fold, name: str, settings: EncoderSettings) -> Encoded:
    """Fit an encoder on the training rows; return what it makes of both parts, and what that took."""
    encoder = ENCODERS[name]
    seen = (*data.columns, *data.numbers, *data.levels) if encoder.sees == "all" else data.columns
    train, test = _parts(data, fold, seen)
    transformer = encoder.build(data.columns, settings)
    started = time.perf_counter()
    made = transformer.fit_transform(train, data.target[fold.train])
    fitted = time.perf_counter()
    later = transformer.transform(test)
    return Encoded(
        made,
        later,
        columns=int(made.shape[1]),
        fit_seconds=fitted - started,
        transform_seconds=time.perf_counter() - fitted,
        megabytes=_bytes(made) / 1e6,
        is_raw=encoder.is_raw,
    )


def scored(
    data: ComparisonData, fold: Fold, model: Model, made: Encoded, others: OtherColumns, seed: int
) -> Judged:
    """Return the scores of a model on what an encoder made beside the other columns, or a note."""
    if made.is_raw and not model.takes_categories:
        return Judged(note=f"{model.title} takes numbers alone, and no categories as they are.")
    beside = others.encoded(scaled=model.scaled)
    width = made.columns + beside[0].shape[1]
    if not model.sparse and len(fold.train) * width > MOST_CELLS:
        return Judged(
            note=f"{model.title} needs a dense table, and {width:,} columns of {len(fold.train):,} rows are "
            f"more than the {MOST_CELLS // 1_000_000} million cells that it gets here."
        )
    if model.name == "boosting" and len(data.classes) > MOST_CLASSES_BOOSTED:
        return Judged(
            note=f"{model.title} grows a tree per class and round, and there are {len(data.classes)} classes: more "
            f"than the {MOST_CLASSES_BOOSTED} for which it is tried here."
        )
    train, test = _joined(made.train, beside[0], model), _joined(made.test, beside[1], model)
    numbered = [] if model.scaled else list(range(width - len(data.levels), width))
    if made.is_raw:
        numbered = [*range(made.columns), *numbered]
    built = model.build(data.kind, len(fold.train), seed, numbered) if width else know_nothing(data.kind)
    if not width:
        train, test = np.zeros((len(fold.train), 1)), np.zeros((len(fold.test), 1))
    started = time.perf_counter()
    with _notes_of_convergence() as notes:
        built.fit(train, data.target[fold.train])
    taken = time.perf_counter() - started
    truth = data.target[fold.test]
    scores = judged(built, test, truth, data.kind, len(data.classes))
    return Judged(scores, taken, notes[0] if notes else None)


@contextlib.contextmanager
def _notes_of_convergence() -> Iterator[list[str]]:
    """Turn the warning that a model has not converged into a note."""
    from sklearn.exceptions import ConvergenceWarning

    notes: list[str] = []
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always", ConvergenceWarning)
        yield notes
    for warning in met:
        if issubclass(warning.category, ConvergenceWarning):
            notes.append("The model had not converged after its last step: take its scores with care.")
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def one_class(data: ComparisonData, fold: Fold) -> str:
    """Return why a fold cannot be scored; empty when it can."""
    if data.kind == "number":
        return ""
    for part, rows in (("learned from", fold.train), ("judged on", fold.test)):
        if part == "judged on" and data.kind != "binary":
            continue
        if len(np.unique(data.target[rows])) < 2:
            return f"All rows {part} in this fold are of one class, so there is nothing to tell apart."
    return ""


def _parts(data: ComparisonData, fold: Fold, columns: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = data.frame[list(columns)]
    return frame.iloc[fold.train], frame.iloc[fold.test]


def _joined(studied: Any, beside: npt.NDArray[np.float32], model: Model) -> Any:
    from scipy import sparse

    if model.sparse:
        # Mostly zeros even where the studied columns are dense, as the others hold one-hot columns.
        return sparse.hstack(
            [sparse.csr_array(studied), sparse.csr_array(beside)], format="csr", dtype=np.float64
        )
    dense = studied.toarray() if sparse.issparse(studied) else studied
    return np.hstack([dense, beside]).astype(np.float32)


def _bytes(columns: Any) -> int:
    from scipy import sparse

    if sparse.issparse(columns):
        return int(columns.data.nbytes + columns.indices.nbytes + columns.indptr.nbytes)
    return int(columns.nbytes)
