"""The scripts of the components, as a browser is sent them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from streamlit import config

from embed_core.ui.component.serving import MAP, PLOTLY, Script, script_routes
from tests.helpers.running import run


def sent(path: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of what a browser gets from a path."""
    messages: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # a browser that stays
        return {}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    run(Starlette(routes=script_routes())(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], headers, b"".join(message.get("body", b"") for message in messages)


@pytest.mark.parametrize("script", [MAP, PLOTLY], ids=["map", "plotly"])
def test_a_script_is_sent_as_javascript_that_may_be_kept_for_good(script: Script) -> None:
    status, headers, body = sent(f"/{script.address}")
    assert (status, body) == (200, script.file.read_bytes())
    assert headers["content-type"].startswith("text/javascript")
    assert "immutable" in headers["cache-control"]


def test_a_script_that_has_changed_has_another_address(tmp_path: Path) -> None:
    file = tmp_path / "map.js"
    file.write_text("export const a = 1;")
    before = Script("map", file).address
    file.write_text("export const a = 2;")
    assert Script("map", file).address != before
    assert sent(f"/{before}")[0] == 404


def test_scripts_are_below_the_base_path_of_the_app() -> None:
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "/atlas/")
    try:
        assert sent(f"/atlas/{MAP.address}")[0] == 200
        assert sent(f"/{MAP.address}")[0] == 404
    finally:
        config.set_option("server.baseUrlPath", before)
