"""A small map as Python packs it, for the tests of the scripts that unpack it.

    python tests/map/payload_sample.py

writes ``embed_core/map/frontend/test/payload.json`` again, after a change of the payload.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "embed_core/map/frontend/test/payload.json"

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from embed_core.map.payload import map_payload  # noqa: E402
from embed_core.map.view import Coloring, Frames, MapView  # noqa: E402


def sample() -> str:
    """Return the parts of a map of four categories, one of them without a place, as JSON."""
    labels = ["few", "many", "nowhere", "<b>some</b>"]
    places = np.array([[0.0, 1.0], [2.0, -1.0], [np.nan, 0.0], [4.0, 3.0]])
    view = MapView(
        labels=labels,
        coordinates=places,
        support=np.array([3, 300, 70, 30]),
        colorings=[
            Coloring("mean delay", np.array([1.5, np.nan, 0.0, -2.0]), name="delay", label="Delay"),
            Coloring("side", groups=["left", "right", "left", None], name="side of it", label="Side"),
        ],
        colored="delay",
        selected="many",
        neighbors=[("<b>some</b>", 0.25), ("nowhere", 0.5), ("few", 1.25)],
        false_neighbors=["few"],
        group=["few", "nowhere"],
        fade=np.array([0.0, 1.0, 0.5, 0.2]),
        details=["d few", "d many", "d nowhere", "d some"],
        nearest=(
            np.array([[1, 2], [3, 0], [0, 1], [2, 1]]),
            np.array([[1, 2], [0.25, 1], [3, 4], [5, 0.25]]),
        ),
        stability=np.array([0.5, 1.0, 0.0, np.nan]),
        frames=Frames(
            numbers=[0, 5, 10],
            coordinates=np.stack([np.zeros_like(places), places / 2, places]),
            values=["loss 3", "loss 2", "loss 1"],
        ),
    )
    parts, rest = map_payload(view, "sample")
    packed = {name: base64.b64encode(content).decode("ascii") for name, content in parts.items()}
    return json.dumps({"parts": packed, "rest": rest}, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SAMPLE.write_text(sample(), encoding="utf-8")
