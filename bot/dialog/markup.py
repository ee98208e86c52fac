"""Our small Markdown: `**bold**`, `*italic*`, `_italic_`, `` `code` ``, `[label](url)`, lines that start with `- `.

A text is parsed once, with the values that will be filled in as opaque atoms: whatever a customer typed can neither
open nor close markup, nor need it be escaped. A backslash before a mark makes it an ordinary character.
"""

import re
from collections.abc import Sequence
from itertools import accumulate
from urllib.parse import quote

import msgspec

from bot.model.text import Span, SpanKind, Text

Atom = str | int
"""Characters that the writer of the text typed, or the number of a value that is filled in."""

_MARK = re.compile(r"\\[\\*_`\[\]()-]|\*\*|\*|_|`|\]\(|\[|(?:^|(?<=\n))[ \t]*- ")
_WRITTEN_LINK = re.compile(r"\[[^\[\]]*\]\(([^\s()]+)\)")
_SCHEME = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f\x7f]+\Z", re.IGNORECASE)
_KINDS: dict[str, SpanKind] = {"**": "bold", "*": "italic", "_": "italic", "`": "code"}


def is_url(url: str) -> bool:
    """Whether a link may lead there: http, https, mailto or tel, without spaces."""
    return _SCHEME.match(url) is not None


def bad_link(text: str) -> tuple[int, str] | None:
    """The first link of a text, by its offset and URL, that leads nowhere a link may lead."""
    for found in _WRITTEN_LINK.finditer(text):
        if not is_url(found[1]):
            return found.start(1), found[1]
    return None


class Url(msgspec.Struct, frozen=True):
    """Where a link leads, and what stands behind its label if the values make no URL of it."""

    atoms: tuple[Atom, ...]

    def make(self, shown: Sequence[str]) -> str:
        """The URL with values filled in; behind characters of the writer's own they are percent-encoded."""
        made = ""
        for atom in self.atoms:
            if isinstance(atom, str):
                made += atom
            else:
                made += quote(shown[atom], safe="") if made else shown[atom]
        return made


class Layout(msgspec.Struct, frozen=True):
    """Parsed markup. `spans` are (kind, first part, part behind the last, url), sorted, nested, never crossed;
    `used` are the numbers of the values that are filled in."""

    parts: tuple[str | int | Url, ...]
    spans: tuple[tuple[SpanKind, int, int, Url | None], ...] = ()
    used: tuple[int, ...] = ()

    def fill(self, shown: Sequence[str], personal: Sequence[bool] = ()) -> Text:
        """The text with values filled in; those whose place in `personal` is true are marked."""
        pieces = [
            part
            if isinstance(part, str)
            else shown[part]
            if isinstance(part, int)
            else _behind(part, shown)
            for part in self.parts
        ]
        plain = "".join(pieces)
        if not self.spans and True not in personal:
            return Text(plain)
        starts = list(accumulate(map(len, pieces), initial=0))
        spans = []
        for kind, first, behind, link in self.spans:
            start, end = starts[first], starts[behind]
            url = link.make(shown) if link else ""
            if start < end and (link is None or is_url(url)):
                spans.append(Span(kind, start, end, url))
        if True in personal:
            spans += self._personal(personal, starts)
            spans.sort(key=_nesting)
        return Text(plain, tuple(spans))

    def _personal(self, personal: Sequence[bool], starts: Sequence[int]) -> list[Span]:
        return [
            Span("personal", starts[place], starts[place + 1])
            for place, part in enumerate(self.parts)
            if type(part) is int and personal[part] and starts[place] < starts[place + 1]
        ]


def _nesting(span: Span) -> tuple[int, int]:
    return span.start, -span.end


def _behind(link: Url, shown: Sequence[str]) -> str:
    url = link.make(shown)
    return f" ({url})" if url and not is_url(url) else ""


def parse(atoms: Sequence[Atom]) -> Layout:
    """Parse a text given as what the writer typed and the numbers of values between."""
    used = tuple(atom for atom in atoms if isinstance(atom, int))
    return _Parser(_merged(atoms)).parse(used)


def _merged(atoms: Sequence[Atom]) -> list[Atom]:
    merged: list[Atom] = []
    for atom in atoms:
        if isinstance(atom, str) and merged and isinstance(merged[-1], str):
            merged[-1] += atom
        elif atom != "":
            merged.append(atom)
    if merged and isinstance(merged[0], str):
        merged[0] = merged[0].lstrip("\n")
    if merged and isinstance(merged[-1], str):
        merged[-1] = merged[-1].rstrip()
    return merged


