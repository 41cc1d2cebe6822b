"""What clusters are called: by their members with most rows."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embed_core.space.groups.clusters import Clusters

_NAMED, _LONGEST = 3, 16
_WHOLE = 32  # letters that a legend and a map have for a name; only the last can be shortened by them


def cluster_names(labels: Sequence[str], support: npt.ArrayLike, clusters: Clusters) -> list[str]:
    """Return a name for each cluster: its members with most rows, and how many there are besides.

    >>> from embed_core.space.groups.clusters import cluster
    >>> found = cluster([[1, 0], [2, 0.1], [0, 1], [0.1, 3], [0, 5]])
    >>> cluster_names(list("abcde"), [9, 8, 7, 6, 5], found)
    ['c, d, e', 'a, b']
    """
    rows = np.asarray(support)
    return [_members_first(labels, rows, clusters.members(number)) for number in range(clusters.n_clusters)]


def _members_first(labels: Sequence[str], support: npt.NDArray, members: npt.NDArray[np.int64]) -> str:
    ordered = members[np.argsort(-support[members], kind="stable")]
    names = (_named([labels[row] for row in ordered], first) for first in range(_NAMED, 0, -1))
    return next((name for name in names if len(name) <= _WHOLE), _named([labels[row] for row in ordered], 1))


def _named(labels: Sequence[str], first: int) -> str:
    """Return the first names, and how many there are besides, which a longer list would push out of the name."""
    named = ", ".join(_short(label) for label in labels[:first])
    return f"{named} + {len(labels) - first:,}" if len(labels) > first else named


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else label[: _LONGEST - 1].rstrip() + "…"
