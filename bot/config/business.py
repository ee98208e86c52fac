"""The part of the configuration that turns need: the business."""

import zoneinfo
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from bot.check.finding import Word
from bot.desk.texts import TEXTS as DESK_TEXTS
from bot.dialog.texts import TEXTS as DIALOG_TEXTS
from bot.faq import normalise
from bot.model.business import Business, ConsentText, Queue, Words
from bot.model.hours import Hours, HoursError, parse_hours
from bot.source import Fields, Node, Report, Scalar, Tree
from bot.source import Mapping as MappingNode
from bot.source.nearest import nearest
from bot.source.plain import plain

_WORDS = {
    "ru": {
        "cancel": ("отмена", "отменить", "стоп", "отмените", "передумал", "передумала"),
        "operator": ("оператор", "человек"),
        "menu": ("меню", "главное меню", "в меню"),
    },
    "en": {
        "cancel": ("cancel", "stop", "never mind"),
        "operator": ("operator", "human", "agent"),
        "menu": ("menu", "main menu"),
    },
}
_FIRST_QUEUE = {"ru": ("общая", "Общая очередь"), "en": ("general", "General queue")}
_NOT_WEEKS = ("holidays", "moved")
T = TypeVar("T")


def read_business(
    values: Mapping[str, Any], report: Report, fields: Fields, channel_queues: Mapping[str, str]
) -> Business:
    """Build it from the values of the top of the file; hours, queues and texts are checked here."""
    language = values["language"]
    operators = values["operators"]
    weeks = _Weeks(values["hours"], values["timezone"], report, fields)
    consent = values["consent"]
    queues = _queues(operators["queues"], language, weeks, report, fields)
    _check_queues(channel_queues, [queue.id for queue in queues], report, fields)
    weeks.look_for_strays({said["hours"] for said in operators["queues"].values()})
    _check_owners(report, fields)
    return Business(
        name=values["name"],
        language=language,
        timezone=weeks.timezone,
        hours=weeks.default,
        queues=queues,
        words=_words(values["words"], language),
        texts=_texts(values["texts"], language, report),
        vars=plain(values["vars"]) or {},
        consent=ConsentText(**consent) if consent and consent["text"] else None,
        secrets=frozenset(values["secrets"]),
        http_allow=frozenset(values["http"]["allow"]),
        idle_return=operators["idle_return"],
        reopen=operators["reopen"],
        rate=operators["rate"],
        place_in_queue=operators["place_in_queue"],
        tries=values["tries"],
        owners=frozenset(operators["owners"]),
        trust_group=bool(operators["telegram"] and operators["telegram"]["trust_group"]),
        burst=values["spam"]["burst"],
        strangers=values["spam"]["new_conversations"],
        channel_queues=channel_queues,
    )


def _check_owners(report: Report, fields: Fields) -> None:
    """Telegram knows people by numbers: a name among the owners would be nobody."""
    for node in fields.fields("operators", None).items("owners"):
        written = report.text(node, "owners")
        if written and not written.isdecimal() and "${" not in written:
            expected = Word("telegram_id")
            report.add("E602", node, expected=expected, where="owners", found=written)


