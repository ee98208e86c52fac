"""What somebody typed becomes the source of a text that says the same."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.dialog.templates import compile_text
from bot.dialog.verbatim import verbatim

SIGNS = ["{{", "}}", "{%", "%}", "{#", "**", "*", "_", "`", "[", "](", ")", "\\", "https://e.ru"]


@given(st.lists(st.sampled_from([*SIGNS, "- ", "а", "5", " ", "\n"]), max_size=12))
def test_a_text_says_itself_whatever_signs_are_in_it(parts: list[str]) -> None:
    typed = "".join(parts).strip()

    said = compile_text(verbatim(typed)).render({})

    assert re.sub(r"(?m)^([ \t]*)• ", r"\1- ", said.plain) == typed
    assert said.spans == ()


def test_a_plain_text_stays_as_it_is() -> None:
    for typed in ("Да, бесплатно.", "- раз\n- два", "цена_2 за 2 * 3", "https://e.ru/a_b_c"):
        assert verbatim(typed) == typed
