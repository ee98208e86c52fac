"""`frontdesk trace CONVERSATION`: what happened, step by step, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, note, out, out_json, speak

if TYPE_CHECKING:
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
    from bot.commands.telling import told

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
