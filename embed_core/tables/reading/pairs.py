"""Text whose lines hold names with their values: no table yet, and it is said how to make it one."""

import re
from collections.abc import Sequence

from embed_core.errors import AtlasError, quoted

_FEWEST = 3
_SPARSE = re.compile(r"[+-]?\d+(?:\.\d+)?(?: \d+:[-+.\deE]+)+ *(?:#.*)?")
_PAIRS = re.compile(r"""[A-Za-z_][\w.]*=(?:"[^"]*"|\S*)(?:\s+[A-Za-z_][\w.]*=(?:"[^"]*"|\S*))+""")


def refuse_pairs(lines: Sequence[str], name: str) -> None:
    """Refuse lines of libsvm, and of ``key=value``.

    Raises:
        AtlasError: all lines are such.
    """
    bare = [line.strip() for line in lines if line.strip()]
    for form, what, how in (
        (_SPARSE, "places with their values, as libsvm writes them", "sklearn.datasets.load_svmlight_file"),
        (_PAIRS, "names with their values, as name=value", "a few lines of Python"),
    ):
        if len(bare) >= _FEWEST and all(map(form.fullmatch, bare)):
            raise AtlasError(
                f"The lines of {quoted(name)} hold {what}, and no cells. Turn them into CSV or JSON lines, with {how}, "
                "and open that."
            )
