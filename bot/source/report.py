"""What a file should look like, asked field by field; every mistake is noted, every answer usable."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from bot.check.finding import Argument, Finding, Word
from bot.source.durations import duration, meant
from bot.source.nearest import nearest
from bot.source.tree import Mapping, Node, Scalar, Sequence, Source, Tree, composed, quoted

_MOST = 200
"""Findings of one file."""
_SECRET = re.compile(r"(://[^:/@\s]*:)([^@/\s]+)(?=@)|(\b\d{8,10}:)([\w-]{30,})")
"""The password of an address and the secret half of a bot's token: a line of a file is shown without them."""


class Codes(msgspec.Struct, frozen=True):
    """The codes of mistakes in the shape of one kind of file. `nulls`: `null` is the same as a missing key."""

    unknown: str
    kind: str
    missing: str
    value: str
    size: str
    nulls: bool = False


FLOW = Codes("E103", "E104", "E105", "E106", "E107")
FAQ = Codes("E501", "E502", "E503", "E504", "E505")
CONFIG = Codes("E601", "E602", "E603", "E604", "E605", nulls=True)


class Report:
    """The findings of one file."""

    def __init__(self, path: str, codes: Codes = FLOW, source: Source | None = None) -> None:
        self.source = source or Source(path, "", [])
        self.codes = codes
        self.findings: list[Finding] = []

    @property
    def full(self) -> bool:
        """Whether so much is wrong already that nobody would read on."""
        return len(self.findings) >= _MOST

    def mark(
        self,
        code: str,
        line: int = 1,
        column: int = 1,
        end_column: int = 1,
        *,
        replacement: str | None = None,
        **arguments: Argument,
    ) -> None:
        """Note a mistake at a place."""
        if self.full:
            return
        source = self.source.line(line)
        if source:
            # Places in a line that was mended before it was read may lie behind the end of the line as it stands.
            column = min(column, len(source) + 1)
            end_column = max(column, min(end_column, len(source) + 1))
        path, source = self.source.path, _SECRET.sub(_hidden, source)
        found = Finding(code, path, line, column, end_column, arguments, replacement, source)
        # What is read twice, as the options of a question are, is told once.
        if found not in self.findings:
            self.findings.append(found)

    def add(
        self, code: str, node: Node, *, replacement: str | None = None, **arguments: Argument
    ) -> None:
        """Note a mistake under a node; of one that spans lines, under its first."""
        end = node.end_column
        if node.end_line != node.line:
            end = len(self.source.line(node.line).rstrip()) + 1
        self.mark(
            code,
            node.line,
            node.column,
            max(end, node.column + 1),
            replacement=replacement,
            **arguments,
        )

    def fields(
        self, node: Tree | None, known: Iterable[str] | None, where: Argument = ""
    ) -> "Fields":
        """The fields of a mapping: keys outside `known` are noted (None: any are allowed)."""
        if node is None or self._absent(node):
            return Fields(self, None, where)
        if not isinstance(node, Mapping):
            self.add(
                self.codes.kind, node, expected=Word("mapping"), where=where, found=_shown(node)
            )
            return Fields(self, None, where)
        fields = Fields(self, node, where)
        if known is not None:
            fields.meant = self._unknown(node, [*known], where)
        else:
            self._look_for_cuts(node)
        return fields

    def text(self, node: Tree, where: Argument = "") -> str:
        """The text of a scalar; noted and "" for a list or a mapping."""
        if isinstance(node, Scalar) and not node.blank:
            return node.value
        meant = self._with_colon(node)
        if meant:
            return meant
        self.add(self.codes.kind, node, expected=Word("text"), where=where, found=_shown(node))
        return ""

    def one_of(self, node: Tree, allowed: Iterable[str], where: Argument = "") -> str | None:
        """A text out of some; None where it is another."""
        choices = [*allowed]
        value = composed(self.text(node, where))
        if value in choices:
            return value
        if value:
            near = nearest(value, choices)
            self.add(
                self.codes.value,
                node,
                replacement=_like(node, near),
                value=value,
                where=where,
                near=near,
                allowed=", ".join(choices),
            )
        return None

    def integer(
        self, node: Tree, where: Argument = "", low: int = 0, high: int = 10**12
    ) -> int | None:
        """A whole number within limits; None where it is none."""
        value = self.text(node, where)
        if not value:
            return None
        digits = value.replace("_", "")
        if not digits.removeprefix("-").isdecimal() or not digits.isascii() or len(digits) > 18:
            self.add(self.codes.kind, node, expected=Word("integer"), where=where, found=value)
            return None
        number = int(digits)
        if not low <= number <= high:
            self.add(self.codes.size, node, value=value, where=where, low=low, high=high)
            return None
        return number

    def duration(self, node: Tree, where: Argument = "") -> int | None:
        """Milliseconds; None where it is no length of time."""
        value = self.text(node, where)
        length = duration(value) if value else None
        if value and length is None:
            better = meant(value)
            expected = Word("duration_meant", better) if better else Word("duration")
            self.add(
                self.codes.kind, node, replacement=better or None,
                expected=expected, where=where, found=value,
            )  # fmt: skip
        return length

    def yes(self, node: Tree, where: Argument = "") -> bool | None:
        """`true` or `false` (`yes`, `no`, `да`, `нет` too); None for anything else."""
        value = self.text(node, where).casefold()
        if value in {"true", "yes", "да"}:
            return True
        if value in {"false", "no", "нет"}:
            return False
        if value:
            self.add(self.codes.kind, node, expected=Word("yes"), where=where, found=value)
        return None

    def look_for_list(self, node: Tree, key: str) -> None:
        """`phrases: привет, добрый день` is one text to YAML."""
        if isinstance(node, Scalar) and not node.style and ", " in node.value:
            self.add("W013", node, text=node.value, key=key, several=f"[{node.value}]")

    def items(self, node: Tree) -> list[Tree]:
        """The members of a list; anything else stands for a list of itself."""
        if isinstance(node, Sequence):
            return node.items
        return [] if self._absent(node) else [node]

    def _absent(self, node: Tree) -> bool:
        return isinstance(node, Scalar) and (node.null if self.codes.nulls else node.blank)

    def _unknown(self, node: Mapping, known: list[str], where: Argument) -> set[str]:
        """Note keys that are not known; the known ones that were meant."""
        meant: set[str] = set()
        before: Tree | None = None
        for key, value in node.entries:
            if self.full:
                break
            if composed(key.value) not in known:
                near = nearest(key.value, known)
                meant.add(near)
                if near or not self._cut_by_comma(key, value, before):
                    self.add(
                        self.codes.unknown,
                        key,
                        replacement=_like(key, near),
                        key=key.value,
                        where=where,
                        near=near,
                        known=", ".join(known),
                    )
            before = value
        return meant

    def _with_colon(self, node: Tree) -> str:
        """`- Итог: готово` among texts is a pair to YAML: the text that was meant, noted; "" for anything else."""
        if not isinstance(node, Mapping) or len(node.entries) != 1:
            return ""
        key, value = node.entries[0]
        plain = isinstance(value, Scalar) and not value.style and not value.blank and not key.style
        if not plain or node.column != key.column or value.end_line != key.line:
            return ""
        text = self.source.line(key.line)[key.column - 1 : value.end_column - 1]
        self.mark(
            "E002", key.line, key.column, value.end_column,
            replacement=quoted(text), text=text, first=text[:1],
        )  # fmt: skip
        return text

    def _look_for_cuts(self, node: Mapping) -> None:
        before: Tree | None = None
        for key, value in node.entries:
            if not (isinstance(before, Scalar) and before.blank):
                self._cut_by_comma(key, value, before)
            before = value

    def _cut_by_comma(self, key: Scalar, value: Tree, before: Tree | None) -> bool:
        """`{say: Здравствуйте, чем помочь?}`: YAML takes what follows the comma for a key of its own."""
        if not (isinstance(before, Scalar) and isinstance(value, Scalar) and value.blank):
            return False
        if before.style or not before.line == before.end_line == key.line == key.end_line:
            return False
        text = self.source.line(key.line)[before.column - 1 : key.end_column - 1]
        self.mark(
            "E025",
            key.line,
            before.column,
            key.end_column,
            replacement=quoted(text),
            text=text,
        )
        return True


