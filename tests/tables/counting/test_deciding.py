"""What a column decides is found, what chance could make is not, and a missing value contradicts nothing."""

import numpy as np
import pandas as pd
import pytest

import embed_core as ec

RNG = np.random.default_rng(0)
ZIPS = RNG.integers(0, 60, 2_000)
TABLE = pd.DataFrame(
    {
        "zip": [f"{10_000 + zip_}" for zip_ in ZIPS],
        "city": [f"city {zip_ // 3}" for zip_ in ZIPS],
        "people": 1_000.5 + 7.25 * ZIPS,
        "city in capitals": [f"CITY {zip_ // 3}" for zip_ in ZIPS],
        "nearly": [f"{zip_ % 7}" for zip_ in ZIPS],
        "colour": RNG.choice(["red", "green"], 2_000),
        "number": np.arange(2_000),
        "country": "here",
    }
)
TABLE.loc[1_999, "nearly"] = "else"


def relations(frame: pd.DataFrame, column: str) -> dict[str, str]:
    return dict(ec.what_decides(frame, column).itertuples(index=False))


def test_what_a_column_decides_and_what_decides_it() -> None:
    assert relations(TABLE, "zip") == {"city": "decided", "people": "same", "city in capitals": "decided"}
    assert relations(TABLE, "city") == {"zip": "decides", "people": "decides", "city in capitals": "same"}
    assert relations(TABLE, "colour") == {}


def test_one_row_that_contradicts_is_found_wherever_it_is() -> None:
    many = pd.concat([TABLE] * 8, ignore_index=True)
    many.loc[len(many) - 1, "city"] = "elsewhere"
    assert "city" not in relations(many, "zip")


def test_a_missing_value_contradicts_nothing() -> None:
    frame = TABLE.assign(city=TABLE["city"].where(TABLE.index % 5 > 0))
    assert relations(frame, "zip")["city"] == "decided"


def test_values_that_hardly_repeat_decide_nothing_as_chance_would_do_so() -> None:
    frame = pd.DataFrame({"pair": np.repeat(np.arange(8), 2).astype(str), "sex": list("mmmmmmmmmmmmmmff")})
    assert relations(frame, "pair") == {}


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(ec.AtlasError, match="zpi"):
        relations(TABLE, "zpi")
