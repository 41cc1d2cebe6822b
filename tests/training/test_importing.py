"""TensorFlow is imported while many rows are counted, and only then."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Counting waits until it has been imported, for a minute at most; it prints whether it was, and what came of it.
COUNTS = """
import json, sys, time
import pandas as pd
import embed_core as ec
from embed_core.training import train

count = train.prepare
seen = []

def counted(*args, **settings):
    until = time.monotonic() + (60 if train.IMPORTED_BESIDE <= 60 else 0)
    while "embed_core.learning.trainer" not in sys.modules and time.monotonic() < until:
        time.sleep(0.05)
    seen.append("embed_core.learning.trainer" in sys.modules)
    return count(*args, **settings)

train.prepare = counted
train.IMPORTED_BESIDE = int(sys.argv[1])
shops = pd.DataFrame({"shop": list("aabbcc") * 10, "late": [0, 0, 0, 1, 1, 1] * 10})
try:
    said = ec.train(shops, column=sys.argv[2], target="late", epochs=2, progress=False).embedding.labels
except ec.AtlasError as error:
    said = str(error)
print(json.dumps([seen, said]))
"""


@pytest.mark.parametrize(
    ("most", "column", "beside", "said"),
    [
        (60, "shop", True, ["a", "b", "c"]),
        (61, "shop", False, ["a", "b", "c"]),
        (60, "shp", True, 'There is no column "shp". Did you mean "shop"?'),
    ],
)
def test_tensorflow_is_imported_while_many_rows_are_counted(
    most: int, column: str, beside: bool, said: object
) -> None:
    asked = [sys.executable, "-c", COUNTS, str(most), column]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [[beside], said]
