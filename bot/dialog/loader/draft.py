"""A flow on the drawing board: its steps are laid out flat, each block rejoining where it should."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.check.finding import Argument
from bot.dialog.flow import MENU, START, Phrase, Slot, Step
from bot.dialog.loader.ids import check_name
from bot.dialog.loader.known import Known
from bot.dialog.loader.outline import Outline, Planned
from bot.dialog.loader.wording import Wording
from bot.source import Fields, Node, Report, Scalar, Tree, composed
from bot.source.nearest import nearest

Build = Callable[["Draft", Planned, dict[str, Any]], Step | None]


class Draft:
    """What building one flow shares. `slots` are the declared ones, `declared` how each was written."""

    def __init__(
        self,
        report: Report,
        wording: Wording,
        known: Known,
        outline: Outline,
        slots: dict[str, Slot],
        declared: Mapping[str, str],
    ) -> None:
        self.report = report
        self.wording = wording
        self.known = known
        self.outline = outline
        self.slots = slots
        self.declared = declared
        self.steps: dict[str, Step] = {}
        self.menus: list[Node] = []
        self.builders: Mapping[str, Build] = {}

    def lay(self, block: list[Planned], after: str | None) -> str | None:
        """Build the steps of a block whose last one leads to `after`; the id of the first, `after` if it is empty."""
        for number, planned in enumerate(block):
            follow = block[number + 1].id if number + 1 < len(block) else after
            self._build(planned, follow)
        return block[0].id if block else after

    def _build(self, planned: Planned, follow: str | None) -> None:
        before, self.wording.step = self.wording.step, planned.id
        guard = planned.fields.get("if") if planned.word != "if" else None
        common: dict[str, Any] = {
            "id": planned.id,
            "line": planned.place.line,
            "next": follow,
            "named": planned.named,
            "guard": self.wording.expression(guard, "if") if guard is not None else None,
        }
        step = self.builders[planned.word](self, planned, common)
        if step is not None:
            self.steps[planned.id] = step
        self.wording.step = before

    def block(self, planned: Planned, key: str, follow: str | None) -> str | None:
        """The first step of a nested block, None where there is none."""
        nested = planned.blocks.get(key)
        return self.lay(nested, follow) if nested else None

    def rescue(self, planned: Planned, key: str, follow: str | None) -> str | None:
        """`on_fail`, `on_error`: a block that hands over comes back to the step that failed."""
        nested = planned.blocks.get(key) or []
        again = any(step.word == "handoff" for step in nested)
        return self.block(planned, key, planned.id if again else follow)

    def phrase(self, fields: Fields, key: str, *, by_channel: bool = False) -> Phrase | None:
        """A text of a step, None where it is missing."""
        node = fields.get(key)
        if node is None:
            return None
        return self.wording.phrase(node, fields.get("by_channel") if by_channel else None, key)

    def target(self, node: Tree, scope: Mapping[str, str]) -> str:
        """The id of a step that is jumped to, `START` or `MENU`."""
        name = composed(self.report.text(node, "goto"))
        if name == MENU:
            self.menus.append(node)
        if name in {"", START, MENU}:
            return name
        target = scope.get(name, name)
        if target not in self.outline.ids:
            near = nearest(name, [*self._targets(), START, MENU])
            self.report.add(
                "E204", node, replacement=near or None,
                name=name, near=near, known=", ".join([*self._targets(), START, MENU]),
            )  # fmt: skip
        return target

    def _targets(self) -> list[str]:
        return [
            planned.id for planned in self.outline.all if planned.named and "." not in planned.id
        ]

    def flow(self, node: Tree) -> str:
        """The id of a flow that is called."""
        name = composed(self.report.text(node, "call"))
        self.one(node, name, (*self.known.slots, "faq"), "E201")
        return name

    def queue(self, node: Tree) -> str:
        """The id of a queue."""
        name = composed(self.report.text(node, "queue"))
        self.one(node, name, self.known.queues, "E202")
        return name

    def one(
        self, node: Tree, name: str, known: tuple[str, ...], code: str, **more: Argument
    ) -> bool:
        """Note a name that is not among the known ones."""
        if not name or name in known:
            return bool(name)
        bare = name.strip("/").removesuffix(".yaml").removesuffix(".csv")
        near = bare if bare in known else nearest(name, known)
        mended = near if isinstance(node, Scalar) and not node.style else None
        self.report.add(
            code,
            node,
            replacement=mended or None,
            name=name,
            near=near,
            known=", ".join(known),
            **more,
        )
        return False

    def save(self, fields: Fields) -> str:
        """The name that a result is saved under, "" where it is not."""
        node = fields.get("save")
        return check_name(node, self.report, "save") if node is not None else ""

    def pairs(self, node: Tree | None, where: str) -> list[tuple[Scalar, Tree]]:
        """The entries of a mapping with free keys."""
        fields = self.report.fields(node, None, where)
        return fields.node.entries if fields.node else []
