"""Conversation tests and labelled questions that name what does not exist."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bot.check.drawn import Drawn, DrawnFaq
from bot.check.sameness import normal
from bot.dialog.flow import Ask, Choose, End, Phrase, Say, Waiting
from bot.faq import near as is_near
from bot.model.business import Business
from bot.source import Fields, Mapping, Report, Scalar, Tree, composed
from bot.source.nearest import nearest

_OWN_ENDINGS = ("cancelled", "stuck", "dropped", "step_gone")


class Names(msgspec.Struct, frozen=True):
    """Everything of a project that a test may name. `dynamic`: some labels are known only while it runs."""

    slots: frozenset[str]
    flows: frozenset[str]
    steps: frozenset[str]
    queues: frozenset[str]
    endings: frozenset[str]
    labels: tuple[str, ...]
    dynamic: bool


def names_of(flows: Sequence[Drawn], faq: DrawnFaq, business: Business) -> Names:
    """Gather them."""
    steps = [step for drawn in flows for step in drawn.flow.steps.values()]
    phrases = [
        *_labels(flows),
        *(button.text for entry, _ in faq.entries for button in entry.buttons),
    ]
    templates = [
        template for phrase in phrases for template in (phrase.default, *phrase.by_channel.values())
    ]
    asked = [text for entry, _ in faq.entries for text in (entry.topic, *entry.questions)]
    reminds = [remind.end for step in steps if isinstance(step, Waiting) for remind in step.remind]
    return Names(
        slots=frozenset(name for drawn in flows for name in drawn.flow.names),
        flows=frozenset(drawn.flow.id for drawn in flows),
        steps=frozenset(step.id for step in steps),
        queues=frozenset(queue.id for queue in business.queues),
        endings=frozenset([*_OWN_ENDINGS, *(step.label for step in steps if isinstance(step, End)), *filter(None, reminds)]),
        labels=(
            *(template.source for template in templates if template.static),
            *(drawn.flow.title for drawn in flows),
            *asked,
            *business.texts.values(),
        ),
        dynamic=any(not template.static for template in templates)
        or any(isinstance(step, Choose) and step.rows_from for step in steps),
    )  # fmt: skip


def _labels(flows: Sequence[Drawn]) -> Iterator[Phrase]:
    for drawn in flows:
        for step in drawn.flow.steps.values():
            if isinstance(step, Choose):
                yield from (option.text for option in step.options)
            if isinstance(step, Say | Ask):
                yield from (button.text for button in step.buttons)
            if isinstance(step, Ask) and step.optional is not None:
                yield step.optional


class TalkCheck:
    """Checks the tests of a project, file by file."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._labels = {normal(label) or label for label in names.labels}

    def check(self, root: Tree, report: Report) -> None:
        """Note every name in a file of tests that the project does not have."""
        for test in report.items(root):
            for line in _members(test, "talk"):
                if isinstance(line, Mapping):
                    self._line(line, report)

    def _line(self, line: Mapping, report: Report) -> None:
        tapped, expected = line.get("tap"), line.get("expect")
        if isinstance(tapped, Scalar) and tapped.value:
            self._tap(tapped, report)
        if isinstance(expected, Mapping):
            self._expect(expected, report)

    def _tap(self, node: Scalar, report: Report) -> None:
        if (normal(node.value) or node.value) in self._labels:
            return
        near = next((label for label in self._names.labels if is_near(label, node.value)), "")
        if near or not self._names.dynamic:
            report.add(
                "E217",
                node,
                replacement=None if node.style else near or None,
                name=node.value,
                near=near,
            )

    def _expect(self, node: Mapping, report: Report) -> None:
        names = self._names
        slots, ticket = node.get("slots"), node.get("ticket")
        for key, _ in slots.entries if isinstance(slots, Mapping) else ():
            _one(key, names.slots, report)
        if isinstance(ticket, Mapping):
            _one(ticket.get("queue"), names.queues, report)
        _one(node.get("flow"), names.flows, report)
        _one(node.get("step"), names.steps, report)
        _one(node.get("ended"), names.endings, report)


def _members(node: Tree, key: str) -> Iterable[Tree]:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value.items if value is not None and not isinstance(value, Scalar | Mapping) else ()


def _one(node: Tree | None, known: frozenset[str], report: Report) -> None:
    if not isinstance(node, Scalar) or not node.value or composed(node.value) in known:
        return
    near = nearest(node.value, known)
    report.add(
        "E217", node, replacement=None if node.style else near or None, name=node.value, near=near
    )


def check_questions(root: Tree, report: Report, faq: DrawnFaq) -> None:
    """`faq.test.yaml`: questions, each with the entry that answers it, or `none`."""
    known = {entry.id for entry, _ in faq.entries}
    fields: Fields = report.fields(root, None, "faq.test.yaml")
    for _, node in fields.pairs():
        name = composed(report.text(node, "faq.test.yaml"))
        if name and name != "none" and name not in known:
            near = nearest(name, known)
            report.add(
                "E510", node, replacement=None if isinstance(node, Scalar) and node.style else near or None,
                name=name, near=near,
            )  # fmt: skip
