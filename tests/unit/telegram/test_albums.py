"""Parts of albums, waiting inside the cursor."""

import pytest

from adapters.telegram.albums import (
    REMEMBERED,
    Cursor,
    Part,
    finish,
    gather,
    read_cursor,
    write_cursor,
)
from bot.model.event import Incoming, MessageReceived, Sender
from bot.model.message import Attachment, Message
from bot.model.text import Span, Text

NAME = "77:13900112233445566"


def part(number: int, text: str = "", reply_to: int | None = None) -> Part:
    message = Message(
        Text(text, (Span("bold", 0, len(text)),) if text else ()),
        attachments=(Attachment("photo", source=f"file{number}"),),
        reply_to=reply_to,
    )
    return Part(
        100 + number,
        Incoming(
            str(100 + number),
            MessageReceived(message),
            "77",
            sender=Sender("Анна"),
            at=number,
            message_id=str(number),
        ),
    )


def test_an_album_is_one_message_with_its_files_in_their_order() -> None:
    cursor = Cursor(7)
    for number in (11, 9, 10):
        cursor = gather(cursor, NAME, part(number, f"подпись {number}" if number != 10 else ""))
    cursor, whole = finish(cursor, cursor.albums[0])
    assert isinstance(whole.event, MessageReceived)
    message = whole.event.message
    assert [file.source for file in message.attachments] == ["file9", "file10", "file11"]
    assert message.text.plain == "подпись 9\nподпись 11"
    assert (whole.external_id, whole.message_id, whole.at) == ("109", "9", 9)
    assert cursor == Cursor(7, (), (111, 109, 110))


def test_a_part_that_comes_again_changes_nothing() -> None:
    once = gather(Cursor(), NAME, part(1))
    assert gather(once, NAME, part(1)) == once


def test_what_any_part_answers_the_album_answers() -> None:
    cursor = gather(gather(Cursor(), NAME, part(1)), NAME, part(2, reply_to=5))
    _, whole = finish(cursor, cursor.albums[0])
    assert isinstance(whole.event, MessageReceived)
    assert whole.event.message.reply_to == 5


def test_the_cursor_is_a_plain_number_while_no_album_waits() -> None:
    assert write_cursor(Cursor(815300101)) == "815300101"
    assert read_cursor("815300101") == Cursor(815300101)
    assert read_cursor(None) == Cursor()


def test_a_cursor_with_albums_survives_a_kill_whole() -> None:
    cursor = gather(gather(Cursor(5, (), (1, 2)), NAME, part(1, "да")), "78:1", part(2))
    assert read_cursor(write_cursor(cursor)) == cursor


@pytest.mark.parametrize("saved", ["", "ts-of-another", "{}", '{"offset": "x"}', "[1]"])
def test_a_cursor_of_another_time_begins_anew(saved: str) -> None:
    assert read_cursor(saved) == Cursor()


def test_only_so_many_finished_parts_are_remembered() -> None:
    cursor = Cursor()
    for number in range(REMEMBERED + 50):
        cursor = gather(cursor, NAME, part(number))
    cursor, _ = finish(cursor, cursor.albums[0])
    assert len(cursor.merged) == REMEMBERED
