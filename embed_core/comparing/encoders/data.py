"""The rows that encoders are compared on: a worker gets these, and never the table."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd

from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.errors import AtlasError, listed, quoted
from embed_core.learning.fields import TargetKind
from embed_core.tables.counting.bags import separators
from embed_core.tables.counting.features import Feature, features, suitable
from embed_core.tables.counting.selection import left_out_notes, sample, sample_note
from embed_core.tables.counting.target import describe_target
from embed_core.tables.table import Table

# More rows than this are thinned out in the engine, before so many as are wanted are drawn from them.
_MOST_FETCHED = 1_000_000
_KINDS = ("binary", "multiclass", "number")

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class ComparisonData:
    """What a comparison needs of a table.

    Attributes:
        frame: a row per row. Columns studied and other levels hold texts, or None where missing; numbers NaN.
        columns: those studied.
        numbers: other columns that are numbers.
        levels: other columns that are categories.
        target: codes of the classes, or numbers, (rows,).
        kind: ``"binary"``, ``"multiclass"`` or ``"number"``.
        classes: in the order of their codes; empty for a number.
        groups: which group each row is in, (rows,), when they are kept together.
        folds: how many there are.
        repeats: how often they are drawn.
        notes: sentences about what was left out or sampled, for people.
        fingerprint: of the rows and of the settings that scores depend on.
    """

    frame: pd.DataFrame = field(repr=False)
    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    levels: tuple[str, ...]
    target: npt.NDArray[Any] = field(repr=False)
    kind: TargetKind
    classes: tuple[str, ...]
    groups: npt.NDArray[np.intp] | None = field(repr=False)
    folds: int
    repeats: int
    notes: tuple[str, ...]
    fingerprint: str

    def __len__(self) -> int:
        return len(self.target)


class Fold(NamedTuple):
    """Rows to learn from and rows to be judged on, by their places."""

    repeat: int
    number: int
    train: Places
    test: Places


def prepare_comparison(table: Table, config: ComparisonConfig) -> ComparisonData:
    """Return the rows and columns that a comparison needs, sampled when there are more than ``max_rows``.

    Raises:
        AtlasError: a column cannot be used as the configuration says, or there are too few rows, groups or
            rows of a class for two folds.

    >>> from embed_core.tables.gallery import load_sample
    >>> config = ComparisonConfig.checked(columns=["education"], target="income", max_rows=1_000)
    >>> data = prepare_comparison(load_sample("adult_income"), config)
    >>> len(data), data.kind, data.numbers[:2], data.folds
    (1000, 'binary', ('age', 'fnlwgt'), 5)
    """
    special = [name for name in (config.group, config.order) if name is not None]
    table.require(*config.columns, config.target, *special)
    if config.order is not None:
        _require_order(table, config.order)
    kind, classes = describe_target(table, config.target, target_kind=config.target_kind, allowed=_KINDS)
    table, found, notes = _others(table, config, special)
    rows, more = _rows(table, config, found, kind)
    if whole := separators(table, [*config.columns, *(feature.name for feature in found)]):
        notes.append(f"Encoders take a cell whole, also where it holds several values: {listed(whole)}.")
    groups = pd.factorize(rows.pop("group"))[0] if config.group is not None else None
    if kind == "number":
        target = rows.pop("target").to_numpy(np.float64)
    else:
        target = pd.Index(classes).get_indexer(pd.Index(rows.pop("target")))
    names = [*config.columns, *(feature.name for feature in found)]
    numbers = tuple(feature.name for feature in found if feature.kind == "number")
    frame = rows.set_axis(names, axis=1)
    for name in names:
        if name in numbers:
            frame[name] = frame[name].to_numpy(np.float64, na_value=np.nan)
        else:
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    folds, fewer = _folds(config, target, kind, classes, groups)
    return ComparisonData(
        frame,
        config.columns,
        numbers,
        tuple(feature.name for feature in found if feature.kind == "levels"),
        target,
        kind,  # type: ignore[arg-type]
        classes,
        groups,
        folds,
        1 if config.split == "ordered" else config.repeats,
        (*more, *notes, *fewer),
        _fingerprint(frame, target, config),
    )


def folds_of(data: ComparisonData, config: ComparisonConfig) -> Iterator[Fold]:
    """Yield the folds, the same ones each time; those of a repeat partition the rows unless they are ordered."""
    from sklearn import model_selection as ways

    for repeat in range(data.repeats):
        drawn: dict[str, Any] = {"shuffle": True, "random_state": config.seed + repeat}
        splitter: Any
        if config.split == "ordered":
            splitter = ways.TimeSeriesSplit(data.folds)
        elif data.groups is not None:
            splitter = ways.GroupKFold if data.kind == "number" else ways.StratifiedGroupKFold
            splitter = splitter(data.folds, **drawn)
        else:
            splitter = ways.KFold if data.kind == "number" else ways.StratifiedKFold
            splitter = splitter(data.folds, **drawn)
        for number, (train, test) in enumerate(splitter.split(data.target, data.target, data.groups)):
            yield Fold(repeat, number, train, test)


def _require_order(table: Table, column: str) -> None:
    kind = table.expression[column].type()
    if not (kind.is_numeric() or kind.is_temporal()):
        raise AtlasError(
            f"Rows can be put in order by a column of numbers, dates or times, and {quoted(column)} holds {kind}. "
            "Choose another order, or a random split."
        )


def _others(
    table: Table, config: ComparisonConfig, special: list[str]
) -> tuple[Table, list[Feature], list[str]]:
    without = (*config.columns, config.target)
    if config.features is None:
        without = (*without, *special)
    if not (suitable(table, without=without) if config.features is None else config.features):
        return table, [], []
    return features(table, config.features, without=without, binned=False)


def _rows(
    table: Table, config: ComparisonConfig, found: list[Feature], kind: str
) -> tuple[pd.DataFrame, list[str]]:
    """Fetch the rows that can be used, in order; columns are called by numbers, target and group."""
    texts = [*config.columns, *(feature.name for feature in found)]
    numeric = {feature.name for feature in found if feature.kind == "number"}
    wanted: dict[str, ibis.Value] = {
        f"column_{place}": table.numbers(name) if name in numeric else table.texts(name)
        for place, name in enumerate(texts)
    }
    wanted["target"] = table.numbers(config.target) if kind == "number" else table.texts(config.target)
    if config.group is not None:
        wanted["group"] = table.texts(config.group)
    if config.order is not None:
        wanted["order"] = table.values(config.order)
    needed = [name for name in ("target", "group", "order") if name in wanted]
    rows = table.expression.select(**wanted).drop_null(needed)
    kept = table.count(rows)
    filled = [name for name in (config.target, config.group, config.order) if name is not None]
    notes = left_out_notes(table.n_rows, kept, filled)
    most = max(_MOST_FETCHED, 2 * config.max_rows)
    if kept > most:
        rows = sample(rows, most=most, of=kept, seed=config.seed, in_order=True)
    frame = table.execute(rows)
    if len(frame) > config.max_rows:
        notes.append(sample_note(config.max_rows, of=kept, use="compared on", exact=True))
        rng = np.random.default_rng((config.seed, 7))
        frame = frame.iloc[np.sort(rng.choice(len(frame), config.max_rows, replace=False))]
    if config.order is not None:
        frame = frame.sort_values("order", kind="stable").drop(columns="order")
    return frame.reset_index(drop=True), notes


def _folds(
    config: ComparisonConfig,
    target: npt.NDArray[Any],
    kind: str,
    classes: tuple[str, ...],
    groups: npt.NDArray[np.intp] | None,
) -> tuple[int, list[str]]:
    """Return how many folds the rows allow, and a sentence when these are fewer than asked for."""
    rows, what = len(target), "rows"
    if groups is not None:
        rows, what = len(np.unique(groups)), f"groups in {quoted(config.group)}"
    if rows < config.folds + (config.split == "ordered"):
        raise AtlasError(
            f"There are {rows:,} {what}, and {config.folds} folds need at least as many"
            + (" and one more, as the first part is never tested on" if config.split == "ordered" else "")
            + ". Choose fewer folds, or a table with more."
        )
    if kind == "number" or config.split != "random":
        return config.folds, []
    counts = np.bincount(target, minlength=len(classes))
    if np.count_nonzero(counts) < 2:
        raise AtlasError(
            f"All {len(target):,} rows that can be used have the same {quoted(config.target)}, and there must be two "
            "classes to tell apart. Choose another target or a larger max_rows."
        )
    least = int(counts[counts > 0].min())
    rarest = quoted(classes[int(np.flatnonzero(counts == least)[0])])
    if least < 2:
        raise AtlasError(
            f"The class {rarest} of the target {quoted(config.target)} has 1 row, and each class needs at least 2: to "
            "learn from one and be judged on the other. Leave that row out, or choose another target."
        )
    if least >= config.folds:
        return config.folds, []
    return least, [
        f"{least} folds in place of {config.folds}: the class {rarest} of the target has {least} rows."
    ]


def _fingerprint(frame: pd.DataFrame, target: npt.NDArray[Any], config: ComparisonConfig) -> str:
    made = hashlib.blake2b(json.dumps(config.reusable, sort_keys=True).encode(), digest_size=8)
    made.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    made.update(np.ascontiguousarray(target).tobytes())
    return made.hexdigest()
