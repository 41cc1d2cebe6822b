"""Rows are left out and spellings merged on the Data page."""

from streamlit.testing.v1 import AppTest

from embed_core.ui.app.state import keys
from tests.helpers.driving import upload, words
from tests.ui.data.test_reading_options import table_of

TOWNS = "town,units_sold\n" + "".join(
    f"{town},{number}\n" for number in range(60) for town in ["Boston", "Berlin", "Ulm"]
).replace("Boston,7\n", "Bostn,7\n")


def test_rows_and_spellings_are_changed_and_the_change_is_undone(app: AppTest) -> None:
    upload(app, TOWNS.encode(), "towns.csv")
    assert "units_sold" in app.selectbox(key=keys.CHANGE_COLUMN).options, "as it is, not as Markdown"
    app.multiselect(key=f"{keys.CHANGE_VALUES}_town").set_value(["Ulm"])
    app.selectbox(key=keys.CHANGE_OPERATOR).set_value("is not").run()
    app.button(key="keep_rows").click().run()
    assert not app.exception and table_of(app).n_rows == 120
    assert "town is not" in words(app) and "120 rows" in words(app)
    assert app.button(key="keep_rows").disabled, "what was done is not to be done twice"

    app.toggle(key="suggest_spellings").set_value(True).run()
    app.button(key="merge_Bostn").click().run()
    assert not app.exception and table_of(app).profile().set_index("name")["distinct"]["town"] == 2

    app.button(key="undo_0").click().run()
    assert table_of(app).n_rows == 180 and len(table_of(app).changes) == 1
    app.button(key="undo_0").click().run()
    assert table_of(app).name == "towns.csv"


def test_spellings_that_differ_in_case_and_blanks_are_offered_to_be_read_as_one_at_once(app: AppTest) -> None:
    rows = TOWNS.replace("Ulm,3\n", "ULM,3\n").replace("Berlin,5\n", "berlin ,5\n")
    upload(app, rows.encode(), "towns.csv")
    assert "2 spellings of town differ from another in case, accents or blanks only" in words(app)
    app.button(key="merge_same").click().run()
    merged = table_of(app)
    assert not app.exception and [len(change.spellings) for change in merged.changes] == [2]
    assert merged.profile().set_index("name")["distinct"]["town"] == 4, "Bostn differs in a letter"
    assert all(button.key != "merge_same" for button in app.button)


def test_cells_of_several_values_are_split_as_suggested_and_the_summary_says_so(app: AppTest) -> None:
    films = "genre,hit\n" + "".join(
        f"{genre},{number % 2}\n" for number in range(40) for genre in ["Drama|War", "War", "Drama|Crime|War"]
    )
    upload(app, films.encode(), "films.csv")
    assert "each combination counts as a category of its own" in words(app), (
        "beside the column that is chosen"
    )
    app.button(key="split_genre").click().run()
    assert not app.exception and table_of(app).report.bags == {"genre": "|"}
    assert "3 genre categories" in words(app) and "read as several values" in words(app)
    app.button(key="undo_0").click().run()
    assert table_of(app).report.bags == {} and table_of(app).name == "films.csv"


def test_the_column_that_is_split_becomes_the_categories_unless_it_is_the_target(app: AppTest) -> None:
    rows = "".join(f"shop {number % 12},{['a|b', 'b', 'a|c|b'][number % 3]}\n" for number in range(120))
    upload(app, f"shop,tags\n{rows}".encode(), "tags.csv")
    assert app.session_state[keys.SETTINGS]["column"] == "shop"
    assert "seem to hold several values each:" in words(app), "of another column it is said below the columns"
    app.button(key="split_tags").click().run()
    assert not app.exception and app.session_state[keys.SETTINGS]["column"] == "tags"
    assert app.selectbox(key=keys.of_setting("column")).value == "tags" and "3 tags categories" in words(app)

    app.button(key="undo_0").click().run()
    app.session_state[keys.SETTINGS].update(column="shop", objective="target", target="tags")
    app.run()
    app.button(key="split_tags").click().run()
    assert not app.exception and app.session_state[keys.SETTINGS]["column"] == "shop"


def test_what_follows_from_the_chosen_column_is_said(app: AppTest) -> None:
    rows = "".join(f"{number % 12},region {number % 12 // 4},{number % 7}\n" for number in range(240))
    upload(app, f"zip,region,sold\n{rows}".encode(), "towns.csv")
    app.selectbox(key=keys.of_setting("column")).set_value("zip").run()
    assert not app.exception and r"Each \"zip\" has one value of \"region\"" in words(app)


def test_a_change_that_leaves_nothing_is_refused_and_the_table_stays(app: AppTest) -> None:
    upload(app, TOWNS.encode(), "towns.csv")
    app.selectbox(key=keys.CHANGE_COLUMN).set_value("units_sold")
    app.selectbox(key=keys.CHANGE_OPERATOR).set_value("at least").run()
    app.text_input(key=keys.CHANGE_VALUES).set_value("1000").run()
    app.button(key="keep_rows").click().run()
    assert "No row is left" in app.error[0].value and table_of(app).n_rows == 180
