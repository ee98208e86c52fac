"""Real servers, started once for all tests that share them; adapters on a watched door."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.email.adapter import EmailAdapter
from tests.contract.adapter.door import Memory
from tests.contract.adapter.life import Life
from tests.fakes.mail.box import Box
from tests.fakes.mail.dovecot_box import DovecotBox, dovecot
from tests.fakes.mail.post import Post
from tests.fakes.mail.pymap_box import PymapBox
from tests.fakes.mail.wire import Wire

BOXES: dict[str, type[Box]] = {"pymap": PymapBox, "dovecot": DovecotBox}
# A second server takes minutes: continuous integration asks for it (.ci/run).
HAS_DOVECOT = bool(os.environ.get("FRONTDESK_DOVECOT")) and dovecot() is not None
BEST = ["dovecot" if HAS_DOVECOT else "pymap"]
EACH = [
    "pymap",
    pytest.param(
        "dovecot",
        marks=pytest.mark.skipif(
            not HAS_DOVECOT, reason="no Dovecot, or FRONTDESK_DOVECOT is not set"
        ),
    ),
]


@pytest.fixture(scope="session", params=BEST)
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """A mailbox that others use too: a first start sees nothing of what they left."""
    yield from _running(request.param, tmp_path_factory.mktemp(request.param) / "box")


@pytest.fixture(params=EACH)
def each_box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """A mailbox of the test's own, on every server that there is."""
    yield from _running(request.param, tmp_path / "box")


@pytest.fixture(params=BEST)
def own_box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """A mailbox of the test's own."""
    yield from _running(request.param, tmp_path / "box")


def _running(kind: str, folder: Path) -> Iterator[Box]:
    folder.mkdir()
    made = BOXES[kind](folder)
    made.start()
    yield made
    made.remove()


@pytest.fixture
def post() -> Iterator[Post]:
    """An SMTP server."""
    made = Post()
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def wire(box: Box) -> AsyncIterator[Wire]:
    """A wire to the mailbox."""
    made = Wire(box.port)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """What survives a kill."""
    return Memory(tmp_path)


def channel(box: Box, post: Post | None = None, **more: Any) -> dict[str, Any]:
    """A channel's settings, with short waits."""
    smtp = post.settings() if post is not None else {"host": "127.0.0.1", "port": 1}
    known = {
        "address": "help@example.ru",
        "trusted": ["mx.example.ru"],
        "imap": box.settings(),
        "smtp": smtp,
        "check_every": 20_000,
        "timeout": 10_000,
        "retry": 1000,
    }
    return {**known, **more}


Lives = Callable[..., Life]


@pytest.fixture
async def lives(memory: Memory) -> AsyncIterator[Lives]:
    """Makes runs of adapters, one after another, on one memory; all are ended."""
    made: list[Life] = []

    def new(settings: dict[str, Any]) -> Life:
        made.append(Life(EmailAdapter("mail", settings), memory))
        return made[-1]

    yield new
    for one in made:
        await one.end()


async def started(life: Life) -> Life:
    """A run that reads, and that has seen the box once."""
    await life.begin()
    await life.door.until(lambda: life.door.memory.cursor is not None, "it never began")
    return life
