"""The person's own Keras beside a training: each setting works, or is a sentence, and nothing waits for ever."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import embed_core as ec
from embed_core.learning.own_keras import check_keras

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = {"column": "shop", "target": "late", "epochs": 2, "prior_strength": 1.0}
SHOPS = pd.DataFrame({"shop": list("aabbcc") * 20, "late": [0, 0, 0, 1, 1, 1] * 20})


@pytest.fixture
def restored() -> Iterator[None]:
    import keras

    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


def test_a_policy_and_a_float_of_ones_own_change_nothing_and_stay(restored: None) -> None:
    import keras

    from embed_core.learning.program import program

    program.cache_clear()  # so that the program is made under these settings
    keras.config.set_floatx("float16")
    keras.config.set_dtype_policy("mixed_float16")
    under = ec.train(SHOPS, dimension=5, **SETTINGS)
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == ("float16", "mixed_float16")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    program.cache_clear()
    plain = ec.train(SHOPS, dimension=5, **SETTINGS)
    np.testing.assert_array_equal(under.embedding.vectors, plain.embedding.vectors)
    assert under.history.equals(plain.history)


def test_a_training_within_another_is_refused_and_the_other_goes_on() -> None:
    refusals = []

    def begin_another(update: ec.TrainingUpdate) -> None:
        with pytest.raises(ec.AtlasError, match="cannot begin within another one's on_update") as refused:
            ec.train(SHOPS, dimension=2, **SETTINGS)
        refusals.append(refused)

    run = ec.train(SHOPS, dimension=2, on_update=begin_another, **SETTINGS)
    assert len(refusals) == len(run.history) == 2
    assert ec.train(SHOPS, dimension=2, **SETTINGS).status is ec.RunStatus.FINISHED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_is_told_and_does_not_wait_for_ever() -> None:
    ec.train(SHOPS, dimension=2, **SETTINGS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it may wait for ever is what is tested
        child = os.fork()
    if not child:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(60)
        try:
            ec.train(SHOPS, dimension=2, progress=False, **SETTINGS)
        except ec.AtlasError as error:
            os._exit(0 if "was forked" in str(error) and "spawn" in str(error) else 3)
        finally:
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_another_backend_is_refused_before_anything_is_imported() -> None:
    code = (
        "import sys, pandas as pd, embed_core as ec\n"
        "shops = pd.DataFrame({'shop': list('aabb') * 20, 'late': [0, 0, 1, 1] * 20})\n"
        "try:\n    ec.train(shops, column='shop', target='late', progress=False)\n"
        "except ec.AtlasError as error:\n    print(error, 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert 'Training needs Keras on TensorFlow, and here it runs on "jax".' in done.stdout
    assert done.stdout.strip().endswith("False")


def test_what_another_thread_is_just_importing_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("keras", "tensorflow"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    check_keras()
