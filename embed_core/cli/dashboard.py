"""The dashboard, from a clone or from an installed wheel."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

from embed_core.errors import AtlasError
from embed_core.extras import missing

_INSTALLED = "share/category-atlas/app.py"


def script() -> Path:
    """Return ``app.py``: of the clone that this package lies in, or where its wheel was installed.

    Raises:
        AtlasError: it is in neither place.
    """
    clone = Path(__file__).parents[2]
    if (clone / "pyproject.toml").is_file() and (clone / "app.py").is_file():
        return clone / "app.py"
    try:
        files = importlib.metadata.files("category-atlas") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    found = [Path(str(file.locate())).resolve() for file in files if file.as_posix().endswith(_INSTALLED)]
    if not found or not found[0].is_file():
        raise AtlasError(
            "The dashboard is not installed beside the library. Install the wheel again with pip, or start it from a "
            "clone: streamlit run app.py."
        )
    return found[0]


def serve(options: list[str]) -> int:
    """Run the dashboard until it is ended, and return its exit code; options go to ``streamlit run``.

    Raises:
        AtlasError: Streamlit is not installed, or the dashboard is not.
    """
    if sentence := missing("streamlit", extra="app", what="The dashboard", title="Streamlit"):
        raise AtlasError(sentence)
    command = [sys.executable, "-m", "streamlit", "run", str(script()), *options]
    with subprocess.Popen(command) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:  # the server has it, too, and ends by itself
                continue
