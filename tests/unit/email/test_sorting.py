"""Whose a letter is, who may answer it, and what it says about letters of ours."""

from pathlib import Path
from typing import Any

import pytest

from adapters.email.inbound import Place
from adapters.email.limits import HOUR, Sent
from adapters.email.settings import read_settings
from adapters.email.sorting import Sorting, now_ms
from adapters.email.threads import Marks, Thread
from bot.channel import Said
from bot.model.event import DeliveryFailed, Incoming, MessageReceived
from tests.contract.adapter.door import Memory, WatchedDoor
from tests.fakes.mail.letters import letter, vouched
from tests.unit.email.reading import read
from tests.unit.email.test_machines import report

MARKS = Marks("secret", "mail", "example.ru")
OURS = MARKS.message_id(17)
AT = Place(1, 5, size=1000, arrived=1_781_248_500_000)


class Desk:
    """A sorting with a memory."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.memory = Memory(folder)
        self.door = WatchedDoor(self.memory)
        server = {"host": "x", "port": 1}
        settings = read_settings(
            {"address": "help@example.ru", "imap": server, "smtp": server, **more}
        )
        self.sent = Sent(self.door, 30)
        self.sorting = Sorting(self.door, settings, MARKS, self.sent)

    async def takes(self, raw: bytes) -> Incoming | None:
        return await self.sorting.event(read(raw), AT)

    async def message(self, raw: bytes) -> tuple[str, MessageReceived]:
        came = await self.takes(raw)
        assert came is not None
        assert isinstance(came.event, MessageReceived)
        return came.address, came.event


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_letter_is_a_message_of_its_sender(desk: Desk) -> None:
    came = await desk.takes(vouched(letter("Привет", subject="Вопрос")))
    assert came is not None
    assert came.address == "anna@example.org"
    assert came.sender is not None
    assert came.sender.name == "Анна"
    assert came.at == AT.arrived
    assert isinstance(came.event, MessageReceived)
    assert (came.event.message.text.plain, came.event.message.subject) == ("Привет", "Вопрос")
    assert came.event.aside == ""


async def test_answers_go_to_from_and_never_to_reply_to(desk: Desk) -> None:
    address, _ = await desk.message(vouched(letter(Reply_To="eve@evil.org")))
    assert address == "anna@example.org"


async def test_an_empty_letter_says_its_subject_and_an_empty_answer_nothing(desk: Desk) -> None:
    _, event = await desk.message(letter(" ", subject="Сколько стоит диагностика?"))
    assert event.message.text.plain == "Сколько стоит диагностика?"
    _, event = await desk.message(letter(" ", subject="Re: Ремонт"))
    assert event.message.text.plain == ""


async def test_an_unproven_sender_has_a_conversation_of_their_own(desk: Desk) -> None:
    address, _ = await desk.message(letter())
    assert address == "?anna@example.org"


async def test_an_unproven_letter_never_enters_a_proven_conversation(desk: Desk) -> None:
    desk.memory.said["anna@example.org", OURS] = Said(17, 3)
    raw = letter(References=OURS, subject=f"Re: x [#{MARKS.token('anna@example.org')}]")
    address, _ = await desk.message(raw)
    assert address == "?anna@example.org"


async def test_the_answer_to_a_letter_of_ours_stays_where_that_was_said(desk: Desk) -> None:
    desk.memory.said["?anna@example.org", OURS] = Said(17, 3)
    address, _ = await desk.message(vouched(letter(References=f"<x@y> {OURS}")))
    assert address == "?anna@example.org"


async def test_a_reference_that_we_did_not_make_leads_nowhere(desk: Desk) -> None:
    forged = "<17.00000000000000000000@example.ru>"
    desk.memory.said["?anna@example.org", forged] = Said(17, 3)
    address, _ = await desk.message(vouched(letter(References=forged)))
    assert address == "anna@example.org"


async def test_without_references_the_token_in_the_subject_tells(desk: Desk) -> None:
    token = MARKS.token("?anna@example.org")
    address, _ = await desk.message(vouched(letter(subject=f"RE: Ремонт [#{token}]")))
    assert address == "?anna@example.org"
    address, _ = await desk.message(vouched(letter(subject="Re: Ремонт [#AAAAAAAA]")))
    assert address == "anna@example.org"


async def test_without_either_the_sender_tells(desk: Desk) -> None:
    for subject in ("Re: Ремонт", "совсем другое"):
        address, _ = await desk.message(
            vouched(letter(subject=subject, In_Reply_To="<gone@elsewhere>"))
        )
        assert address == "anna@example.org"


async def test_a_stranger_with_our_reference_does_not_become_the_customer(desk: Desk) -> None:
    desk.memory.said["anna@example.org", OURS] = Said(17, 3)
    raw = vouched(letter(sender="boris@example.org", References=OURS))
    address, _ = await desk.message(raw)
    assert address == "boris@example.org"


async def test_the_last_letter_is_remembered_for_the_answer(desk: Desk) -> None:
    await desk.takes(
        vouched(letter("Сколько?", subject="Re: Fwd: Ремонт [#ABCDEFGH]", References="<a@b>"))
    )
    thread = await desk.sorting.thread("anna@example.org")
    assert isinstance(thread, Thread)
    assert thread.subject == "Ремонт"
    assert (thread.references, thread.quote, thread.name) == (("<a@b>",), "Сколько?", "Анна")


# reports


async def test_a_letter_that_came_back_is_told_where_it_was_said(desk: Desk) -> None:
    desk.memory.said["anna@example.org", OURS] = Said(17, 3)
    came = await desk.takes(report().replace(b"<17.aabb@example.ru>", OURS.encode()))
    assert came is not None
    assert came.conversation == 3
    assert isinstance(came.event, DeliveryFailed)
    assert (came.event.message, came.event.unreachable) == (17, True)
    assert "no such user" in came.event.reason


async def test_it_is_found_in_an_unproven_conversation_too(desk: Desk) -> None:
    desk.memory.said["?anna@example.org", OURS] = Said(17, 3)
    came = await desk.takes(report().replace(b"<17.aabb@example.ru>", OURS.encode()))
    assert came is not None
    assert isinstance(came.event, DeliveryFailed)


async def test_a_full_box_is_no_reason_to_write_nobody_any_more(desk: Desk) -> None:
    desk.memory.said["anna@example.org", OURS] = Said(17, 3)
    raw = report(status="5.2.2", diagnostic="smtp; 552 5.2.2 full").replace(
        b"<17.aabb@example.ru>", OURS.encode()
    )
    came = await desk.takes(raw)
    assert came is not None
    assert isinstance(came.event, DeliveryFailed)
    assert not came.event.unreachable


async def test_a_report_of_delay_is_nothing_to_us(desk: Desk) -> None:
    desk.memory.said["anna@example.org", OURS] = Said(17, 3)
    raw = report("delayed", "4.4.1").replace(b"<17.aabb@example.ru>", OURS.encode())
    assert await desk.takes(raw) is None


async def test_a_forged_report_marks_nothing_and_starts_nothing(desk: Desk) -> None:
    desk.memory.said["anna@example.org", "<17.aabb@example.ru>"] = Said(17, 3)
    _, event = await desk.message(report())
    assert event.aside == "history"


# machines


@pytest.mark.parametrize(
    "headers, aside",
    [
        ({"Auto_Submitted": "auto-replied"}, "history"),
        ({"Auto_Submitted": "auto-generated"}, "people"),
        ({"List_Id": "<x>"}, "people"),
        ({"Return_Path": "<>"}, "people"),
        ({}, ""),
    ],
)
async def test_the_bot_answers_people_alone(
    desk: Desk, headers: dict[str, str], aside: str
) -> None:
    _, event = await desk.message(letter(**headers))  # type: ignore[arg-type]
    assert event.aside == aside


async def test_letters_of_machines_may_be_left_in_the_box(tmp_path: Path) -> None:
    desk = Desk(tmp_path, automatic="leave")
    assert await desk.takes(letter(List_Id="<x>")) is None
    assert await desk.takes(letter()) is not None


async def test_a_letter_of_our_own_is_nothing_to_us(desk: Desk) -> None:
    assert await desk.takes(letter(sender="help@example.ru")) is None


async def test_what_cannot_be_read_is_shown_to_people_with_the_original(desk: Desk) -> None:
    came = await desk.sorting.event(read(letter("x"), parts=-1), AT)
    assert came is not None
    assert isinstance(came.event, MessageReceived)
    assert came.event.aside == "people"
    assert "слишком много частей" in came.event.message.text.plain
    (whole,) = came.event.message.attachments
    assert (whole.name, whole.whole, whole.mime) == ("письмо.eml", True, "message/rfc822")


async def test_whoever_was_answered_thirty_times_in_an_hour_goes_to_people(desk: Desk) -> None:
    now = now_ms()
    for _ in range(30):
        await desk.sent.note("anna@example.org", now)
    _, event = await desk.message(vouched(letter()))
    assert event.aside == "people"
    _, event = await desk.message(vouched(letter(sender="oleg@example.org")))
    assert event.aside == ""


async def test_an_hour_later_they_are_answered_again(desk: Desk) -> None:
    now = now_ms()
    for _ in range(40):
        await desk.sent.note("anna@example.org", now - HOUR - 1)
    assert not await desk.sent.full("anna@example.org", now)
