"""Texts with variables: `{{ name }}, {{ phone | phone }}{% if when %}, {{ when | date }}{% endif %}`.

The syntax is Jinja's, cut down to what a text needs (`syntax`); the result is formatted by our small Markdown
(`markup`). A template is compiled once; rendering never raises, whatever the values are.

Empty names print as nothing and are false in `if`. A line that holds nothing but block tags leaves no line.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec
from jinja2 import nodes

from bot.dialog.expressions import Compiled, Evaluate, Values, compile_node
from bot.dialog.filters import FILTERS, show
from bot.dialog.markup import Atom, Layout, bad_link, parse
from bot.dialog.syntax import DEEPEST, TemplateError, not_allowed, read
from bot.model.text import Text

__all__ = [
    "FILTERS",
    "Expression",
    "Template",
    "TemplateError",
    "compile_expression",
    "compile_text",
]

_LAYOUTS_KEPT = 256
_TRUTHS = {"ru": ("нет", "да"), "en": ("no", "yes")}


class _If(msgspec.Struct, frozen=True, gc=False):
    """Tests in order, each with its body; the last may be without a test."""

    branches: tuple[tuple[Evaluate | None, tuple["_Piece", ...]], ...]


_Piece = str | int | _If
"""Literal characters, the number of an output, or a choice between bodies."""


class Template:
    """A compiled text. `static`: it comes to `text`, whatever the values are."""

    __slots__ = (
        "_body", "_language", "_layout", "_layouts", "_outputs", "_sources", "_straight",
        "attributes", "names", "source", "sources", "static", "text",
    )  # fmt: skip

    def __init__(
        self,
        source: str,
        body: tuple[_Piece, ...],
        outputs: Sequence[Compiled],
        tests: Sequence[Compiled],
        language: str,
    ) -> None:
        self.source = source
        self._body = body
        self._language = language
        self._outputs = tuple(output.evaluate for output in outputs)
        self._sources = tuple(output.sources for output in outputs)
        used = [*outputs, *tests]
        self.names: frozenset[str] = frozenset().union(*(each.names for each in used))
        self.attributes: frozenset[tuple[str, ...]] = frozenset().union(
            *(each.attributes for each in used)
        )
        self.sources: frozenset[str] = frozenset().union(*self._sources)
        self._straight = not any(isinstance(piece, _If) for piece in body)
        self._layouts: dict[tuple[int, ...], Layout] = {}
        self.static = self._straight and not outputs
        self._layout = parse(tuple(_chosen(body, iter(())))) if self._straight else Layout(())
        self.text = self._layout.fill(()) if self.static else Text()

    def __repr__(self) -> str:
        return f"Template({self.source!r})"

    def render(self, values: Values, personal: Collection[str] = ()) -> Text:
        """The text for a customer. `personal` names values to be marked, dotted for attributes (`customer.phone`)."""
        if self.static:
            return self.text
        layout = self._layout if self._straight else self._lay_out(values)
        outputs = self._outputs
        shown = [""] * len(outputs)
        for number in layout.used:
            value = outputs[number](values)
            shown[number] = value if type(value) is str else self._say(value)
        if personal:
            return layout.fill(shown, [not s.isdisjoint(personal) for s in self._sources])
        return layout.fill(shown)

    def _say(self, value: Any) -> str:
        if isinstance(value, bool):
            return _TRUTHS[self._language][value]
        return show(value)

    def _lay_out(self, values: Values) -> Layout:
        """The layout of the bodies whose tests are true, parsed when they are met together for the first time."""
        decisions: list[int] = []
        _decide(self._body, values, decisions)
        path = tuple(decisions)
        layout = self._layouts.get(path)
        if layout is None:
            layout = parse(tuple(_chosen(self._body, iter(path))))
            if len(self._layouts) < _LAYOUTS_KEPT:
                self._layouts[path] = layout
        return layout

    def plain(self, values: Values, escape: Callable[[str], str] | None = None) -> str:
        """The text as it stands, its markup neither read nor removed: for titles, parts of calls, conditions.

        `escape` is applied to each value, not to the writer's own characters (`urllib.parse.quote` for a URL).
        """
        decisions: list[int] = []
        _decide(self._body, values, decisions)
        pieces = []
        for atom in _chosen(self._body, iter(decisions)):
            if isinstance(atom, str):
                pieces.append(atom)
            else:
                piece = show(self._outputs[atom](values))
                pieces.append(escape(piece) if escape else piece)
        return "".join(pieces)

    def value(self, values: Values) -> Any:
        """The value itself, of its own type, where the template is one `{{ }}` and nothing else; else `plain`."""
        if self._body == (0,):
            return self._outputs[0](values)
        return self.plain(values)


class Expression:
    """A compiled expression: `price + 10`, `name or '-'`."""

    __slots__ = ("_evaluate", "attributes", "names", "source", "sources", "value")

    value: Callable[[Values], Any]
    """The expression's value; None where it comes to nothing. Never raises."""

    def __init__(self, source: str, compiled: Compiled) -> None:
        self.source = source
        self.names = compiled.names
        self.attributes = compiled.attributes
        self.sources = compiled.sources
        self.value = compiled.evaluate

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def true(self, values: Values) -> bool:
        """Whether the value counts as true: not empty, not zero, not false."""
        return bool(self.value(values))


