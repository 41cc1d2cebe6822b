"""A shared server with a login, in a real Chromium: a workspace follows who one is, and nothing stays behind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.browsing import ROOT, serving
from embed_core.ui.app.visitors import workspace_of_login
from tests.helpers.browsing import settle
from tests.helpers.identity import CLIENT, Provider, providing
from tests.helpers.old_runs import put


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("logins"))


@pytest.fixture(scope="module")
def address(home: Path, provider: Provider) -> Iterator[str]:
    secrets = home / "secrets.toml"
    environment = {"CATEGORY_ATLAS_SHARED": "1", "CATEGORY_ATLAS_HOME": str(home)}
    with serving(ROOT / "app.py", environment=environment, options={"secrets.files": str(secrets)}) as root:
        known = CLIENT | {
            "redirect_uri": f"{root}/oauth2callback",
            "cookie_secret": "c" * 64,
            "server_metadata_url": f"{provider.address}/.well-known/openid-configuration",
        }
        lines = "\n".join(f'{name} = "{value}"' for name, value in known.items())
        secrets.write_text(f"[auth]\n{lines}\n", "utf-8")
        yield root


@pytest.fixture
def run_id(home: Path, provider: Provider) -> str:
    """A run of who is called Anna there."""
    runs = home / "workspaces" / workspace_of_login(provider.address, "number of Anna") / "runs"
    runs.mkdir(parents=True)
    return put("target-of-classes", runs)


def log_in(page: Any, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("text=Bring your own table")
    settle(page)


def test_a_run_follows_who_one_is_and_a_logout_leaves_nothing(
    browser: Any, address: str, run_id: str
) -> None:
    contexts = [browser.new_context() for _ in range(3)]
    here, elsewhere, another = (context.new_page() for context in contexts)
    try:
        here.goto(f"{address}/map?run={run_id}")
        here.wait_for_selector("text=log in to see them")
        assert "target-of-classes" not in here.content()
        for page, name in ((here, "Anna"), (elsewhere, "Anna"), (another, "Eve")):
            log_in(page, address, name)
            page.goto(f"{address}/map?run={run_id}")
            page.wait_for_selector(
                "text=The run of this link is not here" if name == "Eve" else ".atlas-plot"
            )
            settle(page)
            assert ("target-of-classes" in page.content()) is (name == "Anna")
        here.locator(".st-key-yours button").first.click()
        here.get_by_role("button", name="Log out").click()
        here.wait_for_selector("text=log in to see them")
        assert not [each["name"] for each in contexts[0].cookies() if "streamlit_user" in each["name"]]
        here.goto(f"{address}/map?run={run_id}")
        here.wait_for_selector("text=log in to see them")
        assert "target-of-classes" not in here.content()
        here.go_back()
        here.wait_for_selector("text=log in to see them")
        elsewhere.reload()
        elsewhere.wait_for_selector(".atlas-plot")
    finally:
        for context in contexts:
            context.close()
