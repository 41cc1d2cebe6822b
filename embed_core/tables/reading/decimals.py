"""Codes that look like decimal numbers: 1.1 and 1.10 are two of them, and one number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embed_core.errors import listed, quoted
from embed_core.tables.reading.engine import identifier

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_BATCH = 100


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
        parts = [f"NOT regexp_matches({digits}, '.0$')"]
        if not self.single_zeros:
            parts.append(f"{digits} <> '0'")
        elif self.fewest:
            parts.append(f"{digits} <> ''")
        return " AND ".join(parts)


def decimals_of(run: Run, source: str, kinds: Mapping[str, str]) -> dict[str, Decimals]:
    """Count the digits behind the mark in columns of the kinds "point" and "comma"."""
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
        row = run(f"SELECT {', '.join(facts)} FROM {source}")[0]
        for at, name in enumerate(batch):
            found[name] = Decimals(marks[name], *row[4 * at : 4 * at + 4])
    return found


def codes_and_notes(run: Run, source: str, columns: Mapping[str, Decimals]) -> tuple[list[str], list[str]]:
    """Return the columns in which two texts would become one number, and notes on these and on doubtful ones."""
    codes, doubtful, notes = [], [], []
    for name, decimals in columns.items():
        if not decimals.suspect:
            continue
        column = identifier(name)
        number = f"TRY_CAST(replace({column}, ',', '.') AS DOUBLE)"
        texts, numbers = run(f"SELECT count(DISTINCT {column}), count(DISTINCT {number}) FROM {source}")[0]
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


def _digits(column: str, mark: str) -> str:
    return f"regexp_extract({column}, '[{mark}](\\d*)$', 1)"
