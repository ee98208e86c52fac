"""The whole project in one picture: the flows, how they lead to each other, the FAQ and the operators."""

from collections.abc import Iterator, Mapping

from bot.commands.graph.drawing import ENTRY, Box, Drawing, Look, People
from bot.commands.terminal import speak
from bot.dialog.flow import FAQ, MENU, Call, Choose, Flow, Goto, Handoff
from bot.dialog.script import Script

_FAQ, _PEOPLE = "\0faq", "\0people"


def overview(script: Script, people: People | None = None, queues: tuple[str, ...] = ()) -> Drawing:
    """A box for each flow; `people` are counted by flow here."""
    arrows = dict.fromkeys(
        arrow for flow in script.flows.values() for arrow in _leads(flow, script)
    )
    menu = script.flows.get(script.menu)
    called = {end for _, end in arrows}
    firsts = [menu] if menu else []
    firsts += [flow for flow in script.flows.values() if flow is not menu and _is_entered(flow)]
    entered = [(ENTRY, flow.id) for flow in firsts if flow is menu or flow.id not in called]
    boxes = [Box(ENTRY, speak("клиент пишет", "a customer writes"), "start")]
    flows = [menu, *(flow for flow in script.flows.values() if flow is not menu)]
    boxes += [_box(flow, script, people) for flow in flows if flow is not None]
    if script.faq:
        boxes.append(_faq(script))
        entered += [] if _FAQ in called else [(ENTRY, _FAQ)]
    if _PEOPLE in called:
        boxes.append(_operators(queues))
    return Drawing(
        speak("Весь проект", "The whole project"),
        tuple(boxes),
        tuple(dict.fromkeys([*entered, *arrows])),
        (_any_time(),),
    )


def _is_entered(flow: Flow) -> bool:
    start = flow.start
    return bool(start.commands or start.phrases or start.events or start.fallback)


def _leads(flow: Flow, script: Script) -> Iterator[tuple[str, str]]:
    """To other flows, the FAQ and people, by any step; options have become steps of their own."""
    for step in flow.steps.values():
        match step:
            case Call() if step.flow == FAQ and script.faq:
                yield flow.id, _FAQ
            case Call() if step.flow in script.flows:
                yield flow.id, step.flow
            case Goto() if step.target == MENU and script.menu and script.menu != flow.id:
                yield flow.id, script.menu
            case Handoff():
                yield flow.id, _PEOPLE
            case Choose():
                targets = [option.target for option in step.options]
                if MENU in targets and script.menu and script.menu != flow.id:
                    yield flow.id, script.menu
            case _:
                pass


def _box(flow: Flow, script: Script, people: People | None) -> Box:
    lines = [flow.title or flow.id]
    lines += [" ".join(f"/{command}" for command in flow.start.commands)]
    lines += [f"«{flow.start.phrases[0]}»" if flow.start.phrases else ""]
    lines += [f"{speak('событие', 'event')}: {name}" for name in flow.start.events]
    if flow.id == script.fallback:
        lines.append(speak("когда ничего не подошло", "when nothing else fits"))
    look: Look = "trouble" if flow.id == script.fallback else "waits"
    counted = None if people is None else people.get(flow.id, (0, 0))
    return Box(flow.id, "\n".join(line for line in lines if line), look, flow.id, counted)


def _faq(script: Script) -> Box:
    topics = dict.fromkeys(entry.topic for entry in script.faq.values() if entry.topic)
    count = len(script.faq)
    said = speak(f"ответов: {count}", f"{count} answers")
    return Box(_FAQ, "\n".join([said, *topics]), "says", "FAQ")


def _operators(queues: tuple[str, ...]) -> Box:
    named = speak("Операторы", "Operators")
    return Box(_PEOPLE, "\n".join([named, *queues]), "people", speak("люди", "people"))


def _any_time() -> Box:
    lines = [
        speak("вопрос из FAQ", "a question of the FAQ"),
        speak("фраза или команда сценария", "a phrase or command of a flow"),
        speak("«оператор», «отмена», «меню»", "“operator”, “cancel”, “menu”"),
    ]
    return Box("\0any", "\n".join(lines), "interrupt", speak("в любой момент", "at any time"))


def by_flow(passed: Mapping[str, int], waiting: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Counts of flows from counts by `flow` and by `flow/step`."""
    sums: dict[str, int] = {}
    for place, count in waiting.items():
        flow = place.partition("/")[0]
        sums[flow] = sums.get(flow, 0) + count
    return {flow: (passed.get(flow, 0), sums.get(flow, 0)) for flow in passed.keys() | sums.keys()}
