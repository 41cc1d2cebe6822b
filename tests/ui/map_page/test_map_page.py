"""The Map page: what it says of a run, and that it says it of any run."""

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.runs.made import Made
from embed_core.space.projections.better import Better, Kept
from embed_core.space.scale import Scale
from embed_core.tables.counting.features import suitable
from embed_core.tables.gallery import load_sample
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table
from embed_core.training.prepare import prepare
from embed_core.training.trust import Trust
from embed_core.ui.app import state
from embed_core.ui.app.state import keys
from embed_core.ui.app.state.kept import Group
from embed_core.ui.component.category_map import Coloring, MapView, category_map
from embed_core.ui.map_page import finding, offer
from embed_core.ui.map_page import stage as explore_stage
from embed_core.ui.map_page.colors.own_table import about_of
from embed_core.ui.map_page.groups import MOST_GROUPS
from embed_core.ui.map_page.map_state import MapState
from embed_core.ui.map_page.measures import replay
from tests.helpers.driving import another

Open = Callable[..., AppTest]

HOSTILE = ("<b>x</b>", "=1+1", "**bold**", ":material/home:", "$x$", "\u202eevil", "long " * 1000)


def learned(jobs: Jobs, table: Table, *, source: str = "upload", **settings: Any) -> str:
    """Train and return the run's id."""
    start = OBJECTIVES[settings.get("objective", "target")].start
    config = TrainingConfig.checked(**{**start, "dimension": 4, "epochs": 40, **settings})
    run_id = jobs.trainings.begin(
        prepare(table, config),
        config,
        name="run",
        table=table.name,
        source=source,
        fingerprint=table.fingerprint(),
    )
    assert jobs.trainings.wait(run_id).status.has_result
    return run_id


@pytest.fixture(scope="module")
def phonemes(jobs: Jobs) -> str:
    table = load_sample("english_phonemes")
    return learned(
        jobs, table, source="gallery:english_phonemes", column="phoneme", objective="context", epochs=200
    )


VIEWS: list[MapView] = []


