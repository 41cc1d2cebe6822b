"""The commands, each a function that calls the library once and prints what it found."""

import io
import sys
from typing import Annotated, Any

import typer

from embed_core.cli.dashboard import serve
from embed_core.cli.explaining import FORMATS, SAMPLES, Explained
from embed_core.cli.interrupting import Interrupting
from embed_core.display import printable
from embed_core.errors import AtlasError

REFUSED, INTERRUPTED = 2, 130
_NAME = "category-atlas"

app = typer.Typer(
    name=_NAME,
    help="Watch embeddings of categorical columns being learned, and read the maps without being fooled.",
    epilog=f"Begin with: {_NAME} train gallery:us_flights, then {_NAME} neighbors LAX, then {_NAME} app.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_TABLE = f"A file (CSV, Excel, Parquet, JSON …), or gallery:NAME with NAME one of {SAMPLES}."
_RUN = f'Name or id of a run that is kept (see "{_NAME} runs"), its file, or "newest".'
_HAS_TABLE = "The table that the run was trained on; a run of the gallery knows its own."
_METRIC = "cosine or euclidean; what suits the run when left out."
_Table = Annotated[str, typer.Argument(help=_TABLE)]
_TableOfRun = Annotated[str | None, typer.Option("--table", help=_HAS_TABLE)]
_Run = Annotated[str, typer.Option("--run", "-r", help=_RUN)]
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
_Metric = Annotated[str | None, typer.Option(help=_METRIC)]


def _example(words: str) -> str:
    return f"Example: {_NAME} {words}"


@app.command(
    "app",
    epilog=_example("app --port 8600"),
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def start_app(
    context: typer.Context, port: Annotated[int | None, typer.Option(help="Port of the server.")] = None
) -> None:
    """Start the dashboard and open it in the browser. Further options go to `streamlit run`."""
    more = [] if port is None else [f"--server.port={port}"]
    raise typer.Exit(serve([*more, *context.args]))


@app.command(cls=Explained, epilog=_example("profile sales.csv"))
def profile(table: _Table, as_json: _Json = False) -> None:
    """Describe the columns of a table: kind, distinct values, missing ones, and a hint what each is good for."""
    from embed_core.cli.answers import say_json, say_table
    from embed_core.cli.given import table_given

    found = table_given(table).profile()
    if as_json:
        say_json(found)
    else:
        say_table(found[["name", "kind", "distinct", "missing", "top", "suggestion"]])


@app.command(
    "train",
    cls=Explained,
    epilog=_example("train sales.csv --column shop --target returned --set epochs=200"),
)
def start_training(
    table: _Table,
    column: Annotated[
        str | None,
        typer.Option("--column", "-c", help="The categorical column; of the gallery, its own start."),
    ] = None,
    objective: Annotated[str | None, typer.Option(help="target, context, entity or distance.")] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", help="The column that is predicted.")
    ] = None,
    partner: Annotated[str | None, typer.Option(help="A second column of the same things.")] = None,
    dimension: Annotated[int | None, typer.Option("--dimension", "-d", help="Numbers per category.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the rows.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same numbers.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any other setting of TrainingConfig, as NAME=VALUE.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="A run to go on from, such as last month's: name, id, newest, or a file. Its settings, axes and "
            "vectors are kept, and new categories are added; compare then says who drifted.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What the run is called.")] = None,
    as_json: _Json = False,
) -> None:
    """Train an embedding and keep the run where the dashboard finds it. Ctrl-C keeps what was reached."""
    from embed_core.cli.answers import say, say_json
    from embed_core.cli.given import settings_given, start_of, table_given
    from embed_core.exporting.kept_runs import keep_run, open_run
    from embed_core.learning.config import TrainingConfig
    from embed_core.runs.store import cleaned_name
    from embed_core.training.run import RunStatus
    from embed_core.training.train import train
    from embed_core.training.warm_start import settings_from

    given: dict[str, Any] = {
        "column": column,
        "objective": objective,
        "target": target,
        "partner": partner,
        "dimension": dimension,
        "epochs": epochs,
        "seed": seed,
    }
    chosen = {setting: value for setting, value in given.items() if value is not None}
    before = None if start is None else open_run(start)
    begins_with = start_of(table) if column is None and before is None else {}
    chosen = begins_with | chosen | settings_given(settings or [])
    if "column" not in chosen and before is None:
        raise AtlasError("No column was chosen. Give one with --column; profile shows them all.")
    # Before the table is read, as is the name.
    TrainingConfig.checked(**(chosen if before is None else settings_from(before, chosen)))
    called = None if name is None else cleaned_name(name)
    with Interrupting() as interrupting:
        opened = table_given(table)
        run = train(opened, **chosen, start=before, on_update=interrupting.after_epoch)
        run_id = keep_run(run, table=opened, name=called)
    if as_json:
        say_json(_of_run(run_id))
    else:
        say(f"{run!r}")
        for note in run.notes:
            say(f"– {note}")
        say(f'Kept as {run_id}. Next: {_NAME} neighbors CATEGORY, or "{_NAME} app" for the map.')
    if run.status is RunStatus.STOPPED:
        raise typer.Exit(INTERRUPTED)


@app.command("trust", epilog=_example("trust --run newest --table sales.csv"))
def measure_trust(
    run: _Run = "newest",
    table: _TableOfRun = None,
    replicates: Annotated[int, typer.Option(help="How often it is trained again on a half of the rows.")] = 6,
    as_json: _Json = False,
) -> None:
    """Train a run again on halves of its rows, and say whether its map can be relied on. Kept with the run."""
    from embed_core.cli.answers import say, say_json
    from embed_core.cli.given import gallery_table_of, kept_record, table_given
    from embed_core.exporting.kept_runs import kept, open_run
    from embed_core.training.trust import trust

    record = kept_record(run)
    opened = table_given(table) if table is not None else record and gallery_table_of(record)
    if opened is None:
        raise AtlasError("Trust is measured on the table of the run. Give that with --table.")
    found = trust(opened, open_run(run if record is None else record.id), replicates=replicates)
    if record is not None and found.measures is not None:
        kept().write_trust(record.id, found.measures)
    verdict = found.verdict
    if as_json:
        answer = {"level": verdict.level, "sentence": verdict.sentence, "reasons": list(verdict.reasons)}
        say_json(answer | {"categories": found.to_frame()})
        return
    for line in (verdict.sentence, *(f"– {reason}" for reason in verdict.reasons)):
        say(line)


@app.command(epilog=_example("neighbors LAX -k 10"))
def neighbors(
    category: Annotated[str, typer.Argument(help="One of the categories.")],
    run: _Run = "newest",
    k: Annotated[int, typer.Option("-k", help="How many.")] = 5,
    metric: _Metric = None,
    as_json: _Json = False,
) -> None:
    """List the categories that are nearest to one."""
    from embed_core.cli.answers import say_json, say_table
    from embed_core.exporting.kept_runs import open_run

    found = open_run(run).embedding.neighbors(category, k=k, metric=metric)
    (say_json if as_json else say_table)(found)


@app.command(epilog=_example("compare first-run second-run"))
def compare(
    first: Annotated[str, typer.Argument(help=_RUN)],
    second: Annotated[str, typer.Argument(help=_RUN)],
    k: Annotated[int, typer.Option("-k", help="Neighbours that are compared.")] = 10,
    metric: _Metric = None,
    as_json: _Json = False,
) -> None:
    """Compare two runs: whose neighbours changed and who moved furthest, in the categories that both have."""
    from embed_core.cli.answers import say, say_json, say_table
    from embed_core.comparing.two_runs import compare_runs
    from embed_core.exporting.kept_runs import open_run

    found = compare_runs(open_run(first), open_run(second), k=k, metric=metric)
    if as_json:
        say_json(
            {
                "categories": len(found),
                "kept": found.mean_kept,
                "chance": found.chance_kept,
                "settings": found.settings,
                "changes": found.changes,
            }
        )
        return
    say(f"{found!r}; by chance {100 * found.chance_kept:.0f} %.")
    if len(found.settings):
        say_table(found.settings)
    say_table(found.changes.head(20))
    furthest = found.changes.nlargest(5, "moved")
    named = [
        f"{each} ({moved:.1f})" for each, moved in zip(furthest["category"], furthest["moved"], strict=True)
    ]
    say(f"Moved furthest, in units of how far the first vectors are from their mean: {', '.join(named)}.")


@app.command(cls=Explained, epilog=_example("encoders sales.csv --column shop --target returned"))
def encoders(
    table: _Table,
    column: Annotated[list[str], typer.Option("--column", "-c", help="The categorical column, or several.")],
    target: Annotated[str, typer.Option("--target", "-t", help="The column that is predicted.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Any other setting of ComparisonConfig, as NAME=VALUE.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Set the learned embedding against other encoders, in cross-validated pipelines. Ctrl-C keeps what was scored."""
    from embed_core.cli.answers import say, say_json, say_table
    from embed_core.cli.given import settings_given, table_given
    from embed_core.comparing.encoders.compare import compare_encoders
    from embed_core.comparing.encoders.config import ComparisonConfig

    chosen: dict[str, Any] = {"columns": column, "target": target} | settings_given(settings or [])
    ComparisonConfig.checked(**chosen)
    with Interrupting() as interrupting:
        found = compare_encoders(
            table_given(table),
            column=chosen.pop("columns"),
            on_score=interrupting.after_epoch,
            **chosen,
        )
    if as_json:
        say_json({"verdict": found.attrs["verdict"], "encoders": found})
    else:
        say_table(found)
        say(found.attrs["verdict"])
    if interrupting.was_asked:
        raise typer.Exit(INTERRUPTED)


@app.command(cls=Explained, epilog=_example("export report airports.html"))
def export(
    format: Annotated[str, typer.Argument(help=f"One of {FORMATS}.")],
    path: Annotated[str, typer.Argument(help="The file that is written.")],
    run: _Run = "newest",
    table: _TableOfRun = None,
    as_json: _Json = False,
) -> None:
    """Write a run for others to read: a report, the map, your own table back, vectors, a model, the run as one file."""
    from embed_core.cli.answers import say, say_json
    from embed_core.cli.given import content_given
    from embed_core.exporting.registry import EXPORTERS, require_format, write

    require_format(format)
    written = write(content_given(run, table), format, path, table_is="--table")
    if as_json:
        say_json({"path": str(written), "bytes": written.stat().st_size})
    else:
        say(f"{written} ({written.stat().st_size:,} bytes): {EXPORTERS[format].title}")


@app.command(epilog=_example("runs --json"))
def runs(as_json: _Json = False) -> None:
    """List the runs that are kept, those of the dashboard included, newest first."""
    from embed_core.cli.answers import say, say_json, say_table
    from embed_core.exporting.kept_runs import kept, kept_runs

    found = kept_runs()
    if as_json:
        say_json(found)
    elif found.empty:
        say(f"No run is kept yet in {kept().folder}. Begin with: {_NAME} train gallery:us_flights")
    else:
        say_table(found)


def _of_run(run_id: str) -> dict[str, Any]:
    from embed_core.exporting.kept_runs import kept

    record = kept().record(run_id)
    names = ("id", "name", "status", "epochs_done", "best_epoch", "last", "baseline", "seconds", "notes")
    return record.model_dump(mode="json", include=set(names)) | {"categories": len(record.labels)}


def main() -> None:
    """Run the command line; a refusal is a sentence and the exit code 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # whatever the terminal cannot write is written out
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app(prog_name=_NAME)
    except AtlasError as error:
        print(printable(str(error)), file=sys.stderr)
        sys.exit(REFUSED)
