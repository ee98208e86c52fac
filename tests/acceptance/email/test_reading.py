"""Letters come through the door once and in order, from real servers, whatever happens on the way."""

import asyncio
from typing import Any

import pytest

from adapters.email.mailbox import Mailbox, MailboxError
from adapters.email.scan import identity
from adapters.email.settings import Security, Server
from bot.channel import Undeliverable
from bot.model.event import MessageReceived
from bot.model.message import Attachment
from tests.acceptance.email.conftest import HAS_DOVECOT, Lives, channel, started
from tests.contract.adapter.door import Memory, WatchedDoor, words
from tests.fakes.mail.box import Box
from tests.fakes.mail.dovecot_box import DovecotBox
from tests.fakes.mail.letters import letter, vouched
from tests.fakes.mail.wire import Wire
from tests.unit.email.bombs import bombs
from tests.unit.email.test_mime import TORTURE
from tests.unit.email.test_readers import SLOW

needs_dovecot = pytest.mark.skipif(
    not HAS_DOVECOT, reason="pymap reads letters itself, and breaks on these"
)


async def put(box: Box, *letters: bytes) -> None:
    await asyncio.to_thread(box.put, *letters)


def mine(memory: Memory) -> list[str]:
    return memory.texts()


async def test_the_first_start_takes_only_what_comes_from_then_on(
    each_box: Box, lives: Lives
) -> None:
    await put(each_box, letter("до нас"))
    life = await started(lives(channel(each_box)))
    await put(each_box, letter("при нас"))
    await life.door.brings("при нас")
    assert mine(life.door.memory) == ["при нас"]


async def test_the_first_start_takes_all_where_that_is_wanted(each_box: Box, lives: Lives) -> None:
    await put(each_box, letter("лежало"), letter("тоже лежало"))
    life = await started(lives(channel(each_box, begin="all")))
    await life.door.brings("тоже лежало")
    assert mine(life.door.memory) == ["лежало", "тоже лежало"]


async def test_the_cursor_is_saved_with_the_letter(each_box: Box, lives: Lives) -> None:
    life = await started(lives(channel(each_box)))
    await put(each_box, letter("с закладкой"))
    came = await life.door.brings("с закладкой")
    assert came.at > 1_600_000_000_000
    assert all(cursor is not None for events, cursor in life.door.memory.saves if events)


async def test_a_letter_that_somebody_else_has_read_is_taken_all_the_same(
    box: Box, lives: Lives, memory: Memory
) -> None:
    await (await started(lives(channel(box)))).end()

    def seen_elsewhere() -> None:
        box.put(letter("прочитано в телефоне"))
        with box.client() as client:
            client.store("1:*", "+FLAGS", "\\Seen")

    await asyncio.to_thread(seen_elsewhere)
    life = await lives(channel(box)).begin()
    await life.door.brings("прочитано в телефоне")


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_every_way_of_connecting_works(
    each_box: Box, lives: Lives, security: Security
) -> None:
    settings = channel(each_box)
    settings["imap"] = each_box.settings(security)
    if security == "tls":
        if not hasattr(each_box, "tls_port"):
            pytest.skip("pymap listens on one port")
        settings["imap"]["port"] = each_box.tls_port
    life = await started(lives(settings))
    await put(each_box, letter("по проводу"))
    await life.door.brings("по проводу")


async def test_a_certificate_that_nobody_vouches_for_is_refused(box: Box) -> None:
    server = Server(**{**box.settings("starttls"), "ca_file": ""})
    with pytest.raises(MailboxError):
        await Mailbox(server, 10).open()


async def test_no_password_is_said_before_the_line_is_protected(box: Box, wire: Wire) -> None:
    said: list[bytes] = []
    wire.on_client = said.append
    mailbox = Mailbox(Server(**{**box.settings("starttls"), "port": wire.port}), 10)
    await mailbox.open()
    mailbox.close()
    assert b"STARTTLS" in b"".join(said)
    assert b"LOGIN" not in b"".join(said)


