"""What the Map page draws only while it is open, behind a button."""

from streamlit.testing.v1 import AppTest

from embed_core.runs.jobs import Jobs
from embed_core.ui.app.state import keys
from tests.helpers.driving import BEHIND, open_behind
from tests.helpers.old_runs import put


def shown(app: AppTest) -> set[str | None]:
    assert not app.exception and not app.error
    return {each.key for each in (*app.toggle, *app.segmented_control, *app.get("download_button"))}


def test_what_is_behind_a_button_is_drawn_when_it_is_opened(app: AppTest, jobs: Jobs) -> None:
    run_id = put("target-of-classes", jobs.store.folder)
    app.query_params["run"] = run_id
    for button in BEHIND:
        app.session_state[button] = False
    app.run()
    behind = {keys.MISLEADS, keys.METRIC, "take_csv"}
    assert not behind & shown(app.switch_page("pages/map.py").run())
    assert behind <= shown(open_behind(app).run())
    jobs.store.delete(run_id)
