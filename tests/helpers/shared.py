"""Published files that lie beside the repository on the machine where it is made, and in no clone.

What a clone must test does not depend on them: `tests/data` has small ones of our own of every kind.
"""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
SHARED = next((above / "shared" for above in _ROOT.parents if (above / "shared").is_dir()), _ROOT / "shared")


def needs(folder: str) -> pytest.MarkDecorator:
    """Return the mark of a test that needs a folder of published files."""
    path = SHARED / folder
    return pytest.mark.skipif(not path.exists(), reason=f"published files are not in this clone: {folder}")
