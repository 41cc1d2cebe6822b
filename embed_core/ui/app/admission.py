"""What every request passes: whether it is let in, and the cookie with which a visitor is known again."""

import os
import time
from collections import deque
from urllib.parse import parse_qs, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embed_core.ui.app import server
from embed_core.ui.app.visitors import COOKIE, is_key, is_local, is_on, is_shared, new_key, workspace_of_key

PRIVATE_LINK = "workspace"
"""Path of the page that opens a workspace by its key, which stands behind the #, where no log keeps it."""
UPLOAD_SECONDS = 600.0
METRICS_VARIABLE = "CATEGORY_ATLAS_METRICS"
_METRICS = "/_stcore/metrics"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
_COOKIE_DAYS = 400  # browsers keep none for longer
_LONGEST_FORM = 1_000
_PERSONAL = (
    "This is a personal server: it answers this computer alone, and nobody through a proxy. To serve others as well, "
    "start it with CATEGORY_ATLAS_SHARED=1, which gives every visitor a workspace of their own."
)
_TOO_MUCH = (
    "This workspace has uploaded too much in the last ten minutes. Wait a little, and upload it again."
)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Open a workspace · Category Atlas</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;padding:.5rem 1rem}</style>
<h1>Open this workspace here?</h1>
<p>This link holds the key to a workspace of Category Atlas. Open it only if it is your own: whoever sent it to you
sees all that you bring there. The workspace that this browser has now is kept, and its own link opens it again.</p>
<form method="post"><input type="hidden" name="key"><button>Open the workspace</button></form>
<script>document.querySelector("input").value = location.hash.slice(1);</script></html>"""


class Admission:
    """Refuses what a personal server must not answer; gives each visitor of a shared one a key in a cookie.

    Args:
        app: what answers the requests that are let in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._shared = is_shared()
        self._arrived: dict[str, deque[tuple[float, int]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        if not self._shared:
            if _is_from_here(headers):
                return await self._app(scope, receive, send)
            return await _refuse(scope, receive, send, _PERSONAL, 403)
        # How many are there, and how much they brought, is the operator's; to count it takes a while, too.
        if _METRICS in scope["path"] and not is_on(os.environ.get(METRICS_VARIABLE)):
            return await _refuse(scope, receive, send, "Not Found", 404)
        key = key_in(scope)
        sessions = server.current().sessions
        scope = sessions.own(scope, key)
        if scope["type"] == "websocket":
            return await self._app(scope, *sessions.own_messages(receive, send, key))
        if "/_stcore/upload_file/" in scope["path"] and scope["method"] == "PUT":
            if key is None:
                return await _refuse(scope, receive, send, "This upload belongs to no workspace.", 403)
            if not self._takes(workspace_of_key(key), headers.get("content-length")):
                return await _refuse(scope, receive, send, _TOO_MUCH, 429)
        await self._app(scope, receive, _with_cookie(scope, send, key))

    def _takes(self, workspace: str, length: str | None) -> bool:
        """Whether an upload is taken: counted here, as Streamlit keeps it in memory before any script sees it."""
        if length is None or not length.isdecimal():
            return False
        now, limit = time.monotonic(), 2 * int(st.get_option("server.maxUploadSize")) * 1024**2
        for name, sizes in list(self._arrived.items()):
            while sizes and now - sizes[0][0] > UPLOAD_SECONDS:
                sizes.popleft()
            if not sizes:
                del self._arrived[name]
        known = self._arrived.setdefault(workspace, deque())
        if sum(size for _, size in known) + int(length) > limit:
            return False
        known.append((now, int(length)))
        return True


def visitor_routes() -> list[Route]:
    """Return the route of the private link."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    path = f"/{base}/{PRIVATE_LINK}" if base else f"/{PRIVATE_LINK}"
    return [Route(path, _open_workspace, methods=["GET", "POST"])]


def key_in(scope: Scope) -> str | None:
    """Return the key that a browser sent; None where it is none."""
    key = HTTPConnection(scope).cookies.get(COOKIE)
    return key if is_key(key) else None


async def _open_workspace(request: Request) -> Response:
    """Ask whether the workspace of a private link shall be opened, and open it.

    Asked, because a link from somebody else would have a person put their tables where that one sees them.
    """
    home = str(request.url.path).removesuffix(PRIVATE_LINK)
    if not server.current().is_shared:
        return RedirectResponse(home, 303)
    if request.method != "POST":
        return HTMLResponse(_PAGE, headers=_HEADERS)
    if urlsplit(request.headers.get("origin", "")).netloc != request.headers.get("host"):
        return PlainTextResponse("This was not sent by the page of the link.", 403)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return PlainTextResponse("There is no such workspace.", 404)
    key = parse_qs(body.decode("ascii", "replace")).get("key", [""])[0]
    if not is_key(key) or not server.current().has_workspace(workspace_of_key(key)):
        return PlainTextResponse("There is no such workspace.", 404)
    answer = RedirectResponse(home, 303)
    answer.headers["set-cookie"] = _cookie(key, _is_secure(request.scope))
    return answer


def _with_cookie(scope: Scope, send: Send, key: str | None) -> Send:
    """Send with each page the key, so that it lives as long as somebody comes back."""

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            is_page = headers.get("content-type", "").startswith("text/html") and message["status"] == 200
            # A browser that still holds the page, and not the key, is answered that the page has not changed.
            if is_page or (key is None and message["status"] == 304):
                headers.append("set-cookie", _cookie(key or new_key(), _is_secure(scope)))
        await send(message)

    return send_with_cookie


def _cookie(key: str, secure: bool) -> str:
    cookie = f"{COOKIE}={key}; Max-Age={_COOKIE_DAYS * 86_400}; Path=/; HttpOnly; SameSite=Lax"
    return f"{cookie}; Secure" if secure else cookie


def _is_secure(scope: Scope) -> bool:
    return scope["scheme"] == "https" or Headers(scope=scope).get("x-forwarded-proto") == "https"


def _is_from_here(headers: Headers) -> bool:
    """Whether a request was made on this machine, for a name of it: another's could be a page that renamed itself."""
    if any(name in headers for name in _FORWARDED):
        return False
    hosts = headers.getlist("host")
    try:
        name = urlsplit(f"//{hosts[0]}").hostname if len(hosts) == 1 else None
    except ValueError:
        return False
    return name is not None and is_local(name)


async def _refuse(scope: Scope, receive: Receive, send: Send, sentence: str, status: int) -> None:
    if scope["type"] == "websocket":  # closed before it was accepted, it is refused with status 403
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(sentence, status)(scope, receive, send)
