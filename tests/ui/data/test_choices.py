"""What to learn from: each objective's choices, empty and filled, and the sentence that sums them up."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embed_core.learning.config import TrainingConfig
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.jobs import Jobs
from embed_core.ui.app.state import keys
from tests.helpers.driving import (
    choose_objective,
    config_of,
    csv,
    open_sample,
    setting_fields,
    train,
    upload,
    words,
)

NEEDS = {
    "target": {"target", "target_kind"},
    "context": {"context"},
    "entity": {"target", "target_kind", "partner", "features"},
    "distance": {"target", "partner", "measure"},
}
EVERY_NEED = set().union(*NEEDS.values())


def summary_of(app: AppTest) -> str:
    found = [each.value for each in app.markdown if ":material/summarize:" in each.value]
    return found[0].replace("\\", "") if found else ""


@pytest.mark.parametrize("objective", [name for name, each in OBJECTIVES.items() if each.is_offered])
def test_an_objective_shows_its_limit_and_asks_for_what_it_needs(app: AppTest, objective: str) -> None:
    choose_objective(open_sample(app, "us_flights"), objective)
    assert OBJECTIVES[objective].limit in words(app)
    assert setting_fields(app) & EVERY_NEED == NEEDS[objective]


def test_the_sentence_of_each_objective(app: AppTest) -> None:
    open_sample(app, "us_flights")
    assert summary_of(app).endswith(
        "**228 origin categories → 2 numbers each**, learned from distance_mi with destination, 40,000 rows."
    )
    choose_objective(app, "entity")
    assert summary_of(app).endswith("(a number) with destination and 4 other columns, 40,000 rows.")
    app.multiselect(key="setting_features").set_value(["month"]).run()
    assert summary_of(app).endswith("(a number) with destination and month, 40,000 rows.")
    choose_objective(app, "context")
    assert summary_of(app).endswith("by the company they keep in 6 other columns, 40,000 rows.")
    choose_objective(app, "target")
    assert summary_of(app).endswith("40,000 rows. One output: the map will be a line.")
    app.selectbox(key="setting_target").set_value("weekday").run()
    assert summary_of(app).endswith("7 classes: the vectors can move in 6 directions.")


def test_the_sentence_counts_the_vectors_of_missing_values_and_of_the_second_column_too(app: AppTest) -> None:
    rows = [(f"shop {n % 5}" if n % 9 else None, f"shop {n % 7}", n % 11) for n in range(200)]
    upload(app, csv(pd.DataFrame(rows, columns=["shop", "other", "km"])))
    assert "**6 shop categories" in summary_of(app), "five shops and (missing)"
    choose_objective(app, "distance")
    assert app.session_state[keys.SETTINGS]["partner"] == "other"
    assert "**8 shop categories" in summary_of(app), "seven shops in both columns, and (missing)"


def test_context_takes_all_suitable_columns_and_says_which(app: AppTest) -> None:
    open_sample(app, "films")
    chosen = app.multiselect(key="setting_context")
    assert chosen.value == [] and "country" not in chosen.options
    shown = words(app).replace("\\", "")
    assert "Suitable: year, mpaa_rating, runtime_min, genre, director, language" in shown
    assert "Left out, as identifiers, free text or constants: title." in shown
    assert config_of(app).context is None
    chosen.set_value(["genre", "language"]).run()
    assert config_of(app).context == ("genre", "language")
    assert "Suitable:" not in words(app)


def test_entity_offers_a_log_scale_for_numbers_and_classes_for_text(app: AppTest) -> None:
    open_sample(app, "diamonds")
    assert "a number, on a log scale" in summary_of(app)
    assert app.selectbox(key="setting_target_kind").value == "log number"
    app.selectbox(key="setting_target").set_value("cut").run()
    assert app.selectbox(key="setting_target_kind").options == ["As it looks", "Several classes"]
    assert config_of(app).target_kind == "auto"
    assert config_of(app).features is None and config_of(app).partner is None


def test_a_column_taken_elsewhere_leaves_the_other_columns(app: AppTest) -> None:
    open_sample(app, "diamonds")
    app.multiselect(key="setting_features").set_value(["cut", "color"]).run()
    app.selectbox(key="setting_target").set_value("cut").run()
    assert app.multiselect(key="setting_features").value == ["color"]
    assert config_of(app).features == ("color",)


def test_two_columns_that_name_the_same_things_are_offered_where_the_chosen_one_has_none(
    app: AppTest,
) -> None:
    rows = [(f"driver {n % 9}", f"shop {n % 5}", f"shop {n % 7}", n % 11) for n in range(300)]
    upload(app, csv(pd.DataFrame(rows, columns=["driver", "from", "to", "km"])))
    app.selectbox(key="setting_column").set_value("driver").run()
    choose_objective(app, "distance")
    assert "Still to choose" in words(app)
    app.button(key="take_pair").click().run()
    config = config_of(app)
    assert {config.column, config.partner} == {"from", "to"} and config.target == "km"
    assert not [each for each in app.button if each.key == "take_pair"]


def test_the_target_stays_chosen_when_the_question_of_distances_was_looked_at(app: AppTest) -> None:
    rows = [(f"shop {n % 5}", f"shop {n % 7}", n % 11, "yes" if n % 3 else "no") for n in range(200)]
    upload(app, csv(pd.DataFrame(rows, columns=["shop", "other", "km", "late"])))
    choose_objective(app, "target")
    app.selectbox(key="setting_target").set_value("late").run()
    choose_objective(app, "distance")
    assert app.selectbox(key="setting_target").value == "km", "the one number that there is"
    choose_objective(app, "context")
    choose_objective(app, "target")
    assert app.selectbox(key="setting_target").value == "late" and config_of(app).target == "late"
    app.selectbox(key="setting_target").set_value("km").run()
    choose_objective(app, "entity")
    assert app.selectbox(key="setting_target").value == "km", "of the same kinds: the last choice"


def test_distance_says_what_the_number_is(app: AppTest) -> None:
    open_sample(app, "us_flights")
    assert config_of(app).measure == "distance"
    app.segmented_control(key="setting_measure").set_value("time").run()
    assert config_of(app).measure == "time"
    assert "taking off" in words(app)


def test_nothing_told_to_one_objective_reaches_another(app: AppTest) -> None:
    open_sample(app, "us_flights")
    told = {
        "target_kind": "log number",
        "features": ["month"],
        "context": ["weekday"],
        "measure": "similarity",
        "hidden": (7,),
        "dropout": 0.5,
        "momentum": 0.9,
        "validation_share": 0.0,
        "patience": 3,
    }
    app.session_state[keys.SETTINGS] |= told
    for objective, own in (
        ("target", {"target_kind"}),
        ("context", {"context"}),
        ("entity", {"target_kind", "features", "hidden", "dropout"}),
        ("distance", {"measure"}),
    ):
        app.session_state[keys.SETTINGS]["objective"] = objective
        config = config_of(app)
        for name in set(told) - {"validation_share"}:
            expected = told[name] if name in own else TrainingConfig.model_fields[name].default
            value = getattr(config, name)
            assert (list(value) if isinstance(expected, list) else value) == expected, (objective, name)
        assert (config.partner is None) == (objective in ("target", "context"))
        assert (config.target is None) == (objective == "context")


def test_each_objective_begins_as_suits_it_and_what_was_typed_elsewhere_stays(app: AppTest) -> None:
    open_sample(app, "us_flights")
    app.slider(key="setting_dimension").set_value(5).run()
    for objective in ("context", "target", "entity", "distance", "context"):
        choose_objective(app, objective)
        needed = {name: name for name in OBJECTIVES[objective].needs}
        suited = TrainingConfig(column="a", objective=objective, dimension=5, **needed)
        given = config_of(app)
        for name in ("learning_rate", "schedule", "epochs", "prior_strength", "dimension"):
            assert getattr(given, name) == getattr(suited, name), (objective, name)
    assert app.session_state[keys.SETTINGS]["target"] == "distance_mi"
    assert app.session_state[keys.SETTINGS]["partner"] == "destination"


def test_a_table_of_ones_own_is_asked_for_distances_in_the_plane_that_a_map_is(app: AppTest) -> None:
    table = pd.DataFrame({"start": list("abcd") * 5, "end": list("bcda") * 5, "km": [1.0, 2, 1, 2] * 5})
    upload(app, csv(table))
    for objective, dimension in (("distance", 2), ("context", 8), ("distance", 2)):
        choose_objective(app, objective)
        assert app.session_state[keys.SETTINGS]["dimension"] == dimension
    app.slider(key="setting_dimension").set_value(3).run()
    choose_objective(app, "context")
    assert app.session_state[keys.SETTINGS]["dimension"] == 3, "what was chosen by hand stays"


def test_a_table_of_distances_needs_no_more_than_the_question(app: AppTest) -> None:
    stops = [f"stop {number}" for number in range(12)]
    rows = [
        (day, a, b, abs(i - j))
        for i, a in enumerate(stops)
        for j, b in enumerate(stops)
        for day in ("mo", "tu")
    ]
    table = pd.DataFrame(rows, columns=["day", "start", "end", "km"])
    choose_objective(upload(app, csv(table)), "distance")
    app.selectbox(key=keys.of_setting("column")).set_value("start").run()
    chosen = app.session_state[keys.SETTINGS]
    assert (chosen["partner"], chosen["target"]) == ("end", "km") and "learned from km" in summary_of(app)

    app.selectbox(key=keys.of_setting("column")).set_value("day").run()
    assert chosen["partner"] == "end" and not app.exception, "what was taken stays"


def test_without_a_target_the_way_that_needs_none_is_offered(app: AppTest, shops: pd.DataFrame) -> None:
    upload(app, csv(shops))
    choose_objective(app, "target")
    assert "Still to choose: a target." in words(app)
    choose_objective(app, "distance")
    assert "and a number." in words(app), "what it asks for is called Number to keep"
    choose_objective(app, "target")
    app.button(key="take_context").click().run()
    assert app.radio(key="setting_objective").value == "context"
    assert "by the company they keep in" in summary_of(app)


def test_a_shared_vocabulary_embeds_both_columns_together(
    app: AppTest, jobs: Jobs, shops: pd.DataFrame
) -> None:
    upload(app, csv(shops.assign(to=shops["shop"].iloc[::-1].to_numpy())))
    app.session_state[keys.SETTINGS] |= {"column": "shop", "target": "minutes"}
    choose_objective(app, "entity")
    app.selectbox(key="setting_partner").set_value("to").run()
    train(app, jobs, epochs=2)
    record = jobs.record(app.session_state[keys.RUN])
    assert record.columns[:2] == ["shop", "to"]
    assert [layer.name for layer in record.layers].count("Embedding") == 2
    assert "It misses minutes by" in words(app)


def test_a_choice_of_no_column_says_what_that_means(app: AppTest, shops: pd.DataFrame) -> None:
    upload(app, csv(shops))
    choose_objective(app, "entity")
    assert app.selectbox(key="setting_weight").proto.placeholder == "one row"
    assert app.selectbox(key="setting_partner").proto.placeholder == "No other column"


def test_a_column_of_counts_is_chosen_as_weight_and_said(app: AppTest) -> None:
    open_sample(app, "us_flights")
    choose_objective(app, "context")
    weight = app.selectbox(key="setting_weight")
    assert weight.value is None and config_of(app).weight is None
    assert "distance_mi" in " ".join(weight.options) and "carrier" not in " ".join(weight.options)
    weight.set_value("distance_mi").run()
    assert config_of(app).weight == "distance_mi"
    assert "40,000 rows, each with its distance_mi as weight" in summary_of(app)
    assert "in 5 other columns" in summary_of(app)


def test_a_count_is_learned_per_unit_of_what_it_was_counted_over_and_said_so(
    app: AppTest, jobs: Jobs
) -> None:
    shops = pd.DataFrame(
        {"shop": list("aabbcc") * 40, "visits": [0, 1, 2, 4, 5, 9] * 40, "hours": [1.5, 2.0, 1.0] * 80}
    )
    upload(app, csv(shops))
    choose_objective(app, "target")
    app.selectbox(key="setting_column").set_value("shop").run()
    app.selectbox(key="setting_target").set_value("visits").run()
    assert "setting_exposure" not in {each.key for each in app.selectbox}
    app.selectbox(key="setting_target_kind").set_value("count").run()
    app.selectbox(key="setting_exposure").set_value("hours").run()
    assert config_of(app).exposure == "hours"
    assert "visits (a count per hours)" in summary_of(app)
    train(app, jobs, epochs=30, learning_rate=0.1, prior_strength=0.0, validation_share=0.0)
    assert "visits per hours; knowing the shop explains" in words(app)
