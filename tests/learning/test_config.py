"""Settings: what is accepted comes back from disk unchanged, what is not is named."""

import json
import pydoc
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

import embed_core as ec
from embed_core.comparing.encoders.config import ComparisonConfig, ComparisonSettings
from embed_core.errors import AtlasError
from embed_core.learning.config import BLOG_RECIPE, TrainingConfig, TrainingSettings, as_stored
from embed_core.learning.objectives.base import SPECIFIC
from embed_core.learning.objectives.registry import OBJECTIVES
from embed_core.runs.record import RunRecord
from embed_core.settings import Settings

TARGET: dict[str, Any] = {"column": "shop", "target": "late"}
DISTANCE: dict[str, Any] = {"column": "origin", "objective": "distance", "partner": "to", "target": "miles"}


OBJECTIVE_COLUMNS: dict[str, dict[str, Any]] = {
    "target": TARGET,
    "context": {"column": "shop", "objective": "context"},
    "entity": TARGET | {"objective": "entity"},
    "distance": DISTANCE,
}
names = st.text(min_size=1, max_size=8)
columns = st.none() | st.lists(names, max_size=3).map(tuple)
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "target_kind": st.sampled_from(["auto", "binary", "multiclass", "number", "log number", "count"]),
    "features": columns,
    "context": columns,
    "measure": st.sampled_from(["distance", "time", "similarity"]),
    "weight": st.none() | st.just("rows that it stands for"),
    "dimension": st.integers(1, 1_024),
    "epochs": st.integers(1, 100_000),
    "batch_size": st.just("auto") | st.integers(1, 10_000_000),
    "optimizer": st.sampled_from(["sgd", "adam", "adamw", "rmsprop"]),
    "momentum": st.floats(0, 0.999),
    "learning_rate": st.floats(1e-12, 1),
    "schedule": st.sampled_from(["constant", "cosine"]),
    "hidden": st.lists(st.integers(1, 4_096), max_size=5).map(tuple),
    "dropout": st.floats(0, 0.9),
    "category_dropout": st.floats(0, 0.5),
    "min_frequency": st.integers(1, 10**6),
    "validation_share": st.floats(0.01, 0.9),
    "patience": st.none() | st.just("auto") | st.integers(1, 1_000),
    "restore_best": st.booleans(),
    "prior_strength": st.just("auto") | st.floats(0, 1e9),
    "seed": st.integers(0, 2**31 - 1),
    "aggregate": st.booleans(),
    "max_rows": st.integers(1, 10**9),
}


@effort(max_examples=150, deadline=None)
@given(
    objective=st.sampled_from(list(OBJECTIVE_COLUMNS)), changes=st.fixed_dictionaries({}, optional=CHANGES)
)
def test_any_settings_of_any_objective_come_back_from_json_as_they_were(
    objective: str, changes: dict[str, Any]
) -> None:
    changes = {name: value for name, value in changes.items() if OBJECTIVES[objective].takes(name)}
    given_settings = OBJECTIVE_COLUMNS[objective] | changes
    config = TrainingConfig.checked(**given_settings)
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config
    assert TrainingConfig.checked(**config.model_dump()) == config
    assert all(getattr(config, name) == value for name, value in given_settings.items())
    for name, value in OBJECTIVES[objective].start.items():
        assert getattr(config, name) == changes.get(name, value), "the objective's start, unless it is given"


def test_every_setting_is_tried() -> None:
    assert set(CHANGES) | {"column", "objective", "target", "partner", "exposure"} == set(
        TrainingConfig.model_fields
    )


def test_without_an_objectives_start_the_defaults_hold() -> None:
    plain = TrainingConfig.checked(**TARGET)
    for objective, columns in OBJECTIVE_COLUMNS.items():
        config = TrainingConfig.checked(**columns)
        start = OBJECTIVES[objective].start
        changed = {name for name in CHANGES if getattr(config, name) != getattr(plain, name)}
        assert changed <= set(start), objective
        # What is given wins, also where it is the default.
        given_anyway = {name: getattr(plain, name) for name in start}
        assert (
            TrainingConfig.checked(**columns, **given_anyway).model_dump(include=set(start)) == given_anyway
        )


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop"])
def test_optimizers_that_scale_their_steps_take_learning_rates_up_to_1(optimizer: str) -> None:
    assert TrainingConfig.checked(**TARGET, optimizer=optimizer, learning_rate=1).learning_rate == 1
    with pytest.raises(AtlasError, match=f"must be at most 1 with {optimizer}, .*; got 1.01"):
        TrainingConfig.checked(**TARGET, optimizer=optimizer, learning_rate=1.01)
    assert TrainingConfig.checked(**TARGET, optimizer="sgd", learning_rate=10).learning_rate == 10


