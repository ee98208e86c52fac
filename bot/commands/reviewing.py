"""What `frontdesk faq review` says: findings of the FAQ's own trial, in words, with their lines."""

from collections.abc import Sequence

from bot.commands.terminal import speak
from bot.dialog.script import Script
from bot.faq.review import Finding, review


def reviewed(script: Script) -> tuple[Finding, ...]:
    """The findings about entries. A flow needs no three phrases: people also reach it by a command or a button."""
    return tuple(
        one
        for one in review(script.questions, script.settings)
        if any(id in script.faq for id in one.ids)
    )


def told_review(findings: Sequence[Finding], script: Script) -> str:
    """A line for each finding, what to do under each kind of them."""
    kinds = dict.fromkeys(one.kind for one in findings)
    return "\n\n".join(
        "\n".join([_heading(kind), *(_line(one, script) for one in findings if one.kind == kind)])
        for kind in kinds
    )


def _heading(kind: str) -> str:
    match kind:
        case "few_variants":
            return speak(
                "Мало вариантов: допишите, как ещё об этом спрашивают, хотя бы до трёх, лучше до пяти.",
                "Too few ways to ask: write more, three at least, five are better.",
            )
        case "near_duplicates":
            return speak(
                "Почти одно и то же: соедините записи или спросите разными словами.",
                "Nearly the same: join the entries, or ask in different words.",
            )
        case _:
            return speak(
                "Уводит к другой записи: уберите этот вариант, перенесите его или допишите похожие.",
                "Leads to another entry: take this way out, move it, or write more like it.",
            )


def _line(finding: Finding, script: Script) -> str:
    first, *other = (_named(id, script) for id in finding.ids)
    said = "; ".join(f"«{text}»" for text in finding.variants)
    match finding.kind:
        case "few_variants":
            return f"  {first}: {said}"
        case "near_duplicates":
            return f"  {first}, {other[0]}: {said}"
        case _:
            return f"  {first}: {said} → {other[0]}"


def _named(id: str, script: Script) -> str:
    """An entry with its line; a flow as it is."""
    if id in script.faq:
        return f"{id} ({speak('строка', 'line')} {script.faq[id].line})"
    return speak("сценарий", "flow") + f" {id.removeprefix('flow:')}"
