"""First reading of a flow's steps: snippets put in, blocks found, ids given in the order of the document."""

from collections.abc import Iterator, Mapping

import msgspec

from bot.check.finding import Word
from bot.dialog.flow import MENU, START
from bot.dialog.loader import words
from bot.dialog.loader.ids import check_id
from bot.source import Fields, Node, Report, Scalar, Sequence, Tree, composed, quoted
from bot.source import Mapping as Pairs
from bot.source.nearest import nearest

_DEEPEST = 12


class Planned(msgspec.Struct, gc=False):
    """A step before it is built. `blocks` are its nested steps by modifier, an option's by `option:<key>`. `scope`
    tells which ids `goto` means by which names, where a snippet was inserted more than once."""

    id: str
    word: str
    fields: Fields
    place: Node
    named: bool
    scope: Mapping[str, str]
    blocks: "dict[str, list[Planned]]"


class Outline:
    """All steps of one flow. `steps` are the top ones, `ids` every id with its place."""

    def __init__(self, report: Report, snippets: Mapping[str, Tree]) -> None:
        self._report = report
        self._snippets = snippets
        self._counts: dict[str, int] = {}
        self._inserted: dict[str, int] = {}
        self._open: list[str] = []
        self.ids: dict[str, Node] = {}
        self.used_snippets: set[str] = set()
        self.all: list[Planned] = []

    def read(self, node: Tree) -> list[Planned]:
        """The steps of a flow or of a block; one step may stand without the list."""
        return list(self._steps(node, {}, 0))

    def _steps(self, node: Tree, scope: Mapping[str, str], depth: int) -> Iterator[Planned]:
        if depth > _DEEPEST:
            self._report.add("E115", node, limit=_DEEPEST)
            return
        for item in self._report.items(node):
            if isinstance(item, Pairs) and item.get("insert") is not None:
                yield from self._insert(item, depth)
                continue
            step = self._step(item, scope, depth)
            if step is not None:
                yield step

    def _insert(self, node: Pairs, depth: int) -> Iterator[Planned]:
        fields = self._report.fields(node, ("insert", "comment"), "insert")
        name = composed(fields.text("insert"))
        body = self._snippets.get(name)
        if body is None:
            near = nearest(name, self._snippets)
            self._report.add(
                "E210", fields.at("insert"), replacement=near or None, name=name, near=near
            )
            return
        if name in self._open:
            self._report.add("E211", fields.at("insert"), name=name)
            return
        self.used_snippets.add(name)
        times = self._inserted[name] = self._inserted.get(name, 0) + 1
        scope = {i: f"{i}.{times}" for i in _explicit_ids(body)} if times > 1 else {}
        self._open.append(name)
        yield from self._steps(body, scope, depth + 1)
        self._open.pop()

    def _step(self, node: Tree, scope: Mapping[str, str], depth: int) -> Planned | None:
        if not isinstance(node, Pairs):
            self._no_step(node)
            return None
        word = self._word(node)
        if word is None:
            return None
        fields = self._report.fields(
            node, (word, *words.MODIFIERS[word], *words.EVERYWHERE), Word("step", word)
        )
        return self._plan(word, fields, scope, depth)

    def _no_step(self, node: Tree) -> None:
        if isinstance(node, Scalar) and not node.blank:
            single = node.line == node.end_line
            text = node.value if node.style else quoted(node.value)
            text = f"{node.style}{text}{node.style}" if node.style in {'"', "'"} else text
            self._report.add("E101", node, replacement=f"say: {text}" if single else None)
        else:
            self._report.add("E101", node)

    def _word(self, node: Pairs) -> str | None:
        """The action word of a step, None where there is none or more than one."""
        keys = {key.value: key for key, _ in node.entries}
        found = [word for word in words.ACTIONS if word in keys]
        if len(found) > 1 and "if" in found and "then" not in keys:
            found.remove("if")
        if len(found) > 1 and "say" in found and ("end" in found or "handoff" in found):
            found.remove("say")
        if len(found) == 1:
            return found[0]
        if found:
            second = sorted((keys[word] for word in found), key=lambda key: (key.line, key.column))[
                1
            ]
            self._report.add("E108", second, words=", ".join(found), word=second.value)
            return None
        self._no_action(keys)
        return None

    def _no_action(self, keys: Mapping[str, Scalar]) -> None:
        known = {*words.EVERYWHERE, *(key for keys_ in words.MODIFIERS.values() for key in keys_)}
        for name, key in keys.items():
            near = "" if name in known else nearest(name, words.ACTIONS)
            if near:
                self._report.add("E102", key, replacement=near, key=name, near=near)
                return
        place = next(iter(keys.values()), Scalar(1, 1, 1, 1, ""))
        self._report.add("E102", place, key="", near="", known=", ".join(words.ACTIONS))

    def _plan(
        self, word: str, fields: Fields, scope: Mapping[str, str], depth: int, own: str = ""
    ) -> Planned:
        step_id, named = (own, True) if own else self._id(word, fields, scope)
        planned = Planned(step_id, word, fields, fields.place, named, scope, {})
        self.ids.setdefault(step_id, fields.place)
        self.all.append(planned)
        for key in words.BLOCKS.get(word, ()):
            block = fields.get(key)
            if block is not None:
                planned.blocks[key] = list(self._steps(block, scope, depth + 1))
        if word == "choose":
            self._options(planned, depth)
        return planned

    def _id(self, word: str, fields: Fields, scope: Mapping[str, str]) -> tuple[str, bool]:
        nth = self._counts[word] = self._counts.get(word, 0) + 1
        node = fields.get("id")
        if node is not None:
            own = check_id(node, self._report, "id")
            given = scope.get(own, own)
            if own in {START, MENU}:
                self._report.add("E112", node, name=own)
            elif given in self.ids:
                self._report.add("E109", node, name=own, other=self.ids[given].line)
            elif given:
                return given, True
        save = fields.get("save")
        if word in {"ask", "choose"} and isinstance(save, Scalar) and save.value:
            slot = composed(save.value)
            return self._free(scope.get(slot, slot)), True
        return self._free(f"{word}{nth}"), False

    def _free(self, wanted: str) -> str:
        free, nth = wanted, 1
        while free in self.ids:
            nth += 1
            free = f"{wanted}.{nth}"
        return free

    def _options(self, choose: Planned, depth: int) -> None:
        options = choose.fields.get("options")
        if not isinstance(options, Pairs):
            return
        for key, node in options.entries:
            if isinstance(node, Pairs):
                name = f"{choose.id}.{composed(key.value)}"
                fields = self._report.fields(node, words.OPTION_KEYS, Word("option"))
                steps = list(self._option(name, fields, choose.scope, depth))
                choose.blocks[f"option:{composed(key.value)}"] = steps

    def _option(
        self, name: str, fields: Fields, scope: Mapping[str, str], depth: int
    ) -> Iterator[Planned]:
        """The steps that an option's modifiers stand for, in the order: say, then, call, handoff, goto."""
        count = 0
        for word in ("say", "then", "call", "handoff", "goto"):
            node = fields.get(word)
            if node is None or (word == "say" and "handoff" in fields):
                continue
            if word == "then":
                yield from self._steps(node, scope, depth + 1)
                continue
            count += 1
            beside = ("say", "queue", "priority", "offline", "note") if word == "handoff" else ()
            kept = [
                (key, value)
                for key, value in (fields.node.entries if fields.node else ())
                if key.value == word or key.value in beside
            ]
            place = fields.key(word) or fields.place
            entries = Pairs(place.line, place.column, place.end_line, place.end_column, kept)
            own = self._free(name if count == 1 else f"{name}.{count}")
            yield self._plan(word, Fields(self._report, entries, word), scope, depth, own)


def _explicit_ids(node: Tree) -> Iterator[str]:
    """Every `id` and every slot that is asked for in a snippet's body."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _explicit_ids(item)
    elif isinstance(node, Pairs):
        asks = any(key.value in {"ask", "choose"} for key, _ in node.entries)
        for key, value in node.entries:
            if isinstance(value, Scalar) and (key.value == "id" or (asks and key.value == "save")):
                yield composed(value.value)
            else:
                yield from _explicit_ids(value)
