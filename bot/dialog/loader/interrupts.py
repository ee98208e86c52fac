"""`interrupts`: how a flow, or one question of it, may be interrupted."""

from typing import Any

from bot.dialog.flow import Interrupts
from bot.dialog.loader import words
from bot.dialog.loader.wording import Wording
from bot.source import Scalar, Tree

_OFF = {"off", "false", "no", "нет"}
_ON = {"on", "true", "yes", "да"}


def read_interrupts(wording: Wording, node: Tree) -> Interrupts:
    """The mapping under `interrupts:`; what it does not name keeps its default."""
    fields = wording.report.fields(node, words.INTERRUPT_KEYS, "interrupts")
    settings: dict[str, Any] = {}
    if "faq" in fields:
        faq = fields.one_of("faq", ("answer_and_return", "off"), "answer_and_return")
        settings["faq"] = faq
    for key, allowed in (("operator", ("note", "confirm")), ("cancel", ("confirm", "say"))):
        value = fields.get(key)
        if value is None:
            continue
        if isinstance(value, Scalar):
            settings[key] = _switch(wording, value, key)
            continue
        nested = wording.report.fields(value, allowed, key)
        for name in allowed:
            text = nested.get(name)
            if text is not None:
                settings[f"{key}_{name}"] = wording.phrase(text, where=name)
    return Interrupts(**settings)


def _switch(wording: Wording, node: Scalar, key: str) -> bool:
    written = node.value.casefold()
    if written not in _OFF | _ON:
        wording.report.add(
            "E106", node, value=node.value, where=key, near="", allowed="on, off, {…}"
        )
    return written not in _OFF
