"""The Bot API's methods, one function each: (world, the bot, the call) -> the result. Raise `Refusal`."""

from tests.fakes.telegram.methods import (
    about,
    chats,
    editing,
    media,
    sending,
    topics,
    updating,
)
from tests.fakes.telegram.methods.table import METHODS

__all__ = ["METHODS", "about", "chats", "editing", "media", "sending", "topics", "updating"]
