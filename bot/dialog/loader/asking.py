"""The steps that wait for the customer: `ask` and `choose`, with options, buttons and reminders."""

from typing import Any, TypeGuard

from bot.check.finding import Word
from bot.check.sameness import normal
from bot.dialog.flow import Ask, Choose, Option, Phrase, Remind, Slot, Step, StepButton
from bot.dialog.loader import words
from bot.dialog.loader.draft import Draft
from bot.dialog.loader.interrupts import read_interrupts
from bot.dialog.loader.outline import Planned
from bot.dialog.loader.raw import raw, shape, written
from bot.dialog.loader.slots import build_type
from bot.dialog.markup import is_url
from bot.dialog.slots import SlotType
from bot.dialog.templates import Template, compile_text
from bot.model.message import Share
from bot.source import Fields, Scalar, Sequence, Tree, composed
from bot.source import Mapping as Pairs
from bot.source.nearest import nearest

_TRUTHS = {"true": True, "yes": True, "да": True, "false": False, "no": False}
"""«нет» is a label: Есть ли аллергия?"""
_EMPTY = Phrase(compile_text(""))


def ask(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`ask`: a question for a slot."""
    fields = planned.fields
    fields.require("save")
    save = draft.save(fields)
    question = draft.phrase(fields, "ask", by_channel=True) or _EMPTY
    optional = _optional(draft, fields)
    buttons = read_buttons(draft, fields.get("buttons"), planned)
    type_, declared = _type(draft, fields, save)
    return Ask(
        **common,
        **_waiting(draft, planned, common),
        question=question,
        save=save,
        type=type_,
        buttons=buttons,
        optional=optional,
        hint=draft.phrase(fields, "hint"),
        always=fields.yes("always"),
        shape=shape("ask", written(question), save, declared, written(optional), _labels(buttons)),
    )


def choose(draft: Draft, planned: Planned, common: dict[str, Any]) -> Step:
    """`choose`: a question with options, or with the rows of a table."""
    fields = planned.fields
    question = draft.phrase(fields, "choose", by_channel=True) or _EMPTY
    save = draft.save(fields)
    options = _options(draft, planned, common["next"])
    rows_from = fields.text("options_from")
    label = fields.get("option")
    is_bad_list = any(map(_is_option, _items(fields.get("options"))))
    if ("options" in fields) == ("options_from" in fields) or (
        "options" in fields and not options and not is_bad_list
    ):
        draft.report.add("E116", fields.key("choose") or fields.place)
    if rows_from:
        fields.require("option", "save")
        draft.one(fields.at("options_from"), rows_from, tuple(sorted(draft.wording.names)), "E219")  # type: ignore[arg-type]
    row_label = _row_label(draft, label, rows_from) if label is not None else None
    return Choose(
        **common,
        **_waiting(draft, planned, common),
        question=question,
        save=save,
        options=options,
        rows_from=rows_from,
        row_label=row_label,
        row_title=_first_column(row_label) if row_label is not None else "",
        columns=fields.integer("columns", 0, low=1, high=8),
        multiple=fields.yes("multiple"),
        shape=shape(
            "choose", written(question), save, rows_from, row_label.source if row_label else "",
            [(option.key, written(option.text), option.also) for option in options],
        ),
    )  # fmt: skip


def _row_label(draft: Draft, node: Tree, rows_from: str) -> Template:
    """What a row is shown as; its columns are known where the rows were found in a table."""
    label = draft.wording.template(node, "option", {*draft.wording.names, "row"})
    tables = [
        draft.known.tables.get(composed(planned.fields.text("find")))
        for planned in draft.outline.all
        if planned.word == "find" and composed(planned.fields.text("save")) == rows_from
    ]
    columns = {column for table in tables if table for column in table.columns}
    if columns and None not in tables and isinstance(node, Scalar):
        used = sorted(
            chain[1] for chain in label.attributes if chain[0] == "row" and len(chain) > 1
        )
        draft.wording.check_keys(node, "row", used, columns, "E229")
    return label


def _first_column(label: Template) -> str:
    """The column that a row's label begins with."""
    columns = {chain[1] for chain in label.attributes if chain[0] == "row" and len(chain) > 1}
    return min(columns, key=label.source.find, default="")


def _waiting(draft: Draft, planned: Planned, common: dict[str, Any]) -> dict[str, Any]:
    fields = planned.fields
    retry = fields.get("retry")
    interrupts = fields.get("interrupts")
    return {
        "retry": draft.wording.phrases(retry, where="retry") if retry is not None else (),
        "tries": fields.integer("tries", draft.known.business.tries, low=1, high=20),
        "on_fail": draft.rescue(planned, "on_fail", common["next"]),
        "remind": tuple(_remind(draft, node) for node in fields.items("remind")),
        "interrupts": read_interrupts(draft.wording, interrupts)
        if interrupts is not None
        else None,
    }


def _optional(draft: Draft, fields: Fields) -> Phrase | None:
    """`optional: Пропустить`; `optional: true` takes the business's own word."""
    node = fields.get("optional")
    if not isinstance(node, Scalar) or node.style or node.value not in _TRUTHS:
        return draft.phrase(fields, "optional")
    skip = draft.known.business.texts.get("skip", "")
    return Phrase(compile_text(skip)) if _TRUTHS[node.value] else None


def _type(draft: Draft, fields: Fields, save: str) -> tuple[SlotType, Any]:
    """The type of the slot that is asked for: the step's own, the declared one, else text."""
    node = fields.get("type")
    known = draft.slots.get(save)
    if node is None and known is not None:
        return known.type, draft.declared.get(save, "")
    if node is None:
        near = nearest(save, draft.slots) if save else ""
        if near:
            draft.report.add("E206", fields.at("save"), replacement=near, name=save, near=near)
        made, how = build_type("text", {}, None, draft.report), "text"
    else:
        made, how = _own_type(draft, node)
    if save:
        draft.slots[save] = Slot(
            save, made, bool(known and known.keep), bool(known and known.personal)
        )
    return made, how


def _own_type(draft: Draft, node: Tree) -> tuple[SlotType, Any]:
    if isinstance(node, Pairs):
        fields = draft.report.fields(node, None, "type")
        fields.require("type")
        given = {key: raw(value) for key, value in fields.pairs() if key != "type"}
        return build_type(fields.text("type", "text"), given, fields, draft.report), raw(node)
    name = draft.report.text(node, "type")
    return build_type(name or "text", {}, None, draft.report, node), name


def _remind(draft: Draft, node: Tree) -> Remind:
    fields = draft.report.fields(node, words.REMIND_KEYS, "remind")
    fields.require("after")
    if fields.node and "say" not in fields and "end" not in fields:
        draft.report.add(draft.report.codes.missing, fields.place, key="say", where="remind")
    return Remind(
        fields.duration("after", 60_000),
        draft.phrase(fields, "say", by_channel=True),
        fields.text("end") or None,
    )


def _options(draft: Draft, planned: Planned, follow: str | None) -> tuple[Option, ...]:
    node = planned.fields.get("options")
    if node is None:
        return ()
    settings = [one for one in _items(node) if _is_option(one)]
    if settings:
        first, inner = settings[0].entries[0]
        draft.report.add("E141", settings[0], key=first.value if isinstance(inner, Pairs) else "")
        return ()
    if not isinstance(node, Pairs):
        draft.report.look_for_list(node, "options")
        texts = [item for item in draft.report.items(node) if draft.report.text(item, "options")]
        options = [
            _plain_option(draft, composed(item.value), item)
            for item in texts
            if isinstance(item, Scalar)
        ]
        places = texts
    else:
        draft.report.fields(node, None, "options")
        options = [_option(draft, planned, key, value, follow) for key, value in node.entries]
        places = [key for key, _ in node.entries]
    _look_for_twins(draft, options, places)
    return tuple(options)


def _plain_option(draft: Draft, key: str, text: Tree) -> Option:
    return Option(key, draft.wording.phrase(text, where="options"))


def _option(draft: Draft, planned: Planned, key: Scalar, node: Tree, follow: str | None) -> Option:
    name = composed(key.value)
    if isinstance(node, Scalar):
        return _plain_option(draft, name, key if node.blank else node)
    fields = draft.report.fields(node, None, Word("option"))
    guard = fields.get("if")
    clear = tuple(_clear(draft, item) for item in fields.items("clear"))
    return Option(
        key=name,
        text=draft.phrase(fields, "text", by_channel=True) or draft.wording.phrase(key),
        also=fields.texts("also"),
        target=draft.block(planned, f"option:{name}", follow),
        url=_url(draft, fields),
        clear=clear,
        cancel=fields.yes("cancel"),
        guard=draft.wording.expression(guard, "if") if guard is not None else None,
    )


def _url(draft: Draft, fields: Fields) -> Phrase | None:
    """Where a button leads; one that is written out is a whole address."""
    found = draft.phrase(fields, "url")
    written = found.default.source.strip() if found is not None and found.default.static else ""
    if written and not is_url(written):
        draft.report.add("E138", fields.at("url"), value=written)
    return found


def _items(node: Tree | None) -> list[Tree]:
    return node.items if isinstance(node, Sequence) else []


def _is_option(node: Tree) -> TypeGuard[Pairs]:
    """`- да: {text: Да}`, `- {text: Да, goto: start}`: an option with settings, as an item of a list."""
    return isinstance(node, Pairs) and any(
        isinstance(value, Pairs) or key.value in words.OPTION_KEYS for key, value in node.entries
    )


def _clear(draft: Draft, node: Tree) -> str:
    name = composed(draft.report.text(node, "clear"))
    draft.one(node, name, tuple(sorted(draft.wording.own_names)), "E212")
    return name


def _look_for_twins(draft: Draft, options: list[Option], places: list[Any]) -> None:
    """Options that a typed answer could not tell apart."""
    seen: dict[str, str] = {}
    for option, place in zip(options, places, strict=True):
        label = option.text.default
        said = [option.key, *option.also, *([label.source] if label.static else [])]
        for text in {normal(each): each for each in said if normal(each)}.items():
            other = seen.setdefault(text[0], option.key)
            if other != option.key:
                draft.report.add("E117", place, key=option.key, other=other, text=text[1])
                break


def read_buttons(
    draft: Draft,
    node: Tree | None,
    planned: Planned | None,
    allowed: tuple[str, ...] = words.BUTTON_KEYS,
) -> tuple[StepButton, ...]:
    """Buttons beside a text: a label alone, or a mapping."""
    items = draft.report.items(node) if node is not None else []
    return tuple(_button(draft, item, planned, allowed) for item in items)


def _button(
    draft: Draft, node: Tree, planned: Planned | None, allowed: tuple[str, ...]
) -> StepButton:
    if isinstance(node, Scalar):
        return StepButton(draft.wording.phrase(node, where="buttons"))
    fields = draft.report.fields(node, allowed, Word("button"))
    fields.require("text")
    ways = [key for key in ("url", "share", "goto", "call") if key in fields]
    if len(ways) > 1:
        draft.report.add("E136", fields.key(ways[1]) or fields.place, keys=", ".join(ways))
    share: Share | None = None
    if "share" in fields:
        share = fields.one_of("share", ("phone", "location")) or None  # type: ignore[assignment]
    goto, call, guard = fields.get("goto"), fields.get("call"), fields.get("if")
    return StepButton(
        text=draft.phrase(fields, "text", by_channel=True) or _EMPTY,
        url=_url(draft, fields),
        share=share,
        target=draft.target(goto, planned.scope) if goto is not None and planned else None,
        call=draft.flow(call) if call is not None else None,
        guard=draft.wording.expression(guard, "if") if guard is not None else None,
    )


def _labels(buttons: tuple[StepButton, ...]) -> Any:
    return [(written(button.text), button.share, button.target, button.call) for button in buttons]
