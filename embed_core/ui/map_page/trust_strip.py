"""How far the map can be trusted: a verdict, and the numbers behind it."""

import streamlit as st

from embed_core.errors import AtlasError
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.measurement import TrustState
from embed_core.space.projections.base import Projection
from embed_core.space.verdict import INCOMPLETE, UNMEASURED
from embed_core.training.compared import LEAST_CATEGORIES
from embed_core.training.prepare import prepare
from embed_core.training.trust import Trust
from embed_core.training.trust_measures import SPLITS, trainings
from embed_core.ui.app import state
from embed_core.ui.app.errors import errors_in_place
from embed_core.ui.app.state import keys
from embed_core.ui.app.text import counted, plain, seconds
from embed_core.ui.map_page.doubtful import not_determined, not_distinct
from embed_core.ui.map_page.finding import is_finding
from embed_core.ui.map_page.map_state import NEIGHBORS, MapState
from embed_core.ui.map_page.measures import evidence
from embed_core.ui.map_page.numbers_behind import numbers_behind
from embed_core.ui.map_page.trust_numbers import trust_numbers

_FADES = {
    "none": "Nothing",
    "places": "What has no sure place",
    "rows": "Few rows",
    "noise": "Not distinct from noise",
    "stability": "Unstable",
}
LEVEL_ICONS = {
    "good": ":material/check_circle:",
    "careful": ":material/info:",
    "do not rely": ":material/warning:",
}


def trust_of(map_state: MapState) -> TrustState:
    """Return what is known of a run by training it again; nothing of a further column of it."""
    if not map_state.is_first:
        return TrustState("none")
    return state.jobs().trust.find(map_state.record.id, map_state.metric)


def trust_strip(map_state: MapState, result: Projection | None, trust: TrustState) -> None:
    """Show the verdict, the numbers, and what measures and shows more of them."""
    known = evidence(map_state).measured(trust.result).on(result)
    is_wanting = trust.result is None or trust.result.is_old
    _verdict(map_state, known, trust)
    with st.container(horizontal=True, gap="small", key="trust_strip"):
        for metric in trust_numbers(map_state, result, known):
            st.markdown(f":small[{metric.label}]  \n**{metric.value}**", help=metric.help, width="content")
    if trust.status == "failed":
        st.error(plain(trust.error, limit=2_000), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="trust_controls"):
        if trust.status == "measuring":
            _stop(map_state)
        elif is_wanting:
            _measure(map_state)
        st.toggle(
            "Show where the map misleads",
            key=keys.MISLEADS,
            persist_state="session",
            help="Colours each category by the share of its true neighbours that are still near on this map",
        )
        if trust.result is not None and len(trust.result.places) and map_state.dimensions == 2:
            st.toggle(
                "Play the parts" if known.holds_out else "Play the halves",
                key=keys.SWAYS,
                persist_state="session",
                help=f"The player below the map shows where each {'part' if known.holds_out else 'half'} of the rows "
                "puts the categories: what moves far is uncertain",
            )
        if trust.result is not None and trust.result.has_control:
            st.toggle(
                "Control map",
                key=keys.CHANCE,
                persist_state="session",
                help="What chance alone draws: the same training on shuffled rows, where categories go with anything",
            )
        _fade_choice(map_state, trust)
        not_distinct(known)
        not_determined(known)
        numbers_behind(map_state, known, result)
    if trust.status != "measuring" and is_wanting and (reason := _why_not(map_state)):
        st.caption(reason)


def fade_by(map_state: MapState, trust: TrustState) -> str:
    """Return what pale points stand for: what was chosen, else a place that is not determined, where there is one."""
    options = _fades(map_state, trust)
    chosen = str(st.session_state.get(keys.FADE))
    return chosen if chosen in options else "places" if "places" in options else "none"


def _fades(map_state: MapState, trust: TrustState) -> list[str]:
    found = trust.result
    known = {
        "places": bool(map_state.embedding.undetermined),
        "stability": found is not None,
        "noise": found is not None and bool(len(found.is_told)),
    }
    return [name for name in _FADES if known.get(name, True)]


def _fade_choice(map_state: MapState, trust: TrustState) -> None:
    st.session_state[keys.FADE] = fade_by(map_state, trust)
    st.selectbox(
        "Fade",
        _fades(map_state, trust),
        format_func=lambda name: f"Fade {_FADES[name].lower()}",
        label_visibility="collapsed",
        key=keys.FADE,
        persist_state="session",
        width=240,
    )