class _Weeks:
    """The schedules under `hours:`: `default`, those that queues name, holidays and moved days for all."""

    def __init__(self, tree: Tree | None, timezone: str, report: Report, fields: Fields) -> None:
        self._report = report
        self._fields = report.fields(tree, None, "hours")
        self.timezone = timezone
        if not self._tried(lambda: bool(parse_hours({}, timezone=timezone)), fields.at("timezone")):
            self.timezone = "UTC"
        days = self._fields.fields("moved", None).node
        self._moved = self._pairs(days)
        self._holidays = self._fields.texts("holidays")
        names = [name for name in self._fields.keys() if name not in _NOT_WEEKS]  # noqa: SIM118
        self.named = {name: self._week(name) for name in names}
        self.default = self.named.get("default") or self._parsed(
            {"mon-sun": "24h"}, fields.at("hours")
        )

    def look_for_strays(self, used: Collection[str | None]) -> None:
        """A schedule that no queue names, where there is no `default`: its name was meant to be that."""
        strays = [name for name in self.named if name not in used]
        if strays and "default" not in self.named:
            self._report.add(
                "W612", self._fields.key(strays[0]) or self._fields.place,
                replacement="default", name=strays[0],
            )  # fmt: skip

    def _pairs(self, node: MappingNode | None) -> dict[str, str]:
        entries = node.entries if node else []
        return {
            key.value: ", ".join(
                self._report.text(one, key.value) for one in self._report.items(value)
            )
            for key, value in entries
        }

    def _week(self, name: str) -> Hours:
        week = self._fields.fields(name, None)
        return self._parsed(self._pairs(week.node), week.place)

    def _parsed(self, week: Mapping[str, str], place: Node) -> Hours:
        hours = self._tried(
            lambda: parse_hours(
                week, timezone=self.timezone, holidays=self._holidays, moved=self._moved
            ),
            place,
        )
        return hours or Hours(timezone=self.timezone)

    def _tried(self, parse: Callable[[], T], place: Node) -> T | None:
        try:
            return parse()
        except HoursError as problem:
            if problem.key == "timezone":
                near = nearest(self.timezone, sorted(zoneinfo.available_timezones()))
                self._report.add(
                    "E616", place, replacement=near or None, name=self.timezone, near=near
                )
                return None
            found = self._find(problem.key) or place
            self._report.add("E614", found, key=problem.key, ru=problem.ru, en=problem.en)
            return None

    def _find(self, text: str) -> Scalar | None:
        """The key or value under `hours:` that says this."""
        return _found(self._fields.node, text)


def _found(tree: Tree | None, text: str) -> Scalar | None:
    match tree:
        case Scalar():
            return tree if tree.value == text else None
        case MappingNode():
            inside = [one for key, value in tree.entries for one in (key, value)]
        case None:
            return None
        case _:
            inside = tree.items
    found = (_found(one, text) for one in inside)
    return next((one for one in found if one is not None), None)


def _queues(
    values: Mapping[str, Mapping[str, Any]],
    language: str,
    weeks: _Weeks,
    report: Report,
    fields: Fields,
) -> tuple[Queue, ...]:
    if not values:
        return (Queue(*_FIRST_QUEUE[language]),)
    written = fields.fields("operators", None).fields("queues", None)
    queues = []
    for name, said in values.items():
        hours = said["hours"]
        if hours:
            _must_be_known(hours, weeks.named, report, written.fields(name, None), "hours")
        limits = {key: said[key] for key in ("first_reply", "next_reply", "requeue_after")}
        queues.append(Queue(name, said["title"] or name, **limits, hours=weeks.named.get(hours)))
    return tuple(queues)


def _check_queues(
    named: Mapping[str, str], known: Sequence[str], report: Report, fields: Fields
) -> None:
    """A channel's `queue` must be one of `operators.queues`."""
    written = fields.fields("channels", None)
    for channel, queue in named.items():
        _must_be_known(queue, known, report, written.fields(channel, None), "queue")


def _must_be_known(
    value: str, known: Collection[str], report: Report, fields: Fields, key: str
) -> None:
    if value not in known:
        allowed = ", ".join(known)
        report.add("E604", fields.at(key), value=value, where=key, near="", allowed=allowed)


def _words(values: Mapping[str, Any], language: str) -> Words:
    chosen = {name: values[name] or words for name, words in _WORDS[language].items()}
    return Words(
        **{name: frozenset(normalise(word) for word in words) for name, words in chosen.items()}
    )


def _texts(tree: Tree | None, language: str, report: Report) -> dict[str, str]:
    texts = {**DIALOG_TEXTS[language], **DESK_TEXTS[language]}
    fields = report.fields(tree, texts, Word("texts"))
    return {key: fields.text(key, default) for key, default in texts.items()}