async def test_a_server_that_will_not_protect_the_line_gets_no_password(
    box: Box, wire: Wire
) -> None:
    said: list[bytes] = []
    wire.on_client = said.append
    wire.to_client = lambda data: (
        data.replace(b"OK", b"NO", 1) if b"STARTTLS" in b"".join(said) else data
    )
    with pytest.raises(MailboxError):
        await Mailbox(Server(**{**box.settings("starttls"), "port": wire.port}), 10).open()
    assert b"LOGIN" not in b"".join(said)


async def test_killed_before_saving_it_comes_again(box: Box, lives: Lives) -> None:
    await (await started(lives(channel(box)))).end()
    first = lives(channel(box))
    first.door.hang = "before"
    await first.begin()
    await put(box, letter("не потеряйте"))
    await first.door.hung.wait()
    await first.end()
    second = await lives(channel(box)).begin()
    await second.door.brings("не потеряйте")


async def test_a_connection_that_is_lost_while_idle_is_opened_again(
    each_box: Box, lives: Lives
) -> None:
    life = await started(lives(channel(each_box, check_every=600_000)))
    await put(each_box, letter("до обрыва"))
    await life.door.brings("до обрыва")
    await asyncio.to_thread(each_box.drop_connections)
    await put(each_box, letter("после обрыва"))
    await life.door.brings("после обрыва")
    assert mine(life.door.memory) == ["до обрыва", "после обрыва"]


async def through(wire: Wire, box: Box, **more: Any) -> dict[str, Any]:
    settings = channel(box, **more)
    settings["imap"] = {**box.settings(), "port": wire.port}
    return settings


async def test_a_line_that_went_silent_is_noticed_in_the_configured_time(
    box: Box, wire: Wire, lives: Lives
) -> None:
    life = await started(lives(await through(wire, box, check_every=1000, timeout=4000)))
    await put(box, letter("слышно"))
    await life.door.brings("слышно")
    wire.freeze()
    await put(box, letter("не слышно"))
    before = wire.connections
    async with asyncio.timeout(30):
        await wire.connected_after(before)
    wire.thaw()
    await life.door.brings("не слышно")


async def test_a_server_that_says_goodbye_is_come_back_to(
    box: Box, wire: Wire, lives: Lives
) -> None:
    life = await started(lives(await through(wire, box, check_every=600_000)))
    await put(box, letter("здравствуй"))
    await life.door.brings("здравствуй")
    wire.say(b"* BYE Logging out\r\n")
    wire.cut()
    await put(box, letter("и снова"))
    await life.door.brings("и снова")


async def test_where_there_is_no_idle_new_mail_is_looked_for(
    box: Box, wire: Wire, lives: Lives
) -> None:
    wire.to_client = lambda data: data.replace(b" IDLE", b" JDLE")
    life = await started(lives(await through(wire, box, check_every=500)))
    asked: list[bytes] = []
    wire.on_client = asked.append
    await put(box, letter("без толчка"))
    await life.door.brings("без толчка")
    assert not any(b"IDLE" in one for one in asked)


async def test_a_letter_that_breaks_the_connection_is_parked_and_those_behind_it_come(
    box: Box, wire: Wire, lives: Lives, memory: Memory
) -> None:
    await (await started(lives(channel(box)))).end()
    first = int((memory.cursor or "").partition(":")[2]) + 1
    tries: list[bytes] = []

    def breaks(data: bytes) -> None:
        if b"UID FETCH %d (UID BODY.PEEK[]" % first in data:
            tries.append(data)
            wire.cut()

    wire.on_client = breaks
    await put(box, letter("отрава", subject="Яд"), letter("следующее", sender="oleg@example.org"))
    life = await lives(await through(wire, box)).begin()
    await life.door.brings("следующее")
    assert len(tries) == 3
    parked = memory.events[0]
    assert isinstance(parked.event, MessageReceived)
    assert parked.event.aside == "people"
    assert parked.address == "?anna@example.org"
    assert "не удалось скачать" in parked.event.message.text.plain
    assert memory.kept["trouble"]


