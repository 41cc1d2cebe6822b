"""Names on screen are letters, whatever is in them."""

import pytest

from embed_core.ui.app.text import plain


@pytest.mark.parametrize(
    "name", ["<b>x</b>", "=1+1", "**bold**", ":material/home:", "$x$", "[a](b)", "`code`", "# head"]
)
def test_every_sign_that_markdown_reads_is_escaped(name: str) -> None:
    shown = plain(name)
    assert shown.replace("\\", "") == name
    for place, sign in enumerate(shown):
        if not (sign.isalnum() or sign in "\\ "):
            assert shown[place - 1] == "\\"


@pytest.mark.parametrize("turn", list("\u202a\u202b\u202d\u202e\u2066\u2067"))
def test_a_name_that_turns_the_direction_of_reading_turns_nothing_after_it(turn: str) -> None:
    sentence = f"{plain('abc' + turn + 'def')} has 3 rows"
    name, rest = sentence.split("\u2069")
    assert name == f"\u2068abc{turn}def"
    assert rest == " has 3 rows"


def test_a_long_name_is_cut_and_keeps_to_itself() -> None:
    shown = plain("\u202e" + "x" * 5_000, limit=50)
    assert len(shown) == 52 and shown.endswith("…\u2069")
    assert plain("x" * 400) == "x" * 400
