"""Our own phrases and the names of rules: complete, in both languages, and used."""

import re
from pathlib import Path

from bot.dialog.flow import Word
from bot.dialog.slots import REASONS as SLOT_REASONS
from bot.dialog.texts import TEXTS
from bot.dialog.trace import REASONS, RULES

SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path("bot/dialog").rglob("*.py")
    if path.name not in ("texts.py", "trace.py")
)
NAMED = re.compile(r"\{(\w+)\}")


def test_both_languages_have_the_same_phrases_with_the_same_names_in_them() -> None:
    assert TEXTS["ru"].keys() == TEXTS["en"].keys()
    for key, phrase in TEXTS["ru"].items():
        assert set(NAMED.findall(phrase)) == set(NAMED.findall(TEXTS["en"][key])), key


def test_every_phrase_is_said_somewhere() -> None:
    for key in TEXTS["ru"]:
        assert key.removeprefix("bad_") in SLOT_REASONS or f'"{key}"' in SOURCE, key


def test_every_reason_of_a_slot_has_a_phrase() -> None:
    assert {f"bad_{reason}" for reason in SLOT_REASONS} <= TEXTS["ru"].keys()


def test_every_rule_that_is_traced_has_words() -> None:
    traced = set(re.findall(r'decide\(\s*"(\w+)"', SOURCE)) | set(
        re.findall(r'Decision\("(\w+)"', SOURCE)
    )
    assert traced <= RULES.keys()
    assert set(Word.__args__) <= RULES.keys()  # type: ignore[attr-defined]


def test_why_people_are_called_is_said_in_both_languages() -> None:
    assert REASONS["ru"].keys() == REASONS["en"].keys()
