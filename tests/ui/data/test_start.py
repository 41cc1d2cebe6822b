"""The Data page offers to go on from a run of another table, and the training that is begun then does."""

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.ui.app.state import keys
from tests.helpers.driving import csv, train, upload, words


def month(seed: int, shops: int) -> bytes:
    rng = np.random.default_rng(seed)
    shop = rng.integers(0, shops, 400)
    day = np.where(rng.random(400) < 0.7, shop % 3, rng.integers(0, 3, 400))
    return csv(
        pd.DataFrame({"shop": [f"shop {each}" for each in shop], "day": [f"day {each}" for each in day]})
    )


def test_a_run_of_other_things_under_the_same_name_is_not_gone_on_from(app: AppTest, jobs: Jobs) -> None:
    upload(app, month(0, 6), "may.csv")
    app.selectbox(key="setting_column").set_value("shop").run()
    train(app, jobs, dimension=2, prior_strength=1.0)
    app.session_state[keys.TABLE] = None
    app.switch_page("pages/data.py").run()
    upload(app, month(1, 6).replace(b"shop ", b"laden "), "laeden.csv")
    app.selectbox(key="setting_column").set_value("shop").run()
    app.session_state[keys.SETTINGS] |= {"dimension": 2}
    app.run()
    assert not app.checkbox


def test_next_months_table_goes_on_from_this_months_run_where_that_is_chosen(
    app: AppTest, jobs: Jobs
) -> None:
    upload(app, month(0, 6), "may.csv")
    assert not app.checkbox, "there is nothing to go on from"
    app.selectbox(key="setting_column").set_value("shop").run()
    train(app, jobs, dimension=2, prior_strength=1.0)
    first = jobs.store.record(app.session_state[keys.RUN])
    app.session_state[keys.TABLE] = None
    app.switch_page("pages/data.py").run()
    upload(app, month(1, 7), "june.csv")
    app.selectbox(key="setting_column").set_value("shop").run()
    app.session_state[keys.SETTINGS] |= {"dimension": 3}
    app.run()
    assert not app.checkbox, "its vectors have another dimension"
    app.session_state[keys.SETTINGS] |= {"dimension": 2}
    app.run()
    (offered,) = app.checkbox
    assert first.name in offered.label.replace("\\", "") and not offered.value
    offered.check().run()
    said = f"It goes on from the run **{first.name}**."
    app.switch_page("pages/train.py").run()
    assert said in words(app).replace("\\", ""), "in the summary beside Train"
    train(app, jobs, dimension=2, learning_rate=1e-6)
    record = jobs.store.record(app.session_state[keys.RUN])
    assert record.started_from == first.id and record.prior_strength == first.prior_strength
    assert (
        f'It goes on from the run "{first.name}".' in record.notes and 'new is "shop 6"' in record.notes[-1]
    )
    old, new = (jobs.store.embedding(each.id) for each in (first, record))
    places = [new.index(label) for label in old.labels]
    np.testing.assert_allclose(new.vectors[places], old.vectors, atol=1e-3)
    assert not app.exception and "goes on from" in words(app)
