"""What the inputs of a model are called."""

from collections.abc import Sequence


def input_names(columns: Sequence[str]) -> dict[str, str]:
    """Return the name of the input of each column: its own, with underscores for slashes, which Keras allows in none.

    >>> input_names(["price", "km/h", "km_h"])
    {'price': 'price', 'km/h': 'km_h_2', 'km_h': 'km_h'}
    """
    taken = {column for column in columns if "/" not in column}
    names = {}
    for column in columns:
        name = wanted = column.replace("/", "_")
        number = 2
        while name != column and name in taken:
            name = f"{wanted}_{number}"
            number += 1
        taken.add(name)
        names[column] = name
    return names
