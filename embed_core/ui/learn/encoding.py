"""The first two steps of the lesson: one-hot and its price, and a row looked up with it."""

import math

import pandas as pd
import streamlit as st

from embed_core.lesson.encoding import lookup, one_hot, one_hot_sizes, start_matrix
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import plain
from embed_core.ui.learn import charts as learn_charts

LETTERS = ["A", "B", "C"]
CARDINALITIES = [3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000]
TABLE_ROWS = [1_000, 100_000, 10_000_000]
_COLUMN_LIMIT = 30


@st.fragment
def one_hot_step() -> None:
    """Show one-hot vectors, and what they cost as categories grow many."""
    st.header("1. One-hot: a column for every category")
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.markdown(
            "A network multiplies numbers, and a category is a name. One-hot encoding gives every name a column of "
            "its own: 1 where the row has it, 0 everywhere else."
        )
        columns = [f"is {letter}" for letter in LETTERS]
        st.table(pd.DataFrame(one_hot(3).astype(int), _rows(LETTERS), columns))
        st.caption(
            "Any two categories are equally far apart, √2. One-hot says which category it is, and nothing of what it "
            "is like."
        )
    with right:
        categories = st.select_slider(
            "Categories",
            CARDINALITIES,
            value=1_000,
            format_func=lambda value: f"{value:,}",
            key="learn_categories",
            persist_state="session",
        )
        rows = st.segmented_control(
            "Rows in the table",
            TABLE_ROWS,
            default=100_000,
            required=True,
            format_func=lambda value: f"{value:,}",
            key="learn_rows",
            persist_state="session",
        )
        _costs(categories, rows)
    _own_table()


def _costs(categories: int, rows: int) -> None:
    sizes = one_hot_sizes(categories, rows=rows)
    with st.grid(2, min_column_width=90):
        st.metric("Columns", f"{sizes.columns:,}", help="One for every category.")
        st.metric("Zeros", _zeros(categories), help="Of all entries of the one-hot matrix.")
        st.metric(
            "One-hot",
            memory(sizes.dense),
            help=f"Rows × columns × 4 bytes (float32). With only the ones stored: {memory(sizes.sparse)}.",
        )
        st.metric(
            "Embedding",
            memory(sizes.embedding),
            help="A whole number per row, and 8 float32 numbers per category.",
        )
    st.vega_lite_chart(
        learn_charts.memory(categories, rows=rows, most=CARDINALITIES[-1]),
        key="learn_memory",
        alt=f"Memory against the number of categories. At {categories:,} categories and {rows:,} rows one-hot takes "
        f"{memory(sizes.dense)}, with only its ones stored {memory(sizes.sparse)}, an embedding of 8 numbers "
        f"{memory(sizes.embedding)}",
    )
    st.caption(
        "Storing only the ones saves the memory. The columns stay, each with weights of its own to learn, and so does "
        "the silence about what is alike."
    )


def _own_table() -> None:
    table = state.current_table()
    if table is None:
        st.caption("Open a table on the Data page, and what its own columns would take appears here.")
        return
    profile = table.profile()
    counted = profile[profile["kind"].isin(["category", "text", "identifier"])].head(_COLUMN_LIMIT)
    if counted.empty:
        st.caption(f"{plain(table.name, limit=60)} has no column of categories.")
        return
    sizes = [one_hot_sizes(max(1, int(n)), rows=max(1, table.n_rows)) for n in counted["distinct"]]
    st.markdown(f"**{plain(table.name, limit=60)}**, {table.n_rows:,} rows: what its columns would take")
    st.dataframe(
        pd.DataFrame(
            {
                "column": counted["name"].tolist(),
                "one-hot columns": [size.columns for size in sizes],
                "zeros": [_zeros(size.columns) for size in sizes],
                "one-hot": [memory(size.dense) for size in sizes],
                "ones only": [memory(size.sparse) for size in sizes],
                "embedding of 8": [memory(size.embedding) for size in sizes],
            }
        ),
        hide_index=True,
        key="learn_own_table",
        column_config={"one-hot columns": st.column_config.NumberColumn(format="localized")},
        alt="One-hot columns and memory of the columns of the open table",
    )


