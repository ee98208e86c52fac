"""The tree of a YAML file. Lines and columns count from 1; `end_column` is behind the last character."""

import re
import unicodedata

import msgspec

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class Node(msgspec.Struct, gc=False):
    """A place in a file: `end_line` is the line on which it ends."""

    line: int
    column: int
    end_line: int
    end_column: int


class Scalar(Node):
    """A text. `style` is `` for a plain one, a quote, `|` or `>`."""

    value: str
    style: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is written there: `key:`."""
        return not self.style and not self.value

    @property
    def null(self) -> bool:
        """Whether nothing is meant: blank, `null` or `~`."""
        return not self.style and self.value in {"", "null", "~"}


class Sequence(Node):
    """A list."""

    items: "list[Tree]"


class Mapping(Node):
    """Keys in the order they were written."""

    entries: "list[tuple[Scalar, Tree]]"

    def get(self, key: str) -> "Tree | None":
        """The value of a key."""
        return next((value for name, value in self.entries if name.value == key), None)


Tree = Scalar | Sequence | Mapping


class Source(msgspec.Struct, gc=False):
    """The text of a file. `path` is relative to the project, with slashes."""

    path: str
    text: str
    lines: list[str]

    def line(self, number: int) -> str:
        """One line without its end; "" behind the last."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def within(self, scalar: Scalar, offset: int) -> tuple[int, int]:
        """Line and column of a character of a scalar's value; of the scalar where that cannot be told."""
        if scalar.style in {"|", ">"}:
            return self._within_block(scalar, offset)
        written = self.line(scalar.line)
        start = scalar.column - 1 + bool(scalar.style)
        if written[start : start + len(scalar.value)] == scalar.value:
            return scalar.line, start + offset + 1
        return scalar.line, scalar.column

    def _within_block(self, scalar: Scalar, offset: int) -> tuple[int, int]:
        before = scalar.value[:offset]
        nth = before.count("\n")
        wanted = scalar.value.split("\n")[nth]
        for number in range(scalar.line + 1 + nth, scalar.end_line + 1):
            at = self.line(number).find(wanted)
            if wanted and at >= 0:
                return number, at + offset - before.rfind("\n")
        return scalar.line, scalar.column


def source_of(path: str, text: str) -> Source:
    """Cut a text into lines where YAML does."""
    return Source(path, text, _BREAK.split(text))


def quoted(text: str) -> str:
    """A text as a YAML scalar in quotes."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def composed(text: str) -> str:
    """NFC, the form in which ids are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
