"""Which rows of a table are taken, and the sentences that say so."""

from collections.abc import Sequence

import ibis

from embed_core.errors import listed
from embed_core.tables.engines import digest, written

_PLACE, _NUMBER = "place of a row", "number among equal rows"
_DIGITS, _BETWEEN = 8, "\x1f"


def left_out_notes(table_rows: int, kept: int, columns: Sequence[str]) -> list[str]:
    """Return a sentence on the rows without a value in some columns; nothing when there are none."""
    if kept == table_rows:
        return []
    return [f"{table_rows - kept:,} of {table_rows:,} rows have no {listed(columns)} and are left out."]


def sample(rows: ibis.Table, *, most: int, of: int, seed: int, in_order: bool) -> ibis.Table:
    """Return a random sample of about ``most`` of so many rows, drawn in their engine.

    Which rows are drawn depends on the seed, their values and, of rows that are equal, on how many there are. So
    every engine draws the same ones, in whatever order it reads them.

    Args:
        rows: texts, numbers and times.
        most: about how many to draw.
        of: how many there are.
        seed: of the sample.
        in_order: whether they stay in the order in which the engine reads them.
    """
    columns = rows.columns
    if in_order:
        rows = rows.mutate(**{_PLACE: ibis.row_number()})
    # Equal rows are numbered; engines that want an order for that get one that does not matter.
    equal = ibis.window(group_by=columns, order_by=_PLACE if in_order else columns[0])
    rows = rows.mutate(**{_NUMBER: ibis.row_number().over(equal)})
    texts = [written(rows[column]).fill_null("") for column in (*columns, _NUMBER)]
    drawn = digest(ibis.literal(_BETWEEN).join([ibis.literal(str(seed)), *texts]))
    chosen = rows.filter(drawn[:_DIGITS] < f"{int(most / of * 16**_DIGITS):0{_DIGITS}x}")
    return (chosen.order_by(_PLACE) if in_order else chosen).select(*columns)


def sample_note(most: int, *, of: int, use: str, exact: bool = False) -> str:
    """Return the sentence on a sample.

    >>> sample_note(400, of=3_000, use="trained on")
    'A random sample of about 400 of 3,000 rows is trained on.'
    """
    return f"A random sample of {'' if exact else 'about '}{most:,} of {of:,} rows is {use}."
