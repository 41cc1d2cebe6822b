"""Whether every row of a table is there several times over: copies say nothing more, and look like evidence."""

from embed_core.tables.table import Table

# Of fewer different rows, chance makes all counts multiples of a number; more rows than the second are not looked at.
_LEAST_DIFFERENT, _MOST_ROWS = 50, 5_000_000
_MOST_TIMES = 20
_NEARLY_ALL = 0.99


def times_copied(table: Table) -> int:
    """Return how many times over the rows of a table are there: 1 where they are not copied.

    The largest number, up to 20, of which nearly all rows are there a multiple. Where columns have few levels, rows are
    alike by chance, but not all of them in pairs or in fives.

    Args:
        table: the table; with more than 5 million rows it is not looked at, and the answer is 1.
    """
    if table.n_rows > _MOST_ROWS:
        return 1
    names = {f"column_{place}": table.texts(column) for place, column in enumerate(table.columns)}
    rows = table.expression.select(**names)
    alike = rows.group_by(list(names)).aggregate(times=lambda group: group.count())
    found = table.execute(alike.group_by("times").aggregate(rows=lambda group: group.count()))
    times, different = found["times"].to_numpy(), found["rows"].to_numpy()
    if different.sum() < _LEAST_DIFFERENT:
        return 1
    shares = {
        most: different[times % most == 0].sum() / different.sum() for most in range(2, _MOST_TIMES + 1)
    }
    return max((most for most, share in shares.items() if share >= _NEARLY_ALL), default=1)
