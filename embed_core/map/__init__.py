"""The map of categories in the browser, wherever it stands: a page, a notebook, a page on its own."""

from pathlib import Path

SCRIPT = Path(__file__).parent / "frontend" / "dist" / "map.js"
"""The one file that draws it: the modules of ``frontend/src`` and their style, joined by ``npm run build``."""