async def test_letters_of_one_sender_stay_in_their_order(box: Box, lives: Lives) -> None:
    life = await started(lives(channel(box)))
    big = letter("первое", files=(("big.bin", b"x" * 3_000_000),))
    await put(box, big, letter("второе"), letter("третье"))
    await life.door.brings("третье")
    assert mine(life.door.memory) == ["первое", "второе", "третье"]


def files_of(door: WatchedDoor, text: str) -> tuple[Attachment, ...]:
    came = next(one for one in door.memory.events if words(one) == text)
    assert isinstance(came.event, MessageReceived)
    return came.event.message.attachments


async def content(adapter: object, file: Attachment) -> bytes:
    return b"".join([chunk async for chunk in adapter.fetch(file)])  # type: ignore[attr-defined]


async def test_files_are_there_after_a_restart_and_after_a_new_numbering(
    own_box: Box, lives: Lives
) -> None:
    life = await started(lives(channel(own_box)))
    picture, table = bytes(range(256)) * 4000, "таблица".encode()
    await put(own_box, letter("вот", files=(("фото.bin", picture), ("таблица.csv", table))))
    await life.door.brings("вот")
    first, second = files_of(life.door, "вот")
    assert (first.name, second.name) == ("фото.bin", "таблица.csv")
    assert await content(life.adapter, first) == picture
    await life.end()
    after = await lives(channel(own_box)).begin()
    assert await content(after.adapter, second) == table
    await after.end()
    await asyncio.to_thread(own_box.renumber)
    anew = await lives(channel(own_box)).begin(read=False)
    assert await content(anew.adapter, first) == picture


async def test_a_file_whose_letter_is_gone_is_said_to_be_so(own_box: Box, lives: Lives) -> None:
    life = await started(lives(channel(own_box)))
    await put(own_box, letter("вот", files=(("a.bin", b"1"),)))
    await life.door.brings("вот")
    (file,) = files_of(life.door, "вот")
    await life.end()

    def expunge() -> None:
        with own_box.client() as client:
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()

    await asyncio.to_thread(expunge)
    after = await lives(channel(own_box)).begin(read=False)
    with pytest.raises(Undeliverable):
        await content(after.adapter, file)


async def test_of_a_letter_that_is_too_big_the_words_are_taken(box: Box, lives: Lives) -> None:
    life = await started(lives(channel(box, letter={"size": 100_000})))
    await put(
        box, letter("смотрите видео", files=(("video.bin", b"x" * 500_000),)), letter("дальше")
    )
    await life.door.brings("дальше")
    first = life.door.memory.events[0]
    assert isinstance(first.event, MessageReceived)
    assert first.event.aside == ""
    assert "смотрите видео" in first.event.message.text.plain
    assert "больше" in first.event.message.text.plain
    assert all(file.problem for file in first.event.message.attachments)
    assert first.event.message.attachments


async def test_the_whole_letter_is_kept_where_something_was_cut(box: Box, lives: Lives) -> None:
    life = await started(lives(channel(box)))
    said = "Да\n\nпт, 12 июн. 2026 г. в 10:15, Мастерская <help@example.ru>:\n\n> Начинать?\n"
    raw = letter(said)
    await put(box, raw)
    await life.door.brings("Да")
    (whole,) = files_of(life.door, "Да")
    assert (whole.name, whole.whole) == ("письмо.eml", True)
    kept = await content(life.adapter, whole)
    assert kept.split() == raw.split()


async def test_two_letters_with_one_id_are_two_and_one_seen_twice_is_one(
    each_box: Box, lives: Lives
) -> None:
    life = await started(lives(channel(each_box)))
    first = letter("раз", id="<same@example.org>")
    await put(each_box, first, b"Received: from list by mx; now\r\n" + first)
    await put(each_box, letter("два", id="<same@example.org>"), letter("конец"))
    await life.door.brings("конец")
    assert mine(life.door.memory) == ["раз", "два", "конец"]


