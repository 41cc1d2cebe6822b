"""Two visitors of a shared server, over Streamlit's own protocol: each tries all that belongs to the other."""

import json
import re
import sqlite3
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState

import embed_core as ec
from benchmarks.browsing import ROOT, serving
from benchmarks.visiting import Visitor
from embed_core.ui.app.state import keys
from embed_core.ui.app.visitors import COOKIE, new_key, workspace_of_key
from tests.helpers.old_runs import put
from tests.helpers.waiting import until

NOBODYS = "0123456789abcdef01234567"
PAGES = ("", "train", "map", "compare", "export")
GROUP, ABOUT = "secret group", "secret property"
SESSION_KEYS = [value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str)]
TABLE = b"secret_kind,secret_answer\n" + b"".join(
    f"secret {'abc'[n % 3]},{n % 2}\n".encode() for n in range(60)
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with sqlite3.connect(home / "shop.db") as connection:
        connection.execute("CREATE TABLE sold (secret_town TEXT, late BOOLEAN)")
        connection.executemany("INSERT INTO sold VALUES (?, ?)", [(f"t{n % 5}", n % 2) for n in range(100)])
    secrets = home / "secrets.toml"
    secrets.write_text(f'[connections.shop]\nurl = "sqlite://{home / "shop.db"}"\n')
    environment = {"CATEGORY_ATLAS_SHARED": "1", "CATEGORY_ATLAS_HOME": str(home)}
    options = {"secrets.files": str(secrets)}
    with serving(ROOT / "app.py", environment=environment, options=options) as root:
        yield root


@pytest.fixture(scope="module")
def known(address: str, home: Path) -> Iterator[tuple[Visitor, str]]:
    """A visitor with an uploaded table and a run, with a saved group and a table about its categories; and its id."""
    key = new_key()
    runs = home / "workspaces" / workspace_of_key(key) / "runs"
    runs.mkdir(parents=True)
    run_id = put("target-of-classes", runs)
    labels = pd.read_parquet(runs / run_id / "embedding" / "0" / "embedding.parquet")["category"].tolist()
    made = {"groups": {"shop": {GROUP: labels[:3]}}, "choices": {"color": f"about:{ABOUT}"}}
    (runs / run_id / "made.json").write_text(json.dumps(made), "utf-8")
    about = pd.DataFrame({ABOUT: range(len(labels))}, index=pd.Index(labels, name="shop"))
    about.to_parquet(runs / run_id / "about.parquet")
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


def own_run(stranger: Visitor, home: Path) -> str:
    """Give the stranger a run of their own, of the same table, and return its id."""
    key = re.search(rf"{COOKIE}=([^;]+)", stranger.cookie)
    assert key is not None
    runs = home / "workspaces" / workspace_of_key(key[1]) / "runs"
    runs.mkdir(parents=True)
    return put("context", runs)


def tells(visitor: Visitor) -> bool:
    """Whether a page holds anything of the other's: the stranger's own words do not count, as they are not in these."""
    return any(each in visitor.text for each in (ABOUT, "target-of-classes", "secret_kind"))


def answer(address: str, cookie: str, page: str, **query: str) -> str:
    """What a page says, without what it was asked for and what is different at every look."""
    with Visitor(address, cookie) as visitor:
        return answer_of(visitor.open(page, **query), *query.values())


def answer_of(visitor: Visitor, *asked: str) -> str:
    """What the page says that a visitor has open; see `answer`."""
    text = visitor.text
    for value in asked:
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


@pytest.mark.parametrize(("kind", "place"), [("Dimensions", "sweep"), ("Encoders", "encoders")])
def test_a_comparison_that_another_has_begun_is_answered_like_none(
    known: tuple[Visitor, str], stranger: Visitor, address: str, kind: str, place: str
) -> None:
    owner, _ = known
    flights = {"table": "gallery:us_flights", "compare": kind}
    with Visitor(address, owner.cookie) as asking:
        asking.open("compare", **flights).press(f"start_{place}")
        begun = re.search(rf"{place}=(\w+)", asking.query)
        assert begun is not None
        mine = answer(address, owner.cookie, "compare", **flights, **{place: begun[1]})
        assert f"stop_{place}" in mine, "who has begun it sees it go on"
        stops = asking.open("compare", **flights, **{place: begun[1]}).widget(f"stop_{place}")
        said = answer(address, stranger.cookie, "compare", **flights, **{place: begun[1]})
        assert f"stop_{place}" not in said
        assert said == answer(address, stranger.cookie, "compare", **flights, **{place: NOBODYS})
        stranger.open("compare", **flights).send(WidgetState(id=stops, trigger_value=True))
        mine = answer(address, owner.cookie, "compare", **flights, **{place: begun[1]})
        assert f"stop_{place}" in mine, "nobody else stops it"
    with Visitor(address, owner.cookie) as ending:
        ending.open("compare", **flights, **{place: begun[1]}).press(f"stop_{place}")


def test_a_measurement_of_trust_goes_on_whatever_another_sends(
    known: tuple[Visitor, str], stranger: Visitor, address: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, _ = known
    monkeypatch.setenv("CATEGORY_ATLAS_HOME", str(home / "script"))
    table = ec.load_sample("us_flights")
    run = ec.train(table, column="origin", target="distance_mi", epochs=1, prior_strength=1.0)
    theirs, mine = ec.keep_run(run, table=table), own_run(stranger, home)
    key = re.search(rf"{COOKIE}=([^;]+)", owner.cookie)
    assert key is not None
    (home / "script/runs" / theirs).rename(home / "workspaces" / workspace_of_key(key[1]) / "runs" / theirs)

    def opened(visitor: Visitor, run_id: str, *pressed: str) -> Visitor:
        """Show how far a run can be trusted, as behind the verdict, and press there."""
        chip = WidgetState(id=visitor.open("map", run=run_id).widget("verdict_chip"), bool_value=True)
        return visitor.send(chip, *(WidgetState(id=each, trigger_value=True) for each in pressed))

    def is_measured() -> bool:
        with Visitor(address, owner.cookie) as asking:
            said = opened(asking, theirs).text
        assert ("-stop_trust" in said) != ("-measure_trust" in said)
        return "-stop_trust" in said

    def stranger_sends(*widgets: str) -> None:
        for widget in widgets:
            pressed = WidgetState(id=widget, trigger_value=True)
            assert "-stop_trust" not in opened(stranger, mine, widget).text
            stranger.query = f"run={theirs}"  # what one page has, sent with the address of another
            assert "-stop_trust" not in stranger.send(pressed).text
            assert "-stop_trust" not in stranger.open("map", run=theirs).send(pressed).text

    with Visitor(address, owner.cookie) as asking:
        begins = opened(asking, theirs).widget("measure_trust")
        stranger_sends(begins)
        assert not is_measured(), "nobody else begins it"
        stops = opened(asking, theirs, begins).widget("stop_trust")
        stranger_sends(stops, begins)
        assert is_measured(), "nobody else stops it"
        opened(asking, theirs, stops)
        until(lambda: not is_measured())


@pytest.mark.parametrize(
    ("place", "theirs"), [("group", GROUP), ("color", f"about:{ABOUT}"), ("category", "secret a")]
)
def test_groups_and_tables_about_categories_are_the_owners(
    known: tuple[Visitor, str], stranger: Visitor, address: str, home: Path, place: str, theirs: str
) -> None:
    owner, run_id = known
    assert ABOUT in answer(address, owner.cookie, "map", run=run_id), "who has brought it sees it"
    assert "3 categories" in answer(address, owner.cookie, "map", run=run_id, group=GROUP)
    mine = own_run(stranger, home)
    # Which map opens is looked for first, and a page that waits for it is another.
    until(lambda: r"moves\": false" in answer(address, stranger.cookie, "map", run=mine))
    said = answer(address, stranger.cookie, "map", run=mine, **{place: theirs})
    assert ABOUT not in said.replace("ID", "") and GROUP not in said
    assert said == answer(address, stranger.cookie, "map", run=mine, **{place: "x" * len(theirs)})


def test_downloads_are_made_for_and_given_to_who_is_offered_them(
    known: tuple[Visitor, str], stranger: Visitor, address: str
) -> None:
    owner, run_id = known
    stranger.open()
    with Visitor(address, owner.cookie) as asking:
        offered = asking.open("export", run=run_id).deferred()
        assert offered
        for each in offered:
            assert stranger.made(each) == stranger.made(NOBODYS) == ""
        made = asking.made(offered[0])
        assert made and asking.got(made)[0] == 200
        nothing = stranger.got("/media/" + "0" * 40 + ".csv")
        assert stranger.got(made) == nothing and nothing[0] == 404
        assert Visitor(address, "none=1").got(made)[0] == 404


def test_a_session_goes_on_with_who_began_it(
    known: tuple[Visitor, str], stranger: Visitor, address: str
) -> None:
    owner, run_id = known
    with Visitor(address, owner.cookie) as asking:
        asking.open("map", run=run_id)
        fresh = answer(address, stranger.cookie, "map")
        for cookie in (stranger.cookie, "none=1"):
            with Visitor(address, cookie, session=asking.session) as taking:
                taking.open("map")
                assert taking.session != asking.session and ABOUT not in taking.text
                assert cookie != stranger.cookie or answer_of(taking) == fresh
        asking.open("map", run=run_id)  # it was not ended either
    with Visitor(address, owner.cookie, session=asking.session) as back:
        assert back.open("map").session == asking.session


def test_no_file_is_put_into_or_taken_from_a_session_of_another(
    known: tuple[Visitor, str], stranger: Visitor
) -> None:
    owner, _ = known
    stranger.open()
    for session in (owner.session, NOBODYS):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            stranger.put(f"/_stcore/upload_file/{session}/a", "a.csv", TABLE)


def test_states_of_widgets_and_messages_of_components_bring_nothing_of_another(
    known: tuple[Visitor, str], stranger: Visitor, address: str, home: Path
) -> None:
    owner, run_id = known
    token = re.search(r"table=(\w+)", owner.query)
    assert token is not None
    mine = own_run(stranger, home)
    values = (run_id, token[1], workspace_of_key(COOKIE), GROUP, "secret a", "Shop A")
    for page in PAGES:
        with Visitor(address, owner.cookie) as asking:
            theirs = asking.open(page, run=run_id).ids()
        stranger.open(page, run=mine)
        # A session's own names come beside the ids of widgets, which are sent as if they were widgets.
        names = sorted(set(theirs) - set(stranger.ids())) + list(SESSION_KEYS)
        for value in values:
            states = [WidgetState(id=name, string_value=value) for name in names]
            assert not tells(stranger.send(*states)), (page, value)
    place = stranger.open("map", run=mine).widget("atlas_map")
    for event, said in (
        ("select", {"category": "secret a", "serial": 1}),
        ("area", {"categories": ["secret a", GROUP], "title": "mine", "serial": 2}),
        ("color", {"color": f"about:{ABOUT}", "serial": 3}),
        ("size", {"size": f"about:{ABOUT}", "serial": 4}),
    ):
        sent = WidgetState(id=_make_trigger_id(place, "events"))
        sent.json_trigger_value = json.dumps([{"event": event, "value": said}])
        assert not tells(stranger.send(sent)), event
    assert f"run={mine}" in stranger.query


def test_a_table_of_a_database_is_opened_into_one_workspace(
    known: tuple[Visitor, str], stranger: Visitor, address: str
) -> None:
    owner, _ = known
    with Visitor(address, owner.cookie) as asking:
        chosen = WidgetState(id=asking.open().widget("database_table"), string_value="sold")
        pressed = WidgetState(id=asking.widget("open_database"), trigger_value=True)
        opened = re.search(r"table=(\w+)", asking.send(chosen, pressed).query)
        assert opened is not None and "secret_town" in asking.text
    for page in PAGES:
        said = answer(address, stranger.cookie, page, table=opened[1])
        assert "secret" not in said and said == answer(address, stranger.cookie, page, table=NOBODYS)


def test_a_menu_that_is_sent_the_id_of_anothers_run_opens_nothing(
    known: tuple[Visitor, str], stranger: Visitor, home: Path
) -> None:
    _, theirs = known
    own_run(stranger, home)
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
        assert "secret_kind" not in stranger.text
        assert len(list(home.glob(f"workspaces/*/runs/{copied[1]}/run.json"))) == 1

        assert "share_copy" in giver.press("unshare_copy").text
        with Visitor(address) as late:
            assert "opens nothing" in late.open("", copy=word[1]).text
        assert f"run={copied[1]}" in stranger.open("map", run=copied[1]).query  # what was copied stays
