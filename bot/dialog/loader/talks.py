"""Conversation tests beside the flows, `*.test.yaml`, as plain data: what is said and done, and what must follow."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from bot.check.finding import Finding, Word
from bot.dialog.loader.files import below, shown
from bot.model.abilities import KINDS
from bot.model.business import Business
from bot.source import Codes, Fields, Report, Scalar, Sequence, Tree, read
from bot.source import Mapping as Pairs
from bot.source.plain import plain

CODES = Codes("E121", "E122", "E123", "E124", "E125")
LineKind = Literal[
    "user", "bot", "tap", "wait", "operator", "press", "edit", "share", "send", "http",
    "event", "restart", "silent", "expect",
]  # fmt: skip
_KINDS: tuple[LineKind, ...] = (
    "user", "bot", "tap", "wait", "operator", "press", "edit", "share", "send", "http",
    "event", "restart", "silent", "expect",
)  # fmt: skip
_EXPECTED = ("slots", "ticket", "ended", "flow", "step", "tags", "customer")
_MONDAY_NOON = dt.datetime(2026, 6, 8, 12)  # noqa: DTZ001 - the project's zone is put on


class Expected(msgspec.Struct, frozen=True):
    """What must hold now; what is not named is not compared. Values are as they were written: the slot's type reads
    them. `ticket` None: not compared; `no_ticket`: there must be none. `ended` and `flow` None: not compared."""

    slots: Mapping[str, str] = MappingProxyType({})
    ticket: Mapping[str, str] | None = None
    no_ticket: bool = False
    ended: str | None = None
    flow: str | None = None
    step: str | None = None
    tags: tuple[str, ...] | None = None
    customer: Mapping[str, str] = MappingProxyType({})


class Line(msgspec.Struct, frozen=True):
    """One line of a talk. `value` by kind:

    `user`, `tap`, `operator`, `press`, `event`: the text. `bot`: the parts, a tuple of texts. `wait`: ms. `edit`: the
    new text. `share`: `{"phone": …}` or `{"location": (latitude, longitude)}`. `send`: `{"file": path below the
    project, "text": …}`. `http`: `{"status": 503}` or `{"json": …}` or both. `restart`, `silent`: True.
    `expect`: `Expected`.
    """

    kind: LineKind
    value: Any
    line: int


class Talk(msgspec.Struct, frozen=True):
    """One test. `channel` is a kind of channel, `now` the ms at which it begins; `path` is below the project."""

    name: str
    channel: str
    now: int
    lines: tuple[Line, ...]
    path: str
    line: int


class Talks(msgspec.Struct, frozen=True):
    """The tests of some files, and what is wrong with those files."""

    talks: tuple[Talk, ...]
    findings: tuple[Finding, ...]


def find_talks(project: Path, flows: str = "flows") -> list[str]:
    """The paths of all test files below the flows' folder, sorted."""
    found = below(project, flows, (".test.yaml", ".test.yml"))
    return [path for path in found if shown(path) == path]


def read_talks(project: Path, paths: list[str], business: Business) -> Talks:
    """Read test files. A file with mistakes gives the talks that have none."""
    talks: list[Talk] = []
    findings: list[Finding] = []
    for path in paths:
        report = Report(path, CODES)
        root = read(project, path, report)
        talks += read_talk_file(root, report, business) if root is not None else ()
        findings += report.findings
    return Talks(tuple(talks), tuple(findings))


def read_talk_file(root: Tree, report: Report, business: Business) -> list[Talk]:
    """The talks of one file that have no mistakes; the report tells of the others."""
    talks = []
    for node in report.items(root):
        before = len(report.findings)
        talk = _talk(node, report, business)
        if len(report.findings) == before:
            talks.append(talk)
    return talks


def _talk(node: Tree, report: Report, business: Business) -> Talk:
    fields = report.fields(node, ("test", "channel", "now", "talk", "comment"), Word("test"))
    fields.require("test", "talk")
    talk = fields.get("talk")
    if talk is not None and not isinstance(talk, Sequence):
        report.add(CODES.kind, talk, expected=Word("list"), where="talk", found=Word("mapping"))
    lines = tuple(
        line for item in fields.items("talk") for line in _lines(item, report) if line is not None
    )
    return Talk(
        fields.text("test"),
        fields.one_of("channel", KINDS, "telegram"),
        _now(fields, report, business),
        lines,
        report.source.path,
        fields.place.line,
    )