def compile_text(
    source: str, names: Collection[str] | None = None, *, language: str = "ru"
) -> Template:
    """Compile a text. With `names`, any other name is a mistake. Raises `TemplateError`."""
    normal, body = read(source)
    builder = _Builder(names, language)
    return Template(normal, builder.build(body, 0), builder.outputs, builder.tests, language)


def compile_expression(
    source: str, names: Collection[str] | None = None, *, language: str = "ru"
) -> Expression:
    """Compile an expression, written bare or within `{{ }}`. Raises `TemplateError`."""
    written = source.strip()
    braced = written.startswith("{{") and written.endswith("}}")
    lead = 0 if braced else 3
    try:
        _, body = read(written if braced else "{{ " + written + " }}")
        if len(body) != 1 or not isinstance(body[0], nodes.Output) or len(body[0].nodes) != 1:
            raise TemplateError("syntax", lead, detail="one expression is expected")
        return Expression(source, compile_node(body[0].nodes[0], names, language))
    except TemplateError as error:
        before = len(source) - len(source.lstrip())
        error.offset = min(max(error.offset - lead, 0), len(written)) + before
        raise


class _Builder:
    def __init__(self, names: Collection[str] | None, language: str) -> None:
        self.names = names
        self.language = language
        self.outputs: list[Compiled] = []
        self.tests: list[Compiled] = []

    def build(self, body: Sequence[nodes.Node], depth: int) -> tuple[_Piece, ...]:
        if depth > DEEPEST:
            raise TemplateError("too_deep", body[0].lineno, limit=DEEPEST)
        pieces: list[_Piece] = []
        for node in body:
            if isinstance(node, nodes.Output):
                pieces += [self._output(child) for child in node.nodes]
            elif isinstance(node, nodes.If):
                pieces.append(self._if(node, depth))
            else:
                raise not_allowed(node)
        return tuple(pieces)

    def _output(self, node: nodes.Node) -> str | int:
        if isinstance(node, nodes.TemplateData):
            bad = bad_link(node.data)
            if bad:
                raise TemplateError("link", node.lineno + bad[0], url=bad[1])
            return node.data
        self.outputs.append(compile_node(node, self.names, self.language))
        return len(self.outputs) - 1

    def _if(self, node: nodes.If, depth: int) -> _If:
        branches: list[tuple[Evaluate | None, tuple[_Piece, ...]]] = []
        for branch in (node, *node.elif_):
            test = compile_node(branch.test, self.names, self.language)
            self.tests.append(test)
            branches.append((test.evaluate, self.build(branch.body, depth + 1)))
        branches.append((None, self.build(node.else_, depth + 1)))
        return _If(tuple(branches))


def _decide(body: Sequence[_Piece], values: Values, decisions: list[int]) -> None:
    """Which branch of each choice is taken, in the order they are met."""
    for piece in body:
        if type(piece) is _If:
            for number, (test, chosen) in enumerate(piece.branches):
                if test is None or test(values):
                    decisions.append(number)
                    _decide(chosen, values, decisions)
                    break


def _chosen(body: Sequence[_Piece], decisions: Iterator[int]) -> Iterator[Atom]:
    """What is left of a body when the choices are made."""
    for piece in body:
        if isinstance(piece, _If):
            yield from _chosen(piece.branches[next(decisions)][1], decisions)
        else:
            yield piece