class Fields:
    """The fields of one mapping; those of a mapping that is not there are all missing."""

    def __init__(self, report: Report, node: Mapping | None, where: Argument) -> None:
        self.report = report
        self.node = node
        self.where = where
        self.meant: set[str] = set()
        self._values = (
            {composed(key.value): (key, value) for key, value in node.entries} if node else {}
        )

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def get(self, key: str) -> Tree | None:
        """The value's node; None where the key is missing (or null, in a configuration)."""
        found = self._values.get(key)
        if found is None or (self.report.codes.nulls and self.report._absent(found[1])):  # noqa: SLF001
            return None
        return found[1]

    def key(self, key: str) -> Node | None:
        """The key's own node."""
        found = self._values.get(key)
        return found[0] if found else None

    def keys(self) -> list[str]:
        """The keys that were written."""
        return [*self._values]

    def pairs(self) -> Iterator[tuple[str, Tree]]:
        """Each key, in NFC, with its value."""
        for name, (_, value) in self._values.items():
            yield name, value

    def at(self, key: str = "") -> Node:
        """Where to point a finding: the value, else the key, else the mapping's first key."""
        value, name = self.get(key), self.key(key)
        if isinstance(value, Scalar) and not value.blank:
            return value
        if name or value:
            return name or value  # type: ignore[return-value]
        return self.place

    @property
    def place(self) -> Node:
        """The mapping's first key, which stands for the whole."""
        if self.node is None:
            return Node(1, 1, 1, 1)
        return self.node.entries[0][0] if self.node.entries else self.node

    def require(self, *keys: str) -> bool:
        """Note each key that is missing; whether all are there. What was misspelt, and a mapping that is not there,
        was noted before."""
        missing = [key for key in keys if key not in self and key not in self.meant]
        for key in missing if self.node else ():
            self.report.add(self.report.codes.missing, self.place, key=key, where=self.where)
        return not missing

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        node = self.get(key)
        return default if node is None else self.report.text(node, key) or default

    def one_of(self, key: str, allowed: Iterable[str], default: str = "") -> str:
        """A text out of some."""
        node = self.get(key)
        return default if node is None else self.report.one_of(node, allowed, key) or default

    def integer(self, key: str, default: int = 0, *, low: int = 0, high: int = 10**12) -> int:
        """A whole number."""
        node = self.get(key)
        value = None if node is None else self.report.integer(node, key, low, high)
        return default if value is None else value

    def duration(self, key: str, default: int = 0) -> int:
        """Milliseconds."""
        node = self.get(key)
        value = None if node is None else self.report.duration(node, key)
        return default if value is None else value

    def yes(self, key: str, default: bool = False) -> bool:
        """True or false."""
        node = self.get(key)
        value = None if node is None else self.report.yes(node, key)
        return default if value is None else value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; a single one may stand without the list."""
        node = self.get(key)
        if node is None:
            return default
        self.report.look_for_list(node, key)
        return tuple(
            text
            for text in (self.report.text(item, key) for item in self.report.items(node))
            if text
        )

    def items(self, key: str) -> list[Tree]:
        """The nodes of a list; a single one may stand without it."""
        node = self.get(key)
        return [] if node is None else self.report.items(node)

    def fields(self, key: str, known: Iterable[str] | None) -> "Fields":
        """A nested mapping."""
        return self.report.fields(self.get(key), known, key)

    def entries(self, key: str) -> Iterator[tuple[Scalar, Tree]]:
        """A nested mapping with free keys, pair by pair."""
        nested = self.fields(key, None)
        yield from nested.node.entries if nested.node else ()


def _shown(node: Tree) -> Argument:
    if isinstance(node, Scalar):
        return Word("nothing") if node.blank else node.value
    return Word("mapping" if isinstance(node, Mapping) else "list")


def _like(node: Node, near: str) -> str | None:
    """The nearest word, written in the node's own quotes."""
    if not near:
        return None
    style = node.style if isinstance(node, Scalar) else ""
    return None if style in {"|", ">"} else f"{style}{near}{style}"


def _hidden(found: re.Match[str]) -> str:
    shown, hidden = (found[1], found[2]) if found[2] else (found[3], found[4])
    return shown + "•" * len(hidden)
