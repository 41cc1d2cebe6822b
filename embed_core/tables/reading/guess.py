"""What the columns of a table of texts look like, in all of its rows or the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from embed_core.tables.reading.column_types import Counts, choose_kinds, count_kinds, fits, is_grouped, typed
from embed_core.tables.reading.decimals import Decimals, decimals_of
from embed_core.tables.reading.engine import identifier
from embed_core.tables.reading.nothing import texts_for_nothing, without
from embed_core.tables.reading.written_dates import Form
from embed_core.tables.reading.written_forms import find_forms
from embed_core.tables.wide import Source, parts_of

Run = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass
class Guess:
    """What columns look like.

    Attributes:
        counted: how many cells look like what.
        kinds: what each column is, of the kinds of `choose_kinds`.
        forms: how what is no plain number or date is written, where it is a number or a date.
        decimals: the digits behind the mark.
        nothing: texts that count as missing.
        usual: the decimal mark of most columns.
        notes: sentences for people.
        first_rows: the columns of which only so many rows were looked at.
    """

    counted: dict[str, Counts]
    kinds: dict[str, str]
    forms: dict[str, Form]
    decimals: dict[str, Decimals]
    nothing: dict[str, list[str]]
    usual: str
    notes: list[str]
    first_rows: dict[str, int] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return SQL that reads a column as what it is."""
        if self.is_form(name):
            return self.forms[name].value
        return typed(name, self.kinds[name], grouped=is_grouped(self.counted[name], self.kinds[name]))

    def is_form(self, name: str) -> bool:
        """Whether a column is read as its form says."""
        return name in self.forms and self.kinds[name] == "text"

    def fits(self, name: str) -> str:
        """Return SQL that holds where a cell leaves the guess as it is; "" where any does."""
        if self.is_form(name):
            return self.forms[name].fits
        kind = self.kinds[name]
        tests = [fits(name, kind, grouped=is_grouped(self.counted[name], kind))]
        if kind != "text" and name in self.decimals:
            tests.append(self.decimals[name].condition(name))
        return " AND ".join(test for test in tests if test)

    def misfits(self, run: Run, source: Source) -> list[str]:
        """Return the columns of which a cell of ``source`` does not fit what was seen in the first rows."""
        tests = {name: test for name in self.first_rows if (test := self.fits(name))}
        found = []
        for part in parts_of(list(tests)):
            wanted = ", ".join(
                f"bool_or({identifier(name)} IS NOT NULL AND ({tests[name]}) IS NOT TRUE)" for name in part
            )
            row = run(f"SELECT {wanted} FROM {without(source, self.nothing)}")[0]
            found += [name for name, misfit in zip(part, row, strict=True) if misfit]
        return found


def guess(
    run: Run,
    source: Source,
    names: Sequence[str],
    decimal: str | None,
    delimiter: str,
    *,
    rows: int | None = None,
    known: Guess | None = None,
    again: Sequence[str] = (),
) -> Guess:
    """Guess what columns are.

    Args:
        run: executes SQL over ``source``.
        source: what SQL reads the texts from.
        names: the columns.
        decimal: the decimal mark, None to detect it.
        delimiter: what stands between cells.
        rows: how many there are, where that is known.
        known: what they looked like in the first rows, and look like in all rows but those of ``again``; None to look
            at all of them.
        again: the columns to look at.
    """
    if known is None:
        return _guess(run, source, names, names, decimal, delimiter, rows=rows)
    # Which comes first in a date, the day or the month, is seen by all dates together.
    dates = [name for name, form in known.forms.items() if "strptime" in form.value and name not in again]
    looked_at = [*again, *dates]
    found = _guess(run, source, names, looked_at, decimal, delimiter, known=known)
    others = [name for name in names if name not in set(looked_at)]
    if found.usual != known.usual or any(found.kinds[name] != known.kinds[name] for name in others):
        return _guess(run, source, names, names, decimal, delimiter)
    found.first_rows = {name: rows for name, rows in known.first_rows.items() if name in set(others)}
    return found


def _guess(
    run: Run,
    source: Source,
    names: Sequence[str],
    looked_at: Sequence[str],
    decimal: str | None,
    delimiter: str,
    *,
    rows: int | None = None,
    known: Guess | None = None,
) -> Guess:
    counted = {} if known is None else dict(known.counted)
    forms, decimals, nothing = _kept(known, looked_at)
    counted |= count_kinds(run, source, looked_at, rows=rows)
    kinds, usual, notes = choose_kinds(counted, decimal=decimal, delimiter=delimiter)
    left = {
        name: counted[name].filled for name in looked_at if kinds[name] == "text" and counted[name].numeric
    }
    found = find_forms(run, source, left, decimal=usual)
    none = texts_for_nothing(run, source, {name: counted[name] for name in left if name not in found}, names)
    if none:
        source = without(source, none)
        recounted = counted | count_kinds(run, source, list(none))
        kinds, usual, notes = choose_kinds(recounted, decimal=decimal, delimiter=delimiter)
        left = {name: recounted[name].filled for name in left if kinds[name] == "text"}
        found = find_forms(run, source, left, decimal=usual)
        none = {name: texts for name, texts in none.items() if kinds[name] != "text" or name in found}
        counted |= {name: recounted[name] for name in none}
    plain = [n for n in looked_at if kinds[n] in ("point", "comma") and not is_grouped(counted[n], kinds[n])]
    decimals |= decimals_of(run, source, {name: kinds[name] for name in plain})
    return Guess(counted, kinds, forms | found, decimals, nothing | none, usual, notes)


def _kept(
    known: Guess | None, looked_at: Sequence[str]
) -> tuple[dict[str, Form], dict[str, Decimals], dict[str, list[str]]]:
    """Return the forms, decimals and texts for nothing of the columns that are not looked at again."""
    if known is None:
        return {}, {}, {}
    again = set(looked_at)
    return (
        {name: each for name, each in known.forms.items() if name not in again},
        {name: each for name, each in known.decimals.items() if name not in again},
        {name: each for name, each in known.nothing.items() if name not in again},
    )
