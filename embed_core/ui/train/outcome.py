"""What a training reached, and the model that it trained."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.batches import resolve_epochs
from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.ui.app import state
from embed_core.ui.app.text import counted, number, plain, share
from embed_core.ui.app.words import WORDS

# Of fewer rows the 95 % interval of a share reaches .14 to either side.
_FEWEST_JUDGED = 50

_INPUTS = ("Embedding", "Embeddings", "Numbers")


def reached(record: RunRecord) -> None:
    """Say in a sentence what was reached, against knowing nothing."""
    if record.last:
        st.markdown(f":material/flag: **{_sentence(record)}**")
    _belongs_to_older_settings(record)


def outcome(record: RunRecord) -> None:
    """Show the numbers behind the sentence."""
    if not record.status.has_result or not record.last:
        return
    st.header("What was reached")
    if words := _course(record):
        st.markdown(words)
    few = _too_few_judged(record)
    with st.grid(4, min_column_width=150):
        for label, value, nothing, help_text in _metrics(record):
            is_left_out = bool(few) and value.endswith("%")
            st.metric(
                label,
                "–" if is_left_out else value,
                delta=f"knowing nothing: {nothing}" if nothing and not is_left_out else None,
                delta_color="off",
                delta_arrow="off",
                help=help_text,
                height="stretch",
            )
    for note in record.notes:
        st.caption(f":material/info: {plain(note)}")


def _reached(record: RunRecord) -> tuple[dict[str, float], bool]:
    """Return the metrics of the weights that were kept, and whether rows not learned from judged them."""
    last = record.last
    if record.config.keeps_best and record.best_epoch:
        history = state.jobs().history(record.id)
        last = {str(name): value for name, value in history.iloc[record.best_epoch - 1].items()}
    judged = "val_loss" in last
    prefix = "val_" if judged else ""
    return {name: last.get(prefix + name, float("nan")) for name in ("loss", "accuracy", "mae")}, judged


def _too_few_judged(record: RunRecord) -> int:
    """Return how many rows were kept for validation where they are too few for a share; else 0."""
    judged = round(record.config.validation_share * record.rows)
    return judged if 0 < judged < _FEWEST_JUDGED and _reached(record)[1] else 0


def _metrics(record: RunRecord) -> list[tuple[str, str, str, str]]:
    """Return label, value, what knowing nothing gives, and an explanation, of four numbers."""
    reached, judged = _reached(record)
    base = record.baseline
    explained = 1 - reached["loss"] / base["loss"] if base.get("loss") else float("nan")
    part = "of the rows kept for validation" if judged else "of the rows learned from"
    shown = [("Validation loss" if judged else "Loss", number(reached["loss"]), number(base.get("loss")),
              f"What the training makes small, {part}.")]  # fmt: skip
    if record.target is not None and record.target.count:
        rate = plain(record.target.mean_title.removeprefix("mean "), limit=80)
        shown += [
            ("Mean absolute error", number(reached["mae"]), number(base.get("mae")), f"In {rate}. Knowing nothing says "
             "the overall rate each time."),
            ("Deviance explained", share(_deviance_gone(record)), "", "How much of the loss of the overall rate is "
             "gone, of what could go."),
        ]  # fmt: skip
    elif record.target is not None and record.target.kind == "number":
        scale = ", of the logarithm" if record.target.log else ""
        unit = f"In the unit of {plain(record.target.column, limit=60)}. "
        shown += [
            ("Mean absolute error", number(reached["mae"]), number(base.get("mae")), unit + "Knowing nothing says "
             "the mean each time."),
            ("Variance explained", share(explained), "", f"R²{scale}: 1 minus the loss over that of always "
             "saying the mean."),
        ]  # fmt: skip
    else:
        known = base.get("accuracy", float("nan"))
        context = record.target is None
        often = "Mean of the other columns, months and weekdays of dates by themselves. " if context else ""
        shown += [
            ("Accuracy", share(reached["accuracy"]), share(known), often + "Knowing nothing says the commonest "
             "each time."),
            ("Uncertainty explained", share(explained), "", "How much of the loss of knowing nothing is gone."),
        ]  # fmt: skip
    kept = "its weights were kept" if record.config.keeps_best else "the weights kept are the last ones"
    watched = "validation loss" if judged else "loss"
    shown.append(("Best epoch", f"{record.best_epoch:,}", "", f"The one with the lowest {watched}; {kept}."))
    return shown


def _deviance_gone(record: RunRecord) -> float:
    """Return the share of the Poisson deviance from the overall rate that is explained."""
    known, least = record.baseline.get("loss", 0.0), record.baseline.get("least_loss", 0.0)
    return (known - _reached(record)[0]["loss"]) / (known - least) if known > least else float("nan")


def _sentence(record: RunRecord) -> str:
    if few := _too_few_judged(record):
        return (
            f"Only {counted(few, 'row')} were kept for validation, too few to say in per cent how good it is: keep "
            "more of them, or learn from a larger table."
        )
    reached, judged = _reached(record)
    base = record.baseline
    rows = "rows it had not seen" if judged else "the rows it learned from"
    target = record.target
    column = plain(record.config.column, limit=40)
    if target is None:
        gone = 1 - reached["loss"] / base["loss"] if base.get("loss") else float("nan")
        what = "one other column" if len(record.heads) == 1 else "the other columns"
        if not round(gone, 3) > 0:
            return f"Knowing the {column} did not help to predict {what} on {rows}: the map shows chance."
        return f"Knowing the {column} takes {share(gone)} off the uncertainty about {what}, on {rows}."
    name = plain(target.column, limit=40)
    if target.count:
        each = plain(target.exposure, limit=40) if target.exposure else "row"
        words = f"Knowing nothing says {number(target.scale)} {name} per {each}"
        gone = _deviance_gone(record)
        if not round(gone, 3) > 0:
            return (
                f"{words}, and nothing was gained over that on {rows}: the map shows little more than chance."
            )
        return f"{words}; knowing the {column} explains {share(gone)} of the deviance from that, on {rows}."
    if target.kind == "number":
        mae, known = reached["mae"], base.get("mae")
        better = known is not None and mae < known
        words = (
            f"It misses {name} by {number(mae)} on average, on {rows}; always saying the mean misses by "
            f"{number(known)}."
        )
        return words if better else f"{words} Nothing was gained: the map shows little more than chance."
    accuracy, known = reached["accuracy"], base.get("accuracy", 0.0)
    gain = 100 * (accuracy - known)
    if gain > 0.05:
        return (
            f"It is right about {name} in {share(accuracy)} of {rows}, {gain:.1f} points above always saying the "
            "commonest class."
        )
    if reached["loss"] < base.get("loss", 0.0):
        return (
            f"It says the commonest {name} each time, or as good as that, and is right in {share(accuracy)} of {rows}; "
            "but its probabilities are better than the base rates, as the loss shows."
        )
    return (
        f"Nothing was gained over the base rates of {name} on {rows}: the map shows little more than chance."
    )


def _course(record: RunRecord) -> str:
    """Say which prior was chosen, and whether the training learned by heart after its best epoch."""
    if record.config.prior_strength == "auto" and record.prior_strength:
        rows = "row" if record.prior_strength == 1 else "rows"
        return (
            f"The prior was chosen on rows held out for that: it weighs as much as {record.prior_strength:g} {rows} of "
            f"each {plain(record.config.column, limit=40)}, and with it the training went to its last epoch."
        )
    best, done = record.best_epoch, record.epochs_done
    if "val_loss" not in record.last or not 0 < best < done:
        return ""
    history = state.jobs().history(record.id)
    if not record.last["val_loss"] > history["val_loss"].iloc[best - 1] + 0.01 * abs(
        record.baseline.get("loss", 1)
    ):
        return ""
    words = f"Best at epoch {best:,} of {done:,}; later it learned by heart."
    if record.config.keeps_best:
        return f"{words} The result is that of the best epoch."
    return f"{words} The map shows the last epoch; play the training there to see the best one."


def _belongs_to_older_settings(record: RunRecord) -> None:
    try:
        config = state.config()
    except AtlasError:
        return
    is_category = OBJECTIVES[config.objective].learns_categories(config)
    examples = len(record.labels) if is_category else record.distinct_rows
    epochs = resolve_epochs(config.epochs, config.batch_size, max(1, examples))
    config = config.model_copy(update={"epochs": epochs})
    changed = [
        name for name in TrainingConfig.model_fields if getattr(config, name) != getattr(record.config, name)
    ]
    if changed:
        names = ", ".join(WORDS.get(name, name.replace("_", " ")) for name in changed)
        st.warning(
            f"This result belongs to other settings than those below: {names}. Train again for theirs.",
            icon=":material/history:",
        )


def model_picture(record: RunRecord) -> None:
    """Show the layers of the model with their sizes, and what it learned from in what steps."""
    if record.layers:
        shown = [
            (layer.name in _INPUTS, f":primary-badge[{plain(layer.name)} {plain(layer.size, limit=60)}]")
            for layer in record.layers
        ]
        inputs = " + ".join(badge for is_input, badge in shown if is_input)
        chain = " → ".join([inputs, *(badge for is_input, badge in shown if not is_input)])
        st.markdown(f"{chain} · {counted(sum(layer.parameters for layer in record.layers), 'parameter')}")
    if record.batch_size:
        st.caption(_steps(record))


def _steps(record: RunRecord) -> str:
    rows = counted(record.rows, "row")
    if OBJECTIVES[record.config.objective].learns_categories(record.config):
        examples = len(record.labels)
        parts = any(name.startswith(("month of ", "weekday of ")) for name in record.heads)
        dated = ", a date's month and weekday by themselves" if parts else ""
        tables = counted(len(record.heads), "table")
        words = f"{rows}, counted into {tables} of the other columns{dated}; a category is one example"
    else:
        examples = record.distinct_rows
        words = f"{rows}, {counted(examples, 'distinct one')} to learn from"
    steps = -(-examples // record.batch_size)
    return f"{words}, in batches of {record.batch_size:,}: {counted(steps, 'step')} an epoch."
