"""Which columns a category is related by: as codes or in bins, and which are left out by default."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.bags import taken_apart
from embed_core.tables.counting.features import Feature, features
from embed_core.tables.counting.gain import CHANCE, held_out_gain
from embed_core.tables.counting.row_halves import halved, own_number
from embed_core.tables.counting.vocabulary import count_vocabulary, encode
from embed_core.tables.counting.weights import carried, counted_rows
from embed_core.tables.table import Table
from embed_core.types import Vocabulary

# A column with more levels is left out by default where they tell nothing: fewer cost little.
_MANY_LEVELS, _MANY_VALUES = 32, 200
_MOST_PAIRS = 20_000_000
# Whole numbers whose values repeat can be codes: where the values tell so many times as surely as the deciles (those of
# postcodes did 4 times, of what is counted or measured 2.2 times at most), and named so where they tell at all.
_FAR_MORE = 3.0
_REPEATED = 0.95
_NAMED_AS_CODES = re.compile(
    r"(?i:(^|[^a-z])(id|no|nr|number|(post|zip)?code|key|zip|plz|sku|ean|gtin|fips)s?)$|[a-z](Id|ID|No|Nr|Code|Key)s?$"
)


@dataclass(frozen=True)
class Choice:
    """Which features are counted, and the columns taken as codes or left out: they cannot help, or repeat the names."""

    names: list[str]
    codes: list[str]
    useless: list[str]
    repeating: list[str]

    @property
    def left_out(self) -> list[str]:
        """The columns that are not used."""
        return [*self.useless, *self.repeating]

    def notes(self, column: str) -> list[str]:
        """Return a sentence for each kind of columns that is not used as it stands."""
        found = []
        if self.codes:
            found.append(
                f"Whole numbers taken as codes, every value a level, and not put into bins: {listed(self.codes)}."
            )
        if self.useless:
            found.append(
                f"Left out, as their many values tell nothing of {quoted(column)} that holds on other rows: "
                f"{listed(self.useless)}. To use them all the same, choose the columns to relate by."
            )
        if self.repeating:
            found.append(
                f"Left out, as they only repeat {quoted(column)} in other words: {listed(self.repeating)}. To use them "
                "all the same, choose the columns to relate by."
            )
        return found


def cannot_help(table: Table, column: str) -> list[str]:
    """Name the suitable columns that `count_context` leaves out by default: they cannot help, or repeat the names.

    Raises:
        AtlasError: as `count_context`.
    """
    table, found, _ = features(table, None, without=(column,), binned=True)
    vocabulary = count_vocabulary(table, (column,))
    counted = {feature.name: count_pairs(table, column, feature.name) for feature in found}
    return choice(table, vocabulary, found, counted, by_default=True).left_out


def choice(
    table: Table,
    vocabulary: Vocabulary,
    found: Sequence[Feature],
    counted: dict[str, pd.DataFrame],
    *,
    by_default: bool,
) -> Choice:
    """Choose codes in place of bins, and, by default, leave out what cannot help; adds the counts of codes."""
    names, codes, useless, repeating = list(counted), [], {}, {}
    for feature in found:
        measured = feature.measured
        if measured and measured["whole"] and measured["rows_each"] >= 2:
            by_order = _gain(vocabulary, counted[feature.name])
            tells_by_order, is_named = by_order >= CHANCE, _NAMED_AS_CODES.search(feature.column)
            values = count_pairs(table, vocabulary.column, feature.column)
            least = CHANCE if is_named or not tells_by_order else _FAR_MORE * by_order
            if _gain(vocabulary, values) >= least:
                names[names.index(feature.name)] = feature.column
                counted[feature.column] = values
                codes.append(feature.column)
            elif not tells_by_order and measured["distinct"] > _MANY_VALUES:
                useless[feature.name] = feature.column
        elif by_default and _cannot_help(vocabulary, counted[feature.name]):
            useless[feature.name] = feature.column
    columns = {feature.name: feature.column for feature in found}
    repeating = {
        name: columns.get(name, name) for name in names if name not in useless and _repeats(counted[name])
    }
    if not by_default or len(useless) + len(repeating) == len(names):
        useless = repeating = {}
    kept = [name for name in names if name not in useless and name not in repeating]
    codes = [name for name in codes if name in kept]
    return Choice(kept, codes, list(useless.values()), list(repeating.values()))


def _repeats(counted: pd.DataFrame) -> bool:
    """Whether nearly all rows have the category's own level, which no other category has: a second name."""
    known = counted.dropna(subset=["category", "label"])
    if known["label"].nunique() < 0.9 * known["category"].nunique():
        return False
    most = [known.groupby(side)["rows"].transform("max") for side in ("category", "label")]
    own = (known["rows"] == most[0]) & (known["rows"] == most[1])
    return bool(known["rows"][own].sum() >= _REPEATED * known["rows"].sum() > 0)


def _cannot_help(vocabulary: Vocabulary, counted: pd.DataFrame) -> bool:
    return counted["label"].nunique() > _MANY_LEVELS and _gain(vocabulary, counted) < CHANCE


def _gain(vocabulary: Vocabulary, counted: pd.DataFrame) -> float:
    known = counted.dropna(subset="label")
    if not len(known):
        return 0.0
    return held_out_gain(
        encode(vocabulary, known["category"]),
        pd.factorize(known["label"])[0].astype(np.int32),
        known["rows"].to_numpy(np.int64),
    )


def count_pairs(table: Table, column: str, other: str, splits: int = 0) -> pd.DataFrame:
    """Count the rows of each category with each level, its ``label``, of another column; and those of first halves.

    Raises:
        AtlasError: there are more pairs than fit into memory.
    """
    number = own_number(table) if splits else {}
    pairs = table.expression.select(
        category=table.keys(column), label=table.keys(other), **number, **carried(table)
    )
    names = ["category", "label"]
    grouped = pairs.group_by(names).aggregate(**counted_rows(pairs), **halved(splits))
    found = table.execute(
        table.with_texts(grouped.limit(_MOST_PAIRS + 1), {"category": column, "label": other})
    )
    if len(found) > _MOST_PAIRS:
        raise AtlasError(
            f"The columns {quoted(column)} and {quoted(other)} make more than {_MOST_PAIRS:,} different pairs, which "
            f"are counted in memory. Leave {quoted(other)} out of the columns to relate by, or keep fewer rows."
        )
    bags = table.report.bags
    several = {name: bags[of] for name, of in (("category", column), ("label", other)) if of in bags}
    return taken_apart(found, several) if several else found