@pytest.mark.parametrize(
    "settings",
    [
        TARGET,
        DISTANCE,
        TARGET | {"target_kind": "number", "dimension": 1_024, "batch_size": 64, "optimizer": "adamw"},
        TARGET | {"schedule": "cosine", "patience": 7, "prior_strength": 0.1, "learning_rate": 1 / 3},
        TARGET | {"aggregate": False, "seed": 2**31 - 1, "validation_share": 0.9, "min_frequency": 3},
        {"column": 'a "b"\n', "target": "é"},
    ],
)
def test_settings_come_back_from_json_as_they_were(settings: dict[str, Any]) -> None:
    config = TrainingConfig.checked(**settings)
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config
    assert TrainingConfig.checked(**config.model_dump()) == config
    assert all(getattr(config, name) == value for name, value in settings.items())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"dimensions": 4}, r'There is no setting "dimensions"\. Did you mean "dimension"\?$'),
        ({"zzz": 1}, 'There is no setting "zzz". The settings are "column", '),
        ({"column": None}, '"column" must be a valid string; got "None"'),
        ({"objective": "regret"}, 'There is no objective "regret". Choose one of "target", "context"'),
        ({"target": None}, 'The objective "target" needs a target column'),
        ({"target": "shop"}, 'must differ, and these do not: "shop", "shop"'),
        ({"target_kind": "ordinal"}, '"target_kind" must be .*; got "ordinal"'),
        ({"dimension": 0}, '"dimension" must be greater than or equal to 1; got "0"'),
        ({"dimension": 1_025}, '"dimension" must be less than or equal to 1024; got "1025"'),
        ({"dimension": 2.5}, '"dimension" must be .*; got "2.5"'),
        ({"dimension": "wide"}, '"dimension" must be .*; got "wide"'),
        ({"epochs": 0}, '"epochs" must be "auto" or a whole number from 1 to 100,000'),
        ({"epochs": 100_001}, '"epochs" must be "auto" or a whole number from 1 to 100,000'),
        *(
            ({"batch_size": size}, f'"batch_size" must be "auto" or a whole number from 1 .*; got "{size}"')
            for size in (0, -3, 10_000_001, 2.5, "big")
        ),
        ({"optimizer": "lbfgs"}, "\"optimizer\" must be 'sgd', 'adam', 'adamw' or 'rmsprop'; got \"lbfgs\""),
        ({"schedule": "step"}, "\"schedule\" must be 'constant' or 'cosine'"),
        ({"learning_rate": 0}, '"learning_rate" must be greater than 0'),
        ({"learning_rate": -0.1}, '"learning_rate" must be greater than 0'),
        ({"learning_rate": 10.5}, '"learning_rate" must be less than or equal to 10'),
        ({"learning_rate": float("nan")}, '"learning_rate" must be a finite number; got "nan"'),
        ({"learning_rate": float("inf")}, '"learning_rate" must be a finite number; got "inf"'),
        ({"min_frequency": 0}, '"min_frequency" must be greater than or equal to 1'),
        ({"validation_share": -0.1}, '"validation_share" must be greater than or equal to 0'),
        ({"validation_share": 0.95}, '"validation_share" must be less than or equal to 0.9'),
        ({"patience": 0}, '"patience" must be "auto", a whole number from 1 on, or None; got "0"'),
        (
            {"patience": 3, "validation_share": 0.0},
            "watches the validation loss, and the validation share is 0",
        ),
        ({"prior_strength": -1}, '"prior_strength" must be "auto" or a number from 0 on; got "-1"'),
        (
            {"prior_strength": float("inf")},
            '"prior_strength" must be "auto" or a number from 0 on; got "inf"',
        ),
        ({"seed": -1}, '"seed" must be greater than or equal to 0'),
        ({"seed": 2**31}, '"seed" must be less than'),
        ({"momentum": 1}, '"momentum" must be less than 1; got "1"'),
        ({"learning_rate": 1.5}, "must be at most 1 with adam, .*; got 1.5. Choose 0.2 or less"),
        ({"hidden": (8,) * 6}, '"hidden" must'),
        ({"hidden": (0,)}, '"hidden" must be greater than or equal to 1'),
        ({"hidden": (4_097,)}, '"hidden" must be less than or equal to 4096'),
        ({"dropout": 0.95}, '"dropout" must be less than or equal to 0.9'),
        ({"category_dropout": 0.6}, '"category_dropout" must be less than or equal to 0.5'),
        ({"measure": "minutes"}, "\"measure\" must be 'distance', 'time' or 'similarity'"),
        ({"aggregate": "perhaps"}, '"aggregate" must be .*; got "perhaps"'),
        ({"max_rows": 0}, '"max_rows" must be greater than or equal to 1'),
    ],
)
def test_a_bad_setting_is_named_with_its_rule(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        TrainingConfig.checked(**(TARGET | changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"partner": None}, 'The objective "distance" needs a partner column'),
        ({"target": None}, 'The objective "distance" needs a target column'),
        ({"partner": "origin"}, 'these do not: "origin", "origin", "miles"'),
        ({"partner": "miles"}, 'these do not: "origin", "miles", "miles"'),
    ],
)
def test_a_distance_needs_two_columns_and_a_number_that_differ(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        TrainingConfig.checked(**(DISTANCE | changes))


def test_the_column_must_be_given() -> None:
    with pytest.raises(AtlasError, match='The setting "column" must be given'):
        TrainingConfig.checked(target="late")


def test_a_bad_value_of_any_length_fits_into_a_sentence() -> None:
    with pytest.raises(AtlasError) as raised:
        TrainingConfig.checked(**TARGET, optimizer="x" * 10_000)
    assert len(str(raised.value)) < 200


def test_settings_cannot_be_changed_afterwards() -> None:
    config = TrainingConfig.checked(**TARGET)
    with pytest.raises(ValueError, match="frozen"):
        config.dimension = 3  # type: ignore[misc]


def test_the_lessons_recipe_is_a_valid_configuration() -> None:
    config = TrainingConfig.checked(**TARGET, **BLOG_RECIPE)
    recipe = (config.optimizer, config.learning_rate, config.batch_size, config.epochs, config.aggregate)
    assert recipe == ("sgd", 0.01, 32, 5, False)
    assert (config.validation_share, config.patience, config.schedule) == (0, None, "constant")


def test_an_objective_looks_up_the_columns_that_it_needs() -> None:
    assert OBJECTIVES["target"].inputs(TrainingConfig.checked(**TARGET)) == ("shop",)
    assert OBJECTIVES["distance"].inputs(TrainingConfig.checked(**DISTANCE)) == ("origin", "to")
    shared = OBJECTIVE_COLUMNS["entity"] | {"partner": "to"}
    assert OBJECTIVES["entity"].inputs(TrainingConfig.checked(**shared)) == ("shop", "to")
    context = TrainingConfig.checked(**OBJECTIVE_COLUMNS["context"])
    assert OBJECTIVES["context"].inputs(context) == ("shop",)


@pytest.mark.parametrize("objective", ["target", "entity"])
def test_what_is_predicted_must_be_chosen(objective: str) -> None:
    with pytest.raises(AtlasError, match=f'The objective "{objective}" needs a target column'):
        TrainingConfig.checked(column="shop", objective=objective)


def test_context_needs_no_target_and_may_look_at_any_column() -> None:
    config = TrainingConfig.checked(column="shop", objective="context", context=("late",))
    assert config.context == ("late",)


# Settings that an objective does not use

ASKED: dict[str, Any] = {
    "target": "late",
    "target_kind": "number",
    "exposure": "days",
    "partner": "to",
    "features": ("way",),
    "context": ("way",),
    "measure": "time",
    "hidden": (9,),
    "dropout": 0.5,
    "category_dropout": 0.1,
}
UNUSED = [
    (objective, name)
    for objective in OBJECTIVE_COLUMNS
    for name in ASKED
    if not OBJECTIVES[objective].takes(name)
]


def test_each_objective_has_settings_of_its_own_that_others_do_not_use() -> None:
    assert set(ASKED) == set(SPECIFIC)
    assert {name for _, name in UNUSED} == set(SPECIFIC)
    assert all(OBJECTIVES[objective].takes("epochs") for objective in OBJECTIVE_COLUMNS)


@pytest.mark.parametrize(("objective", "name"), UNUSED)
def test_a_setting_that_the_objective_does_not_use_is_refused_when_given_and_ignored_when_stored(
    objective: str, name: str
) -> None:
    asked = OBJECTIVE_COLUMNS[objective] | {"objective": objective, name: ASKED[name]}
    with pytest.raises(
        AtlasError, match=f'"{objective}" does not use the setting "{name}"; got .*Leave it out'
    ):
        TrainingConfig.checked(**asked)
    plain = TrainingConfig.checked(**OBJECTIVE_COLUMNS[objective])
    written = plain.model_dump(mode="json") | json.loads(json.dumps({name: ASKED[name]}))
    record = RunRecord.model_validate_json(json.dumps({"id": "a", "name": "old", "config": written}))
    assert record.config == plain
    assert TrainingConfig(**as_stored(written)) == plain


@pytest.mark.parametrize("objective", OBJECTIVE_COLUMNS)
def test_a_default_may_be_given_to_any_objective_and_so_may_nothing(objective: str) -> None:
    plain = TrainingConfig.checked(**OBJECTIVE_COLUMNS[objective])
    assert TrainingConfig.checked(**plain.model_dump()) == plain
    nothing = {name: type(ASKED[name])() for name in ("features", "hidden", "dropout", "category_dropout")}
    assert TrainingConfig.checked(**OBJECTIVE_COLUMNS[objective] | nothing).dropout == 0


# The same settings as keywords


@pytest.mark.parametrize(
    ("keywords", "config", "given_by_name"),
    [
        (TrainingSettings, TrainingConfig, {"column"}),
        (ComparisonSettings, ComparisonConfig, {"columns", "target"}),
    ],
)
def test_the_keywords_that_an_editor_shows_are_the_settings(
    keywords: Any, config: type[Settings], given_by_name: set[str]
) -> None:
    found, fields = get_type_hints(keywords), get_type_hints(config)
    assert list(found) == [name for name in config.model_fields if name not in given_by_name]
    for name, kind in found.items():
        assert kind == any_sequence(fields[name]), name
    assert not keywords.__required_keys__


def any_sequence(kind: Any) -> Any:
    """Return the type with sequences for tuples: what is given may be a list, too."""
    if get_origin(kind) is tuple:
        return Sequence[get_args(kind)[0]]  # type: ignore[misc]
    if get_origin(kind) is UnionType or get_origin(kind) is Union:
        return Union[tuple(any_sequence(part) for part in get_args(kind))]  # noqa: UP007
    return kind


@pytest.mark.parametrize("call", [ec.train, ec.compare_encoders])
def test_help_names_every_setting_with_its_default(call: Any) -> None:
    config: type[Settings] = TrainingConfig if call is ec.train else ComparisonConfig
    said = " ".join(pydoc.render_doc(call, renderer=pydoc.plaintext).split())
    for name, known in config.model_fields.items():
        if known.is_required():
            continue
        if name in ("encoders", "models"):
            assert f"{name} " in said
            continue
        default = f'"{known.default}"' if isinstance(known.default, str) else str(known.default)
        assert f"{name}={default}" in said.replace("_000", "000"), name


def test_a_type_checker_refuses_a_setting_that_is_misspelled(tmp_path: Path) -> None:
    """Runs mypy on what a user might write, with the package as the user would have it."""
    script = tmp_path / "script.py"
    script.write_text(
        "import embed_core as ec\n"
        'run = ec.train("flights.csv", column="origin", target="miles", dimensoin=2)\n'
        'good = ec.train("flights.csv", column="origin", target="miles", dimension=2, features=["way"])\n'
    )
    root = Path(ec.__file__).parents[1]
    assert (root / "embed_core" / "py.typed").exists()
    (tmp_path / "mypy.ini").write_text(
        f"[mypy]\nmypy_path = {root}\ncache_dir = {root / '.mypy_cache' / 'script'}\n"
        "follow_imports = silent\nignore_missing_imports = true\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert 'script.py:2: error: Unexpected keyword argument "dimensoin"' in done.stdout
    assert "script.py:3" not in done.stdout


def test_the_best_weights_are_kept_where_a_training_can_learn_by_heart() -> None:
    entity = TrainingConfig.checked(**TARGET, objective="entity")
    assert entity.keeps_best and entity.stops_after == 20
    by_hand = TrainingConfig.checked(**TARGET, prior_strength=1.0, epochs=30)
    assert by_hand.keeps_best and by_hand.stops_after == 10
    chosen = TrainingConfig.checked(**TARGET)
    assert chosen.prior_strength == "auto" and not chosen.keeps_best and chosen.stops_after is None
    settled = chosen.with_prior(2.0)
    assert settled.prior_strength == 2.0 and not settled.keeps_best and settled.stops_after is None
    assert by_hand.with_prior(2.0) == by_hand
    for without in (TrainingConfig.checked(column="a", target="b", **BLOG_RECIPE | {}),
                    TrainingConfig.checked(**TARGET, prior_strength=1.0, validation_share=0.0)):  # fmt: skip
        assert not without.keeps_best and without.stops_after is None


def test_what_was_stored_before_there_was_restore_best_keeps_its_meaning() -> None:
    stored = {"column": "a", "target": "b", "objective": "target", "prior_strength": 0.0}
    assert not TrainingConfig.checked(**as_stored(stored | {"patience": None})).keeps_best
    assert TrainingConfig.checked(**as_stored(stored | {"patience": 7})).keeps_best
