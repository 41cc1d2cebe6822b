"""Write the broken files beside this module: `python -m tests.data.nasty.make`.

Each is made up, of a kind that published files show. What it is and how it must be read stands with its content,
in `letters`, `cells` and `shape`; a test holds files, script and reading together.
"""

from pathlib import Path

from tests.data.nasty.cells import CELLS
from tests.data.nasty.kind import Nasty
from tests.data.nasty.letters import LETTERS
from tests.data.nasty.shape import SHAPES

FOLDER = Path(__file__).parent / "files"
NASTY: list[Nasty] = [*LETTERS, *SHAPES, *CELLS]


def main() -> None:
    """Write all files, and remove those that are no longer made."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for nasty in NASTY:
        (FOLDER / nasty.file).write_bytes(nasty.content)


if __name__ == "__main__":
    main()
