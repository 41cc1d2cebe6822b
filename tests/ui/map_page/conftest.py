"""The Map page's tests look at all of it: what stands behind its buttons is open."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.driving import open_behind


@pytest.fixture
def app(app: AppTest) -> AppTest:
    """The app, with all open that the Map page draws only then."""
    return open_behind(app)