async def test_a_proven_sender_and_an_unproven_one_are_not_the_same_customer(
    box: Box, lives: Lives
) -> None:
    life = await started(lives(channel(box)))
    await put(box, letter("кто угодно"), vouched(letter("она самая")))
    await life.door.brings("она самая")
    addresses = {words(one): one.address for one in life.door.memory.events}
    assert addresses == {"кто угодно": "?anna@example.org", "она самая": "anna@example.org"}


async def test_a_thousand_letters_under_a_new_numbering_are_taken_once_and_none_is_skipped(
    each_box: Box, lives: Lives, memory: Memory
) -> None:
    # pymap reads every file for every search: there the thousand are a hundred.
    here, more = (100, 900) if isinstance(each_box, DovecotBox) else (20, 80)
    patient = channel(each_box, timeout=60_000)
    await put(each_box, *[letter(f"старое {number}") for number in range(here)])
    life = await started(lives(patient))
    new = [
        letter(f"новое {number}", sender=f"n{number % 50}@example.org") for number in range(more)
    ]
    await put(each_box, *new)
    await life.door.until(lambda: len(memory.events) == more, "not all came")
    await life.end()
    await put(each_box, *[letter(f"без нас {number}") for number in range(5)])
    await asyncio.to_thread(each_box.renumber)
    await put(each_box, *[letter(f"под новыми номерами {number}") for number in range(5)])
    again = await lives(patient).begin()
    await again.door.brings("под новыми номерами 4")
    await again.door.brings("без нас 4")
    wanted = [
        f"{words} {number}" for words in ("без нас", "под новыми номерами") for number in range(5)
    ]
    assert sorted(memory.texts()[more:]) == sorted(wanted)
    assert memory.offered >= more + 10


@needs_dovecot
async def test_a_slow_letter_keeps_no_other_sender_waiting_and_is_seen(
    box: Box, lives: Lives, memory: Memory
) -> None:
    life = await started(lives(channel(box, letter={"parts": 10**9, "time": 5_000})))
    slow = SLOW.replace(b"<slow@", b"<slow-%d@" % id(life))
    await put(box, slow, letter("а я просто спрашиваю", sender="oleg@example.org"))
    await life.door.brings("а я просто спрашиваю")
    assert len(memory.events) == 1, "the slow one came first"
    cursor = memory.cursor
    await life.door.until(lambda: len(memory.events) == 2, "the slow one was never seen")
    assert cursor != memory.cursor, "the cursor was ahead of what was saved"
    stub = memory.events[1].event
    assert isinstance(stub, MessageReceived)
    assert stub.aside == "people"
    assert "за отведённое время" in stub.message.text.plain


@needs_dovecot
async def test_every_bomb_is_seen(box: Box, lives: Lives, memory: Memory) -> None:
    life = await started(lives(channel(box)))
    sent = [
        raw.replace(b"<bomb@", b"<bomb-%d@" % number, 1)
        for number, (_, raw) in enumerate(bombs())
        if raw
    ]
    await put(box, *sent)
    await life.door.until(lambda: len(memory.events) == len(sent), "not all were seen")
    assert all(isinstance(one.event, MessageReceived) for one in memory.events)


@pytest.mark.skipif(not TORTURE, reason="this Python came without its tests")
@needs_dovecot
async def test_all_letters_that_come_with_python_become_conversations(
    box: Box, lives: Lives, memory: Memory
) -> None:
    life = await started(lives(channel(box)))
    letters = [path.read_bytes() for path in TORTURE]
    await put(box, *letters, letter("все здесь", sender="oleg@example.org"))
    await life.door.brings("все здесь")
    ours = {identity(raw) for raw in letters}
    await life.door.until(
        lambda: ours <= {one.external_id for one in memory.events}, "not all were taken"
    )
    assert all(one.address for one in memory.events)
