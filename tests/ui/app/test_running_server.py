"""A shared server as it runs: what it tells of itself, whom it refuses, and what it writes to its log."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import psutil
import pytest
from starlette.routing import Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmarks.browsing import ROOT, serving
from benchmarks.visiting import Visitor
from embed_core.ui.component.serving import script_routes


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("log")) / "log.txt"


@pytest.fixture(scope="module")
def address(log: Path) -> Iterator[str]:
    environment = {"CATEGORY_ATLAS_SHARED": "1", "CATEGORY_ATLAS_HOME": str(log.parent / "home")}
    with log.open("wb") as file, serving(ROOT / "app.py", environment=environment, log=file) as root:
        yield root


def get(address: str, path: str = "/", **headers: str) -> tuple[int, HTTPMessage, bytes]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(address + path, headers=sent), timeout=60) as got:
            return got.status, got.headers, got.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(address: str) -> None:
    status, headers, _ = get(address)
    (cookie,) = [each for each in headers.get_all("set-cookie") or () if "workspace" in each]
    assert status == 200 and "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_it_does_not_say_what_it_runs_on(address: str) -> None:
    _, headers, _ = get(address)
    assert not [
        name for name in headers if name.lower().startswith("x-powered") or name.lower() == "x-runtime"
    ]
    assert all(version not in str(headers) for version in ("Python/", "Streamlit/"))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/app.py",
            "/.streamlit/config.toml",
            "/.streamlit/secrets.toml",
            "/app/static/app.py",
            "/pages/data.py",
        ),
        *("/assets/../app.py", "/assets/%2e%2e/app.py", "/static/../../app.py", "/media/../app.py"),
        *("/_stcore/metrics", "/_stcore/script-health-check"),
    ],
)
def test_no_path_leads_to_a_file_of_the_server(address: str, path: str) -> None:
    _, _, body = get(address, path)
    assert b"st.App" not in body and b"maxUploadSize" not in body and b"lifespan" not in body


def test_nobody_is_told_how_many_others_there_are(address: str) -> None:
    """Neither by Streamlit's own route, nor by another spelling of it."""
    for path in (
        "/_stcore/metrics",
        "/_stcore/metrics/",
        "/_stcore/metrics?families=active_sessions",
        "//_stcore/metrics",
    ):
        for accept in ("*/*", "application/x-protobuf"):
            _, _, body = get(address, path, Accept=accept)
            assert b"active_sessions" not in body, path


def listening(process: psutil.Process) -> set[tuple[str, int]]:
    found = process.net_connections("inet")
    return {(each.laddr.ip, each.laddr.port) for each in found if each.status == psutil.CONN_LISTEN}


def test_it_listens_where_it_was_told_alone(address: str) -> None:
    """Its workers, and the processes that read, included."""
    port = int(address.rpartition(":")[2])
    servers = [
        process for process in psutil.Process().children() if ("127.0.0.1", port) in listening(process)
    ]
    assert len(servers) == 1
    every = [*servers, *servers[0].children(recursive=True)]
    assert {ip for process in every for ip, _ in listening(process)} == {"127.0.0.1"}


@pytest.mark.parametrize(
    "path", ["/", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/media/a"]
)
def test_no_page_of_another_site_may_read_an_answer(address: str, path: str) -> None:
    for origin in ("http://evil.example", "null"):
        _, headers, _ = get(address, path, Origin=origin)
        assert headers["access-control-allow-origin"] is None
        assert headers["access-control-allow-credentials"] is None


def test_scripts_and_pictures_are_served_from_a_list_alone(address: str) -> None:
    _, _, page = get(address)
    for path in (
        "/media/icon.png",
        "/component/a/b.js",
        "/_stcore/bidi-components/a/b.js",
        "/app/static/a.js",
    ):
        status, _, body = get(address, path)
        assert status == 404 or body == page, "what is not there is the page itself, or nothing"
    served = [route.path for route in script_routes() if isinstance(route, Route)]
    assert served and all(get(address, path)[0] == 200 for path in served)
    assert not any("{" in path for path in served), "no part of a path is taken for a file's name"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_a_page_of_another_site_gets_no_connection(address: str, origin: str) -> None:
    place = address.replace("http", "ws", 1) + "/_stcore/stream"
    with pytest.raises(InvalidStatus), connect(place, origin=origin):  # type: ignore[arg-type]
        pass


def test_an_upload_without_the_token_against_forgery_is_refused(address: str) -> None:
    with Visitor(address) as visitor:
        visitor.open()
        visitor.cookie = visitor.cookie.partition("; _streamlit_xsrf")[0]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            visitor.put(f"/_stcore/upload_file/{visitor.session}/a", "a.csv", b"a,b\n1,2\n")


@pytest.mark.parametrize(
    "name", ["tool.exe", "model.pkl", "weights.h5", "network.keras", "page.html", "plain"]
)
def test_an_upload_of_another_kind_than_tables_is_refused_in_a_sentence(address: str, name: str) -> None:
    with Visitor(address) as visitor:
        visitor.open().upload("upload", name, b"a,b\n1,2\n3,4\n")
        assert "exception {" not in visitor.text and "table=" not in visitor.query
        assert (Path(name).suffix or "without an ending") in visitor.text


def test_names_and_contents_of_a_table_are_in_no_log_and_no_refusal_has_a_traceback(
    address: str, log: Path
) -> None:
    with Visitor(address) as visitor:
        table = b"private_kind,private_answer\n" + b"private a,1\nprivate b,0\n" * 30
        visitor.open().upload("upload", "private table.csv", table)
        assert "private_kind" in visitor.text
    for name, content in (("private.parquet", b"PAR1private"), ("private.bin", b"\0private")):
        with Visitor(address) as visitor:
            visitor.open().upload("upload", name, content)
            assert "Traceback" not in visitor.text and str(log.parent) not in visitor.text
    written = log.read_text("utf-8", "replace")
    assert "private" not in written and "Traceback" not in written
