"""Who is let in: this machine alone on a personal server, everybody into their own workspace on a shared one."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from streamlit import config

from embed_core.ui.app import server
from embed_core.ui.app.admission import METRICS_VARIABLE, Admission, visitor_routes
from embed_core.ui.app.visitors import COOKIE, is_key, is_shared, new_key, workspace_of_key
from tests.helpers.running import run

METRICS = "/_stcore/metrics"
UPLOAD = "/_stcore/upload_file/session/file"


def application() -> Starlette:
    async def page(_: Any) -> HTMLResponse:
        return HTMLResponse("a page")

    async def taken(_: Any) -> PlainTextResponse:
        return PlainTextResponse("taken")

    async def same(_: Any) -> PlainTextResponse:
        return PlainTextResponse("", 304)

    routes = [
        Route("/", page),
        Route("/same", same),
        Route("/atlas" + METRICS, taken),
        Route(UPLOAD, taken, methods=["PUT"]),
    ]
    return Starlette(routes=[*visitor_routes(), *routes], middleware=[Middleware(Admission)])


def asked(
    app: Starlette,
    path: str = "/",
    *,
    method: str = "GET",
    kind: str = "http",
    body: bytes = b"",
    **headers: str,
) -> tuple[int, dict[str, str], str]:
    """Return status, headers and body of the answer to a request."""
    messages: list[Any] = []
    sent = {"host": "localhost:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request", "body": body}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "scheme": "http",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    run(app(scope, receive, send))
    if messages[0]["type"] == "websocket.close":
        return 403, {}, ""
    got = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], got, b"".join(each.get("body", b"") for each in messages).decode()


@pytest.fixture
def personal(monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.delenv("CATEGORY_ATLAS_SHARED", raising=False)
    return application()


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("CATEGORY_ATLAS_SHARED", "1")
    server.give(server.Server(folder=tmp_path, shared=True))
    yield application()
    server.give(None)


def key_of(headers: dict[str, str]) -> str:
    found = re.fullmatch(rf"{COOKIE}=([\w-]+); (.+)", headers["set-cookie"])
    assert found is not None and "HttpOnly" in found[2] and "SameSite=Lax" in found[2]
    return found[1]


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST.", "a.localhost"])
def test_a_personal_server_answers_this_machine(personal: Starlette, host: str) -> None:
    status, headers, body = asked(personal, host=host)
    assert (status, body) == (200, "a page") and "set-cookie" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "10.0.0.1:8501", "", "a:b:c", "[::1"]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_personal_server_answers_no_other_name(personal: Starlette, host: str, kind: str) -> None:
    assert asked(personal, host=host, kind=kind)[0] == 403


@pytest.mark.parametrize("name", ["x_forwarded_for", "forwarded", "x_real_ip", "x_forwarded_host", "via"])
def test_a_personal_server_answers_nobody_through_a_proxy(personal: Starlette, name: str) -> None:
    status, _, body = asked(personal, **{name: "127.0.0.1"})
    assert status == 403 and "CATEGORY_ATLAS_SHARED=1" in body


@pytest.mark.parametrize(
    "given", [("localhost", False), ("127.0.0.1", False), ("0.0.0.0", True), (None, True)]
)
def test_a_server_that_others_reach_is_shared(
    given: tuple[str | None, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CATEGORY_ATLAS_SHARED", raising=False)
    before = config.get_option("server.address")
    config.set_option("server.address", given[0])
    try:
        assert is_shared() is given[1]
    finally:
        config.set_option("server.address", before)


def test_each_visitor_gets_a_key_and_keeps_it(shared: Starlette) -> None:
    mine, yours = key_of(asked(shared)[1]), key_of(asked(shared)[1])
    assert mine != yours and is_key(mine)
    assert key_of(asked(shared, cookie=f"a=1; {COOKIE}={mine}")[1]) == mine
    assert key_of(asked(shared, cookie=f"{COOKIE}=../../etc")[1]) not in (mine, "../../etc")
    assert is_key(key_of(asked(shared, "/same")[1])), "a browser with the page in its cache must get one, too"


def test_what_others_take_is_told_to_nobody_unless_the_operator_says_so(
    shared: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/atlas" + METRICS
    for setting, status in (("", 404), ("0", 404), ("1", 200)):
        monkeypatch.setenv(METRICS_VARIABLE, setting)
        assert asked(shared, path)[0] == status, setting


def test_the_one_person_of_a_personal_server_may_see_what_it_takes(personal: Starlette) -> None:
    assert asked(personal, "/atlas" + METRICS)[0] == 200


def test_a_cookie_is_for_tls_alone_where_there_is_tls(shared: Starlette) -> None:
    assert "Secure" not in asked(shared)[1]["set-cookie"]
    assert "Secure" in asked(shared, x_forwarded_proto="https")[1]["set-cookie"]


def test_a_private_link_opens_its_workspace_when_a_person_says_so(shared: Starlette) -> None:
    key = new_key()
    server.current().workspace(workspace_of_key(key))
    assert "Open this workspace here?" in asked(shared, "/workspace")[2]
    body = f"key={key}".encode()
    status, headers, _ = asked(shared, "/workspace", method="POST", body=body, origin="http://localhost:8501")
    assert (status, headers["location"], key_of(headers)) == (303, "/", key)


@pytest.mark.parametrize("origin", [{}, {"origin": "http://evil.example"}, {"origin": "null"}])
def test_another_site_cannot_put_a_browser_into_a_workspace(
    shared: Starlette, origin: dict[str, str]
) -> None:
    key = new_key()
    server.current().workspace(workspace_of_key(key))
    status, headers, _ = asked(shared, "/workspace", method="POST", body=f"key={key}".encode(), **origin)
    assert status == 403 and "set-cookie" not in headers


@pytest.mark.parametrize(
    "key", ["", "../..", new_key(), "x" * 5_000], ids=["none", "path", "unknown", "long"]
)
def test_a_key_of_no_workspace_opens_none(shared: Starlette, key: str) -> None:
    body, origin = f"key={key}".encode(), "http://localhost:8501"
    assert asked(shared, "/workspace", method="POST", body=body, origin=origin)[0] == 404


def test_uploads_are_counted_where_they_arrive(shared: Starlette) -> None:
    def put(cookie: str, size: str | None) -> int:
        sizes = {} if size is None else {"content_length": size}
        return asked(shared, UPLOAD, method="PUT", cookie=cookie, **sizes)[0]

    mine, yours = (f"{COOKIE}={new_key()}" for _ in range(2))
    most = config.get_option("server.maxUploadSize") * 1024**2
    assert put("", "10") == 403
    assert put(mine, None) == 429
    # The session is nobody's: what is let through finds none.
    assert [put(mine, str(most)) for _ in range(3)] == [404, 404, 429]
    assert put(yours, str(most)) == 404
