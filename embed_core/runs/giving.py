"""The operator gives runs from before a server was shared to the workspace of a visitor.

``python -m embed_core.runs.giving WORKSPACE [RUN ...]``: all runs where none is named.
"""

import argparse
import re
from pathlib import Path

from embed_core.errors import AtlasError, quoted
from embed_core.runs.store import RunStore, home

_WORKSPACE = re.compile(r"[0-9a-f]{24}")


def give(folder: Path, workspace: str, runs: list[str] | None = None) -> list[str]:
    """Move runs that belong to nobody to a workspace, and return their ids.

    Args:
        folder: of all that is kept; see `home`.
        workspace: its name, as its visitor reads it under *Yours*.
        runs: ids; all when none are given.

    Raises:
        AtlasError: that is no name of a workspace, or there is no such run.
    """
    if not _WORKSPACE.fullmatch(workspace):
        raise AtlasError(
            f"A workspace is named by 24 digits and letters from a to f; got {quoted(workspace)}. Its visitor reads "
            "it under Yours."
        )
    ours, theirs = RunStore(folder / "runs"), folder / "workspaces" / workspace / "runs"
    given = runs or ours.ids()
    for run_id in given:
        ours.record(run_id)
    theirs.mkdir(parents=True, exist_ok=True)
    for run_id in given:
        (folder / "runs" / run_id).rename(theirs / run_id)
    return given


def main() -> None:
    """Give, and say what was given."""
    parser = argparse.ArgumentParser(prog="python -m embed_core.runs.giving", description=__doc__)
    parser.add_argument("workspace", help="its name, as its visitor reads it under Yours")
    parser.add_argument("runs", nargs="*", help="ids of runs; all when none are named")
    asked = parser.parse_args()
    try:
        given = give(home(), asked.workspace, asked.runs)
    except AtlasError as error:
        parser.exit(1, f"{error}\n")
    print(f"{len(given)} given to {asked.workspace}.")


if __name__ == "__main__":
    main()
