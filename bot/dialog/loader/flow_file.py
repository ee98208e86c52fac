"""One file `flows/<id>.yaml`: from its tree to a `Flow`."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bot.check.drawn import Drawn, Parts
from bot.check.finding import Word
from bot.dialog.flow import Flow, Interrupts, Start
from bot.dialog.loader import acting, asking, calling, words
from bot.dialog.loader.draft import Build, Draft
from bot.dialog.loader.ids import check_id, is_id
from bot.dialog.loader.interrupts import read_interrupts
from bot.dialog.loader.known import Known
from bot.dialog.loader.outline import Outline, Planned
from bot.dialog.loader.slots import read_slots
from bot.dialog.loader.wording import Wording
from bot.source import Fields, Report, Scalar, Tree, composed
from bot.source import Mapping as Pairs
from bot.source.nearest import nearest

_WEBHOOK = "webhook"
BUILDERS: Mapping[str, Build] = MappingProxyType(
    {
        "say": acting.say,
        "ask": asking.ask,
        "choose": asking.choose,
        "find": acting.find,
        "set": acting.set_,
        "if": acting.if_,
        "call": acting.call,
        "goto": acting.goto,
        "action": calling.action,
        "http": calling.http,
        "handoff": acting.handoff,
        "wait": acting.wait,
        "end": acting.end,
    }
)


def slot_names(root: Tree | None) -> tuple[str, ...]:
    """The names of a flow's slots: declared ones, and those that its steps ask for."""
    if not isinstance(root, Pairs):
        return ()
    slots = root.get("slots")
    declared = [composed(key.value) for key, _ in slots.entries] if isinstance(slots, Pairs) else []
    return tuple(dict.fromkeys([*declared, *_asked(root)]))


def _asked(node: Tree) -> Iterator[str]:
    if isinstance(node, Pairs):
        keys = {key.value: value for key, value in node.entries}
        save = keys.get("save")
        if isinstance(save, Scalar) and ("ask" in keys or "choose" in keys):
            yield composed(save.value)
        for _, value in node.entries:
            yield from _asked(value)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from _asked(item)


def kept_names(root: Tree | None) -> Iterator[str]:
    """What a flow remembers about customers: slots with `keep`, and what `customer.set` names."""
    slots = root.get("slots") if isinstance(root, Pairs) else None
    for key, node in slots.entries if isinstance(slots, Pairs) else ():
        if isinstance(node, Pairs) and node.get("keep") is not None:
            yield composed(key.value)
    yield from _set_about_customers(root) if root is not None else ()


def _set_about_customers(node: Tree) -> Iterator[str]:
    if isinstance(node, Pairs):
        verb, given = node.get("action"), node.get("with")
        if isinstance(verb, Scalar) and verb.value == "customer.set" and isinstance(given, Pairs):
            yield from (composed(key.value) for key, _ in given.entries)
        for _, value in node.entries:
            yield from _set_about_customers(value)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from _set_about_customers(item)


def read_flow(root: Tree, flow_id: str, report: Report, known: Known) -> Drawn | None:
    """Build the flow; None where the file is no mapping. Mistakes are in the report."""
    fields = report.fields(root, words.FLOW_KEYS, Word("flow_file"))
    if fields.node is None:
        if isinstance(root, Scalar):
            report.add("E119", root)
        return None
    _check_flow_id(fields, flow_id, report)
    slots, declared = read_slots(fields)
    snippets = _snippets(fields)
    outline = Outline(report, snippets)
    steps = fields.get("steps")
    top = outline.read(steps) if steps is not None else []
    if steps is None or not report.items(steps):
        report.add("E119", fields.key("steps") or fields.place)
    names = frozenset({*slots, *_saved(outline)})
    wording = Wording(report, names, known.business, known.kinds, known.kept)
    draft = Draft(report, wording, known, outline, slots, declared)
    draft.builders = BUILDERS
    first = draft.lay(top, None)
    interrupts = fields.get("interrupts")
    ordered = {
        planned.id: draft.steps[planned.id] for planned in outline.all if planned.id in draft.steps
    }
    flow = Flow(
        id=flow_id,
        title=fields.text("title", flow_id),
        path=report.source.path,
        start=_start(fields, wording, known),
        slots=MappingProxyType(draft.slots),
        steps=MappingProxyType(ordered),
        first=first or "",
        interrupts=read_interrupts(wording, interrupts) if interrupts is not None else Interrupts(),
        on_update="restart"
        if fields.one_of("on_update", ("keep", "restart")) == "restart"
        else "keep",
        names=names,
    )
    return Drawn(
        flow, report, fields,
        {planned.id: planned.place for planned in outline.all},
        {planned.id: _parts(planned) for planned in outline.all},
        tuple(wording.uses),
        tuple(draft.menus),
        tuple(key for key, _ in fields.entries("snippets") if composed(key.value) not in outline.used_snippets),
    )  # fmt: skip


