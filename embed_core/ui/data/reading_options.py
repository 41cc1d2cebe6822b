"""What a person can say about a file of their own instead of having it detected; the table changes at once."""

from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.tables.reading.options import COLUMN_TYPES
from embed_core.tables.table import Rereading, Table
from embed_core.ui.app import state
from embed_core.ui.app.reading import STOPPED, reading
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import one_line, plain
from embed_core.ui.data.first_rows import first_rows

_FOUND = "found"
_NO_NAMES = "none"
_ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1", "cp850", "mac_roman", "shift_jis", "gb18030", "koi8-r")
# Of each option with a choice: what it is called, and its values with what they are called.
_CHOICES: dict[str, tuple[str, dict[str, str]]] = {
    "encoding": ("Encoding", {name: name for name in _ENCODINGS}),
    "delimiter": (
        "Separator",
        {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank"},
    ),
    "quote": ("Quotes", {'"': 'double, "', "'": "single, '", "": "none"}),
    "decimal": ("Decimal mark", {".": "point, 1.5", ",": "comma, 1,5"}),
    "header_line": (
        "Column names",
        {_NO_NAMES: "none", **{str(line): f"line {line + 1}" for line in range(20)}},
    ),
}
_OPEN = ("encoding", "delimiter")  # whatever is typed is taken
_COUNTS = {"skip_top": "Lines to skip at the top", "skip_bottom": "Lines to skip at the bottom"}
_MISSING = ("NA", "N/A", "n/a", "NULL", "null", "None", "-", "?", "#N/A", "nan")
_TYPES = {"text": "Text", "number": "Numbers", "time": "Times", "ignore": "Leave out"}


def reading_options(table: Table) -> None:
    """Let the person overrule what was assumed of a file; nothing is shown of a table that comes from none."""
    reading = table.rereading
    if reading is None or state.source_of_table() != "upload":
        return
    st.markdown("**Read it differently**")
    wanted = _wanted(table, reading)
    if wanted != reading.given:
        _read(table, wanted)
    first_rows(table, alt="The first rows, as they are read now")


def _read(table: Table, wanted: dict[str, Any]) -> None:
    """Read the file as it is wanted; what was refused is not tried again at every look."""
    asked = st.session_state[keys.TABLE], wanted
    refused, sentence = st.session_state.get(keys.READING_REFUSED) or (None, "")
    if refused != asked:
        try:
            with reading(lambda: _refuse(asked, STOPPED), key="stop_reading_again"):
                state.read_again(table, **wanted)
        except AtlasError as error:
            sentence = str(error)
            _refuse(asked, sentence)
        else:
            st.rerun()
    st.error(plain(f"{sentence} The table is as it was.", limit=2_000), icon=":material/error:")


def _refuse(asked: tuple[Any, Any], sentence: str) -> None:
    st.session_state[keys.READING_REFUSED] = asked, sentence


def _wanted(table: Table, reading: Rereading) -> dict[str, Any]:
    """Show a control for each option that the format has, and return the options as they are set."""
    given = dict(reading.given)
    types = _types(table, given.pop("types", {}))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for option in (option for option in _CHOICES if option in reading.takes):
            chosen = _choice(option, given, getattr(table.report, option))
            given.pop(option, None)
            if chosen != _FOUND:
                given[option] = _as_given(option, chosen)
        for option in (option for option in _COUNTS if option in reading.takes):
            given[option] = st.number_input(
                _COUNTS[option], 0, step=1, value=given.get(option, 0), key=_key(option), width=170
            )
        if "missing" in reading.takes:
            written = given.get("missing", ())
            given["missing"] = tuple(
                st.multiselect(
                    "Cells that mean nothing",
                    dict.fromkeys((*_MISSING, *written)),
                    default=written,
                    key=_key("missing"),
                    accept_new_options=True,
                    placeholder="Empty ones only",
                    width=320,
                )
            )
    changed = {option: value for option, value in given.items() if value not in (0, ())}
    return changed | ({"types": types} if types else {})


def _choice(option: str, given: dict[str, Any], found: Any) -> str:
    """Ask for an option; ``found`` is what the file is read with now."""
    title, names = _CHOICES[option]
    held = _FOUND if option not in given else _as_chosen(given[option])
    as_found = "as found" if option in given else f"as found: {names.get(_as_chosen(found), found)}"
    titles = {held: held, **names, _FOUND: as_found}
    titles = {value: titles[value] for value in dict.fromkeys((_FOUND, *names, held))}
    st.session_state.setdefault(_key(option), held)
    chosen = st.selectbox(
        title,
        list(titles),
        format_func=lambda value: titles.get(value, value),
        key=_key(option),
        accept_new_options=option in _OPEN,
        width=200,
    )
    return _FOUND if chosen is None else chosen  # "" is a quote: none


def _types(table: Table, given: dict[str, str]) -> dict[str, str]:
    """Ask which columns are something else than was guessed; a column can be one thing only."""
    columns = [*table.columns, *(column for column in given if column not in table.columns)]
    chosen: dict[str, str] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for kind in COLUMN_TYPES:
            free = [column for column in columns if column not in chosen]
            held = st.session_state.get(_key(kind), [name for name in columns if given.get(name) == kind])
            st.session_state[_key(kind)] = [column for column in held if column in free]
            taken = st.multiselect(
                _TYPES[kind],
                free,
                key=_key(kind),
                format_func=lambda name: one_line(name, limit=60),
                placeholder="As guessed",
                width=240,
            )
            chosen |= dict.fromkeys(taken, kind)
    return chosen


def _key(option: str) -> str:
    return keys.of_reading(option, st.session_state[keys.TABLE])


def _as_chosen(value: Any) -> str:
    """Return an option as its control holds it."""
    return _NO_NAMES if value is None else str(value)


def _as_given(option: str, chosen: str) -> Any:
    """Return what a control holds as `read_table` takes it."""
    if option != "header_line":
        return chosen
    return None if chosen == _NO_NAMES else int(chosen)
