"""Other columns of a table, made ready to be counted: numbers in bins, times in parts."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.operations as ops
import numpy as np

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.counting.weights import carried, counted_rows, stand_for_several
from embed_core.tables.engines import can, engine_of
from embed_core.tables.table import Table

BINS = 10
_ROUNDING = 4 * np.finfo(float).eps
_LEFT_OUT = ("identifier", "text", "constant")
# Not from the calendar module, whose names follow the machine's language.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    """Name the columns that can serve as context or features: no identifiers, free texts or constants."""
    known = table.kinds([name for name in table.columns if name not in without])
    return known.loc[~known["kind"].isin(_LEFT_OUT), "name"].tolist() if len(known) else []


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
    made: dict[str, ibis.Value] = {}
    found: list[Feature] = []
    # Texts are levels whatever they hold.
    judged = [name for name in columns if not table.values(name).type().is_string()]
    measured = {row["name"]: row for row in table.kinds(judged).to_dict("records")}
    for name in columns:
        kind = measured[name]["kind"] if name in measured else "category"
        if kind == "time":
            of_time = parts(table, name)
            made |= of_time
            found += [Feature(part, name, "levels") for part in of_time]
        elif kind == "number" and binned:
            bins = _bins(table, name)
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
    expression = table.expression.mutate(**made) if made else table.expression
    return Table(expression, name=table.name, report=table.report, keep=table), found, notes


def parts(table: Table, name: str) -> dict[str, ibis.Value]:
    """Return the parts of a time by name: its month and weekday where it has a day, its hour where it has one."""
    time = table.expression[name]
    found: dict[str, Any] = {}
    kind = time.type()
    if not kind.is_time():
        found[f"month of {name}"] = (time.month() - 1, _MONTHS)
        found[f"weekday of {name}"] = (time.day_of_week.index(), _WEEKDAYS)
    if not kind.is_date():
        found[f"hour of {name}"] = (time.hour(), tuple(f"{hour:02d}:00" for hour in range(24)))
    return {
        part: ibis.cases(*((code == place, label) for place, label in enumerate(labels)))
        for part, (code, labels) in found.items()
    }


def _bins(table: Table, name: str) -> ibis.Value | None:
    """Return the decile that a number lies in, as text; None when they all fall together."""
    finite = table.numbers(name)
    return _in_bins(finite, *_deciles(table, finite))


def _deciles(table: Table, finite: ibis.Value) -> tuple[Sequence[float], float, float]:
    """Return the deciles, interpolated, the lowest and the highest of a number."""
    if stand_for_several(table.expression) or not can(engine_of(finite), ops.MultiQuantile):
        return _counted_deciles(table, finite)
    # Asked for together, as the engine then sorts once: on 20 million rows, a third of the time.
    deciles = finite.quantile((np.arange(1, BINS) / BINS).tolist())
    row = table.execute(
        table.expression.aggregate(deciles=deciles, low=finite.min(), high=finite.max())
    ).iloc[0]
    return row["deciles"], row["low"], row["high"]


def _counted_deciles(table: Table, number: ibis.Value) -> tuple[Sequence[float], float, float]:
    """Return the same of the values and how often each is there: as often as its rows count."""
    rows = table.expression.select(number=number, **carried(table))
    known = rows.filter(rows["number"].notnull())
    counted = table.execute(known.group_by("number").aggregate(**counted_rows(known))).sort_values("number")
    values, until = counted["number"].to_numpy(np.float64), counted["rows"].to_numpy(np.int64).cumsum()
    if not len(values):
        return [], np.nan, np.nan
    place = np.arange(1, BINS) / BINS * (until[-1] - 1)
    low, high = (values[np.searchsorted(until, side(place), side="right")] for side in (np.floor, np.ceil))
    return (low + (place - np.floor(place)) * (high - low)).tolist(), values[0], values[-1]


def _in_bins(
    finite: ibis.expr.types.FloatingValue, deciles: Sequence[float], low: float, high: float
) -> ibis.Value | None:
    """Return the bin of each number between its deciles, as text; None when they all fall together."""
    edges = _edges(deciles, low, high) if np.isfinite(low) else []
    if not edges:
        return None
    for digits in range(6, 18):  # bins whose texts were the same would be one bin
        texts = [f"{edge:,.{digits}g}" for edge in edges]
        if len(set(texts)) == len(texts):
            break
    between = [f"{low} – {high}" for low, high in itertools.pairwise(texts)]
    labels = [f"≤ {texts[0]}", *between]
    cases = [(finite <= float(edge), label) for edge, label in zip(edges, labels, strict=True)]
    return ibis.cases(*cases, (finite > float(edges[-1]), f"> {texts[-1]}"))


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
