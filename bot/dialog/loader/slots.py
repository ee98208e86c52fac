"""`slots:`: the named answers of a flow."""

from collections.abc import Mapping
from typing import Any

from bot.check.catalogue import has_word
from bot.check.finding import Argument, Word
from bot.dialog.flow import Slot
from bot.dialog.loader.ids import check_name
from bot.dialog.loader.raw import raw
from bot.dialog.slots import TYPES, SlotError, SlotType, build
from bot.dialog.values import BUILT_IN
from bot.source import Fields, Node, Report, Scalar, Tree
from bot.source.nearest import nearest

_CODES = {
    "unknown_type": "E130",
    "unknown_parameter": "E131",
    "missing": "E132",
    "bad_value": "E133",
    "bad_order": "E134",
}
_MEANT = {
    word: name
    for name, words in {
        "phone": "телефон номер мобильный тел tel mobile",
        "email": "почта мейл e-mail mail имейл",
        "date": "дата день календарь day datetime",
        "time": "время час часы clock",
        "number": "число количество сумма цена деньги int integer float num money",
        "text": "текст строка имя слово string str",
        "choice": "выбор список варианты вариант select list options",
        "yesno": "да_нет данет да/нет bool boolean логический yes/no",
        "file": "файл фото картинка документ photo image document picture",
        "regex": "шаблон маска regexp pattern",
    }.items()
    for word in words.split()
}
"""Types as people call them who have not read which there are."""
_OWN = ("type", "keep", "personal", "comment")


def read_slots(fields: Fields) -> tuple[dict[str, Slot], dict[str, str]]:
    """The declared slots, and how each was written."""
    slots: dict[str, Slot] = {}
    declared: dict[str, str] = {}
    for key, node in fields.entries("slots"):
        name = check_name(key, fields.report, Word("slot"))
        if name in BUILT_IN:
            fields.report.add("E114", key, name=name)
        elif name:
            slots[name] = _slot(name, node, fields.report)
            declared[name] = repr(raw(node))
    return slots, declared


def _slot(name: str, node: Tree, report: Report) -> Slot:
    if isinstance(node, Scalar):
        return Slot(name, build_type(report.text(node, name) or "text", {}, None, report, node))
    fields = report.fields(node, None, name)
    given = {key: raw(value) for key, value in fields.pairs() if key not in _OWN}
    slot_type = build_type(fields.text("type", "text"), given, fields, report)
    keep = fields.one_of("keep", ("customer",)) == "customer"
    return Slot(name, slot_type, keep, fields.yes("personal"))


def build_type(
    name: str,
    given: Mapping[str, Any],
    fields: Fields | None,
    report: Report,
    node: Node | None = None,
) -> SlotType:
    """A slot's type; `text` where it is declared wrongly, which is noted."""
    try:
        return build(name, given)
    except SlotError as error:
        place = node or (fields.at(error.parameter or "type") if fields else Node(1, 1, 1, 1))
        if error.key == "unknown_parameter" and fields:
            place = fields.key(error.parameter) or place
        near = ""
        if error.key in {"unknown_type", "unknown_parameter"}:
            known = TYPES if error.key == "unknown_type" else (*TYPES[name].parameters, *_OWN)
            written = str(error.arguments.get("name", ""))
            meant = _MEANT.get(written.casefold(), "") if error.key == "unknown_type" else ""
            near = meant or nearest(written, known)
        report.add(
            _CODES.get(error.key, "E133"), place, replacement=near or None,
            type=name, near=near, **_said(error),
        )  # fmt: skip
        return build("text", {})


_PATTERN_FAULTS = {
    "missing )": "pattern_open",
    "missing ]": "pattern_open",
    "unexpected )": "pattern_closed",
    "invalid character class range": "pattern_range",
    "no argument for repetition operator": "pattern_repeats",
    "bad repetition operator": "pattern_repeats",
    "invalid perl operator": "pattern_unknown",
    "invalid escape sequence": "pattern_unknown",
}
"""What RE2 says of a pattern, before its colon."""


def _detail(said: str) -> Argument:
    fault, _, place = said.partition(": ")
    key = _PATTERN_FAULTS.get(fault)
    return Word(key, place) if key else said


def _said(error: SlotError) -> dict[str, Argument]:
    said: dict[str, Argument] = {}
    for key, value in error.arguments.items():
        if key == "detail":
            said[key] = _detail(str(value))
        elif key == "expected" and has_word(f"parameter_{value}"):
            said[key] = Word(f"parameter_{value}")
        else:
            said[key] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return said
