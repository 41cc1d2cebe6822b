"""A shared server as it runs: what it tells of itself, whom it refuses, and what it writes to its log."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmarks.browsing import ROOT, serving
from benchmarks.visiting import Visitor


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
