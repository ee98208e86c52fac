"""What stands behind a dot: «заявка.номер», where a ticket that was filed has a `number`, would be empty for ever."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from bot.check.across import given_names
from bot.check.drawn import Drawn, Use
from bot.dialog.flow import FAQ, Action, Call, Choose, Find, Flow, Set, Step
from bot.source.nearest import nearest

TICKET = ("number", "queue", "title")
"""What `ticket.create` gives."""


class Inside(msgspec.Struct, frozen=True):
    """What a name holds: a mapping with these keys, or a list of such."""

    keys: frozenset[str]
    many: bool = False


Columns = Mapping[str, Collection[str]]
"""The columns of each table."""
_Held = dict[str, Inside | None]


def check_inside(flows: Sequence[Drawn], columns: Columns) -> None:
    """Note what is asked of a row, a ticket or a called flow that has no such thing."""
    names = {drawn.flow.id: drawn.flow.names for drawn in flows}
    given = given_names(flows)
    for drawn in flows:
        flow = drawn.flow
        held = _held(flow, columns, names)
        from_outside = given.get(flow.id, frozenset())
        if flow.start.events:
            from_outside |= frozenset(flow.slots)
        for use in drawn.uses:
            for chain in sorted(use.attributes):
                inside = None if chain[0] in from_outside else held.get(chain[0])
                if inside is not None and len(chain) > 1:
                    _look(drawn, use, chain, inside)


def _held(flow: Flow, columns: Columns, names: Mapping[str, frozenset[str]]) -> _Held:
    """What each name holds after the steps that save it; None where that cannot be told."""
    held: _Held = {}
    steps = flow.steps.values()
    for step in sorted(steps, key=lambda each: isinstance(each, Choose)):
        for name, inside in _saves(step, columns, names, held):
            known = held.get(name, inside)
            same = inside is not None and known is not None and inside.many is known.many
            held[name] = Inside(inside.keys | known.keys, inside.many) if same else None  # type: ignore[union-attr]
    return held


def _saves(
    step: Step, columns: Columns, names: Mapping[str, frozenset[str]], held: _Held
) -> Iterator[tuple[str, Inside | None]]:
    if isinstance(step, Set):
        yield from ((name, None) for name, _ in step.values)
        return
    save: str = getattr(step, "save", "")
    if save:
        yield save, _result(step, columns, names, held)


def _result(
    step: Step, columns: Columns, names: Mapping[str, frozenset[str]], held: _Held
) -> Inside | None:
    match step:
        case Find() if columns.get(step.table):
            return Inside(frozenset(columns[step.table]), many=True)
        case Choose() if step.rows_from and (rows := held.get(step.rows_from)) is not None:
            return Inside(rows.keys, step.multiple)
        case Call() if step.flow != FAQ and step.flow in names:
            return Inside(names[step.flow] | {"ended"})
        case Action() if step.verb == "ticket.create":
            return Inside(frozenset(TICKET))
    return None


def _look(drawn: Drawn, use: Use, chain: tuple[str, ...], inside: Inside) -> None:
    asked, before = chain[1], chain[0]
    if inside.many and not asked.lstrip("-").isdecimal():
        _note(drawn, use, "E234", before, asked, inside)
    elif inside.many and len(chain) > 2:
        _note(drawn, use, "E233", f"{before}[{asked}]", chain[2], inside)
    elif not inside.many:
        _note(drawn, use, "E233", before, asked, inside)


def _note(drawn: Drawn, use: Use, code: str, owner: str, key: str, inside: Inside) -> None:
    if code == "E233" and key in inside.keys:
        return
    found = re.search(rf"(?<!\w){re.escape(owner)}\.({re.escape(key)})(?!\w)", use.node.value)
    line, column = drawn.report.source.within(use.node, found.start(1) if found else 0)
    near = nearest(key, inside.keys) if code == "E233" else ""
    written = drawn.report.source.line(line)[column - 1 : column - 1 + len(key)]
    drawn.report.mark(
        code, line, column, column + len(key), replacement=near if written == key and near else None,
        owner=owner, name=key, near=near, known=", ".join(sorted(inside.keys)),
    )  # fmt: skip
