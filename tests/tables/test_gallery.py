"""The gallery: its cards tell the truth about its files."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from embed_core.errors import AtlasError
from embed_core.tables import gallery
from embed_core.tables.gallery import SAMPLES, load_sample
from tests.helpers.shared import SHARED, needs

FOLDER = Path(gallery.__file__).with_name("samples")
ORIGINALS = SHARED / "samples"
# SHA-256 of the tables as CSV, the first 16 digits; taken when they were equal to what was published.
PUBLISHED = {
    "us_flights": "ba0b2603352e8cb0",
    "english_phonemes": "8c3b7b622c8cb40d",
    "adult_income": "2a974e047fea771e",
    "bird_strikes": "324ec8fdd73250f8",
    "diamonds": "1a6392640f4aaddb",
    "films": "f6861b4868c6949f",
}


def test_the_gallery_has_its_six_tables_in_order() -> None:
    assert list(SAMPLES) == [
        "us_flights",
        "english_phonemes",
        "adult_income",
        "bird_strikes",
        "diamonds",
        "films",
    ]


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_card_tells_the_truth_about_its_file(name: str) -> None:
    card, table = SAMPLES[name], load_sample(name)
    assert (card.rows, card.columns) == (table.n_rows, len(table.columns))
    assert table.report.format == "Gallery"
    assert card.name == name
    for key in ("column", "target", "partner"):
        if key in card.start:
            assert card.start[key] in table.columns
    assert {*card.start.get("features", ()), *card.start.get("context", ())} <= set(table.columns)
    assert card.start["objective"] in {"target", "context", "entity", "distance"}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_card_has_words_for_people_and_no_addresses(name: str) -> None:
    card = SAMPLES[name]
    for text in (card.title, card.row, card.sentence, card.licence, card.source):
        assert text
        assert "://" not in text
    assert card.row.startswith("a row is ")


def test_the_first_table_opens_with_distances() -> None:
    assert SAMPLES["us_flights"].start == {
        "column": "origin",
        "objective": "distance",
        "partner": "destination",
        "target": "distance_mi",
        "dimension": 2,
    }


def test_all_files_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
    assert {path.stem for path in FOLDER.iterdir()} == {*SAMPLES, "us_flights_airports"}


def test_text_that_looks_missing_stays_text() -> None:
    strikes = load_sample("bird_strikes")
    damage = strikes.execute(strikes.expression.select("Effect Amount of damage")).iloc[:, 0]
    assert (damage == "None").sum() == 8_939
    adults = load_sample("adult_income")
    assert (adults.execute(adults.expression.select("workclass")).iloc[:, 0] == "?").sum() == 2_799


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_file_holds_what_it_held_when_it_was_published(name: str) -> None:
    table = load_sample(name)
    content = table.execute(table.expression).to_csv(index=False, lineterminator="\n")
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == PUBLISHED[name]


@needs("samples")
@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_file_holds_what_was_published(name: str) -> None:
    table = load_sample(name)
    ours = table.execute(table.expression)
    if (ORIGINALS / f"{name}.parquet").exists():
        theirs = pd.read_parquet(ORIGINALS / f"{name}.parquet")
    else:
        theirs = pd.read_csv(ORIGINALS / f"{name}.csv", keep_default_na=False, na_values=[""])
    for column in theirs.columns:
        if pd.api.types.is_datetime64_any_dtype(ours[column]):
            ours[column] = ours[column].dt.strftime("%Y-%m-%d")
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(AtlasError, match="us_flights"):
        load_sample("titanic")
