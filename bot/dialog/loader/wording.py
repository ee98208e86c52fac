"""Texts and expressions of a file, compiled, with mistakes put where they stand."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.check.drawn import Use
from bot.check.finding import Argument
from bot.dialog.expressions import MOMENT
from bot.dialog.filters import FILTERS
from bot.dialog.flow import Phrase
from bot.dialog.syntax import TemplateError
from bot.dialog.templates import Expression, Template, compile_expression, compile_text
from bot.dialog.values import BUILT_IN
from bot.model.business import Business
from bot.source import Report, Scalar, Tree, quoted
from bot.source.nearest import nearest

CODES: Mapping[str, str] = {
    "syntax": "E301",
    "unclosed": "E302",
    "unknown_name": "E303",
    "unknown_filter": "E304",
    "filter_arguments": "E305",
    "not_allowed": "E306",
    "private": "E307",
    "too_long": "E308",
    "too_deep": "E309",
    "link": "E310",
}
CUSTOMER = ("id", "name", "username", "language", "tags")
"""What is known of every customer, beside what flows remember."""
_EMPTY = compile_text("")
_MARKUP = ("{{", "{%", "{#")
_BRACED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_RUSSIAN = re.compile(r"(?<!\w)(?:и|или|не|если|иначе)(?!\w)", re.IGNORECASE)
_CURLY = re.compile("[«»“”„‘’]")
_SINGLE = re.compile(r"(?<!\{)\{ *([^\W\d]\w*(?:\.\w+)*) *(?:\|[^{}]*)?\}\}?")
_WORD = re.compile(r"[^\W\d]\w*")
_WORD_BEFORE = re.compile(r"\{\{\s*([^\W\d]\w*)\s+\Z")
_TWO_FORMS = re.compile(r"\|\s*(plural\(\s*'[^']*[а-яё][^']*'\s*,\s*'[^']*[а-яё][^']*'\s*\))")
_MOMENT = re.compile(
    r"(?<![\w.:-])(?:\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\d{1,2}\.\d{1,2}\.\d{4})(?![\w:-])", re.ASCII
)
_MEANT = {"=": "==", "и": "and", "или": "or", "не": "not", "если": "if", "иначе": "else"}
_CUT = re.compile(r" #(?=.*\w)")


class Wording:
    """Compiles what one file says. `kept` is what flows remember about customers, None where that is not known; `step`
    the id of the step being read, for `uses`."""

    def __init__(
        self,
        report: Report,
        own_names: Collection[str],
        business: Business,
        kinds: Collection[str],
        kept: Collection[str] | None = None,
    ) -> None:
        self.report = report
        self.own_names = own_names
        self.names: frozenset[str] = frozenset(own_names) | BUILT_IN - {"secret"}
        self.language = business.language
        self._roots: dict[str, tuple[str, Collection[str]]] = {
            "vars": ("E227", business.vars),
            "secret": ("E226", business.secrets),
            "now": ("E233", MOMENT),
        }
        if kept is not None:
            self._roots["customer"] = ("E233", {*CUSTOMER, *kept})
        self.kinds = kinds
        self.step = ""
        self.uses: list[Use] = []

    def template(
        self, node: Tree, where: Argument = "", names: Collection[str] | None = None
    ) -> Template:
        """A compiled text; an empty one where it has mistakes, which are noted."""
        written = self.report.text(node, where)
        if not written or not isinstance(node, Scalar):
            return _EMPTY
        self.look_for_cut(node)
        parts = _BRACED.finditer(written) if "{" in written else ()
        if any(self._bare_moment(node, part.start(), part[0]) for part in parts):
            return _EMPTY
        try:
            template = compile_text(written, names or self.names, language=self.language)
        except TemplateError as error:
            self._wrong(error, node)
            return _EMPTY
        self._note_use(template, node)
        self._look_for_single_braces(node, names or self.names)
        self._look_for_plural(node)
        return template

    def expression(self, node: Tree, where: Argument = "") -> Expression:
        """A compiled expression; an empty one where it has mistakes."""
        written = self.report.text(node, where)
        if not written or not isinstance(node, Scalar) or self._bare_moment(node, 0, written):
            return compile_expression("''")
        try:
            expression = compile_expression(written, self.names, language=self.language)
        except TemplateError as error:
            self._wrong(error, node, bare=True)
            return compile_expression("''")
        self._note_use(expression, node)
        return expression

    def _note_use(self, compiled: Template | Expression, node: Scalar) -> None:
        if not compiled.names:
            return
        self.uses.append(Use(self.step, node, compiled.names, compiled.attributes))
        for root, (code, known) in self._roots.items():
            if root in compiled.names:
                used = sorted(
                    chain[1] for chain in compiled.attributes if chain[0] == root and len(chain) > 1
                )
                self.check_keys(node, root, used, known, code)

    def check_keys(
        self, node: Scalar, root: str, used: Iterable[str], known: Collection[str], code: str
    ) -> None:
        """Note each `root.key` whose key is not known."""
        for key in dict.fromkeys(used):
            if key in known:
                continue
            found = re.search(rf"(?<!\w){root}\.({re.escape(key)})(?!\w)", node.value)
            line, column = self.report.source.within(node, found.start(1) if found else 0)
            near = nearest(key, known)
            written = self.report.source.line(line)[column - 1 : column - 1 + len(key)]
            self.report.mark(
                code, line, column, column + len(key),
                replacement=near if near and written == key else None,
                owner=root, name=key, near=near, known=", ".join(sorted(known)),
            )  # fmt: skip

    def phrase(self, node: Tree, by_channel: Tree | None = None, where: Argument = "") -> Phrase:
        """A text with other wordings for some kinds of channel."""
        default = self.template(node, where)
        if by_channel is None:
            return Phrase(default)
        return Phrase(default, self._other_wordings(by_channel))

    def phrases(
        self, node: Tree, by_channel: Tree | None = None, where: Argument = ""
    ) -> tuple[Phrase, ...]:
        """One text or several."""
        return tuple(self.phrase(item, by_channel, where) for item in self.report.items(node))

    def _other_wordings(self, node: Tree) -> dict[str, Template]:
        fields = self.report.fields(node, None, "by_channel")
        other: dict[str, Template] = {}
        for key, text in fields.node.entries if fields.node else ():
            if key.value in self.kinds:
                other[key.value] = self.template(text, "by_channel")
            else:
                near = nearest(key.value, self.kinds)
                self.report.add(
                    "E209", key, replacement=near or None,
                    name=key.value, near=near, known=", ".join(sorted(self.kinds)),
                )  # fmt: skip
        return other

    def look_for_cut(self, node: Tree) -> None:
        """`№5 # скидка` is a text and a comment; one space in front looks as if it were meant as text."""
        if not isinstance(node, Scalar) or node.style or node.line != node.end_line:
            return
        line = self.report.source.line(node.line)
        if line.startswith(" #", node.end_column - 1) and _CUT.match(line, node.end_column - 1):
            text = line[node.column - 1 :].rstrip()
            self.report.mark(
                "W011", node.line, node.column, len(line.rstrip()) + 1,
                replacement=quoted(text), text=line[node.end_column :].strip(), kept=node.value,
            )  # fmt: skip

    def _look_for_single_braces(self, node: Scalar, names: Collection[str]) -> None:
        """`{имя}` and `{ имя }}`: what people write who know other programs."""
        if "}" not in node.value:
            return
        text = _BRACED.sub(lambda found: " " * len(found[0]), node.value)
        for found in _SINGLE.finditer(text):
            if found[1].partition(".")[0] not in names:
                continue
            line, column = self.report.source.within(node, found.start())
            self.report.mark(
                "E313" if found[0].endswith("}}") else "W012",
                line, column, column + len(found[0]),
                text=found[0], name=found[1],
            )  # fmt: skip

    def _look_for_plural(self, node: Scalar) -> None:
        """`plural('год', 'лет')`: with two forms it is 21 лет, as it is 21 items."""
        found = _TWO_FORMS.search(node.value) if self.language == "ru" else None
        if found:
            line, column = self.report.source.within(node, found.start(1))
            usage = "plural('день', 'дня', 'дней')"
            self.report.mark(
                "E305", line, column, column + len(found[1]), name="plural", usage=usage
            )

    def _wrong(self, error: TemplateError, node: Scalar, *, bare: bool = False) -> None:
        if error.key == "syntax" and (
            self._foreign(node, bare=bare) or self._two_words(error.offset, node, bare=bare)
        ):
            return
        line, column = self.report.source.within(node, error.offset)
        arguments, near = _arguments(error), ""
        name = str(error.arguments.get("name", ""))
        end = column + max(1, len(name))
        if error.key in {"unknown_name", "unknown_filter"}:
            near = nearest(name, error.arguments.get("known", ()))
            if error.key == "unknown_name" and name in self._roots["vars"][1]:
                near = f"vars.{name}"
            column, end = self._find(name, line, column)
        written = self.report.source.line(line)[column - 1 : end - 1]
        replacement = near if near and written == name else None
        self.report.mark(
            CODES.get(error.key, "E301"), line, column, end,
            replacement=replacement, near=near, **arguments,
        )  # fmt: skip

    def _two_words(self, offset: int, node: Scalar, *, bare: bool) -> bool:
        """`{{ дата date }}` lacks the bar before a filter, `{{ имя клиента }}` is a name with a space in it."""
        if bare:
            return False
        found = _WORD_BEFORE.search(node.value, 0, offset)
        second = _WORD.match(node.value, offset)
        if not found or not second:
            return False
        first, last = found[1], second[0]
        line, column = self.report.source.within(node, found.start(1))
        end = column + len(node.value[found.start(1) : second.end()])
        code = "E315" if last in FILTERS else "E316"
        self.report.mark(code, line, column, end, name=first, word=last)
        return True

    def _foreign(self, node: Scalar, *, bare: bool) -> bool:
        """`=` for `==`, and the Russian words for and, or, not: what people write first."""
        parts = (
            [(0, node.value)] if bare else [(f.start(), f[0]) for f in _BRACED.finditer(node.value)]
        )
        for start, text in parts:
            unquoted = _QUOTED.sub(lambda found: " " * len(found[0]), text)
            found = _CURLY.search(unquoted)
            if found:
                line, column = self.report.source.within(node, start + found.start())
                self.report.mark("E314", line, column, column + 1, sign=found[0])
                return True
            found = _EQUALS.search(unquoted) or _RUSSIAN.search(unquoted)
            if found:
                line, column = self.report.source.within(node, start + found.start())
                written = found[0]
                meant = _MEANT[written.lower()]
                here = self.report.source.line(line)[column - 1 :].startswith(written)
                self.report.mark(
                    "E311" if written == "=" else "E312", line, column, column + len(written),
                    replacement=meant if here else None, name=written, near=meant,
                )  # fmt: skip
                return True
        return False

    def _bare_moment(self, node: Scalar, start: int, text: str) -> bool:
        """`время > 15:00` is no expression, and `день > 2026-12-31` one that subtracts."""
        found = _MOMENT.search(_QUOTED.sub(lambda one: " " * len(one[0]), text))
        if not found:
            return False
        said = found[0]
        day = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", said)
        hour, colon, minute = said.partition(":")
        if colon:
            said = f"{hour:0>2}:{minute}"
        near = f"'{day[3]}-{day[2]:0>2}-{day[1]:0>2}'" if day else f"'{said}'"
        line, column = self.report.source.within(node, start + found.start())
        end = column + len(found[0])
        here = self.report.source.line(line)[column - 1 : end - 1] == found[0]
        quoted_so = node.style == "'"
        self.report.mark(
            "E317", line, column, end,
            replacement=near if here and not quoted_so else None, text=found[0], near=near,
        )  # fmt: skip
        return True

    def _find(self, name: str, line: int, column: int) -> tuple[int, int]:
        """Where a name stands, at or behind a column."""
        written = self.report.source.line(line)
        for start in (column - 1, 0):
            at = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").search(written, start)
            if at:
                return at.start() + 1, at.end() + 1
        return column, column + 1


def _arguments(error: TemplateError) -> dict[str, Argument]:
    arguments: dict[str, Any] = {}
    for key, value in error.arguments.items():
        arguments[key] = (
            ", ".join(map(str, value))
            if isinstance(value, list | tuple | set | frozenset)
            else str(value)
        )
    return arguments


def is_plain(text: str) -> bool:
    """Whether a text has nothing to fill in."""
    return not any(mark in text for mark in _MARKUP)