def _verdict(map_state: MapState, known: Trust, trust: TrustState) -> None:
    found = known.verdict
    icon, opening, first = verdict_words(known, trust)
    waits = _is_incomplete(known, trust)
    measuring = "" if known.is_compared or waits else _measuring(trust)
    with st.container(gap="xsmall", key="verdict"):
        if found.level == "do not rely":
            st.warning(f"**{plain(opening)}.** {plain(first)}", icon=icon)
        else:
            st.markdown(f"{icon} **{plain(opening)}.** {plain(first)}")
        shown = (INCOMPLETE, first, *([] if waits else found.sentence.split(". ")))
        others = [each for each in found.reasons if each not in shown and UNMEASURED not in each]
        others = [each for each in others if waits or each not in found.sentence]
        if measuring:
            others.append(f"{measuring}.")
        if others:
            sentences = (each.removesuffix(".") + "." for each in others)
            st.caption(plain(" ".join(sentences), limit=1_000))


def verdict_words(known: Trust, trust: TrustState) -> tuple[str, str, str]:
    """Return the verdict as an icon and two sentences: how far to believe the map, and why."""
    if _is_incomplete(known, trust):
        return _not_yet(known, trust)
    opening, _, first = known.verdict.sentence.partition(". ")
    return LEVEL_ICONS[known.verdict.level], opening, first


def _is_incomplete(known: Trust, trust: TrustState) -> bool:
    """Whether the word on the map waits: for what is not measured, or for the map that the run is to open with."""
    if is_finding():
        return True
    found = known.verdict
    waits = not known.is_compared and trust.status == "measuring"
    return found.level == "careful" and (waits or found.sentence.partition(". ")[2] == INCOMPLETE)


def _not_yet(known: Trust, trust: TrustState) -> tuple[str, str, str]:
    """Return an icon and a sentence in two parts for what has not been measured yet: never a verdict."""
    if (measuring := _measuring(trust)) and not known.is_compared:
        doing = f"{trust.done} of {trust.total} trainings on {_parts(known)} of the rows have ended"
        return ":material/hourglass_top:", measuring, f"{doing}."
    if not known.is_compared:
        return ":material/help:", "How far this map can be trusted has not been measured", ""
    return (
        ":material/hourglass_top:",
        "The map is still moving",
        "How far it can be trusted is said when it rests.",
    )


def _measuring(trust: TrustState) -> str:
    if trust.status != "measuring":
        return ""
    left = "" if trust.seconds_left is None else f", about {seconds(trust.seconds_left)} left"
    return f"Measuring how far this map can be trusted{left}"


def _parts(known: Trust) -> str:
    """Return what will be learned from again: distances can be too few to halve, which is known afterwards."""
    return "other halves" if known.embedding.undetermined is None else "parts"


def _measure(map_state: MapState) -> None:
    if not st.button(
        "Measure trust",
        icon=":material/verified:",
        key="measure_trust",
        disabled=bool(_why_not(map_state)),
        help=f"Trains the run {counted(trainings(SPLITS), 'time')} more, on halves of the rows and on shuffled ones",
    ):
        return
    table = state.table_of(map_state.record)
    with errors_in_place():
        if table is None:
            raise AtlasError("The table is not open any more. Open it again on the Data page to measure.")
        with st.spinner(f"Counting {table.n_rows:,} rows…", show_time=True):
            data = prepare(table, map_state.record.config, splits=SPLITS)
        state.jobs().trust.begin(map_state.record.id, data, k=NEIGHBORS)
        st.rerun()


def _why_not(map_state: MapState) -> str:
    if len(map_state.embedding) < LEAST_CATEGORIES:
        return f"Trust is measured from {LEAST_CATEGORIES} categories on: fewer have no neighbourhoods."
    if not map_state.is_first:
        return (
            f"Trust is measured of {plain(map_state.record.config.column, limit=60)}, the run's own column."
        )
    if not OBJECTIVES[map_state.record.config.objective].is_offered:
        return "Vectors from elsewhere cannot be trained again, so their trust is not measured."
    if state.table_of(map_state.record) is None:
        return "To measure trust, open the table of this run again on the Data page: the run itself keeps no rows."
    return ""


def _stop(map_state: MapState) -> None:
    st.button(
        "Stop measuring",
        icon=":material/stop:",
        type="tertiary",
        key="stop_trust",
        on_click=state.jobs().trust.stop,
        args=(map_state.record.id,),
    )
