"""The steps that do not wait: `say`, `set`, `if`, `call`, `goto`, `find`, `wait`, `end`, `handoff`."""

import re
from typing import Any

from bot.dialog import tables
from bot.dialog.filters import show
from bot.dialog.flow import (
    Call,
    Condition,
    End,
    Find,
    Goto,
    Handoff,
    If,
    Media,
    Phrase,
    Say,
    Set,
    Step,
    Wait,
)
from bot.dialog.loader.asking import read_buttons
from bot.dialog.loader.draft import Draft
from bot.dialog.loader.ids import check_name
from bot.dialog.loader.known import Table
from bot.dialog.loader.media import read_media
from bot.dialog.loader.outline import Planned
from bot.dialog.templates import Template, compile_expression, compile_text
from bot.dialog.values import BUILT_IN
from bot.source import Fields, Scalar, Tree, composed
from bot.source.durations import clock, duration
from bot.source.nearest import nearest

_EMPTY = Phrase(compile_text(""))
_SIGNS = {
    "=<": "<=", "=>": ">=", "≤": "<=", "≥": ">=", "≠": "!=", "<>": "!=", "==": "=",
    "меньше": "<", "больше": ">", "до": "<=", "от": ">=", "не больше": "<=", "не меньше": ">=", "не": "!=",
    "less than": "<", "more than": ">", "up to": "<=", "from": ">=", "not": "!=",
}  # fmt: skip
"""What people write for the operators."""
_MEANT_OPERATOR = re.compile(
    r"\s*(=<|=>|≤|≥|≠|<>|==|(?:не больше|не меньше|меньше|больше|до|от|не|less than|more than|up to|from|not)"
    r"(?=\s+(?:\{\{|\d)))",
    re.IGNORECASE,
)
_OPERATOR = re.compile(r"\s*(<=|>=|!=|<|>|=)\s*")
_PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}


