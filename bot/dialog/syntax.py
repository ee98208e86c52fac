"""Reading templates: Jinja's own parser, and mistakes that know where they stand.

What is allowed of the tree stands in `expressions` and `templates`: a node that has no case there is refused.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import Lexer
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 50_000
"""Characters a template may have."""
DEEPEST = 40
"""How deep expressions and blocks may nest."""


class TemplateError(Exception):
    """A template cannot be used. `offset` counts code points from its beginning.

    `key` and its `arguments`:
    `syntax` (detail: Jinja's sentence), `unclosed`, `too_long` (limit), `too_deep` (limit),
    `unknown_name` (name, known), `unknown_filter` (name, known), `filter_arguments` (name, usage),
    `not_allowed` (what: the name of the construct), `private` (name), `link` (url).
    """

    def __init__(self, key: str, offset: int = 0, **arguments: Any) -> None:
        super().__init__(f"{key} {arguments} at {offset}")
        self.key = key
        self.arguments = arguments
        self.offset = offset


class _OffsetLexer(Lexer):
    """Puts each token's offset where Jinja keeps the line, so that every node of the tree knows its place.
    A line that holds nothing but block tags or a comment leaves no line behind."""

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        at, skip = 0, 0
        try:
            for _, token, text in super().tokeniter(source, name, filename, state):
                # Nothing but white space is ever dropped between two tokens.
                at = source.index(text, at)
                end = at + len(text)
                if token == "data":  # noqa: S105
                    yield at + skip, token, text[skip : len(text) - _indent_of_tag(source, at, end)]
                else:
                    yield at, token, text
                skip = _line_end(source, end) if token in _TAG_ENDS else 0
                at = end
        except TemplateSyntaxError as error:
            raise TemplateSyntaxError(error.message or "", at) from None


_TAG_ENDS = ("block_end", "comment_end")
_TAG = r"\{%(?:[^%'\"]|%(?!\})|'[^']*'|\"[^\"]*\")*%\}|\{#(?:[^#]|#(?!\}))*#\}"
_CONDITION = re.compile(r"\{%[-+]?\s*(if|endif)\b")
_TAG_LINE = re.compile(rf"[ \t]*(?:(?:{_TAG})[ \t]*)+(?:\n|\Z)")


def _indent_of_tag(source: str, start: int, end: int) -> int:
    """How many characters of literal text before a line of tags only are its indent."""
    line = max(source.rfind("\n", 0, end) + 1, start)
    if (
        (line != start or start == 0)
        and source[line:end].strip(" \t") == ""
        and _TAG_LINE.match(source, line)
    ):
        return end - line
    return 0


def _line_end(source: str, end: int) -> int:
    """How many characters behind a tag end its line, if the line holds tags only."""
    line = source.rfind("\n", 0, end) + 1
    found = _TAG_LINE.match(source, line)
    return 0 if found is None else found.end() - end if source[end : found.end()].isspace() else 0


class _Environment(ImmutableSandboxedEnvironment):
    @property
    def lexer(self) -> Lexer:
        return _LEXER


_ENVIRONMENT = _Environment(keep_trailing_newline=True)
_LEXER = _OffsetLexer(_ENVIRONMENT)

_WORDS: dict[type[nodes.Node], str] = {
    nodes.For: "for", nodes.Call: "call", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//",
    nodes.Mod: "%", nodes.Pow: "**", nodes.Concat: "~", nodes.Test: "is", nodes.Assign: "set",
    nodes.AssignBlock: "set", nodes.Macro: "macro", nodes.Include: "include", nodes.Import: "import",
    nodes.FromImport: "import", nodes.Extends: "extends", nodes.Block: "block", nodes.Dict: "{}",
    nodes.Slice: "[:]", nodes.CallBlock: "call", nodes.FilterBlock: "filter", nodes.With: "with",
}  # fmt: skip


def read(source: str) -> tuple[str, list[nodes.Node]]:
    """The normalised source and its top nodes. Raises `TemplateError`."""
    if len(source) > LONGEST:
        raise TemplateError("too_long", LONGEST, limit=LONGEST)
    source = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\r", "\n"))
    if "{" not in source:
        # Most texts have nothing to fill in, and Jinja's lexer is what loading a large FAQ would wait for.
        plain = nodes.TemplateData(source, lineno=0)
        return source, [nodes.Output([plain], lineno=0)] if source else []
    try:
        body: list[nodes.Node] = Parser(_ENVIRONMENT, source).parse().body
    except TemplateSyntaxError as error:
        offset = min(error.lineno, len(source))
        open_at = _left_open(source, offset)
        key = "unclosed" if open_at >= 0 or "end of template" in (error.message or "") else "syntax"
        if key == "unclosed":
            offset = open_at if open_at >= 0 else _opening(source)
        raise TemplateError(key, offset, detail=error.message or "") from None
    except (RecursionError, ValueError, OverflowError):
        raise TemplateError("too_deep", limit=DEEPEST) from None
    return source, body


def _left_open(source: str, offset: int) -> int:
    """Where a bracket begins that another one follows before it is closed, as in `{{ name … {{ other }}`; -1 if the
    mistake at `offset` is another one."""
    at = source.rfind("{{", 0, offset)
    if at < 0 or "}}" in source[at:offset]:
        return -1
    following, closing = source.find("{{", offset), source.find("}}", offset)
    line = source.find("\n", at)
    return at if 0 <= following < closing and at < line < following else -1


def _opening(source: str) -> int:
    """Where the bracket or the condition begins that is never closed."""
    for left, right in (("{{", "}}"), ("{%", "%}")):
        at = source.rfind(left)
        if at >= 0 and right not in source[at:]:
            return at
    open_at = [0]
    for word in _CONDITION.finditer(source):
        if word[1] == "if":
            open_at.append(word.start())
        elif len(open_at) > 1:
            open_at.pop()
    return open_at[-1]


def not_allowed(node: nodes.Node) -> TemplateError:
    """The mistake of using a part of Jinja that is not for templates."""
    what = _WORDS.get(type(node), type(node).__name__.lower())
    return TemplateError("not_allowed", node.lineno, what=what)


def check_name(name: str, offset: int, names: Collection[str] | None) -> None:
    """Raise `TemplateError` for a name that was declared nowhere."""
    if names is not None and name not in names:
        raise TemplateError("unknown_name", offset, name=name, known=sorted(names))
