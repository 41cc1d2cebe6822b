"""What a session holds, under which names, and how the address bar brings it back."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.config import OBJECTIVES, TrainingConfig
from embed_core.runs.jobs import JobManager
from embed_core.runs.record import RunRecord
from embed_core.runs.store import RunStore, home
from embed_core.tables.gallery import SAMPLES, Sample, load_sample
from embed_core.tables.profile.columns import embeddable
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.ui.app.text import plain

TABLE = "table"
RUN = "run"
CATEGORY = "category"
SETTINGS = "settings"
PACE = "pace"
# What the Compare page looks at: another run, and the measurements that were begun.
AGAINST, SWEEP, ENCODERS = "against", "sweep", "encoders"
_IN_ADDRESS = (TABLE, RUN, CATEGORY, AGAINST, SWEEP, ENCODERS)
_GALLERY = "gallery:"
_KEPT_UPLOADS = 8
# What is learned from what; the other settings say how.
_CHOICES = (
    *("column", "objective", "target", "target_kind", "partner", "features", "context", "measure"),
    *("dimension", "min_frequency"),
)
_ONLY_WITH = {
    "target_kind": ("target", "entity"),
    "measure": ("distance",),
    "hidden": ("entity",),
    "dropout": ("entity",),
    "category_dropout": ("target", "context", "entity"),
}


class _Jobs:
    """Holds the manager; Streamlit's cache would take a Dask client for something to await."""

    def __init__(self) -> None:
        self.manager = JobManager(RunStore(home() / "runs"))


class _Uploads:
    """The tables that people uploaded, the last few of them, until the server ends."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, table: Table) -> str:
        token = secrets.token_hex(12)
        with self._lock:
            self._tables[token] = table
            while len(self._tables) > _KEPT_UPLOADS:
                self._tables.popitem(last=False)
        return token

    def get(self, token: str) -> Table | None:
        with self._lock:
            if token in self._tables:
                self._tables.move_to_end(token)
            return self._tables.get(token)


@st.cache_resource(show_spinner=False)
def _jobs() -> _Jobs:
    return _Jobs()


@st.cache_resource(show_spinner=False)
def _uploads() -> _Uploads:
    return _Uploads()


@st.cache_resource(max_entries=len(SAMPLES), show_spinner=False)
def _gallery_table(name: str) -> Table:
    return load_sample(name)


def jobs() -> JobManager:
    """Return the server's job manager; the first call starts the workers in the background."""
    return _jobs().manager


def restore() -> None:
    """Take over what the address bar says, once a session, and make sure that the workers are warming up."""
    jobs()
    if SETTINGS not in st.session_state:
        st.session_state[SETTINGS] = _defaults()
        for name in _IN_ADDRESS:
            st.session_state[name] = st.query_params.get(name)
        if (table_id := st.session_state[TABLE]) and table_id.startswith(_GALLERY):
            sample = SAMPLES.get(table_id.removeprefix(_GALLERY))
            st.session_state[SETTINGS] |= _good_start(sample) if sample else {}
        record = current_record()
        if record is not None:
            st.session_state[SETTINGS] |= record.config.model_dump()


def remember() -> None:
    """Write to the address bar what is needed to come back."""
    for name in _IN_ADDRESS:
        value = st.session_state.get(name)
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


@contextmanager
def errors_in_place() -> Iterator[None]:
    """Show what a person can mend as a sentence, where it happened."""
    try:
        yield
    except AtlasError as error:
        st.error(plain(error, limit=2_000), icon=":material/error:")


def current_table() -> Table | None:
    """Return the open table; None when there is none, or the server has forgotten it since."""
    table_id = st.session_state.get(TABLE)
    if not table_id:
        return None
    if table_id.startswith(_GALLERY):
        name = table_id.removeprefix(_GALLERY)
        return _gallery_table(name) if name in SAMPLES else None
    return _uploads().get(table_id)


def open_sample(name: str) -> None:
    """Open a table of the gallery with its good start."""
    st.session_state[TABLE] = _GALLERY + name
    st.session_state[RUN] = st.session_state[CATEGORY] = None
    _replace_settings(_defaults() | _good_start(SAMPLES[name]))


def open_upload(file: Any, **overrides: Any) -> None:
    """Read an uploaded file and open it, with the best column chosen.

    Raises:
        AtlasError: it is larger than the server allows, or cannot be read.
    """
    limit = int(st.get_option("server.maxUploadSize"))
    if file.size > limit * 1024**2:
        raise AtlasError(
            f"The file {file.name} has {file.size / 1024**2:,.1f} MB, and uploads may have {limit:,} MB. Upload a part "
            "of it, or a Parquet file of the columns that matter."
        )
    table = read_table(file, **overrides)
    st.session_state[TABLE] = _uploads().add(table)
    st.session_state[RUN] = st.session_state[CATEGORY] = None
    columns = embeddable(table.profile())
    _replace_settings(_defaults() | {"column": columns[0] if columns else None})


