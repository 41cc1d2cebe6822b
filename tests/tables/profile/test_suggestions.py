"""Which column is proposed for embedding, and what each is said to be."""

import numpy as np
import pandas as pd

import embed_core as ec
from embed_core.tables.profile.suggestions import BADGES, embeddable


def visits() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = 3_000
    return pd.DataFrame(
        {
            "VisitID": np.arange(rows) + 7,
            "Month": rng.choice([f"{number:02}" for number in range(1, 13)], rows),
            "Fee EUR": rng.choice([f"{number} to {number + 9}" for number in range(0, 400, 10)], rows),
            "Clinic": rng.choice([f"clinic {number}" for number in range(25)], rows),
            "Insurance": rng.choice(["public", "private", "none"], rows),
            "Doctor": rng.choice([f"doctor {number}" for number in range(900)], rows),
            "Minutes": rng.gamma(2, 8, rows).round(1),
            "ZipCode": rng.integers(10_000, 10_400, rows),
            "Steps": rng.integers(10_000, 10_400, rows),
        }
    )


def test_a_date_an_amount_or_an_id_is_not_proposed_for_embedding() -> None:
    names = embeddable(ec.read_table(visits()).profile())
    assert names[0] == "Clinic", "it has many rows for each of its values"
    assert names.index("Doctor") < names.index("Month")
    assert names.index("Insurance") < names.index("Fee EUR")
    assert "VisitID" not in names and "Minutes" not in names


def test_every_column_has_a_badge_that_says_what_it_is() -> None:
    profile = ec.read_table(visits()).profile().set_index("name")["badge"]
    assert profile.to_dict() == {
        "VisitID": "Id",
        "Month": "Date",
        "Fee EUR": "Money",
        "Clinic": "Good to embed",
        "Insurance": "Few values",
        "Doctor": "Good to embed",
        "Minutes": "Number",
        "ZipCode": "Code",
        "Steps": "Number",
    }
    assert set(profile) <= set(BADGES)
