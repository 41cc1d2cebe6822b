"""Other columns of a table, made ready to be counted: numbers in bins, times in parts."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import numpy as np

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.counting.spread import Spread, deciles, spreads
from embed_core.tables.table import Table

_ROUNDING = 4 * np.finfo(float).eps
_LEFT_OUT = ("identifier", "text", "constant")
_MOST_TEXTS = 1_000_000
# Not from the calendar module, whose names follow the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


Coded = tuple[ibis.Value, Sequence[str]]
"""The place, from 0, of the label of each row among some labels; and these."""


@dataclass(frozen=True)
class Feature:
    """A column of the table, or a part of one, that a model can use.

    Attributes:
        name: of the column that `features` has added or left as it is.
        column: of the table.
        kind: ``"levels"``, to be looked up by its text, or ``"number"``.
        measured: of a number in bins, what `Table.kinds` says of the number.
    """

    name: str
    column: str
    kind: Literal["levels", "number"]
    measured: Mapping[Any, Any] | None = None


def suitable(table: Table, *, without: Sequence[str | None]) -> list[str]:
    """Name the columns that can serve as context or features: no identifiers, free texts or constants.

    Millions of texts are identifiers although they repeat: their pairs with other columns do not fit into memory.
    """
    known = table.kinds([name for name in table.columns if name not in without])
    if not len(known):
        return []
    has_too_many = (known["kind"] == "category") & (known["distinct"] > _MOST_TEXTS)
    return known.loc[~known["kind"].isin(_LEFT_OUT) & ~has_too_many, "name"].tolist()


def features(
    table: Table, columns: Sequence[str] | None, *, without: Sequence[str | None], binned: bool
) -> tuple[Table, list[Feature], list[str]]:
    """Return the table with the features as columns, which they are, and sentences on what was left out.

    A number with more than 20 different values is binned by its deciles, or stays a number; a time becomes its month,
    weekday and, when it has one, hour; everything else is looked up by its text.

    Args:
        table: the table.
        columns: those to use; None takes all that are suitable.
        without: columns that are not to be used in any case.
        binned: whether numbers are put into bins.

    Raises:
        AtlasError: a column is not there, is used otherwise already, or none is left.
    """
    notes = []
    chosen = columns is not None
    if columns is None:
        columns = suitable(table, without=without)
        skipped = [name for name in table.columns if name not in columns and name not in without]
        if skipped:
            notes.append(f"Left out, as identifiers, free text or constants: {listed(skipped)}.")
    for name in columns:
        table.require(name)
        if name in without:
            raise AtlasError(
                f"The column {quoted(name)} is what is embedded or predicted, so it cannot help with it. "
                "Leave it out of the other columns."
            )
    made: dict[str, Coded] = {}
    found: list[Feature] = []
    # Texts are levels whatever they hold.
    judged = [name for name in columns if not table.values(name).type().is_string()]
    known = {} if table.is_profiled else spreads(table, judged)
    measured = _measured(table, judged, known)
    for name in columns:
        kind = measured[name]["kind"] if name in measured else "category"
        if kind == "time":
            of_time = _parts(table, name)
            made |= of_time
            found += [Feature(part, name, "levels") for part in of_time]
        elif kind == "number" and binned:
            bins = _bins(table, name, known.get(name))
            if bins is not None:
                made[f"{name} in bins"] = bins
                found.append(Feature(f"{name} in bins", name, "levels", measured[name]))
        elif kind == "number":
            found.append(Feature(name, name, "number"))
        else:
            found.append(Feature(name, name, "levels"))
    # A column of this name is there already, and it is what is embedded or predicted.
    found = [feature for feature in found if feature.name not in without]
    if not found:
        raise AtlasError(
            "There is no other column to learn from: "
            + ("none was chosen." if chosen and not columns else "those that there are do not vary.")
            + " Choose at least one, or another objective."
        )
    taken = set(table.columns) & set(made)
    if taken:
        made = {name: value for name, value in made.items() if name not in taken}
        notes.append(f"Columns of these names were there already and are used as they are: {listed(taken)}.")
    return _WithCodes(table, made), found, notes


def _measured(
    table: Table, columns: Sequence[str], known: Mapping[str, Spread]
) -> dict[str, Mapping[Any, Any]]:
    """Return what `Table.kinds` says of columns whose spread does not say whether they are numbers.

    Of amounts, only that they are such; few whole numbers, which are levels, are not among them.
    """
    amounts = {name: {"kind": "number", "whole": False} for name in known if known[name].is_amount}
    left = [name for name in columns if name not in amounts and not (name in known and known[name].is_few)]
    return amounts | {row["name"]: row for row in table.kinds(left).to_dict("records")}


def parts(table: Table, name: str) -> dict[str, ibis.Value]:
    """Return the parts of a time by name: its month and weekday where it has a day, its hour where it has one."""
    return {part: _labeled(*coded) for part, coded in _parts(table, name).items()}


def _parts(table: Table, name: str) -> dict[str, Coded]:
    time = table.expression[name]
    found: dict[str, Any] = {}
    kind = time.type()
    if not kind.is_time():
        found[f"month of {name}"] = (time.month() - 1, _MONTHS)
        found[f"weekday of {name}"] = (time.day_of_week.index(), _WEEKDAYS)
    if not kind.is_date():
        found[f"hour of {name}"] = (time.hour(), tuple(f"{hour:02d}:00" for hour in range(24)))
    return found


class _WithCodes(Table):
    """A table with more columns of few labels, whose rows are grouped by the places of these: no texts are compared."""

    def __init__(self, base: Table, made: Mapping[str, Coded]) -> None:
        labeled = {name: _labeled(*coded) for name, coded in made.items()}
        expression = base.expression.mutate(**labeled) if made else base.expression
        super().__init__(expression, name=base.name, report=base.report, keep=base)
        self._made = made

    def keys(self, column: str) -> ibis.Value:
        """What `Table.keys` says; of a column that was made, the place of its label."""
        return self._made[column][0] if column in self._made else super().keys(column)

    def with_texts(self, groups: ibis.Table, columns: Mapping[str, str]) -> ibis.Table:
        """What `Table.with_texts` says."""
        made = {name: column for name, column in columns.items() if column in self._made}
        others = {name: column for name, column in columns.items() if name not in made}
        labeled = {name: _labeled(groups[name], self._made[column][1]) for name, column in made.items()}
        found = super().with_texts(groups, others)
        return found.mutate(**labeled) if labeled else found


def _labeled(code: ibis.Value, labels: Sequence[str]) -> ibis.Value:
    return ibis.cases(*((code == place, label) for place, label in enumerate(labels)))


def _bins(table: Table, name: str, spread: Spread | None) -> Coded | None:
    """Return the decile that a number lies in; None when they all fall together."""
    finite = table.numbers(name)
    return _in_bins(finite, *deciles(table, finite, spread))


def _in_bins(
    finite: ibis.expr.types.FloatingValue, deciles: Sequence[float], low: float, high: float
) -> Coded | None:
    """Return the bin of each number between its deciles; None when they all fall together."""
    edges = _edges(deciles, low, high) if np.isfinite(low) else []
    if not edges:
        return None
    for digits in range(6, 18):  # bins whose texts were the same would be one bin
        texts = [f"{edge:,.{digits}g}" for edge in edges]
        if len(set(texts)) == len(texts):
            break
    between = [f"{low} – {high}" for low, high in itertools.pairwise(texts)]
    labels = (f"≤ {texts[0]}", *between, f"> {texts[-1]}")
    cases = [(finite <= float(edge), place) for place, edge in enumerate(edges)]
    return ibis.cases(*cases, (finite > float(edges[-1]), len(edges))), labels


def _edges(deciles: Sequence[float], low: float, high: float) -> list[float]:
    """Return the different limits between bins, none of which is at or above the highest value.

    Between two equal values an engine may interpolate to a little less than their value, and their rows would lie
    above the limit. So a limit is taken a little higher, and limits that differ by rounding alone are one.
    """
    edges: list[float] = []
    for decile in sorted(deciles):
        rounding = float(_ROUNDING * abs(decile))
        above_the_last = not edges or decile > edges[-1]
        if above_the_last and low - rounding <= decile < high - rounding:
            edges.append(float(decile) + rounding)
    return edges