@pytest.fixture
def open_map(app: AppTest, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the map of a run; what is drawn is kept in VIEWS."""

    def draw(view: MapView, **options: Any) -> str | None:
        VIEWS.append(view)
        return category_map(view, **options)

    monkeypatch.setattr(explore_stage, "category_map", draw)
    monkeypatch.setattr(finding, "_SECONDS", 60)  # the projection that keeps most is there from the start

    def open_it(run_id: str) -> AppTest:
        jobs.store.write_made(run_id, Made())  # nothing of other tests
        app.query_params["run"] = run_id
        app.run()
        return fine(app.switch_page("pages/map.py").run())

    return open_it


def fine(app: AppTest) -> AppTest:
    assert not app.exception and not app.error, [each.value for each in (*app.exception, *app.error)]
    return app


def words(app: AppTest) -> str:
    """All that is rendered as Markdown."""
    parts = (app.title, app.header, app.subheader, app.markdown, app.caption, app.error, app.warning)
    return "\n".join(str(each.value) for part in parts for each in part)


def look_at(app: AppTest, category: str) -> AppTest:
    app.session_state[keys.CATEGORY] = category
    return fine(app.run())


def compare_with(app: AppTest, category: str) -> AppTest:
    """Do what the second field of the panel does."""
    app.session_state[keys.SECOND] = category
    return fine(app.run())


def draw_around(app: AppTest, *members: str) -> AppTest:
    """Do what the lasso does."""
    app.session_state[keys.GROUP] = Group("Selected on the map", members)
    app.session_state[keys.FRONT] = "group"
    return fine(app.run())


def color_by(app: AppTest, name: str) -> AppTest:
    """Do what the choice below the map does."""
    app.session_state[keys.COLOR] = name
    return fine(app.run())


def colors(app: AppTest) -> dict[str, Coloring]:
    """What the map was given to choose from."""
    return {each.name: each for each in VIEWS[-1].colorings}


def open_tab(app: AppTest, name: str) -> AppTest:
    app.session_state["map_tabs"] = name
    return fine(app.run())


def table_of(app: AppTest, *columns: str) -> pd.DataFrame:
    """The first table on the page with these columns."""
    return next(each.value for each in app.dataframe if set(columns) <= set(each.value))


def test_a_category_is_listed_with_as_many_neighbours_as_the_map_marks(open_map: Open, phonemes: str) -> None:
    app = look_at(open_map(phonemes), "P")
    assert len(table_of(app, "distance")) == 10
    assert list(colors(app))[:2] == ["support", "cluster"] and list(colors(app))[-1] == "none"


def test_two_categories_are_compared_in_what_they_go_with(open_map: Open, phonemes: str) -> None:
    app = look_at(open_map(phonemes), "P")
    compare_with(app, "B")
    assert "Why is P close to B?" in words(app)
    levels = table_of(app, "all rows")
    assert {"level", "P", "B", "all rows"} == set(levels)
    assert "position: 1" in levels["level"].tolist()
    # To the third digit: .995 is not 1.
    assert re.search(r"Cosine similarity 0\.\d{3}, .* of 38 by cosine distance", words(app))


def test_a_group_says_what_sets_it_apart_and_colours_the_map_once_saved(
    open_map: Open, phonemes: str
) -> None:
    app = draw_around(open_map(phonemes), "P", "B", "T", "D", "K", "G")
    assert len(table_of(app, "category", "rows")) == 6
    assert "not say" in words(app)
    assert len(table_of(app, "inside", "p"))
    app.text_input(key="group_name").input("stops")
    fine(app.button(key="save_group_now").click().run())
    assert colors(app)["group"].groups is not None and app.session_state[keys.COLOR] == "group"
    again = another(app)
    again.query_params["run"] = phonemes
    fine(again.run())
    fine(again.switch_page("pages/map.py").run())
    assert colors(again)["group"].groups is not None, "a reload finds the group"
    assert again.session_state[keys.COLOR] == "group", "and the map as it was left"
    fine(app.button(key="delete_group_0").click().run())
    assert "group" not in colors(app) and app.session_state[keys.COLOR] == "support"


@pytest.mark.parametrize(("name", "rule"), [("", "1 to 40"), ("x" * 41, "1 to 40"), ("twice", "already")])
def test_a_group_name_that_cannot_be_is_refused_in_place(
    open_map: Open, phonemes: str, name: str, rule: str
) -> None:
    app = draw_around(open_map(phonemes), "P", "B")
    for each in ("twice", name):
        app.text_input(key="group_name").input(each)
        app.button(key="save_group_now").click().run()
    assert not app.exception and rule in app.error[0].value
    assert app.text_input(key="group_name").value == name


def test_no_more_groups_than_can_be_told_apart_are_kept(open_map: Open, phonemes: str) -> None:
    app = open_map(phonemes)
    app.session_state["map_groups"] = {(phonemes, "phoneme"): {f"g{i}": ("P",) for i in range(MOST_GROUPS)}}
    draw_around(app, "P", "B")
    app.text_input(key="group_name").input("one more")
    app.button(key="save_group_now").click().run()
    assert f"{MOST_GROUPS} groups" in app.error[0].value


def test_clusters_are_named_by_what_sets_them_apart(open_map: Open, phonemes: str) -> None:
    app = open_tab(open_map(phonemes), "Clusters")
    found = table_of(app, "cluster")
    assert found["categories"].sum() == 39
    assert any("prev1" in reason or "next1" in reason for reason in found["set apart by"])
    assert any(name.startswith("T, ") or name.startswith("N, ") for name in found["cluster"])
    fine(app.segmented_control(key="cluster_method").set_value("hdbscan").run())
    assert colors(app)["cluster"].waits
    for color in ("cluster", "support"):
        assert not colors(color_by(app, color))["cluster"].waits


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_every_projection_has_its_quality(
    open_map: Open, phonemes: str, method: str, dimensions: int
) -> None:
    app = open_map(phonemes)
    app.segmented_control(key="dimensions").set_value(dimensions)
    app.segmented_control(key="method").set_value(method).run()
    end = time.monotonic() + 30
    while "of the nearest neighbours" not in words(app) and time.monotonic() < end:
        time.sleep(0.2)
        app.run()
    fine(app)
    assert "of the nearest neighbours are still near" in words(app).replace("\\", "")
    fine(app.toggle(key="map_misleads").set_value(True).run())


def test_a_replay_ends_at_the_map_and_tells_the_loss(jobs: Jobs, phonemes: str, open_map: Open) -> None:
    open_map(phonemes)
    record, embedding = jobs.record(phonemes), jobs.store.embedding(phonemes)
    frames = replay(MapState(record, "phoneme", embedding, "pca", 2, "cosine", "none"))
    assert frames is not None
    np.testing.assert_allclose(frames.coordinates[-1], embedding.project("pca").coordinates, atol=1e-5)
    assert frames.numbers[0] == 0 and frames.numbers[-1] == 200
    assert frames.values[0] == "start" and all(value.startswith("loss ") for value in frames.values[1:])
    assert replay(MapState(record, "phoneme", embedding, "tsne", 2, "cosine", "none")) is None


def test_trust_is_measured_when_wanted_and_ends_in_a_verdict(
    open_map: Open, phonemes: str, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_map(phonemes)
    assert "How far this map can be trusted has not been measured" in words(app).replace("\\", "")
    fine(app.button(key="measure_trust").click().run())
    end = time.monotonic() + 400
    while jobs.trust.find(phonemes, "cosine").status == "measuring" and time.monotonic() < end:
        time.sleep(0.2)
    fine(app.run())
    assert "two halves of the rows agree on" in words(app).replace("\\", "")
    record, embedding = jobs.record(phonemes), jobs.store.embedding(phonemes)
    measures = jobs.trust.find(phonemes, "cosine").result
    method = app.session_state[keys.METHOD]
    chosen = {"perplexity": app.session_state["tsne_perplexity"]} if method == "tsne" else {}
    drawn = embedding.project(method, metric="cosine", **chosen)
    known = Trust.of(embedding, record.config, record.target).measured(measures).on(drawn)
    for sentence in known.verdict.sentence.split(". "):  # the strip says what the library does
        assert sentence in words(app).replace("\\", "").replace("**", "")
    assert colors(app)["stability"].numbers is not None
    color_by(app, "stability")
    fine(app.toggle(key="map_chance").set_value(True).run())
    assert "What chance alone draws" in words(app)
    assert "stability" in table_of(look_at(app, "P"), "distance")
    cloud = next(view.cloud for view in VIEWS[::-1] if view.cloud is not None)
    assert cloud is not None and cloud.shape == (6, 2)
    fine(app.toggle(key="map_chance").set_value(False).run())
    fine(app.toggle(key="map_sways").set_value(True).run())
    frames = VIEWS[-1].frames
    assert frames is not None and list(frames.values) == [*(f"half {i}" for i in range(1, 7)), "all rows"]
    # Turned onto the page's axes in between: alike to rounding.
    np.testing.assert_allclose(frames.coordinates[-1], VIEWS[-1].coordinates, atol=1e-6)
    if method != "pca":
        app.session_state[keys.METHOD] = "pca"
    wanted = "tsne" if method == "pca" else method
    seen: list[Kept] = []

    def better(others: dict[str, Kept], here: Kept, scale: Scale) -> Better | None:
        seen.append(here)
        return Better(wanted, "It keeps more.") if wanted in others else None

    monkeypatch.setattr(offer, "clearly_better", better)
    fine(app.run())
    assert "It keeps more" in words(app) and seen[-1].scales is not None
    fine(app.button(key="show_better_map").click().run())
    assert app.session_state[keys.METHOD] == wanted and VIEWS[-1].revision.count(wanted)
    fine(app.selectbox(key="map_fade").set_value("noise").run())
    assert VIEWS[-1].fade_title == "not distinct from noise" and VIEWS[-1].fade is not None
    assert set(np.unique(VIEWS[-1].fade)) <= {0.15, 1.0}


def test_what_the_vectors_know_of_the_other_columns_is_listed(open_map: Open, jobs: Jobs) -> None:
    table = load_sample("english_phonemes")
    first, *others = suitable(table, without=["phoneme"])
    settings: dict[str, Any] = {"column": "phoneme", "objective": "context", "context": [first], "epochs": 40}
    app = open_map(learned(jobs, table, source="gallery:english_phonemes", **settings))
    found = table_of(open_tab(app, "What it knows"), "column", "chance")
    assert first not in set(found["column"]) and set(found["column"]) <= set(others)
    assert "The vectors tell" in words(app)


def test_the_map_opens_with_the_projection_that_keeps_most(open_map: Open, phonemes: str, jobs: Jobs) -> None:
    app, embedding = open_map(phonemes), jobs.store.embedding(phonemes)
    tried = [("pca", {}), ("tsne", {"perplexity": 12}), ("tsne", {"perplexity": 10})]
    areas: dict[str, float] = {}
    for name, settings in tried:
        area = embedding.project(name, metric="cosine", **settings).quality["area"]
        areas[name] = max(area, areas.get(name, -1.0))
    assert app.session_state[keys.METHOD] == max(areas, key=areas.__getitem__)


def test_one_output_is_called_a_line_and_a_forgotten_table_is_asked_for(
    open_map: Open, jobs: Jobs, shops: pd.DataFrame
) -> None:
    app = open_map(learned(jobs, read_table(shops), column="shop", target="late"))
    assert "This map is a line" in words(app)
    assert app.button(key="measure_trust").disabled
    assert "open the table of this run again" in words(app)
    draw_around(app, "a", "b")
    assert "To find what sets them apart, open the table" in words(app)


@pytest.mark.parametrize("categories", [2, 3, 5])
def test_every_part_of_the_page_stands_few_categories(
    open_map: Open, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, categories: int
) -> None:
    names = [f"c{i % categories}" for i in range(90)]
    rows = {"name": names, "y": [int(i % 7 < 3) for i in range(90)], "z": [f"z{i % 4}" for i in range(90)]}
    table = read_table(pd.DataFrame(rows))
    monkeypatch.setattr(state, "current_table", lambda: table)
    app = look_at(open_map(learned(jobs, table, column="name", target="y", epochs=5)), "c1")
    assert len(table_of(app, "distance")) == (2 if categories == 5 else categories - 1)
    compare_with(app, "c0")
    for tab in ("Similarity", "Clusters", "Table"):
        open_tab(app, tab)
    draw_around(app, *(f"c{i}" for i in range(categories)))
    assert "all categories" in words(app)
    fine(app.segmented_control(key="dimensions").set_value(3).run())


def test_names_are_shown_as_they_are_wherever_they_are_markdown(
    open_map: Open, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(0).integers(0, len(HOSTILE), (900, 2))
    rows = {
        "<i>name</i>": [HOSTILE[i] for i in random[:, 0]],
        "$y$ :red[t]": [f"{HOSTILE[i % 3]}" for i in random[:, 0]],
        "**level**": [HOSTILE[i] for i in (random[:, 0] + random[:, 1] % 2) % len(HOSTILE)],
    }
    table = read_table(pd.DataFrame(rows))
    monkeypatch.setattr(state, "current_table", lambda: table)
    app = open_map(learned(jobs, table, column="<i>name</i>", target="$y$ :red[t]", epochs=5))
    for name in HOSTILE:
        look_at(app, name)
    compare_with(app, HOSTILE[2])
    draw_around(app, *HOSTILE[:3])
    for name in ("**bold**", ":material/home:", "<b>x</b>"):
        app.text_input(key="group_name").input(name)
        fine(app.button(key="save_group_now").click().run())
    for tab in ("Similarity", "Clusters"):
        open_tab(app, tab)
    rendered = words(app) + "\n".join(button.label for button in app.button)
    for raw in ("<b>x</b>", "**bold**", "$x$", "$y$", ":red[t]", "<i>name</i>", "long " * 100):
        assert raw not in rendered
    assert rendered.count(":material/home:") == 0


def test_arrows_say_what_grows_which_way_where_directions_mean_something(
    open_map: Open, phonemes: str
) -> None:
    app = open_map(phonemes)
    app.segmented_control(key="method").set_value("pca").run()
    assert not VIEWS[-1].arrows
    fine(app.toggle(key=keys.ARROWS).set_value(True).run())
    first, *_ = VIEWS[-1].arrows
    column, level = first.text.split(": ")
    counts = pd.crosstab(*(load_sample("english_phonemes").to_pandas()[name] for name in ("phoneme", column)))
    shares = counts.div(counts.sum(axis=1), axis=0)[level].reindex(VIEWS[-1].labels)
    along = np.asarray(VIEWS[-1].coordinates) @ first.direction
    assert np.corrcoef(along, shares)[0, 1] > 0.5
    assert "Arrows point where" in words(app)
    fine(app.button(key="orient_flip").click().run())
    np.testing.assert_allclose(
        VIEWS[-1].arrows[0].direction, np.multiply(first.direction, [-1, 1]), atol=1e-6
    )
    fine(app.segmented_control(key="method").set_value("tsne").run())
    assert app.toggle(key=keys.ARROWS).disabled and not VIEWS[-1].arrows


def test_a_table_of_ones_own_is_matched_by_the_column_that_names_most_categories() -> None:
    frame = pd.DataFrame(
        {"height": [1.5, 2.0, 9.0, 7.0], "value 0": list("abbx"), "part": ["north", None, "a", "east"]}
    )
    found = about_of(read_table(frame), ["b", "c", "a"])
    assert found.index.tolist() == ["a", "b"] and found["height"].tolist() == [1.5, 2.0]
    assert found["part"]["a"] == "north" and pd.isna(found["part"]["b"])


def test_a_table_about_something_else_is_refused_in_place(open_map: Open, phonemes: str) -> None:
    app = open_map(phonemes)
    app.file_uploader(key="own_file").upload("cities.csv", b"city,height\nBoston,3\nParis,4\n", "text/csv")
    app.run()
    assert "No column of the table names a category" in app.error[0].value
    assert not app.exception


def test_a_table_of_ones_own_colours_the_map_and_stays_with_the_run(
    open_map: Open, phonemes: str, jobs: Jobs
) -> None:
    app = open_map(phonemes)
    sounds = b"sound,voiced,longitude,latitude\nP,no,1,3\nB,yes,2,0\nT,no,3,0\nD,yes,4,4\nQQ,no,5,5\n"
    app.file_uploader(key="own_file").upload("sounds.csv", sounds, "text/csv")
    fine(app.run())
    assert "4 of 39 categories matched" in words(app)
    assert app.session_state[keys.COLOR] == "about:voiced" and colors(app)["about:voiced"].groups is not None
    assert {"about:longitude", "about:latitude"} <= set(colors(app))
    fine(app.button(key="lay_on_places").click().run())

    again = another(app)
    again.query_params["run"] = phonemes
    again.switch_page("pages/map.py")
    fine(again.run())
    assert colors(again)["about:voiced"].groups is not None
    fine(again.button(key="forget_own").click().run())
    assert "about:voiced" not in colors(again) and jobs.store.about(phonemes) is None


def test_a_link_brings_the_map_back_as_it_was_with_the_group_by_name(
    open_map: Open, phonemes: str, jobs: Jobs
) -> None:
    app = open_map(phonemes)
    app.segmented_control(key="method").set_value("pca").run()
    app.segmented_control(key="metric").set_value("euclidean").run()
    draw_around(app, "P", "T", "K")
    app.text_input(key="group_name").input("stops & more")
    fine(app.button(key="save_group_now").click().run())
    fine(app.toggle(key=keys.ARROWS).set_value(True).run())
    assert VIEWS[-1].arrows
    made = jobs.store.made(phonemes)
    other = {"another column": {"stops & more": ["ZH"]}}  # its name alone does not make it this one
    jobs.store.write_made(phonemes, made.model_copy(update={"groups": other | made.groups}))
    link = dict(app.query_params)
    assert link["group"] == "stops & more" and link["color"] == "group"
    # The run is left otherwise, which the link does not heed.
    color_by(app, "support")
    fine(app.segmented_control(key="method").set_value("tsne").run())
    fine(app.button(key="clear_group").click().run())
    fine(app.segmented_control(key="method").set_value("pca").run())
    fine(app.toggle(key=keys.ARROWS).set_value(False).run())
    fine(app.segmented_control(key="method").set_value("tsne").run())
    assert "group" not in app.query_params and app.query_params["method"] == "tsne"

    again = another(app)
    for name, value in link.items():
        again.query_params[name] = value
    again.switch_page("pages/map.py")
    fine(again.run())
    assert again.segmented_control(key="method").value == "pca" and VIEWS[-1].colored == "group"
    assert again.segmented_control(key="metric").value == "euclidean"
    assert set(VIEWS[-1].group) == {"P", "T", "K"} and VIEWS[-1].arrows

    fine(again.button(key="delete_group_0").click().run())
    gone = another(app)
    gone.query_params["run"], gone.query_params["group"] = phonemes, "stops & more"
    gone.switch_page("pages/map.py")
    fine(gone.run())
    assert ["no group" in each.value for each in gone.warning] == [True] and not VIEWS[-1].group


def test_a_map_lies_as_its_run_does_and_can_be_turned_by_hand(open_map: Open, phonemes: str) -> None:
    app = open_map(phonemes)
    app.segmented_control(key="method").set_value("pca").run()
    before = np.asarray(VIEWS[-1].coordinates)
    assert before[:, 0].var() > before[:, 1].var() and (before**3).sum(axis=0).min() >= 0
    fine(app.button(key="orient_flip").click().run())
    np.testing.assert_allclose(VIEWS[-1].coordinates, before * [-1, 1], atol=1e-5)
    assert any(VIEWS[-1].axes), "mirrored axes are still the principal ones"
    fine(app.button(key="orient_rotate_left").click().run())
    assert not any(VIEWS[-1].axes)
    np.testing.assert_allclose(VIEWS[-1].frames.coordinates[-1], VIEWS[-1].coordinates, atol=1e-4)
    fine(app.button(key="orient_restart_alt").click().run())
    np.testing.assert_allclose(VIEWS[-1].coordinates, before, atol=1e-5)


def test_a_heading_says_what_one_looks_at(open_map: Open, phonemes: str) -> None:
    assert open_map(phonemes).title[0].value == "39 sounds, placed by the company they keep"


def test_any_column_of_the_table_colours_the_map(open_map: Open, phonemes: str) -> None:
    app = open_map(phonemes)
    assert colors(app)["mean:position"].waits
    color_by(app, "mean:position")
    means = dict(zip(VIEWS[-1].labels, colors(app)["mean:position"].numbers, strict=True))
    frame = load_sample("english_phonemes").to_pandas()
    assert means["P"] == pytest.approx(frame.loc[frame["phoneme"] == "P", "position"].mean())
    color_by(app, "level:next1")
    level = dict(zip(VIEWS[-1].labels, colors(app)["level:next1"].groups, strict=True))
    after = frame.loc[frame["phoneme"] == "P", "next1"].value_counts()
    assert after[level["P"]] == after.max()
    color_by(app, "pure:next1")
    pure = dict(zip(VIEWS[-1].labels, colors(app)["pure:next1"].numbers, strict=True))
    assert pure["P"] == pytest.approx(after.max() / after.sum())
