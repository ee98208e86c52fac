"""One mistake, at its place, with the values that its sentence names."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from bot.check import catalogue

Language = Literal["ru", "en"]


class Word(msgspec.Struct, frozen=True):
    """A value of a finding that is said differently in each language: a key of the catalogue's `words`, with what
    stands for its `{value}`."""

    key: str
    value: str = ""


Argument = str | int | Word
_NAMED = {"where", "found"}
"""Arguments that are a name where they are no `Word`: put in quotation marks."""
_LONGEST = 200


class Finding(msgspec.Struct, frozen=True):
    """A mistake. `line`, `column` and `end_column` count from 1; `end_column` is behind the last marked character.

    `path` is relative to the project, with slashes. `replacement` is the text to put in place of
    `source[column - 1 : end_column - 1]`, None where only a person knows; `source` is the whole line.
    """

    code: str
    path: str
    line: int = 1
    column: int = 1
    end_column: int = 1
    arguments: Mapping[str, Argument] = {}
    replacement: str | None = None
    source: str = ""

    @property
    def severity(self) -> Literal["error", "warning"]:
        """Warnings have codes of their own: W…"""
        return "warning" if self.code.startswith("W") else "error"

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Where a finding stands among others."""
        return (self.path, self.line, self.column, self.code)

    def sentence(self, language: Language) -> str:
        """What is wrong."""
        return catalogue.say(self.code, "sentence", language, self._said(language))

    def cure(self, language: Language) -> str:
        """What to do about it."""
        return catalogue.say(self.code, "cure", language, self._said(language))

    def _said(self, language: Language) -> dict[str, str]:
        said: dict[str, str] = {}
        for name, value in self.arguments.items():
            if isinstance(value, Word):
                said[name] = catalogue.word(value.key, language).replace("{value}", value.value)
            else:
                said[name] = _short(str(value))
                if name in _NAMED and value != "":
                    said[name] = f"«{said[name]}»" if language == "ru" else f"“{said[name]}”"
        return said


def _short(text: str) -> str:
    """A value on one line, and not the whole of a long one. Lists of known names are kept."""
    line = "".join(
        sign if sign.isprintable() else "\ufffd" for sign in " ".join(text[: 2 * _LONGEST].split())
    )
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