def _parts(planned: Planned) -> Parts:
    options = planned.fields.get("options") if planned.word == "choose" else None
    keys = [key for key, _ in options.entries] if isinstance(options, Pairs) else []
    return Parts(planned.fields, {composed(key.value): key for key in keys})


def _check_flow_id(fields: Fields, flow_id: str, report: Report) -> None:
    node = fields.get("flow")
    if node is None:
        fields.require("flow")
        return
    written = check_id(node, report, "flow")
    if written and written != flow_id and is_id(flow_id):
        report.add("E118", node, replacement=flow_id, name=written, file=flow_id)


def _snippets(fields: Fields) -> dict[str, Tree]:
    return {
        check_id(key, fields.report, Word("snippet")): node
        for key, node in fields.entries("snippets")
    }


def _saved(outline: Outline) -> Iterator[str]:
    """Every name that a step fills."""
    for planned in outline.all:
        save = planned.fields.get("save")
        if isinstance(save, Scalar) and save.value:
            yield composed(save.value)
        if planned.word == "set":
            named = planned.fields.get("set")
            yield from (
                (composed(key.value) for key, _ in named.entries)
                if isinstance(named, Pairs)
                else ()
            )


def _start(fields: Fields, wording: Wording, known: Known) -> Start:
    start = fields.fields("start", words.START_KEYS)
    guard = start.get("if")
    commands = []
    for node in start.items("commands"):
        command = composed(fields.report.text(node, "commands")).removeprefix("/").lower()
        if len(command.split()) > 1:
            fields.report.add("E143", node, text=command)
        if command:
            commands.append(command)
    for node in start.items("channels"):
        _one_of_channels(fields.report, node, known)
    events = [event_name(node) or _no_event(fields.report, node) for node in start.items("event")]
    return Start(
        commands=tuple(commands),
        phrases=start.texts("phrases"),
        events=tuple(filter(None, events)),
        channels=tuple(composed(text) for text in start.texts("channels")),
        guard=wording.expression(guard, "if") if guard is not None else None,
        fallback=start.yes("fallback"),
    )


def _one_of_channels(report: Report, node: Tree, known: Known) -> None:
    name = composed(report.text(node, "channels"))
    if name and name not in known.channels:
        near = nearest(name, known.channels)
        report.add(
            "E209",
            node,
            replacement=near or None,
            name=name,
            near=near,
            known=", ".join(known.channels),
        )


def event_name(node: Tree) -> str:
    """`first_contact`, `ticket_closed`, or `webhook:NAME` (also as a mapping: `webhook: NAME`); "" for others."""
    if isinstance(node, Pairs):
        hook = node.get(_WEBHOOK) if len(node.entries) == 1 else None
        return (
            f"{_WEBHOOK}:{composed(hook.value)}" if isinstance(hook, Scalar) and hook.value else ""
        )
    if not isinstance(node, Scalar) or node.value in words.EVENTS:
        return node.value if isinstance(node, Scalar) else ""
    word, _, name = node.value.partition(":")
    return f"{_WEBHOOK}:{composed(name.strip())}" if word == _WEBHOOK and name.strip() else ""


def _no_event(report: Report, node: Tree) -> str:
    name = report.text(node, "event")
    if name:
        near = nearest(name, words.EVENTS)
        allowed = ", ".join([*words.EVENTS, "webhook:…"])
        report.add("E228", node, replacement=near or None, name=name, near=near, known=allowed)
    return name
