"""A run's record, as it is read from disk: what cannot be read is said to be damaged, or newer, and is left alone."""

import json
from pathlib import Path

from pydantic import ValidationError

from embed_core.errors import AtlasError, listed, quoted
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import FORMAT, RunRecord
from embed_core.runs.refusals import damaged


def read_record(path: Path, run_id: str) -> RunRecord:
    """Return what ``run.json`` says.

    Args:
        path: of the file.
        run_id: of the run, which the file must be of.

    Raises:
        FileNotFoundError: there is none.
        AtlasError: it is damaged, of another run, or of a newer version.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as problem:
        raise damaged(run_id, f"run.json: {problem.strerror}") from problem
    try:
        record = RunRecord.model_validate_json(content)
    except ValidationError as problem:
        if _format(content) > FORMAT:
            raise _newer(run_id, _format(content)) from None
        raise damaged(run_id, "run.json") from problem
    if record.format > FORMAT:
        raise _newer(run_id, record.format)
    if record.id != run_id:
        raise damaged(run_id, f"its run.json is of the run {quoted(record.id)}")
    return record


def is_registered(record: RunRecord) -> bool:
    """Whether the objective of a run is registered."""
    return record.config.objective in OBJECTIVES


def require_objective(record: RunRecord) -> None:
    """Refuse a run of an objective that is not registered.

    Raises:
        AtlasError: it is not.
    """
    if not is_registered(record):
        raise AtlasError(
            f"The run {quoted(record.id)} was trained with the objective {quoted(record.config.objective)}, which is "
            f"not here. Register it, or choose a run with one of: {listed(OBJECTIVES)}."
        )


def _newer(run_id: str, found: int) -> AtlasError:
    return AtlasError(
        f"The run {quoted(run_id)} was written by a newer version (format {found}, and this one reads {FORMAT}): it "
        "cannot be read, and is left as it is. Update Category Atlas."
    )


def _format(content: bytes) -> int:
    try:
        found = json.loads(content)["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return found if isinstance(found, int) else 0
