"""What is said of a run where several are listed."""

from collections import defaultdict
from collections.abc import Sequence

from embed_core.learning.config import TrainingConfig
from embed_core.runs.record import RunRecord
from embed_core.training.run import RunStatus
from embed_core.ui.app.text import number
from embed_core.ui.app.words import WORDS

STATUS_ICONS = {
    RunStatus.WAITING: ":material/play_circle:",
    RunStatus.RUNNING: ":material/play_circle:",
    RunStatus.PAUSED: ":material/pause_circle:",
    RunStatus.FINISHED: ":material/check_circle:",
    RunStatus.STOPPED: ":material/stop_circle:",
    RunStatus.FAILED: ":material/error:",
    RunStatus.INTERRUPTED: ":material/link_off:",
}
_MOST_DIFFERENCES = 2


def told_apart(records: Sequence[RunRecord]) -> dict[str, str]:
    """Return a name for every run: its own, and what tells it apart from others of the same name and table.

    Args:
        records: the runs.

    Returns:
        by id, such as "origin by miles, 2-D · epochs 50", or with the time of day where no setting differs.
    """
    alike: dict[tuple[str, str], list[RunRecord]] = defaultdict(list)
    for record in records:
        alike[record.fingerprint, record.name].append(record)
    return {
        record.id: " · ".join([record.name, *_differences(record, alike[record.fingerprint, record.name])])
        for record in records
    }


def last_loss(record: RunRecord) -> float | None:
    """Return the last loss, of the rows kept for validation where there are any."""
    return record.last.get("val_loss", record.last.get("loss"))


def _differences(record: RunRecord, others: Sequence[RunRecord]) -> list[str]:
    if len(others) == 1:
        return []
    differing = [
        name
        for name in TrainingConfig.model_fields
        if len({repr(getattr(other.config, name)) for other in others}) > 1
    ]
    said = [_setting(name, getattr(record.config, name)) for name in differing[:_MOST_DIFFERENCES]]
    same = [other for other in others if other.config == record.config]
    return said if len(same) == 1 else [*said, f"{record.created.astimezone():%d %b, %H:%M:%S}"]


def _setting(name: str, value: object) -> str:
    title = WORDS.get(name, name.replace("_", " "))
    if isinstance(value, bool):
        return f"{title} {'on' if value else 'off'}"
    if isinstance(value, int | float):
        return f"{title} {number(float(value))}"
    if isinstance(value, tuple):
        return f"{title} {', '.join(map(str, value)) or 'none'}"
    return f"{title} {'all' if value is None else value}"
