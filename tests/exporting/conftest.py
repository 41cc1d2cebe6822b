"""A small run on a table full of traps, trained once."""

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.exporting.content import Content

TRAPS = [
    "plain",
    "<b>x</b>",
    "=1+1",
    "-5",
    "a\tb",
    "two\nlines",
    'the "best", one',
    "</script><script>alert(1)</script>",
    "Zürich 😀",
    "{{ title }}",
]


@pytest.fixture(scope="session")
def traps() -> ec.Table:
    """600 rows of ten shops, some rows without one."""
    rng = np.random.default_rng(0)
    shop = rng.choice(TRAPS, 600)
    late = rng.random(600) < np.where(np.isin(shop, TRAPS[:5]), 0.8, 0.2)
    frame = pd.DataFrame(
        {
            "shop <i>": shop,
            "late": np.where(late, "yes", "no"),
            "v0": rng.integers(0, 9, 600),
            "when": pd.date_range("2024-01-01", periods=600, freq="h"),
            "share": rng.random(600),
            "big": np.int64(2**53) + np.arange(600),
        }
    )
    frame.loc[:9, "shop <i>"] = None
    frame.loc[10:19, "share"] = None
    return ec.read_table(frame)


@pytest.fixture(scope="session")
def trap_run(traps: ec.Table) -> ec.Run:
    """A run on it, of three dimensions."""
    return ec.train(traps, column="shop <i>", target="late", dimension=3, epochs=4, prior_strength=1.0)


@pytest.fixture(scope="session")
def trapped(trap_run: ec.Run, traps: ec.Table) -> Content:
    """All that there is of it."""
    return Content.of(trap_run, table=traps, groups={"=mine <b>": TRAPS[:2]})
