"""Updates as Telegram sends them, one a file."""

import json
from pathlib import Path
from typing import Any

from adapters.telegram.inbound import Heard, hear, salvage
from bot.model.event import Event, Incoming, MessageReceived
from bot.model.message import Message

FOLDER = Path(__file__).parents[2] / "payloads" / "telegram"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def update(name: str) -> dict[str, Any]:
    """The update of a file."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def heard(name: str) -> Heard:
    """What an update came to; a broken one as far as it can be saved."""
    if name.startswith("broken"):
        return salvage(update(name), "ru")
    return hear(update(name), "ru")


def incoming(name: str) -> Incoming:
    """The event of an update that has one."""
    found = heard(name).incoming
    assert found is not None
    return found


def event(name: str) -> Event:
    """What happened."""
    return incoming(name).event


def message(name: str) -> Message:
    """The message received."""
    found = event(name)
    assert isinstance(found, MessageReceived)
    return found.message
