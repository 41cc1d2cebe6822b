"""The tab of encoders: which way to encode a column helps a model, and by how much."""

import dataclasses
from typing import Any

import pandas as pd
import streamlit as st

from embed_core.comparing.encoders.compare import fits_wanted, run_folds
from embed_core.comparing.encoders.config import ComparisonConfig
from embed_core.comparing.encoders.data import prepare_comparison
from embed_core.comparing.encoders.downstream_models import MODELS, SCORES
from embed_core.comparing.encoders.registry import ENCODERS
from embed_core.comparing.encoders.scores import encoder_verdict, summarize
from embed_core.tables.profile.suggestions import embeddable
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.charts.scores import scores_chart
from embed_core.ui.compare.choices import bound, choices, say_what_is_not_offered
from embed_core.ui.compare.work import (
    Comparison,
    Work,
    progress_and_controls,
    valid,
    while_measured,
)

_SPLITS = {"random": "At random", "grouped": "By group", "ordered": "In order"}
_SPLIT_WORDS = {
    "random": "Every row may be tested on.",
    "grouped": "Rows of one group are either learned from or tested on: how it does on groups that are new.",
    "ordered": "What is tested on comes after what is learned from: how it does on what is to come.",
}
_NAMED_BY = {"grouped": "group", "ordered": "order"}


def encoders_tab() -> None:
    """Show what is compared, and how the encoders do."""
    table = state.current_table()
    if table is None:
        st.markdown(
            "Ways to encode a categorical column are compared by what a model predicts from them. It takes a table "
            "with a column to encode and a target."
        )
        st.page_link("pages/data.py", label="Open a table", icon=":material/table:")
        return
    st.markdown(
        "Which way to encode a column helps a model most? Each encoder is fitted on the training part of every fold "
        "alone, and judged by what a model predicts on the rest."
    )
    chosen = choices(table)
    begun = st.session_state.get(keys.ENCODERS) is not None
    # Once it is begun, what came of it is what one looks at. A browser leaves a form of the same key as it stands.
    key = "encoders_form_begun" if begun else "encoders_form"
    with st.expander("What is compared", icon=":material/checklist:", expanded=not begun, key=key):
        _choose_columns(table, chosen)
        _choose_rivals()
        _split(table, chosen)
        _details(chosen)
    say_what_is_not_offered()
    wanted = valid(lambda: _wanted(table, chosen))
    while_measured(keys.ENCODERS, table, wanted, lambda shown: _measured(table, wanted, shown))


def _choose_columns(table: Table, chosen: dict[str, Any]) -> None:
    profile = table.profile()
    possible = embeddable(profile)
    others = [name for name in profile["name"] if name not in possible]
    left, right = st.columns(2, gap="medium")
    with left:
        st.multiselect(
            "Columns to encode",
            possible + others,
            placeholder="Choose a column",
            help="Several are encoded alike. The models get all other suitable columns as well, the same for each "
            "encoder.",
            **bound("columns", options=possible + others),
        )
    with right:
        targets = [name for name in profile["name"] if name not in chosen["columns"]]
        st.selectbox("Target to predict", targets, **bound("target", options=targets))


def _choose_rivals() -> None:
    st.pills(
        "Encoders",
        list(ENCODERS),
        format_func=lambda name: ENCODERS[name].title,
        selection_mode="multi",
        wrap=True,
        help="  \n".join(f"**{each.title}**: {each.sentence}" for each in ENCODERS.values()),
        **bound("encoders", options=list(ENCODERS)),
    )
    st.pills(
        "Models",
        list(MODELS),
        format_func=lambda name: MODELS[name].title,
        selection_mode="multi",
        wrap=True,
        help="  \n".join(f"**{each.title}**: {each.sentence}" for each in MODELS.values()),
        **bound("models", options=list(MODELS)),
    )


