"""What the Map page notes below the map."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd

from embed_core.learning.config import TrainingConfig
from embed_core.tables.reading.read import read_table
from embed_core.training.prepare import prepare
from embed_core.ui.map_page.stage import _weighed


def test_where_rows_were_weighed_the_map_says_for_how_many_they_stand() -> None:
    table = read_table(
        pd.DataFrame({"part": ["a", "b"] * 20, "shop": ["x", "y", "x", "z"] * 10, "n": [2, 3] * 20})
    )
    for weight, said in (("n", '40 rows stand for 100, as "n" says.'), (None, "")):
        config = TrainingConfig.checked(column="part", objective="context", context=["shop"], weight=weight)
        notes = list(prepare(table, config).notes)
        assert _weighed(cast(Any, SimpleNamespace(config=config, notes=notes))) == said
