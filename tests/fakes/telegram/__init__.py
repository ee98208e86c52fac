"""A Telegram of our own for tests: see `server.FakeTelegram`."""

from tests.fakes.telegram.bot import FakeBot
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.group import FakeGroup, FakeTopic
from tests.fakes.telegram.pace import Limits
from tests.fakes.telegram.people import Person, Press
from tests.fakes.telegram.seen import Seen
from tests.fakes.telegram.server import FakeTelegram

__all__ = [
    "FakeBot",
    "FakeGroup",
    "FakeTelegram",
    "FakeTopic",
    "Fault",
    "Limits",
    "Person",
    "Press",
    "Seen",
]