def _now(fields: Fields, report: Report, business: Business) -> int:
    zone = ZoneInfo(business.timezone)
    node = fields.get("now")
    local = _MONDAY_NOON
    if node is not None:
        written = report.text(node, "now")
        try:
            local = dt.datetime.fromisoformat(written) if written else local
        except ValueError:
            report.add(CODES.kind, node, expected=Word("moment"), where="now", found=written)
    moment = local if local.tzinfo else local.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)


def _lines(node: Tree, report: Report) -> list[Line | None]:
    fields = report.fields(node, _KINDS, Word("talk_line"))
    return [
        _line(kind, value, report, key.line)
        for key, value in (fields.node.entries if fields.node else ())
        for kind in _KINDS
        if kind == key.value
    ]


def _line(kind: LineKind, node: Tree, report: Report, line: int) -> Line | None:
    match kind:
        case "bot":
            value: Any = tuple(report.text(item, kind) for item in report.items(node))
            if not value:
                report.text(node, kind)
        case "wait":
            value = report.duration(node, kind)
        case "edit":
            value = _nested(node, "to", report)
        case "share":
            value = _share(node, report)
        case "send":
            fields = (
                report.fields(node, ("file", "text"), kind) if isinstance(node, Pairs) else None
            )
            name = fields.text("file") if fields else report.text(node, kind)
            value = {"file": name, "text": fields.text("text") if fields else ""}
        case "http":
            value = _answer(node, report)
        case "restart" | "silent":
            value = report.yes(node, kind)
        case "expect":
            value = _expected(node, report)
        case _:
            value = report.text(node, kind)
    return None if value is None else Line(kind, value, line)


def _nested(node: Tree, key: str, report: Report) -> str:
    """`edit: {to: text}`, or the text alone."""
    if isinstance(node, Pairs):
        return report.fields(node, (key,), "edit").text(key)
    return report.text(node, key)


def _share(node: Tree, report: Report) -> dict[str, Any]:
    fields = report.fields(node, ("phone", "location"), "share")
    if "location" in fields:
        numbers = [_number(item, report) for item in fields.items("location")]
        return {"location": tuple(numbers)}
    fields.require("phone")
    return {"phone": fields.text("phone")}


def _number(node: Tree, report: Report) -> float:
    try:
        return float(report.text(node, "location"))
    except ValueError:
        report.add(CODES.kind, node, expected=Word("number"), where="location", found="")
        return 0.0


def _answer(node: Tree, report: Report) -> dict[str, Any]:
    fields = report.fields(node, ("status", "json", "text"), "http")
    answer: dict[str, Any] = {}
    if "status" in fields:
        answer["status"] = fields.integer("status", 200, low=100, high=599)
    body = fields.get("json")
    if body is not None:
        answer["json"] = plain(body)
    return answer


def _expected(node: Tree, report: Report) -> Expected:
    fields = report.fields(node, _EXPECTED, "expect")
    ticket = fields.get("ticket")
    none = isinstance(ticket, Scalar) and ticket.value in {"none", "null", "no", "нет", "false"}
    return Expected(
        slots=_pairs(fields, "slots"),
        ticket=_pairs(fields, "ticket") if ticket is not None and not none else None,
        no_ticket=none,
        ended=fields.text("ended") if "ended" in fields else None,
        flow=fields.text("flow") if "flow" in fields else None,
        step=fields.text("step") if "step" in fields else None,
        tags=fields.texts("tags") if "tags" in fields else None,
        customer=_pairs(fields, "customer"),
    )


def _pairs(fields: Fields, key: str) -> dict[str, str]:
    return {
        unicodedata.normalize("NFC", name.value): value.value if isinstance(value, Scalar) else ""
        for name, value in fields.entries(key)
    }