def say(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`say`: a text or variants of it."""
    fields = planned.fields
    node = fields.get("say")
    texts = draft.wording.phrases(node, fields.get("by_channel"), "say") if node is not None else ()
    if node is not None and not texts:
        draft.report.text(node, "say")
    return Say(
        **common,
        texts=texts or (_EMPTY,),
        buttons=read_buttons(draft, fields.get("buttons"), planned),
        media=_media(draft, fields),
    )


def _media(draft: Draft, fields: Fields) -> tuple[Media, ...]:
    found = [
        read_media(node, draft.report, draft.known.project, image=key == "image")
        for key in ("image", "file")
        for node in fields.items(key)
    ]
    return tuple(media for media in found if media is not None)


def set_(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`set`: names and expressions."""
    values = []
    for key, node in draft.pairs(planned.fields.get("set"), "set"):
        name = check_name(key, draft.report, "set")
        if name in BUILT_IN:
            draft.report.add("E114", key, name=name)
        values.append((name, draft.wording.expression(node, name)))
    return Set(**common, values=tuple(values))


def if_(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`if`: a branch."""
    fields = planned.fields
    fields.require("then")
    node = fields.get("if")
    condition = (
        draft.wording.expression(node, "if") if node is not None else compile_expression("''")
    )
    return If(
        **common,
        condition=condition,
        then=draft.block(planned, "then", common["next"]),
        otherwise=draft.block(planned, "else", common["next"]),
    )


def call(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`call`: another flow."""
    fields = planned.fields
    node = fields.get("call")
    flow = draft.flow(node) if node is not None else ""
    values = values_of(draft, fields, "with")
    slots = draft.known.slots.get(flow)
    if slots is not None and flow not in draft.known.unread:
        for key, _ in draft.pairs(fields.get("with"), "with"):
            draft.one(key, composed(key.value), slots, "E214", flow=flow)
    return Call(**common, flow=flow, values=values, save=draft.save(fields))


def goto(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`goto`: a jump."""
    node = planned.fields.get("goto")
    return Goto(**common, target=draft.target(node, planned.scope) if node is not None else "")


def find(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`find`: rows of a table."""
    fields = planned.fields
    fields.require("save")
    node = fields.get("find")
    table = composed(draft.report.text(node, "find")) if node is not None else ""
    if node is not None:
        draft.one(node, table, tuple(draft.known.tables), "E203")
    known = draft.known.tables.get(table)
    columns = known.columns if known else None
    where = []
    for key, value in draft.pairs(fields.get("where"), "where"):
        column = composed(key.value)
        if columns:
            draft.one(key, column, columns, "E207", table=table)
        where.append(_condition(draft, column, value))
        if known is not None:
            _look_for_rows(draft, known, where[-1], value)
    sort = composed(fields.text("sort"))
    if sort and columns:
        draft.one(fields.at("sort"), sort.removeprefix("-"), columns, "E207", table=table)  # type: ignore[arg-type]
    return Find(
        **common,
        table=table,
        where=tuple(where),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        top=fields.integer("top", 0, low=1, high=1000),
        save=draft.save(fields),
    )


def _condition(draft: Draft, column: str, node: Tree) -> Condition:
    if not isinstance(node, Scalar):
        draft.report.text(node, "where")
        return Condition(column, "=", compile_text(""))
    found = _OPERATOR.match(node.value)
    meant = _MEANT_OPERATOR.match(node.value) if found is None or found[1] == "=" else None
    if meant:
        draft.report.add("E142", node, sign=meant[0].strip(), near=_SIGNS[meant[1].casefold()])
    if not found:
        return Condition(column, "=", draft.wording.template(node, "where"))
    rest = Scalar(
        node.line, node.column + found.end(), node.end_line, node.end_column,
        node.value[found.end() :], node.style,
    )  # fmt: skip
    return Condition(column, found[1], draft.wording.template(rest, "where"))  # type: ignore[arg-type]


def _look_for_rows(draft: Draft, table: Table, condition: Condition, node: Tree) -> None:
    """A value that is written out and that no row has: nothing would ever be found."""
    wanted = condition.value
    if condition.operator != "=" or not wanted.static or not wanted.source.strip():
        return
    if _MEANT_OPERATOR.match(wanted.source):
        return
    if not table.rows or not any(condition.column in row for row in table.rows):
        return
    if tables.find(table.rows, [(condition.column, "=", wanted.source)]):
        return
    values = dict.fromkeys(show(row.get(condition.column)) for row in table.rows)
    near = nearest(wanted.source, values)
    plain = isinstance(node, Scalar) and not node.style and node.value == wanted.source
    draft.report.add(
        "W249", node, replacement=near if near and plain else None,
        name=condition.column, value=wanted.source, near=near, known=", ".join(filter(None, values)),
    )  # fmt: skip


def wait(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`wait: 2h`, `wait: until 09:00`; the time may also stand under `for`."""
    fields = planned.fields
    node = fields.get("for") or fields.get("wait")
    length, until = 0, None
    if node is None or (isinstance(node, Scalar) and node.blank):
        draft.report.add(draft.report.codes.missing, fields.place, key="for", where="wait")
    elif written := draft.report.text(node, "wait"):
        if written.startswith("until"):
            until = clock(written.removeprefix("until"))
        length = duration(written) or 0
        if not length and until is None:
            draft.report.add("E137", node, value=written)
    return Wait(
        **common,
        duration=length,
        until=until,
        on_message=draft.block(planned, "on_message", common["next"]),
    )


def end(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`end`: the flow ends with a label."""
    return End(
        **common,
        label=planned.fields.text("end"),
        say=draft.phrase(planned.fields, "say", by_channel=True),
    )


def handoff(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`handoff`: to the operators."""
    fields = planned.fields
    queue = fields.get("queue")
    return Handoff(
        **common,
        reason=draft.phrase(fields, "handoff") or _EMPTY,
        queue=draft.queue(queue) if queue is not None else "",
        priority=read_priority(fields),
        say=draft.phrase(fields, "say", by_channel=True),
        offline=draft.phrase(fields, "offline"),
        note=draft.phrase(fields, "note"),
    )


def read_priority(fields: Fields) -> int:
    """A word for it, or a number from -9 to 9."""
    written = fields.text("priority")
    if written in _PRIORITIES:
        return _PRIORITIES[written]
    if written and not written.removeprefix("-").isdecimal():
        fields.one_of("priority", _PRIORITIES)
        return 0
    return fields.integer("priority", 0, low=-9, high=9)


def values_of(
    draft: Draft, fields: Fields, key: str, *, names: frozenset[str] | None = None
) -> tuple[tuple[str, Template], ...]:
    """A mapping of texts: `with`, `headers`, `form`."""
    return tuple(
        (composed(name.value), draft.wording.template(node, name.value, names))
        for name, node in draft.pairs(fields.get(key), key)
    )