def close_table() -> None:
    """Go back to the gallery."""
    st.session_state[TABLE] = st.session_state[RUN] = st.session_state[CATEGORY] = None
    _replace_settings(_defaults())


def source_of_table() -> str:
    """Return how the open table can be opened again."""
    table_id = st.session_state[TABLE] or ""
    return table_id if table_id.startswith(_GALLERY) else "upload"


def open_run(record: RunRecord) -> None:
    """Take up an earlier run, with its settings and, when it can be had, its table."""
    st.session_state[RUN] = record.id
    st.session_state[CATEGORY] = None
    if record.source.startswith(_GALLERY):
        st.session_state[TABLE] = record.source
    elif (table := current_table()) is None or table.fingerprint() != record.fingerprint:
        st.session_state[TABLE] = None
    _replace_settings(_defaults() | record.config.model_dump())


def current_record() -> RunRecord | None:
    """Return the run in hand; one that has been deleted since is forgotten."""
    run_id = st.session_state.get(RUN)
    if not run_id:
        return None
    try:
        return jobs().record(run_id)
    except AtlasError:
        st.session_state[RUN] = None
        return None


def settings() -> dict[str, Any]:
    """Return the settings as they stand, which need not be valid."""
    return st.session_state[SETTINGS]


def applies(name: str) -> bool:
    """Whether a setting has a meaning with the objective, and the other settings, in hand."""
    chosen = settings()
    objective = OBJECTIVES[chosen["objective"]]
    if name in ("target", "partner", "features", "context"):
        return name in (*objective.needs, *objective.takes)
    if name == "momentum":
        return chosen["optimizer"] == "sgd"
    if name == "patience":
        return bool(chosen["validation_share"])
    return chosen["objective"] in _ONLY_WITH.get(name, OBJECTIVES)


def config() -> TrainingConfig:
    """Return the settings as a configuration, without those that do not apply.

    Raises:
        AtlasError: they are not valid.
    """
    chosen = {name: value for name, value in settings().items() if applies(name)}
    if not chosen.get("column"):
        raise AtlasError("No column to embed is chosen. Choose a category column on the Data page.")
    for name in ("features", "context"):
        if name in chosen:
            chosen[name] = tuple(chosen[name] or ()) or None
    return TrainingConfig.checked(**chosen)


def missing() -> list[str]:
    """Name the columns that the objective needs and that are still to be chosen."""
    needs = ("column", *OBJECTIVES[settings()["objective"]].needs)
    return [need for need in needs if not settings().get(need)]


def bound(name: str, *, options: Sequence[Any] | None = None, place: str = SETTINGS) -> dict[str, Any]:
    """Return the key and callback that tie a widget to a setting, whichever page it is on.

    A widget's own value is lost when its page is left; the setting stays. A setting that is not
    among the ``options`` becomes the first of them; of one that is a list, those among them stay.
    The ``place`` is the name under which the session holds the settings: those of the training, or others.
    """
    key = f"setting_{name}" if place == SETTINGS else f"{place}_{name}"
    held = st.session_state[place]
    value = held.get(name)
    if options is not None:
        if isinstance(value, list | tuple):
            value = held[name] = [each for each in value if each in options]
        elif value not in options:
            value = held[name] = options[0] if options else None
    if st.session_state.get(key) != value or key not in st.session_state:
        st.session_state[key] = value
    return {"key": key, "on_change": _store, "args": (name, key, place)}


def set_setting(name: str, value: Any) -> None:
    """Change a setting from a callback."""
    settings()[name] = value


def choose_objective(name: str | None = None) -> None:
    """Take an objective, the chosen one when none is named, with the settings that suit it."""
    if name is None:
        _store("objective")
    else:
        set_setting("objective", name)
    settings().update(_start_of(settings()["objective"]))


def back_to_start() -> None:
    """Give all settings of the training, but not what is learned from what, the values that they begin with."""
    kept = {name: value for name, value in settings().items() if name in _CHOICES}
    _replace_settings(_defaults() | _start_of(kept["objective"]) | kept)


def _store(name: str, key: str = "", place: str = SETTINGS) -> None:
    st.session_state[place][name] = st.session_state[key or f"setting_{name}"]


def _start_of(objective: str) -> dict[str, Any]:
    """Return the settings that any objective has a start of its own for, as they suit this one."""
    defaults = _defaults()
    own = {name for each in OBJECTIVES.values() for name in each.start}
    return {name: defaults[name] for name in own} | dict(OBJECTIVES[objective].start)


def _good_start(sample: Sample) -> dict[str, Any]:
    return _start_of(sample.start["objective"]) | dict(sample.start)


def _replace_settings(values: dict[str, Any]) -> None:
    st.session_state[SETTINGS] = values


def _defaults() -> dict[str, Any]:
    fields = TrainingConfig.model_fields
    return {name: None if field.is_required() else field.default for name, field in fields.items()}
