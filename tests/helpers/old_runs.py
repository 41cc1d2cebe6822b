"""The runs of `tests/data/runs`, as an earlier version wrote them."""

import json
import shutil
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "runs"
OLD_RUNS = sorted(path.parent.name for path in FOLDER.glob("*/run.json"))


def put(name: str, store: Path) -> str:
    """Copy a run to where it once lay: into the folder of a store, under its id, which is returned."""
    run_id: str = json.loads((FOLDER / name / "run.json").read_bytes())["id"]
    shutil.copytree(FOLDER / name, store / run_id)
    return run_id