@st.fragment
def lookup_step() -> None:
    """Show that a one-hot row times a matrix is a row of the matrix, product by product."""
    st.header("2. One-hot × matrix: a row looked up")
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.markdown(
            "An embedding is a matrix: a row of a few numbers for each category. Multiplying a one-hot row with it "
            "wipes out every row but one. So nobody multiplies: the row is looked up by its number."
        )
        letter = st.segmented_control(
            "Category", LETTERS, default="B", required=True, key="learn_letter", persist_state="session"
        )
        matrix = _matrix()
        st.button("Other numbers", icon=":material/casino:", key="learn_other_numbers", on_click=_reseed)
    with right:
        _products(LETTERS.index(letter), matrix)


def _matrix() -> pd.DataFrame:
    """Show the matrix, to be edited; what was typed stays when the page is left."""
    seed = st.session_state.setdefault(keys.LEARN_SHUFFLED, 0)
    key = f"{keys.LEARN_MATRIX}_{seed}"
    if key not in st.session_state and keys.LEARN_EDITED in st.session_state:
        st.session_state[keys.LEARN_MATRIX] = st.session_state[keys.LEARN_EDITED]
    held = st.session_state.setdefault(keys.LEARN_MATRIX, start_matrix(3, 2, seed=seed))
    edited: pd.DataFrame = st.data_editor(
        held.set_axis(_rows(LETTERS)),
        key=key,
        disabled=["_index"],
        column_config={
            name: st.column_config.NumberColumn(
                min_value=-99, max_value=99, step=0.1, format="%.2f", required=True
            )
            for name in held.columns
        },
        alt="The matrix, three rows of two numbers, which can be edited",
    )
    st.session_state[keys.LEARN_EDITED] = edited
    return edited.fillna(0.0).set_axis(LETTERS)


def _rows(names: list[str]) -> "pd.Index[str]":
    """Return rows whose column has a heading: a screen reader says nothing of one without."""
    return pd.Index(names, name="category")


def _reseed() -> None:
    st.session_state[keys.LEARN_SHUFFLED] += 1
    st.session_state.pop(keys.LEARN_EDITED, None)
    st.session_state[keys.LEARN_MATRIX] = start_matrix(3, 2, seed=st.session_state[keys.LEARN_SHUFFLED])


def _products(code: int, matrix: pd.DataFrame) -> None:
    products = lookup(code, matrix)
    shown: dict[str, list[str]] = {"one-hot": [f"{entry:.0f}" for entry in products["one-hot"][:-1]] + [""]}
    for name in matrix.columns:
        terms = [
            f"{entry:.0f} × {value:g} = {product:g}"
            for entry, value, product in zip(
                products["one-hot"][:-1], matrix[name], products[name][:-1], strict=True
            )
        ]
        shown[str(name)] = [*terms, f"{products[name].iloc[-1]:g}"]
    table = pd.DataFrame(shown, _rows([*LETTERS, "sum"]))
    table.loc[LETTERS[code]] = [f"**{plain(text)}**" for text in table.loc[LETTERS[code]]]
    table.loc["sum"] = [f"**{plain(text)}**" if text else "" for text in table.loc["sum"]]
    st.table(table)
    row = ", ".join(f"{value:g}" for value in matrix.iloc[code])
    total = ", ".join(f"{value:g}" for value in products.iloc[-1, 1:])
    wasted = 2 * len(matrix) - 2
    st.markdown(f"Row {LETTERS[code]} of the matrix: ({row}). The sum of the products: ({total}).")
    st.caption(
        f"{wasted} of the {2 * len(matrix)} products are with 0. With 100,000 categories, 99,999 in 100,000 would be."
    )


def memory(size: float) -> str:
    """Return bytes for reading.

    >>> memory(400), memory(12_000_004), memory(4e12)
    ('400 bytes', '12 MB', '4 TB')
    """
    if size < 1_000:
        return f"{size:.0f} bytes"
    power = min(4, int(math.log10(size) // 3))
    return f"{size / 1000**power:.3g} {['', 'kB', 'MB', 'GB', 'TB'][power]}"


def _zeros(categories: int) -> str:
    """Return the share of zeros with as many digits as tell it from all."""
    digits = max(1, math.ceil(math.log10(categories)) - 2)
    return f"{100 * (categories - 1) / categories:.{digits}f} %"