def _split(table: Table, chosen: dict[str, Any]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="encoders_split"):
        st.segmented_control(
            "Split",
            list(_SPLITS),
            format_func=_SPLITS.__getitem__,
            required=True,
            help="  \n".join(f"**{_SPLITS[name]}**: {words}" for name, words in _SPLIT_WORDS.items()),
            **bound("split", options=list(_SPLITS)),
        )
        if chosen["split"] != "random":
            name = _NAMED_BY[chosen["split"]]
            columns = _splitting(table, chosen)
            st.selectbox(f"Column of the {name}", columns, width=200, **bound(name, options=columns))


def _details(chosen: dict[str, Any]) -> None:
    whole = st.number_input
    with (
        st.popover("Settings", icon=":material/tune:", key="encoders_settings"),
        st.grid(2, min_column_width=170),
    ):
        whole("Folds", 2, 50, help="Parts of a cross-validation", **bound("folds"))
        if chosen["split"] != "ordered":
            whole("Repeats", 1, 100, help="How often it is done with other parts", **bound("repeats"))
        whole(
            "Rows at most", 100, 1_000_000, step=1_000, help="Of more, so many are drawn", **bound("max_rows")
        )
        whole(
            "Pool categories with fewer rows than",
            1,
            100_000,
            help="In the training part of a fold, where the encoder can",
            **bound("min_frequency"),
        )
        whole(
            "Dimension of the embeddings",
            1,
            1024,
            help="Numbers per category; one-hot + PCA gets as many",
            **bound("dimension"),
        )
        whole("Seed", 0, 2**31 - 1, **bound("seed"))


def _splitting(table: Table, chosen: dict[str, Any]) -> list[str]:
    """Name the columns that can split the rows as is wanted."""
    taken = {chosen["target"]}
    if chosen["split"] == "grouped":
        return [name for name in table.columns if name not in taken]
    kinds = {name: table.expression[name].type() for name in table.columns}
    return [
        name
        for name, kind in kinds.items()
        if name not in taken and (kind.is_numeric() or kind.is_temporal())
    ]


def _wanted(table: Table, chosen: dict[str, Any]) -> Comparison:
    names = set(ComparisonConfig.model_fields) & set(chosen)
    unused = {name for split, name in _NAMED_BY.items() if split != chosen["split"]}
    config = ComparisonConfig.checked(**{name: chosen[name] for name in names - unused})
    repeats = 1 if config.split == "ordered" else config.repeats
    return Comparison(
        config=config,
        fingerprint=table.fingerprint(),
        shared=f"encoders {config.reusable}",
        own=f"{sorted(config.encoders)} {sorted(config.models)} {repeats}",
        identity=("encoder", "model", "repeat", "fold"),
        is_part=lambda part: (
            part["encoder"] in config.encoders and part["model"] in config.models and part["repeat"] < repeats
        ),
        unit="fit",
    )


def _prepare(table: Table, wanted: Comparison) -> tuple[Any, Comparison]:
    data = prepare_comparison(table, wanted.config)
    facts = {"kind": data.kind, "notes": data.notes}
    return data, dataclasses.replace(wanted, total=fits_wanted(data, wanted.config), facts=facts)


def _measured(table: Table, wanted: Comparison | None, shown: Comparison | None) -> None:
    work = Work(keys.ENCODERS, lambda asked: _prepare(table, asked), run_folds)
    progress_and_controls(work, wanted, shown)
    if shown is None:
        st.caption("Press Start: the scores appear here fold by fold. It can be stopped, and go on later.")
        return
    for note in shown.facts.get("notes", ()):
        st.caption(f":material/info: {plain(note, limit=1_000)}")
    parts = shown.parts
    if parts:
        _outcome(shown, parts)


