"""The files that there are, each with what it is for and a button that makes it."""

from functools import partial
from itertools import groupby

import streamlit as st

from embed_core.exporting.base import Exporter
from embed_core.exporting.content import Content
from embed_core.exporting.registry import EXPORTERS
from embed_core.runs.record import RunRecord
from embed_core.space.projections.registry import projection_method
from embed_core.ui.app.run_words import how_to_get_a_run
from embed_core.ui.app.text import plain
from embed_core.ui.app.waiting import until_it_ends


def nothing_to_export(record: RunRecord | None) -> None:
    """Say how one gets something to take away."""
    if record is not None and record.status.is_live:
        until_it_ends(record, "There is something to take away when it has ended.")
        return
    how_to_get_a_run(
        "Reports, maps, vectors and your own table with what was learned beside every row: all of it is taken away "
        "here, once there is a run."
    )


def offers(content: Content, *, is_of_map_page: bool) -> None:
    """List all exporters under their headings; each file is made when its button is pressed."""
    st.markdown(f"**{plain(content.title, limit=160)}**")
    st.caption(_what_is_taken(content, is_of_map_page))
    for section, exporters in groupby(EXPORTERS.values(), lambda each: each.section):
        st.header(section, anchor=False)
        for exporter in exporters:
            _offer(exporter, content)


def _what_is_taken(content: Content, is_of_map_page: bool) -> str:
    """Say which map, and what is missing of the verdict."""
    words = f"The map in these files: {projection_method(content.map.method).title}" + (
        ", as on the Map page."
        if is_of_map_page
        else ". One that you draw on the Map page first takes its place."
    )
    words += " Each file is made when you press its button."
    if content.measures is None and not content.is_from_elsewhere:
        words += " How far it can be trusted has not been measured yet: the Map page does that, and the report says it."
    return words


def _offer(exporter: Exporter, content: Content) -> None:
    missing = exporter.missing(content)
    words, button = st.columns([4, 1.4], vertical_alignment="center", gap="medium")
    words.markdown(f"**{exporter.title}**  \n:small[{plain(missing or exporter.sentence)}]")
    button.download_button(
        f"Download {exporter.suffix}",
        data=partial(exporter.make, content) if not missing else b"",
        file_name=f"{_file_name(content)}-{exporter.name}{exporter.suffix}",
        mime=exporter.mime,
        icon=":material/download:",
        key=f"export_{_key(exporter)}",
        type="primary" if exporter.name == "report" else "secondary",
        disabled=bool(missing),
        on_click="ignore",
        width="stretch",
    )


def _key(exporter: Exporter) -> str:
    return exporter.name.replace("-", "_")


def _file_name(content: Content) -> str:
    assert content.record is not None
    text = f"{content.embedding.name} {content.record.name}"
    words = "".join(each if each.isalnum() else " " for each in text).split()
    return "-".join(dict.fromkeys(words))[:60] or "vectors"


def same_in_python() -> None:
    """Show the call behind the buttons."""
    with st.expander("The same in Python", icon=":material/code:"):
        st.code(
            'import embed_core as ec\n\nec.export(run, "report", "report.html", table=table)\n'
            f"# or: {', '.join(EXPORTERS)}",
            language="python",
        )
