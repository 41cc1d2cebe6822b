"""The scripts that the components load, served at addresses that change with what the scripts hold.

Streamlit sends a component's script with every message to it. Ours are a few lines, which import what the server
has under ``assets/``. A browser keeps that for good, as another version has another address.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from embed_core.map import SCRIPT

_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Script:
    """A script that the server has.

    Arguments:
        name: Begins the name in its address.
        file: Where it is on the disk.
    """

    name: str
    file: Path

    @cached_property
    def address(self) -> str:
        """Where it is served, relative to the address of a page."""
        digest = hashlib.blake2b(self.file.read_bytes(), digest_size=6).hexdigest()
        return f"assets/{self.name}-{digest}.js"

    async def send(self, request: Request) -> FileResponse:
        """Answer a browser."""
        return FileResponse(self.file, media_type="text/javascript", headers=_FOR_GOOD)


def _plotly() -> Path:
    package = importlib.util.find_spec("plotly")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("The package plotly is not installed.", name="plotly")
    return Path(package.origin).parent / "package_data" / "plotly.min.js"


MAP = Script("map", SCRIPT)
PLOTLY = Script("plotly", _plotly())


def script_routes() -> list[Route]:
    """Return the routes of a `streamlit.App` whose pages show a component."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    prefix = f"/{base}/" if base else "/"
    return [Route(prefix + script.address, script.send) for script in (MAP, PLOTLY)]
