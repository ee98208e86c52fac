"""What flows, the FAQ and the configuration must agree on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.check.drawn import Drawn, DrawnFaq
from bot.check.finding import Word
from bot.check.graph import graph, pauses, reached
from bot.check.sameness import normal
from bot.dialog.flow import FAQ, MENU, Ask, Call, Goto, StepButton
from bot.model.business import Business
from bot.source import Node, Report, Scalar, composed

Said = dict[str, tuple[Report, Node, str]]


def given_names(flows: Sequence[Drawn]) -> dict[str, frozenset[str]]:
    """For every flow that is called, the names that its callers fill."""
    given: dict[str, frozenset[str]] = {}
    for drawn in flows:
        for step in drawn.flow.steps.values():
            if isinstance(step, Call):
                names = frozenset(name for name, _ in step.values)
                given[step.flow] = given.get(step.flow, frozenset()) | names
    return given


def check_across(
    flows: Sequence[Drawn], faq: DrawnFaq, business: Business, *, whole: bool = True
) -> None:
    """Note what two parts of a project disagree on. Unless it is `whole`, nothing is said to be missing: it may
    stand in a file that could not be read."""
    _commands(flows)
    _fallbacks(flows)
    _phrases(flows, faq, business)
    _entries(faq)
    _calls(flows)
    if whole:
        _menus(flows)
        _lonely(flows, faq, business)


def _commands(flows: Sequence[Drawn]) -> None:
    seen: dict[str, Drawn] = {}
    for drawn in flows:
        for node in drawn.fields.fields("start", None).items("commands"):
            command = _text(node).removeprefix("/").lower()
            other = seen.setdefault(command, drawn)
            if other is not drawn:
                drawn.report.add("E221", node, name=command, other=other.flow.path)


def _fallbacks(flows: Sequence[Drawn]) -> None:
    marked = [drawn for drawn in flows if drawn.flow.start.fallback]
    for drawn in marked[1:]:
        node = drawn.fields.fields("start", None).at("fallback")
        drawn.report.add("E222", node, other=marked[0].flow.path)


def _menus(flows: Sequence[Drawn]) -> None:
    if any(MENU in drawn.flow.start.commands for drawn in flows):
        return
    for drawn in flows:
        for node in drawn.menus:
            drawn.report.add("E205", node)


def _phrases(flows: Sequence[Drawn], faq: DrawnFaq, business: Business) -> None:
    """Phrases and questions that are the same to whoever reads them: only one of them could ever be heard."""
    words = business.words
    reserved = {
        **dict.fromkeys(words.cancel, "cancel"),
        **dict.fromkeys(words.operator, "operator"),
    }
    reserved |= dict.fromkeys(words.menu, "menu")
    seen: Said = {}
    for drawn in flows:
        for node in drawn.fields.fields("start", None).items("phrases"):
            text = normal(_text(node))
            _reserved(text, reserved, drawn.report, node)
            _same("E230", seen, text, drawn.report, node, drawn.flow.id)
    own: dict[str, str] = {}
    for entry, fields in faq.entries:
        mine: set[str] = set()
        for node in fields.items("questions"):
            text = normal(_text(node))
            if text in mine:
                faq.report.add("W511", node, text=_text(node))
            elif text in own:
                faq.report.add("E507", node, text=_text(node), other=own[text])
            elif text in seen:
                faq.report.add("E508", node, text=_text(node), other=seen[text][2])
            else:
                _reserved(text, reserved, faq.report, node)
            if text:
                mine.add(text)
                own.setdefault(text, entry.id)


def _reserved(text: str, words: Mapping[str, str], report: Report, node: Node) -> None:
    if text in words:
        report.add("W009", node, text=_text(node), word=Word(f"reserved_{words[text]}"))


def _same(code: str, seen: Said, text: str, report: Report, node: Node, owner: str) -> None:
    if not text:
        return
    _, _, other = seen.setdefault(text, (report, node, owner))
    if other != owner:
        report.add(code, node, text=_text(node), other=other)


def _text(node: Any) -> str:
    return composed(node.value) if isinstance(node, Scalar) else ""


def _entries(faq: DrawnFaq) -> None:
    seen: dict[str, int] = {}
    for entry, fields in faq.entries:
        if entry.id and entry.id in seen:
            faq.report.add("E506", fields.at("id"), name=entry.id, other=seen[entry.id])
        seen.setdefault(entry.id, entry.line)


def _lonely(flows: Sequence[Drawn], faq: DrawnFaq, business: Business) -> None:
    """Flows that nothing starts and nothing calls."""
    called = {flow for drawn in flows for flow in _called(drawn)}
    called |= {button.call for entry, _ in faq.entries for button in entry.buttons if button.call}
    if business.consent is not None:
        called.add(business.consent.on_refuse)
    for drawn in flows:
        start = drawn.flow.start
        begins = start.commands or start.phrases or start.events or start.fallback
        if not begins and drawn.flow.id not in called:
            drawn.report.add("W006", drawn.fields.at("flow"), name=drawn.flow.id)


def _called(drawn: Drawn) -> Iterator[str]:
    for step in drawn.flow.steps.values():
        if isinstance(step, Call):
            yield step.flow
        buttons: tuple[StepButton, ...] = getattr(step, "buttons", ())
        yield from (button.call for button in buttons if button.call)


def _calls(flows: Sequence[Drawn]) -> None:
    """Flows that call each other round and round before anybody is waited for."""
    by_id = {drawn.flow.id: drawn for drawn in flows}
    at_once = {drawn.flow.id: _at_once(drawn) for drawn in flows}
    for flow_id, calls in at_once.items():
        for step, called in calls:
            if flow_id in _follow(called, at_once):
                drawn = by_id[flow_id]
                place = (
                    drawn.parts[step].fields.at("call")
                    if step in drawn.parts
                    else drawn.places[step]
                )
                drawn.report.add("E225", place, name=called, flow=flow_id)


def _at_once(drawn: Drawn) -> list[tuple[str, str]]:
    """The calls that a flow may come to before it waits for anything."""
    flow = drawn.flow
    ways = {step: () if _stops(flow.steps[step]) else to for step, to in graph(flow).items()}
    steps = reached(flow, ways)
    return [
        (step.id, step.flow)
        for step in flow.steps.values()
        if isinstance(step, Call) and step.id in steps and step.flow != FAQ
    ]


def _stops(step: Any) -> bool:
    return isinstance(step, Ask) or (pauses(step) and not isinstance(step, Call | Goto))


def _follow(start: str, calls: Mapping[str, list[tuple[str, str]]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        flow = waiting.pop()
        if flow not in seen:
            seen.add(flow)
            waiting += [called for _, called in calls.get(flow, ())]
    return seen
