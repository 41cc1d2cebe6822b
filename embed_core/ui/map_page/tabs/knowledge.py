"""The tab of what the vectors know: which other columns a category's nearest tell, and which they do not."""

import pandas as pd
import streamlit as st

from embed_core.comparing.knowledge import category_values, not_learned_from, values_about
from embed_core.space.neighbors.knowledge import CategoryValues, knowledge
from embed_core.tables.table import Table
from embed_core.ui.app import state
from embed_core.ui.app.orientation import about_table
from embed_core.ui.app.text import counted, plain
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import OF_DISTANCES

_NAMED = 3


def knowledge_tab(map_state: MapState) -> None:
    """List how well the vectors tell each column that they were not learned from."""
    about = about_table(map_state.record) if map_state.is_first else None
    table = state.table_of(map_state.record)
    if table is None and about is None:
        st.caption("To see what the vectors know, open the table of this run again on the Data page.")
        return
    more = [] if about is None else values_about(_repeating(about), map_state.embedding.labels)
    found = _known(map_state, more, table, name=repr([each.name for each in more]))
    if found.empty:
        st.caption(
            "All other columns of the table were learned from. Add a table about the categories, under More above "
            "the map, to see whether the vectors know what is in it."
        )
        return
    st.markdown(_sentence(found))
    st.dataframe(
        pd.DataFrame(
            {
                "column": found["name"],
                "what of it": _told(found),
                "known": found["is_known"],
                "score": found["score"],
                "chance": found["chance"],
                "p": found["p_adjusted"],
                "categories": found["categories"],
            }
        ),
        hide_index=True,
        key="knowledge_table",
        alt="How well the nearest of a category tell its value of each other column",
        column_config={
            "known": st.column_config.CheckboxColumn(
                help="More than chance, at 5 % of false discoveries, and above 0"
            ),
            "what of it": st.column_config.TextColumn(
                help="Of several levels, the one whose share is told best"
            ),
            "score": st.column_config.NumberColumn(format="%.2f"),
            "chance": st.column_config.NumberColumn(format="%.2f"),
            "p": st.column_config.NumberColumn(format="%.3f", help="Adjusted for the number of columns"),
        },
    )
    st.caption(
        "Each category is guessed from its 10 nearest: a number by their mean (score: R²), how often it has each level "
        "by their mean shares (R² as well), a level that all of its rows have by the commonest (share guessed right). "
        "Chance is the same with the values shuffled among the categories. Columns that were learned from are left out."
    )


def _repeating(about: pd.DataFrame) -> pd.DataFrame:
    """Leave out texts that hardly two categories share, such as a description: no neighbour could tell them."""
    texts = about.select_dtypes(exclude="number")
    return about.drop(columns=[name for name in texts if 2 * texts[name].nunique() > len(texts)])


def _told(found: pd.DataFrame) -> list[str]:
    """Return what of each column is told: its mean, its level, or the share of a level."""
    words = {"number": "its mean", "level": "its level"}
    return [
        words.get(kind, f"share of {level}")
        for kind, level in zip(found["kind"], found["level"], strict=True)
    ]


def _sentence(found: pd.DataFrame) -> str:
    known, unknown = found[found["is_known"]], found[~found["is_known"]]
    words = [
        f"**{plain(name, limit=40)}**{f': {plain(told, limit=60)}' if kind == 'shares' else ''} "
        f"({score:.2f}, chance {max(chance, 0.0):.2f})"
        for name, kind, told, score, chance in zip(
            known["name"], known["kind"], _told(known), known["score"], known["chance"], strict=True
        )
    ][:_NAMED]
    if not words:
        return f"The vectors tell nothing of {counted(len(found), 'other column')} that is more than chance."
    rest = [plain(name, limit=40) for name in unknown["name"].head(_NAMED)]
    return f"The vectors tell {', '.join(words)}" + (f", not {', '.join(rest)}." if rest else ".")


@st.cache_resource(max_entries=16, show_spinner="Asking what the vectors know…", hash_funcs=OF_DISTANCES)
def _known(
    map_state: MapState, _more: list[CategoryValues], _table: Table | None, *, name: str
) -> pd.DataFrame:
    record, values = map_state.record, list(_more)
    if _table is not None:
        config = record.config.model_copy(update={"column": map_state.column})
        names = not_learned_from(
            _table, record.config, also=(*record.heads, *record.columns, *record.numbers)
        )
        values += category_values(
            _table,
            config,
            map_state.embedding.labels,
            columns=[name for name in names if name != map_state.column],
        )
    return knowledge(map_state.embedding.vectors, values, metric=map_state.metric)
