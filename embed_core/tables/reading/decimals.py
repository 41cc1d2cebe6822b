"""Codes that look like decimal numbers: 1.1 and 1.10 are two of them, and one number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embed_core.errors import listed, quoted
from embed_core.tables.reading.engine import identifier
from embed_core.tables.wide import Source, Wide, of

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_BATCH = 100
_MANY = 1 << 40


@dataclass(frozen=True)
class Decimals:
    """How many digits the numbers of a column have behind their mark.

    Attributes:
        mark: the decimal mark.
        fewest: digits of the number with the fewest.
        most: digits of the number with the most.
        zeros: how many have several and end in 0.
        single_zeros: how many have one, which is 0.
    """

    mark: str
    fewest: int
    most: int
    zeros: int
    single_zeros: int

    @property
    def vary(self) -> bool:
        """Whether some end in a 0 that is there for a reason."""
        return self.fewest < self.most and self.zeros > 0

    @property
    def suspect(self) -> bool:
        """Whether two texts could be one number."""
        return self.vary or (self.fewest == 0 < self.most and self.single_zeros > 0)

    def condition(self, name: str) -> str:
        """Return SQL that holds where a further cell leaves all this as it is; "" when nothing more can happen."""
        digits = _digits(identifier(name), self.mark)
        if self.suspect:
            return ""
        if self.fewest == self.most:
            return f"length({digits}) = {self.most}"
        # Only 12 and 12.0 could be one number. Where all have decimals so far, 12.0 is more likely to come than 12.
        other = "''" if self.fewest else "'0'"
        return f"NOT regexp_matches({digits}, '.0$') AND {digits} <> {other}"


def decimals_of(run: Run, source: Source, kinds: Mapping[str, str]) -> dict[str, Decimals]:
    """Count the digits behind the mark in columns of the kinds "point" and "comma"."""
    if isinstance(source, Wide):
        return _decimals_of_wide(source, kinds)
    found = {}
    names = list(kinds)
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        marks = {name: "." if kinds[name] == "point" else "," for name in batch}
        facts = []
        for name, mark in marks.items():
            digits = _digits(identifier(name), mark)
            facts += [
                f"coalesce(min(length({digits})), 0)",
                f"coalesce(max(length({digits})), 0)",
                f"count_if(regexp_matches({digits}, '.0$'))",
                f"count_if({digits} = '0')",
            ]
        row = run(f"SELECT {', '.join(facts)} FROM {of(source, batch)}")[0]
        for at, name in enumerate(batch):
            found[name] = Decimals(marks[name], *row[4 * at : 4 * at + 4])
    return found


def _decimals_of_wide(source: Wide, kinds: Mapping[str, str]) -> dict[str, Decimals]:
    """Count as `decimals_of` does, once for each text."""
    found = {}
    for kind, mark in (("point", "."), ("comma", ",")):
        names = [name for name, each in kinds.items() if each == kind]
        digits = _digits("cell", mark)
        wanted = [f"length({digits})", f"regexp_matches({digits}, '.0$')", f"{digits} = '0'"]
        for part, (lengths, zeros, single_zeros), filled in source.facts(names, wanted):
            least = np.where(filled, lengths, _MANY).min(axis=1, initial=_MANY)
            fewest = np.where(least < _MANY, least, 0)
            counts = (fewest, lengths.max(axis=1, initial=0), zeros.sum(axis=1), single_zeros.sum(axis=1))
            for at, name in enumerate(part):
                found[name] = Decimals(mark, *(int(count[at]) for count in counts))
    return {name: found[name] for name in kinds}


def codes_and_notes(run: Run, source: Source, columns: Mapping[str, Decimals]) -> tuple[list[str], list[str]]:
    """Return the columns in which two texts would become one number, and notes on these and on doubtful ones."""
    codes, doubtful, notes = [], [], []
    suspects = {name: decimals for name, decimals in columns.items() if decimals.suspect}
    for name, (texts, numbers) in _distinct(run, source, list(suspects)):
        decimals = suspects[name]
        if numbers < texts:
            codes.append(name)
            notes.append(
                f"{quoted(name)} was kept as text: as numbers its {texts:,} different texts would be {numbers:,}, "
                'as 1.1 and 1.10 would be one. Read it as "number" if it holds amounts.'
            )
        elif decimals.vary:
            doubtful.append(name)
    if doubtful:
        notes.append(
            f"Numbers in {listed(doubtful)} have more or fewer decimals, and some end in 0. "
            'Read them as "text" if they are codes.'
        )
    return codes, notes


def with_twins_in_blanks(run: Run, source: Source, names: Sequence[str]) -> list[str]:
    """Return the columns in which two texts are one but for the blanks around it."""
    held = list(names)
    for test in (
        "bool_or({0} <> trim({0})) AND bool_or({0} = trim({0}))",
        "count(DISTINCT {0}) > count(DISTINCT trim({0}))",
    ):
        found = []
        for start in range(0, len(held), _BATCH):
            batch = held[start : start + _BATCH]
            tests = ", ".join(test.format(identifier(name)) for name in batch)
            row = run(f"SELECT {tests} FROM {of(source, batch)}")[0]
            found += [name for name, holds in zip(batch, row, strict=True) if holds]
        held = found
    return held


def _distinct(run: Run, source: Source, names: list[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield how many different texts, and how many different numbers, each column has."""
    size = 1 if isinstance(source, str) else _BATCH
    for start in range(0, len(names), size):
        batch = names[start : start + size]
        counts = [
            f"count(DISTINCT {value})"
            for column in map(identifier, batch)
            for value in (f"trim({column})", f"TRY_CAST(replace({column}, ',', '.') AS DOUBLE)")
        ]
        row = run(f"SELECT {', '.join(counts)} FROM {of(source, batch)}")[0]
        yield from zip(batch, zip(row[::2], row[1::2], strict=True), strict=True)


def _digits(column: str, mark: str) -> str:
    return f"regexp_extract({column}, '[{mark}](\\d*)\\s*$', 1)"