def _outcome(shown: Comparison, parts: list[dict[str, Any]]) -> None:
    kind = shown.facts["kind"]
    title = next(iter(SCORES[kind].values()))
    words, found = _summary((shown.key, len(parts)), parts, kind, shown.config)
    so_far = "So far · " if len(parts) < shown.total else ":material/check: "
    with st.container(key="encoders_sentence"):
        st.markdown(f"**{so_far}{plain(words, limit=2_000)}**")
    st.vega_lite_chart(
        scores_chart(
            found.assign(
                encoder=found["encoder"].map(lambda name: ENCODERS[name].title),
                model=found["model"].map(lambda name: MODELS[name].title),
            ),
            score=title,
            reference=ENCODERS["drop"].title,
            encoders=[ENCODERS[name].title for name in _ranked(found, shown.config)],
            models=[MODELS[name].title for name in MODELS if name in shown.config.models],
        ),
        key="scores_chart",
        alt=f"{title} of each encoder with each model, with 95 % intervals. {words}",
    )
    st.caption(
        "Points: means over the folds. Bars: 95 % intervals, corrected for the rows that folds share (Nadeau and "
        "Bengio, 2003). Dashed: the model without the column. Two whose intervals overlap may still differ: "
        "the sentence above compares them fold by fold."
    )
    _scores(found, kind)
    _costs(found)


@st.cache_resource(max_entries=16, show_spinner=False)
def _summary(
    key: tuple[str, int], _parts: list[dict[str, Any]], kind: str, _config: ComparisonConfig
) -> tuple[str, pd.DataFrame]:
    return encoder_verdict(_parts, kind, _config), summarize(_parts, kind, _config)


def _ranked(found: pd.DataFrame, config: ComparisonConfig) -> list[str]:
    """Return all encoders, those with the best score of any model first."""
    best = found.groupby("encoder")["mean"].max().sort_values(ascending=False, na_position="last")
    # Those to come have their place already, so that the page does not grow.
    return [*map(str, best.index), *(name for name in config.encoders if name not in best.index)]


def _scores(found: pd.DataFrame, kind: str) -> None:
    (main, title), *others = SCORES[kind].items()
    numbers, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        pd.DataFrame(
            {
                "encoder": found["encoder"].map(lambda name: ENCODERS[name].title),
                "model": found["model"].map(lambda name: MODELS[name].title),
                main: found["mean"],
                "interval": [_between(*ends) for ends in zip(found["low"], found["high"], strict=True)],
                "difference": found["difference"].where(found["encoder"] != "drop").map(_signed),
                **{name: found[name] for name, _ in others},
                "folds": found["folds"],
                **({"note": found["note"]} if found["note"].any() else {}),
            }
        ),
        hide_index=True,
        key="scores_table",
        column_config={
            "encoder": text(width=215),
            main: numbers(title, format="%.4f"),
            "interval": text("95 % interval"),
            "difference": text("above dropping", alignment="right", help="Mean difference on the same folds"),
            **{name: numbers(words, format="%.4g") for name, words in others},
            "folds": numbers(format="%d", help="Judged so far"),
        },
        alt="The scores of each encoder with each model",
    )


def _costs(found: pd.DataFrame) -> None:
    """Show what each encoder makes and takes, which is the same whatever the model."""
    known = found[found["columns"].notna()].drop_duplicates("encoder")
    known = known.set_index("encoder").reindex([name for name in ENCODERS if name in set(known["encoder"])])
    numbers = st.column_config.NumberColumn
    st.header("What it costs")
    st.dataframe(
        pd.DataFrame(
            {
                "encoder": [ENCODERS[name].title for name in known.index],
                "columns": known["columns"].to_numpy(),
                "fit": known["fit_seconds"].to_numpy(),
                "transform": known["transform_seconds"].to_numpy(),
                "megabytes": known["megabytes"].to_numpy(),
            }
        ),
        hide_index=True,
        key="costs_table",
        column_config={
            "encoder": st.column_config.TextColumn(width=215),
            "columns": numbers("columns made", format="%.0f", help="Of the columns encoded"),
            "fit": numbers("fit, seconds", format="%.3f", help="On the training part of a fold"),
            "transform": numbers("transform, seconds", format="%.3f", help="Of the rest of the rows"),
            "megabytes": numbers("memory, MB", format="%.2f", help="Of what it makes for the training part"),
        },
        alt="Columns made, times and memory of each encoder, means over the folds",
    )


def _between(low: float, high: float) -> str:
    return "–" if low != low else f"{low:.3f} to {high:.3f}"


def _signed(value: float) -> str:
    return "–" if value != value else f"{value:+.4f}"
