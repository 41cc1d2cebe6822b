"""Which rows of a table are taken, and the sentences that say so."""

from collections.abc import Sequence

import ibis

from embed_core.errors import listed


def left_out_notes(table_rows: int, kept: int, columns: Sequence[str]) -> list[str]:
    """Return a sentence on the rows without a value in some columns; nothing when there are none."""
    if kept == table_rows:
        return []
    return [f"{table_rows - kept:,} of {table_rows:,} rows have no {listed(columns)} and are left out."]


def sample(rows: ibis.Table, *, most: int, of: int, seed: int) -> ibis.Table:
    """Return a random sample of about ``most`` of so many rows, drawn in their engine."""
    return rows.sample(most / of, method="row", seed=seed)


def sample_note(most: int, *, of: int, use: str, exact: bool = False) -> str:
    """Return the sentence on a sample.

    >>> sample_note(400, of=3_000, use="trained on")
    'A random sample of about 400 of 3,000 rows is trained on.'
    """
    return f"A random sample of {'' if exact else 'about '}{most:,} of {of:,} rows is {use}."
