"""A map as one HTML file, which needs no server and no network: hover, search, colours and neighbours are in it."""

import base64
import html
import json
from pathlib import Path

from embed_core.map import SCRIPT
from embed_core.map.payload import map_payload
from embed_core.map.view import MapView

_HERE = Path(__file__).parent
_SLOT = "map"
WIDGET = _HERE / "widget.js"
"""The page within a notebook, for anywidget."""


def map_html(view: MapView, *, title: str, lead: str, note: str, stability_note: str = "") -> str:
    """Return a page that shows a map in two dimensions.

    Args:
        view: the map. With ``nearest``, a click lights up neighbours and lists them.
        title: heads the page.
        lead: a sentence below the title, such as how far to believe the map.
        note: what the distances of the neighbours are.
        stability_note: what the percentages are, where the view has a stability.
    """
    parts, rest = map_payload(view, _SLOT)
    panel = {
        "slot": _SLOT,
        "title": "Nearest neighbours",
        "invitation": "Click a category on the map, or find it by name: its nearest neighbours light up, and are "
        "listed here.",
        "note": note,
        "stability_note": stability_note,
        "labels": [str(label) for label in view.labels],
    }
    content = {
        "map": rest,
        "parts": [base64.b64encode(part).decode("ascii") for part in parts.values()],
        "panel": panel,
        "atlas": _address(SCRIPT),
        "points": _address(_HERE / "points.js"),
    }
    filled = {
        "title": html.escape(title),
        "lead": html.escape(lead),
        # No text within can end the element that it stands in.
        "content": json.dumps(content, ensure_ascii=True).replace("<", "\\u003c"),
        "script": (_HERE / "host.js").read_text("utf-8"),
    }
    before, *rest_of_page = (_HERE / "page.html").read_text("utf-8").split("{{")
    pieces = [before]
    for piece in rest_of_page:
        name, _, after = piece.partition("}}")
        pieces += [filled[name], after]
    return "".join(pieces)


def _address(script: Path) -> str:
    """Return a script as an address: a page that was opened from a file may load no other files."""
    return "data:text/javascript;base64," + base64.b64encode(script.read_bytes()).decode("ascii")
