"""docs/vk.md and docs/email.md tell the truth: their settings load, what they quote is said."""

import re
from pathlib import Path

import pytest

from adapters.vk import examining, words
from bot.commands.init import copy_starter
from bot.config.load import load_config

DOCS = Path(__file__).parents[2] / "docs"
VK, EMAIL = ((DOCS / name).read_text("utf-8") for name in ("vk.md", "email.md"))
_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETTINGS = [one for page in (VK, EMAIL) for one in _YAML.findall(page) if "…" not in one]
WHOLE = [one for one in SETTINGS if not one.startswith(" ")]


def test_there_are_settings_on_each_page() -> None:
    assert (len(_YAML.findall(VK)), len(_YAML.findall(EMAIL)), len(WHOLE)) == (3, 3, 4)


@pytest.mark.parametrize("settings", WHOLE)
def test_the_settings_load(settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"\$\{(\w+)\}", settings):
        monkeypatch.setenv(name, "word")
    copy_starter(tmp_path / "desk")
    (tmp_path / "desk" / "config.yaml").write_text(settings, "utf-8")
    assert load_config(tmp_path / "desk").findings == ()


def test_what_the_doctor_says_of_vk_is_quoted_word_for_word() -> None:
    quoted = re.findall(r"^vk: (.+)$", VK, re.MULTILINE)
    assert len(quoted) == 3
    said = [what.format(title="Импульс") for what, _ in examining._RU.values() if "{" not in what]
    said.append(examining._RU["group"][0].format(title="Импульс"))
    assert set(quoted) <= set(said)


def test_what_operators_read_of_vk_is_quoted_word_for_word() -> None:
    quoted = re.findall(r"«((?:клиент|ВКонтакте) [^»]+)»", " ".join(VK.split()))
    assert len(quoted) == 3
    assert set(quoted) <= set(words._RU.values())
    for mistake in re.findall(r"`channels\.vk\.\w+: ([^`]+)`", VK):
        assert any(said.startswith(mistake) for said in words._RU.values()), mistake
