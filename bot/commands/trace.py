"""`frontdesk trace CONVERSATION`: what happened, step by step, and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.terminal import FAILED, note, out, out_json, speak

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.reads import Reads
    from bot.storage.store import TracedTurn


def command(
    call: typer.Context,
    conversation: Annotated[
        str, typer.Argument(help="Its number, or channel:address.", metavar="CONVERSATION")
    ],
    limit: Annotated[int, typer.Option(help="How many of the last events.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON lines.")] = False,
) -> None:
    """What happened in a conversation, event by event, and which rule decided."""
    from bot.commands.project import configured
    from bot.commands.reading import reading

    config = configured(call)
    turns = reading(config, lambda store: _turns(store, conversation, limit))
    if turns is None:
        note(speak(f"нет такой беседы: {conversation}", f"no such conversation: {conversation}"))
        raise typer.Exit(FAILED)
    for turn in turns:
        out_json(turn) if as_json else out(told(turn, config))


async def _turns(store: "Reads", wanted: str, limit: int) -> "list[TracedTurn] | None":
    if wanted.isdecimal():
        found = await store.conversation(int(wanted))
    else:
        channel, _, address = wanted.partition(":")
        found = await store.find_conversation(channel, address)
    return None if found is None else await store.traced(found.id, limit=limit)


def told(turn: "TracedTurn", config: "Config") -> str:
    """One event and the decisions that answered it."""
    from bot.dialog.trace import RULES

    at = config.business.hours.local(turn.at)
    lines = [f"{at:%Y-%m-%d %H:%M:%S}  {type(turn.event).__name__}  {_about(turn.event)}".rstrip()]
    for decision in turn.decisions:
        words = RULES.get(decision.rule)
        why = (words[0] if speak.language == "ru" else words[1]) if words else decision.rule
        score = f" {decision.score:.0%}" if decision.score else ""
        detail = f": {decision.detail}" if decision.detail else ""
        lines.append(f"    {decision.step:30} {why}{detail}{score}")
    return "\n".join(lines)


def _about(event: Any) -> str:
    message = getattr(event, "message", None)
    if message is not None and hasattr(message, "text"):
        return f"«{message.text.plain}»"
    return str(
        getattr(event, "label", "") or getattr(event, "name", "") or getattr(event, "verb", "")
    )
