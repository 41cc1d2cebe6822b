"""The Python that trains a run again."""

import pprint
from typing import Any

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import GALLERY, Content
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.listing import ID
from embed_core.tables.changing.changes import suffix
from embed_core.tables.changing.steps import Bag, Change, Merged
from embed_core.tables.gallery import SAMPLES
from embed_core.training.run import RunStatus


def _make(content: Content) -> bytes:
    record = content.record
    assert record is not None
    config = record.config
    lines = [
        '"""The run as Python: the same settings, and on the same machine the same numbers."""',
        "",
        "import embed_core as ec",
        "",
    ]
    name = record.source.removeprefix(GALLERY)
    if record.source.startswith(GALLERY) and name in SAMPLES:
        lines += [f"table = ec.load_sample({name!r})"]
    elif not record.table:  # `export` was not given the table
        lines += [
            "# Which table it was, and what was changed of it by hand, is not known here: export(..., table=table).",
            "FILE = 'table.csv'  # the file, where it lies with you",
            _reading(content),
        ]
    else:
        file = record.table.removesuffix(suffix(record.changes))
        lines += [f"FILE = {file!r}  # the file, where it lies with you", _reading(content)]
    lines += [*map(_changed, record.changes), ""]
    if record.status is RunStatus.STOPPED:
        lines += [
            f"# The run was stopped after {record.epochs_done:,} of its epochs. These lines go on to the end, unless",
            f"# on_update stops them there: on_update=lambda update: update.epoch >= {record.epochs_done}",
        ]
    if record.started_from:
        lines += _start(record.started_from)
    lines += ["run = ec.train(", "    table,", *_arguments(config, goes_on=bool(record.started_from)), ")"]
    lines += ["print(run)", ""]
    most = content.embedding.labels[content.by_rows[0]]
    lines += [
        f"print(run.embedding.neighbors({_literal(most)}, k=10))",
        'ec.export(run, "report", "report.html", table=table)',
    ]
    return ("\n".join(lines) + "\n").encode()


def _reading(content: Content) -> str:
    given: dict[str, Any] = {}
    if content.table is not None and content.table.rereading is not None:
        given = {name: value for name, value in content.table.rereading.given.items() if value is not None}
    options = "".join(f", {option}={_literal(value)}" for option, value in given.items())
    return f"table = ec.read_table(FILE{options})"


def _changed(change: Change) -> str:
    if isinstance(change, Merged):
        return f"table = ec.merge_spellings(table, {change.column!r}, {_literal(dict(change.spellings))})"
    if isinstance(change, Bag):
        return f"table = ec.split_cells(table, {change.column!r}, {change.separator!r})"
    value = list(change.value) if isinstance(change.value, tuple) else change.value
    return f"table = ec.keep_rows(table, {change.column!r}, {change.operator!r}, {_literal(value)})"


def _start(started_from: str) -> list[str]:
    if ID.fullmatch(started_from):
        return [
            "# The run that it went on from, where it is kept; elsewhere the path of its file.",
            f"start = ec.open_run({started_from!r})",
        ]
    return [
        '# The run that it went on from; start.save("start.atlas.zip") wrote it where it was trained.',
        'start = ec.open_run("start.atlas.zip")',
    ]


def _arguments(config: TrainingConfig, *, goes_on: bool) -> list[str]:
    """Return what is not what the objective, or the run that it goes on from, begins with anyway, a line each."""
    if goes_on:  # what is left out would be taken from there
        takes = OBJECTIVES[config.objective].takes
        given = {name: getattr(config, name) for name in TrainingConfig.model_fields if takes(name)}
        return ["    start=start,", *(f"    {name}={_literal(value)}," for name, value in given.items())]
    first: dict[str, Any] = {
        name: field.default for name, field in TrainingConfig.model_fields.items() if not field.is_required()
    } | dict(OBJECTIVES[config.objective].start)
    names = ["column", "objective"]
    names += [name for name in TrainingConfig.model_fields if name not in names]
    return [
        f"    {name}={_literal(value)},"
        for name in names
        if (value := getattr(config, name)) != first.get(name, _literal) or name == "objective"
    ]


def _not_trained(content: Content) -> str:
    assert content.record is not None
    is_trained = OBJECTIVES[content.record.config.objective].is_offered
    return "" if is_trained else "These vectors were not trained here, so no code trains them again."


def _literal(value: Any) -> str:
    if isinstance(value, str | bool | int | float | None):
        return repr(value)
    return pprint.pformat(value, width=1_000)


PYTHON = Exporter(
    "python",
    "Python code",
    "The script that trains this run again with embed_core: to keep beside a result, to change, to put on a schedule.",
    ".py",
    _make,
    needs=("run",),
    section="The run",
    refuses=_not_trained,
)
