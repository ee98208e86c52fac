"""What a picture shows: the boxes and arrows of a flow, and of a whole project."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from bot.commands.terminal import speak
from bot.dialog.flow import (
    MENU,
    START,
    Action,
    Ask,
    Call,
    Choose,
    End,
    Find,
    Flow,
    Goto,
    Handoff,
    Http,
    If,
    Interrupts,
    Option,
    Phrase,
    Say,
    Set,
    Step,
    Wait,
    Waiting,
)

Look = Literal[
    "start", "waits", "says", "works", "calls", "people", "interrupt", "end", "answer", "trouble"
]
ENTRY, ANY_TIME = "\0start", "\0any"
"""Boxes that are no step: how the flow begins, and what may come in between. No id of a step holds a zero."""


class Box(msgspec.Struct, frozen=True):
    """A step, an answer, or a flow: `look` is what kind of thing it is to a reader; `people` how many came and
    how many wait there now (None: nobody has counted)."""

    id: str
    label: str
    look: Look
    caption: str = ""
    people: tuple[int, int] | None = None


class Drawing(msgspec.Struct, frozen=True):
    """One picture. An arrow is a pair of ids; `aside` are boxes that stand beside the others, without arrows."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[str, str], ...]
    aside: tuple[Box, ...] = ()


People = Mapping[str, tuple[int, int]]
"""How many people came to a step and how many wait there, by `flow/step`."""


class _Way(msgspec.Struct, frozen=True):
    """Where a step may lead: `label` names the answer or the case; no target: nowhere, it ends here."""

    target: str | None
    label: str = ""
    look: Look = "answer"


def draw(flow: Flow, people: People | None = None) -> Drawing:
    """The steps in the order of the file, and every way between them; a goto is only an arrow."""
    boxes = [_entry(flow)]
    arrows = [(ENTRY, _landing(flow, flow.first))]
    for step in flow.steps.values():
        if isinstance(step, Goto):
            continue
        counted = None if people is None else people.get(f"{flow.id}/{step.id}", (0, 0))
        boxes.append(_box(step, counted))
        tags, leads = _between(flow, step)
        boxes += tags
        arrows += leads
    if any(end == MENU for _, end in arrows):
        boxes.append(Box(MENU, speak("Главное меню", "Main menu"), "calls", MENU))
    return Drawing(
        flow.title or flow.id,
        tuple(boxes),
        tuple(dict.fromkeys(arrows)),
        _interruptions(flow.interrupts),
    )


def _between(flow: Flow, step: Step) -> tuple[list[Box], list[tuple[str, str]]]:
    """The ways out of a step; answers that lead to the same place share a box."""
    grouped: dict[tuple[str, Look], list[str]] = {}
    arrows: list[tuple[str, str]] = []
    for way in _ways(step):
        target = _landing(flow, way.target) if way.target else ""
        if way.label:
            grouped.setdefault((target, way.look), []).append(way.label)
        elif target:
            arrows.append((step.id, target))
    tags = []
    for number, ((target, look), labels) in enumerate(grouped.items()):
        tag = f"{step.id}\0{number}"
        tags.append(Box(tag, "\n".join(dict.fromkeys(labels)), look))
        arrows.append((step.id, tag))
        arrows += [(tag, target)] if target else []
    return tags, arrows


def _landing(flow: Flow, target: str) -> str:
    """Where a way ends: through gotos to a step, or at the menu."""
    for _ in flow.steps:
        if target == START:
            target = flow.first
        step = flow.steps.get(target)
        if not isinstance(step, Goto):
            break
        target = step.target
    return flow.first if target == START else target


def _entry(flow: Flow) -> Box:
    start = flow.start
    lines = [f"/{command}" for command in start.commands]
    lines += [f"«{phrase}»" for phrase in start.phrases[:3]]
    lines += ["…"] if len(start.phrases) > 3 else []
    lines += [f"{speak('событие', 'event')}: {name}" for name in start.events]
    if start.fallback:
        lines.append(speak("когда ничего не подошло", "when nothing else fits"))
    called = speak("вызывают другие сценарии", "called by other flows")
    return Box(ENTRY, "\n".join(lines) or called, "start", speak("начало", "start"))


