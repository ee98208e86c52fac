"""Files both ways and long texts: what Telegram does not take becomes a line that says so."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.telegram_desk.outbound import steps
from bot.channel import RetryLater, Undeliverable
from bot.model.event import OperatorReplied
from bot.model.message import Attachment, AttachmentKind, Contact, Location, Message
from bot.model.text import Span, Text, utf16_length
from tests.contract.adapter.door import WatchedDoor
from tests.unit.telegram_desk.playing import Played, buttons


def file(
    folder: Path, kind: AttachmentKind, content: bytes = b"content", **more: object
) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    (folder / digest).write_bytes(content)
    given = {"size": len(content), "digest": digest, **more}
    return Attachment(kind, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "audio", "document", "sticker"])
async def test_every_kind_of_file_goes_as_itself(tmp_path: Path, kind: AttachmentKind) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        message = Message(Text("вот"), attachments=(file(tmp_path, kind, name="имя.bin"),))
        await room.delivers(message=message)
        (call,) = room.server.calls_of(f"send{kind.capitalize()}")
        assert call.params["message_thread_id"] == room.anna.id
        assert "вот" in "".join(one.text for one in room.anna.sees())


async def test_photos_go_as_one_album_with_the_words_under_the_first(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        photos = tuple(file(tmp_path, "photo", bytes([number])) for number in range(3))
        receipt = await room.delivers(message=Message(Text("три"), attachments=photos))
        assert len(room.server.calls_of("sendMediaGroup")) == 1
        assert (len(receipt.external_ids), receipt.calls) == (3, 3)


async def test_buttons_stand_under_words_of_their_own_where_files_go_as_an_album(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        photos = tuple(file(tmp_path, "photo", bytes([number])) for number in range(2))
        message = Message(Text("Какой?"), attachments=photos, buttons=buttons("Да"))
        await room.delivers(message=message)
        assert (room.anna.sees()[-1].text, room.anna.sees()[-1].buttons) == ("Какой?", ["Да"])


async def test_a_file_that_is_refused_goes_as_a_document(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendPhoto", "400", words="PHOTO_INVALID_DIMENSIONS")
        photo = file(tmp_path, "photo", name="план.jpg")
        await room.delivers(message=Message(Text("план"), attachments=(photo,)))
        assert len(room.server.calls_of("sendDocument")) == 1


async def test_a_file_that_cannot_be_shown_is_a_line_with_the_reason(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendDocument", "400", words="wrong type")
        gone = Attachment("document", name="акт.pdf", size=5, digest="f" * 64)
        refused = file(tmp_path, "document", name="счёт.pdf")
        late = Attachment("voice", source="x", problem="не скачался")
        big = Attachment("video", name="кино.mp4", size=60_000_000, digest="e" * 64)
        for one in (gone, refused, late, big):
            await room.delivers(message=Message(Text("см."), attachments=(one,)))
        assert [one.text for one in room.anna.sees()[1:]] == [
            "см.\n(файл «акт.pdf»: файла больше нет на диске)",
            "см.\n(файл «счёт.pdf»: Telegram не принял файл)",
            "см.\n(голосовое: не скачался)",
            "см.\n(видео «кино.mp4»: файл больше 50 МБ, Telegram его не примет)",
        ]


async def test_an_album_that_is_refused_goes_file_by_file(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.server.fails("sendMediaGroup", "400", words="IMAGE_PROCESS_FAILED")
        photos = tuple(file(tmp_path, "photo", bytes([number])) for number in range(2))
        await room.delivers(message=Message(Text("два"), attachments=photos))
        assert len(room.server.calls_of("sendPhoto")) == 2


async def test_a_place_and_a_contact_go_as_themselves(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        place = Message(location=Location(55.7, 37.6, "Офис"))
        await room.delivers(message=place)
        await room.delivers(message=Message(contact=Contact("+79161234567", "Анна")))
        assert len(room.server.calls_of("sendLocation")) == 1
        assert len(room.server.calls_of("sendContact")) == 1
        assert any(one.text == "Офис" for one in room.anna.sees())


async def test_a_file_of_an_operator_comes_with_its_bytes(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        content = bytes(range(256)) * 3_000
        await room.ivan.sends("document", content, "счёт.pdf", "держите", to=room.anna)
        heard = await room.hears(OperatorReplied)
        assert isinstance(heard.event, OperatorReplied)
        (attachment,) = heard.event.message.attachments
        assert (attachment.kind, attachment.name) == ("document", "счёт.pdf")
        assert heard.event.message.text.plain == "держите"
        assert b"".join([piece async for piece in room.adapter.fetch(attachment)]) == content


async def test_a_file_over_the_limit_is_told_to_whoever_sent_it(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.sends("video", b"-", "кино.mp4", to=room.anna, size=21_000_000)
        await room.ivan.waits_for("«кино.mp4» больше 20 МБ", in_=room.anna)
        assert room.memory.events == []
        await room.ivan.sends("video", b"-", "кино.mp4", "вот", to=room.anna, size=21_000_000)
        heard = await room.hears(OperatorReplied)
        assert heard.event.message == Message(Text("вот"))  # type: ignore[union-attr]


async def test_a_file_that_is_gone_or_meant_for_another_bot_cannot_be_had(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        with pytest.raises(Undeliverable):
            await anext(room.adapter.fetch(Attachment("photo", source="BQAC-77-foreign")))
        room.server.fails("getFile", "502")
        with pytest.raises(RetryLater):
            await anext(room.adapter.fetch(Attachment("photo", source="BQAC-77-foreign")))


async def test_an_album_of_an_operator_is_one_line(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.reads()
        await room.ivan.sends_album(["", "до и после", ""], to=room.anna)
        await room.clock.asleep()
        room.clock.advance(1_000)
        heard = await room.hears(OperatorReplied)
        assert isinstance(heard.event, OperatorReplied)
        assert heard.event.message.text.plain == "до и после"
        assert len(heard.event.message.attachments) == 3
        assert len(room.memory.events) == 1


@pytest.mark.parametrize("length", [4_095, 4_096, 4_097, 20_000])
async def test_long_words_arrive_whole_and_in_order(tmp_path: Path, length: int) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        words = ("Я🙂ёж " * (length // 5 + 1))[: length - length // 5].strip()
        while utf16_length(words) < length:
            words += "ы"
        receipt = await room.delivers(words)
        parts = [one.text for one in room.anna.sees()[1:]]
        assert "".join("".join(parts).split()) == "".join(words.split())
        assert len(receipt.external_ids) == len(parts) == receipt.calls


async def test_a_long_card_stays_one_message(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        receipt = await room.delivers("ы" * 6_000, key="card:5", subject="● Анна · №5")
        assert len(receipt.external_ids) == 1
        edited = await room.delivers(
            "ъ" * 6_000, key="card:5", kind="edit", external_id=receipt.external_ids[0]
        )
        assert edited.external_ids == receipt.external_ids


class BreakingDoor(WatchedDoor):
    """Breaks Telegram once, as soon as progress was kept."""

    def __init__(self, room: Played) -> None:
        super().__init__(room.memory)
        self._room = room
        self._broken = False

    async def keep(self, values: Mapping[str, str | None]) -> None:
        await super().keep(values)
        if not self._broken and any(name.startswith("parts:") for name in values):
            self._broken = True
            self._room.server.fails("sendMessage", "429", retry_after=7)


async def test_parts_that_stand_there_are_not_said_again(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        words = "первая " * 500 + "вторая " * 500
        send = room.server.calls_of
        before = len(send("sendMessage"))
        room.door = BreakingDoor(room)
        await room.adapter.open(room.door)
        with pytest.raises(RetryLater) as late:
            await room.delivers(words, id=90)
        assert (late.value.after, late.value.everywhere) == (7.0, True)
        await room.ends()
        room.door = WatchedDoor(room.memory)
        await room.begins()
        receipt = await room.delivers(words, id=90, attempts=1)
        assert len(send("sendMessage")) - before == len(receipt.external_ids) == 2
        said = "".join(one.text for one in room.anna.sees()[-2:])
        assert said.replace(" ", "") == words.replace(" ", "")
        assert not [name for name in room.memory.kept if name.startswith("parts:")]


def test_formatting_goes_on_over_the_parts_of_a_long_text() -> None:
    text = Text("ы" * 5_000, (Span("bold", 0, 5_000),))
    first, second = steps(Message(text), Text(), "ru")
    assert [len(one.text.spans) for one in (first, second)] == [1, 1]


def test_eleven_photos_are_two_albums_and_documents_go_apart() -> None:
    photos = tuple(Attachment("photo", digest=f"{number}") for number in range(11))
    files = (*photos, Attachment("document", digest="d"), Attachment("voice", digest="v"))
    kinds = [(one.kind, one.cost) for one in steps(Message(attachments=files), Text(), "ru")]
    assert kinds == [("album", 10), ("file", 1), ("file", 1), ("file", 1)]


def test_words_too_long_for_a_caption_go_before_the_file() -> None:
    message = Message(Text("ы" * 1_025), attachments=(Attachment("photo", digest="p"),))
    first, second = steps(message, Text(), "ru")
    assert (first.kind, second.kind, second.text) == ("text", "file", Text())
