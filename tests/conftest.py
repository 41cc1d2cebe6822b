"""What all tests share: quiet TensorFlow, small tables, and one pair of worker processes."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embed_core.learning.machine_cache import keep_programs

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Compiled programs are kept from test to test and from run to run, for worker processes too, but not at home.
os.environ.setdefault(
    "CATEGORY_ATLAS_PROGRAMS", str(Path(__file__).parents[1] / ".pytest_cache" / "programs")
)
# XLA's newer emitters make programs that run a third faster and take twice as long to compile; most of what tests
# train ends sooner than it compiles. Where XLA_FLAGS is set, to nothing too, that counts (`.ci/slow`).
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=false")
# Two test processes share two cores: more threads of OpenMP (boosted trees) would wait for each other, spinning.
os.environ.setdefault("OMP_NUM_THREADS", "1")
keep_programs()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep what shares something slow in one process (``pytest -n 2``): workers and browsers, compiled programs."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = "/".join(nodeid.split("::")[0].split("/")[:2])
            return "workers" if folder in ("tests/browser", "tests/runs", "tests/ui") else folder

    return ByFolder(config, log)


def pytest_collection_finish() -> None:
    """Spare what was imported in every search for garbage: half a million objects."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shops() -> pd.DataFrame:
    """600 deliveries of 6 shops; the first three are late four times in five, the others one in five."""
    rng = np.random.default_rng(0)
    shop = rng.choice(list("abcdef"), 600, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
    late = rng.random(600) < np.where(shop < "d", 0.8, 0.2)
    return pd.DataFrame(
        {"shop": shop, "late": np.where(late, "yes", "no"), "minutes": 10.0 * late + rng.random(600)}
    )


@pytest.fixture(scope="session")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A workspace's jobs, with warm workers."""
    from embed_core.runs.cluster import Workers
    from embed_core.runs.jobs import Jobs
    from embed_core.runs.store import RunStore

    workers = Workers()
    workers.start()
    assert workers.warm.wait(300), "the workers did not warm up"
    folder = Path(tmp_path_factory.mktemp("home")) / "runs"
    # What is measured unasked would take the workers from other tests.
    yield Jobs(RunStore(folder), workers, measures_unasked=False)
    workers.close()


@pytest.fixture(autouse=True)
def nothing_goes_on(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails in the midst of an endless training does not take its workers from the next."""
    yield
    if "jobs" in request.fixturenames:
        request.getfixturevalue("jobs").end()
