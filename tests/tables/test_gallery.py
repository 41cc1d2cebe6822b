"""The gallery: its cards tell the truth about its files."""

from pathlib import Path

import pandas as pd
import pytest

import embed_core.tables.gallery as samples_module
from embed_core.errors import AtlasError
from embed_core.tables.gallery import SAMPLES, load_sample

FOLDER = Path(samples_module.__file__).with_name("samples")
ORIGINALS = Path(__file__).parents[3] / "shared" / "samples"


def test_the_gallery_has_its_six_tables_in_order():
    assert list(SAMPLES) == [
        "us_flights",
        "english_phonemes",
        "adult_income",
        "bird_strikes",
        "diamonds",
        "films",
    ]


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_card_tells_the_truth_about_its_file(name):
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
def test_a_card_has_words_for_people_and_no_addresses(name):
    card = SAMPLES[name]
    for text in (card.title, card.row, card.sentence, card.licence, card.source):
        assert text
        assert "://" not in text
    assert card.row.startswith("a row is ")


def test_the_first_table_opens_with_distances():
    assert SAMPLES["us_flights"].start == {
        "column": "origin",
        "objective": "distance",
        "partner": "destination",
        "target": "distance_mi",
        "dimension": 2,
    }


def test_all_files_together_stay_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_000_000
    assert {path.stem for path in FOLDER.iterdir()} == set(SAMPLES)


def test_text_that_looks_missing_stays_text():
    strikes = load_sample("bird_strikes")
    damage = strikes.execute(strikes.expression.select("Effect Amount of damage")).iloc[:, 0]
    assert (damage == "None").sum() == 8_939
    adults = load_sample("adult_income")
    assert (adults.execute(adults.expression.select("workclass")).iloc[:, 0] == "?").sum() == 2_799


@pytest.mark.skipif(not ORIGINALS.exists(), reason=f"the published files are not there: {ORIGINALS}")
@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_file_holds_what_was_published(name):
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


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(AtlasError, match="us_flights"):
        load_sample("titanic")