class _Parser:
    """Marks are laid down as parts of their own, and emptied when their pair is found."""

    def __init__(self, atoms: list[Atom]) -> None:
        self.atoms = atoms
        self.parts: list[str | int | Url] = []
        self.open: list[tuple[str, int]] = []
        self.spans: list[tuple[SpanKind, int, int, Url | None]] = []
        self.backticks = sum(atom.count("`") for atom in atoms if isinstance(atom, str))

    def parse(self, used: tuple[int, ...]) -> Layout:
        number, at = 0, 0
        while number < len(self.atoms):
            atom = self.atoms[number]
            if isinstance(atom, int):
                self.parts.append(atom)
                number, at = number + 1, 0
                continue
            mark = _MARK.search(atom, at)
            if mark is None:
                self.parts.append(atom[at:])
                number, at = number + 1, 0
                continue
            if at < mark.start():
                self.parts.append(atom[at : mark.start()])
            number, at = self._mark(number, mark)
        return self._layout(used)

    def _mark(self, number: int, found: re.Match[str]) -> tuple[int, int]:
        """Handle one mark; returns where to read on."""
        mark = found.group()
        if mark[0] == "\\" and self._in_code():
            self.parts.append("\\")
            return number, found.start() + 1
        if mark == "](":
            link = self._link(number, found.end())
            if link is not None:
                return link
        elif mark in _KINDS:
            self._emphasis(mark, self._before(number, found.start()), self._after(number, found))
            return number, found.end()
        elif mark == "[" and not self._in_code():
            self._push("[")
            return number, found.end()
        self.parts.append(self._plain(mark, number, found))
        return number, found.end()

    def _plain(self, mark: str, number: int, found: re.Match[str]) -> str:
        if mark[0] == "\\":
            self.backticks -= mark[1] == "`"
            return mark[1]
        at_start = found.start() > 0 or number == 0
        if mark.endswith("- ") and at_start and not self._in_code():
            return mark[:-2] + "• "
        return mark

    def _in_code(self) -> bool:
        return bool(self.open) and self.open[-1][0] == "`"

    def _before(self, number: int, at: int) -> str:
        atom = self.atoms[number]
        if at > 0 and isinstance(atom, str):
            return atom[at - 1]
        return "a" if number else " "

    def _after(self, number: int, found: re.Match[str]) -> str:
        if found.end() < len(found.string):
            return found.string[found.end()]
        return "a" if number + 1 < len(self.atoms) else " "

    def _push(self, mark: str) -> None:
        self.open = [pair for pair in self.open if pair[0] != mark]
        self.open.append((mark, len(self.parts)))
        self.parts.append(mark)

    def _emphasis(self, mark: str, before: str, after: str) -> None:
        is_open = any(pair[0] == mark for pair in self.open)
        self.backticks -= mark == "`"
        if is_open and self.open[-1] == (mark, len(self.parts) - 1):
            # Nothing stands between the two marks.
            self.open.pop()
            self.parts.append(mark)
        elif mark == "`":
            if is_open:
                self._close(mark)
            elif self.backticks:
                self._push(mark)
            else:
                self.parts.append(mark)
        elif self._in_code():
            self.parts.append(mark)
        elif is_open and not before.isspace() and (mark == "**" or not after.isalnum()):
            self._close(mark)
        elif not is_open and not after.isspace() and (mark == "**" or not before.isalnum()):
            self._push(mark)
        else:
            self.parts.append(mark)

    def _close(self, mark: str, url: Url | None = None) -> None:
        while self.open[-1][0] != mark:
            self.open.pop()
        _, first = self.open.pop()
        self.parts[first] = ""
        self.spans.append((_KINDS.get(mark, "link"), first, len(self.parts), url))

    def _link(self, number: int, at: int) -> tuple[int, int] | None:
        """Close a link whose URL begins there; None if it is none, and the characters stay."""
        if self._in_code() or not any(pair[0] == "[" for pair in self.open):
            return None
        url: list[Atom] = []
        for place in range(number, len(self.atoms)):
            atom = self.atoms[place]
            if isinstance(atom, int):
                url.append(atom)
                continue
            start = at if place == number else 0
            end = atom.find(")", start)
            piece = atom[start : end if end >= 0 else None]
            if any(letter.isspace() for letter in piece):
                return None
            if piece:
                url.append(piece)
            if end >= 0:
                return self._linked(tuple(url), (place, end + 1))
        return None

    def _linked(self, atoms: tuple[Atom, ...], behind: tuple[int, int]) -> tuple[int, int] | None:
        fixed = all(isinstance(atom, str) for atom in atoms)
        url = Url(atoms)
        if not atoms or (fixed and not is_url(url.make(()))):
            return None
        self._close("[", url)
        if not fixed:
            self.parts.append(url)
        return behind

    def _layout(self, used: tuple[int, ...]) -> Layout:
        """Join neighbouring characters, keeping the borders of spans."""
        borders = {edge for _, first, behind, _ in self.spans for edge in (first, behind)}
        parts: list[str | int | Url] = []
        moved: dict[int, int] = {}
        joinable = False
        for place, part in enumerate(self.parts):
            if place in borders:
                moved[place] = len(parts)
                joinable = False
            if part == "":
                continue
            if joinable and isinstance(part, str):
                parts[-1] = str(parts[-1]) + part
            else:
                parts.append(part)
            joinable = isinstance(part, str)
        moved[len(self.parts)] = len(parts)
        spans = [(kind, moved[a], moved[b], url) for kind, a, b, url in reversed(self.spans)]
        spans.sort(key=lambda span: (span[1], -span[2]))
        return Layout(tuple(parts), tuple(span for span in spans if span[1] < span[2]), used)
