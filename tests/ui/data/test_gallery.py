"""The pictures on the cards of the gallery."""

import pytest

from embed_core.tables.gallery import SAMPLES
from embed_core.ui.data import gallery


@pytest.mark.parametrize("name", SAMPLES)
def test_a_picture_has_all_its_colors_twice_and_takes_those_of_the_page_around_it(name: str) -> None:
    styles, drawn = gallery._picture(name).split("</style>")
    light, dark = styles.split("@media (prefers-color-scheme:dark)")
    assert light.count("#") == dark.count("#") > 0
    assert "#" not in drawn