def _interruptions(interrupts: Interrupts) -> tuple[Box, ...]:
    """What may come in between at any question of the flow."""
    lines = []
    if interrupts.faq != "off":
        lines.append(speak("вопрос из FAQ: ответ и назад", "a question of the FAQ: answer, back"))
    if interrupts.operator:
        lines.append(speak("«оператор»: к людям", "“operator”: to people"))
    if interrupts.cancel:
        lines.append(speak("«отмена»: конец", "“cancel”: the end"))
    head = speak("в любой момент", "at any time")
    return (Box(ANY_TIME, "\n".join(lines), "interrupt", head),) if lines else ()


def _box(step: Step, people: tuple[int, int] | None) -> Box:
    look, label = _shown(step)
    caption = step.id if step.named else step.id.replace("-", " ")
    if step.guard is not None:
        caption += f" · {speak('если', 'if')} {step.guard.source}"
    return Box(step.id, label, look, caption, people)


def _shown(step: Step) -> tuple[Look, str]:
    match step:
        case Waiting():
            return "waits", words(step.question)
        case Say():
            return "says", "\n~\n".join(words(text) for text in step.texts)
        case Handoff():
            queue = f"\n→ {step.queue}" if step.queue else ""
            return "people", words(step.reason) + queue
        case End():
            return "end", step.label + (f"\n{words(step.say)}" if step.say else "")
        case Call():
            return "calls", f"→ {step.flow}"
        case _:
            return "works", _work(step)


def _work(step: Step) -> str:
    match step:
        case If():
            return f"{step.condition.source} ?"
        case Action():
            return step.verb
        case Http():
            return f"{step.method} {step.url.source}"
        case Find():
            return f"{speak('таблица', 'table')} «{step.table}»"
        case Set():
            values = [f"{name} = {value.source}" for name, value in step.values]
            return "\n".join([*values, *(f"{name} = ∅" for name in step.clear)])
        case Wait() if step.until is not None:
            return f"{speak('до', 'until')} {step.until // 60:02}:{step.until % 60:02}"
        case Wait():
            return _lasting(step.duration)
        case _:
            return type(step).__name__.lower()


def words(phrase: Phrase) -> str:
    """A text as the file has it, in full, without marks for bold."""
    lines = (" ".join(line.split()) for line in phrase.default.source.split("\n"))
    return "\n".join(line for line in lines if line).replace("**", "")


def _ways(step: Step) -> Iterator[_Way]:
    match step:
        case End():
            return
        case If():
            yield _Way(step.then or step.next, speak("да", "yes"))
            yield _Way(step.otherwise or step.next, speak("нет", "no"))
        case Choose():
            yield from _answers(step)
        case _:
            yield _Way(step.next)
    if isinstance(step, Ask | Say):
        for button in step.buttons:
            if button.target:
                yield _Way(button.target, words(button.text))
    yield from _troubles(step)


def _answers(step: Choose) -> Iterator[_Way]:
    if step.rows_from:
        row = f"{{{{ {step.rows_from} }}}}"
        yield _Way(step.next, step.row_label.source if step.row_label else row)
    for option in step.options:
        yield _option(step, option)


def _option(step: Choose, option: Option) -> _Way:
    text = words(option.text)
    if option.guard is not None:
        text += f" ({speak('если', 'if')} {option.guard.source})"
    if option.cancel:
        return _Way(None, text, "interrupt")
    if option.url is not None:
        return _Way(None, f"{text} ↗")
    return _Way(option.target or step.next, text)


def _troubles(step: Step) -> Iterator[_Way]:
    if isinstance(step, Waiting) and step.on_fail:
        label = speak(f"{step.tries}-й промах подряд", f"{step.tries} misses in a row")
        yield _Way(step.on_fail, label, "trouble")
    if isinstance(step, Action | Http) and step.on_error:
        yield _Way(step.on_error, speak("ошибка", "an error"), "trouble")
    if isinstance(step, Wait) and step.on_message:
        yield _Way(step.on_message, speak("пришло сообщение", "a message comes"), "interrupt")
    for remind in step.remind if isinstance(step, Waiting) else ():
        if remind.end:
            label = speak(
                f"молчит {_lasting(remind.after)}", f"{_lasting(remind.after)} of silence"
            )
            yield _Way(None, f"{label}: {remind.end}", "interrupt")


_UNITS = ((86_400_000, "д", "d"), (3_600_000, "ч", "h"), (60_000, "мин", "min"), (1000, "с", "s"))


def _lasting(duration: int) -> str:
    """A time as its writer would: in the largest unit that leaves no rest."""
    length, ru, en = next((unit for unit in _UNITS if not duration % unit[0]), _UNITS[-1])
    return f"{duration // length} {speak(ru, en)}"
