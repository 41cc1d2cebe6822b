"""Two visitors of a shared server, over Streamlit's own protocol: each tries all that belongs to the other."""

import re
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.browsing import ROOT, serving
from benchmarks.visiting import Visitor
from embed_core.ui.app.visitors import COOKIE, new_key, workspace_of_key
from tests.helpers.old_runs import put

NOBODYS = "0123456789abcdef01234567"
PAGES = ("", "train", "map", "compare", "export")
TABLE = b"secret_kind,secret_answer\n" + b"".join(
    f"secret {'abc'[n % 3]},{n % 2}\n".encode() for n in range(60)
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    environment = {"CATEGORY_ATLAS_SHARED": "1", "CATEGORY_ATLAS_HOME": str(home)}
    with serving(ROOT / "app.py", environment=environment) as root:
        yield root


@pytest.fixture(scope="module")
def known(address: str, home: Path) -> Iterator[tuple[Visitor, str]]:
    """A visitor with a run, an uploaded table and a name for the run; and the id of the run."""
    key = new_key()
    runs = home / "workspaces" / workspace_of_key(key) / "runs"
    runs.mkdir(parents=True)
    run_id = put("target-of-classes", runs)
    with Visitor(address) as visitor:
        visitor.cookie = re.sub(rf"{COOKIE}=[^;]+", f"{COOKIE}={key}", visitor.cookie)
    with Visitor(address, visitor.cookie) as owner:
        owner.open().upload("upload", "secret table.csv", TABLE)
        assert "secret_kind" in owner.text
        yield owner, run_id


@pytest.fixture
def stranger(address: str) -> Iterator[Visitor]:
    with Visitor(address) as visitor:
        yield visitor


def answer(address: str, cookie: str, page: str, **query: str) -> str:
    """What a page says, without what it was asked for and what is different at every look."""
    with Visitor(address, cookie) as visitor:
        text = visitor.open(page, **query).text
    for value in query.values():
        text = text.replace(value, "ID")
    return re.sub(r"[0-9a-f]{32,}|[0-9a-f-]{36}", "", text)


def test_who_has_a_run_sees_it(known: tuple[Visitor, str], address: str) -> None:
    owner, run_id = known
    record = (ROOT / "tests/data/runs/target-of-classes/run.json").read_text("utf-8")
    name = re.search(r'"name": ?"([^"]+)"', record)
    assert name is not None
    assert name[1] in answer(address, owner.cookie, "map", run=run_id)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("place", ["run", "table", "against", "sweep", "encoders", "copy"])
def test_what_is_anothers_is_answered_like_what_is_not_there(
    known: tuple[Visitor, str], stranger: Visitor, address: str, page: str, place: str
) -> None:
    owner, run_id = known
    token = re.search(r"table=(\w+)", owner.query)
    assert token is not None
    theirs = token[1] if place == "table" else run_id
    said = answer(address, stranger.cookie, page, **{place: theirs})
    assert "secret" not in said
    assert said == answer(address, stranger.cookie, page, **{place: NOBODYS})


def test_a_comparison_that_another_has_begun_is_answered_like_none(
    known: tuple[Visitor, str], stranger: Visitor, address: str
) -> None:
    owner, _ = known
    token = re.search(r"table=(\w+)", owner.query)
    assert token is not None
    with Visitor(address, owner.cookie) as asking:
        flights = {"table": "gallery:us_flights", "compare": "Dimensions"}
        asking.open("compare", **flights).press("start_sweep")
        begun = re.search(r"sweep=(\w+)", asking.query)
        assert begun is not None
        mine = answer(address, owner.cookie, "compare", **flights, sweep=begun[1])
        assert "stop_sweep" in mine, "who has begun it sees it go on"
        said = answer(address, stranger.cookie, "compare", **flights, sweep=begun[1])
        assert "stop_sweep" not in said
        assert said == answer(address, stranger.cookie, "compare", **flights, sweep=NOBODYS)
    with Visitor(address, owner.cookie) as ending:
        ending.open("compare", **flights, sweep=begun[1]).press("stop_sweep")


def test_a_menu_that_is_sent_the_id_of_anothers_run_opens_nothing(
    known: tuple[Visitor, str], stranger: Visitor, home: Path
) -> None:
    _, theirs = known
    key = re.search(rf"{COOKIE}=([^;]+)", stranger.cookie)
    assert key is not None
    runs = home / "workspaces" / workspace_of_key(key[1]) / "runs"
    runs.mkdir(parents=True)
    put("context", runs)
    name = '"name":"'
    record = (ROOT / "tests/data/runs/target-of-classes/run.json").read_text("utf-8").replace(" ", "")
    title = record[record.index(name) + len(name) :].partition('"')[0]
    for sent in (theirs, title, f":material/check_circle: {title}"):
        stranger.open().choose("run_in_hand", sent)
        assert theirs not in stranger.text + stranger.query
        stranger.open().choose("table_in_hand", sent)
        assert "secret" not in stranger.text


def test_nothing_is_put_into_a_session_without_the_key_of_a_workspace(
    known: tuple[Visitor, str], stranger: Visitor
) -> None:
    owner, _ = known
    stranger.open()
    stranger.cookie = re.sub(rf"{COOKIE}=[^;]+;? ?", "", stranger.cookie)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        stranger.put(f"/_stcore/upload_file/{owner.session}/a", "a.csv", TABLE)


def test_a_session_without_a_cookie_shows_nothing(known: tuple[Visitor, str], address: str) -> None:
    _, run_id = known
    with Visitor(address, "none=1") as visitor:
        assert "Allow cookies" in visitor.open("map", run=run_id).text
        assert "Bring your own table" not in visitor.text


def test_everything_of_mine_is_deleted_and_nothing_of_others(
    known: tuple[Visitor, str], stranger: Visitor, home: Path
) -> None:
    owner, run_id = known
    stranger.open().upload("upload", "mine.csv", TABLE.replace(b"secret", b"my own"))
    stranger.press("delete_everything")
    assert "Deleted: 0 runs, 1 uploaded table" in stranger.text
    assert "my own" not in stranger.open().text
    assert list(home.glob(f"workspaces/*/runs/{run_id}/run.json"))
    assert "secret_kind" in owner.open().text


def test_a_link_opens_a_copy_until_it_is_taken_back(
    known: tuple[Visitor, str], stranger: Visitor, address: str, home: Path
) -> None:
    owner, run_id = known
    with Visitor(address, owner.cookie) as giver:
        word = re.search(r"\?copy=([\w-]{32})", giver.open("export", run=run_id).press("share_copy").text)
        assert word is not None
        assert "copy of your own" in stranger.open("", copy=word[1]).text
        copied = re.search(r"run=(\w+)", stranger.query)
        assert copied is not None and copied[1] != run_id and "copy=" not in stranger.query
        assert "secret" not in stranger.text
        assert len(list(home.glob(f"workspaces/*/runs/{copied[1]}/run.json"))) == 1

        assert "share_copy" in giver.press("unshare_copy").text
        with Visitor(address) as late:
            assert "opens nothing" in late.open("", copy=word[1]).text
        assert f"run={copied[1]}" in stranger.open("map", run=copied[1]).query  # what was copied stays
