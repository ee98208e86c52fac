"""What people and the channel say to each other, over sockets."""

import hashlib

import pytest

from bot.channel import RetryLater, Said, Undeliverable
from bot.model.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    MessageEdited,
    MessageReceived,
    Sender,
)
from bot.model.message import Attachment, Button, Location, Message, say
from bot.model.text import Text
from tests.fakes.vk import FakeVk, Person
from tests.fakes.vk.people import JPEG, OGG
from tests.unit.vk.conftest import Doorway, Start, delivery

PAYLOAD = "1.abcdefgh.abcdefgh"


async def test_a_message_comes_in_with_the_name_of_its_writer(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("привет")
    assert await door.until(1) == [MessageReceived(say("привет"))]
    incoming = door.incoming[0]
    assert incoming.sender == Sender("Анна Котова", "anna_k", "ru")
    assert (incoming.address, incoming.message_id) == (anna.address, "1")


async def test_a_name_is_asked_for_once(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    for number in range(3):
        await anna.writes(f"{number}")
        await door.until(number + 1)
    assert len(vk.calls_of("users.get")) == 1


async def test_no_name_is_no_reason_to_lose_a_message(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    vk.world.goes_wrong("code", "users.get", code=10, times=9)
    await anna.writes("привет")
    await door.until(1)
    assert door.incoming[0].sender == Sender(language="ru")


async def test_names_that_do_not_come_are_waited_for_once(
    vk: FakeVk, start: Start, door: Doorway, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.vk.people.PATIENCE", 0.5)
    await start()
    hung = vk.world.goes_wrong("hang", "users.get", times=9)
    for number in range(4):
        await anna.writes(f"{number}")
        await door.until(number + 1)
    assert hung.happened == 1


async def test_the_start_button_is_a_command_with_the_mark_of_its_link(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.starts()
    await anna.starts("campaign42")
    await door.until(2)
    assert door.texts() == ["/start", "/start campaign42"]


async def test_an_answer_stands_in_the_talk_and_its_number_is_told(
    start: Start, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    receipt = await adapter.deliver(delivery(anna, say("здравствуйте")))
    assert anna.sees() == ["здравствуйте"]
    assert receipt.external_ids == ("2",)


async def test_our_own_messages_do_not_come_back(start: Start, door: Doorway, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, say("здравствуйте")))
    await anna.writes("ещё")
    await door.until(2)
    assert door.texts() == ["привет", "ещё"]


async def test_a_callback_button_is_pressed_and_answered(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, say("Да?", (Button("Да", payload=PAYLOAD),))))
    press = await anna.presses("Да")
    assert (await door.until(2))[1] == ButtonPressed(PAYLOAD)
    await vk.world.bell.until(lambda: press.get("answered"), lambda: "the press was not answered")


async def test_many_buttons_stand_under_the_line_and_go_when_the_question_is_over(
    start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    rows = tuple((Button(f"Услуга {n}", payload=f"{n}.abcdefgh.abcdefgh"),) for n in range(15))
    await adapter.deliver(delivery(anna, say("Что чиним?", *rows)))
    assert len(anna.buttons()) == 15
    await anna.writes("не знаю")
    await adapter.deliver(delivery(anna, say("Тогда опишите словами."), 2))
    assert anna.buttons() == []


async def test_a_button_under_the_line_is_a_press_with_its_label(
    start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    rows = tuple((Button(f"Услуга {n}", payload=f"{n}.abcdefgh.abcdefgh"),) for n in range(15))
    await adapter.deliver(delivery(anna, say("Что чиним?", *rows)))
    await anna.presses("Услуга 7")
    assert (await door.until(2))[1] == ButtonPressed("7.abcdefgh.abcdefgh", "Услуга 7")


async def test_a_place_is_shared_by_a_button(start: Start, door: Doorway, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    ask = say("Где вы?", (Button("Показать", share="location"), Button("Нет", payload=PAYLOAD)))
    await adapter.deliver(delivery(anna, ask))
    await anna.presses("<location>")
    event = (await door.until(2))[1]
    assert isinstance(event, MessageReceived)
    assert event.message.location == Location(55.75, 37.62, "Москва")


async def test_an_edit_of_the_customer_comes_in_and_ours_changes_what_stands(
    start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("превед")
    await anna.edits("превед", "привет")
    assert (await door.until(2))[1] == MessageEdited("1", say("привет"))
    receipt = await adapter.deliver(delivery(anna, say("завтра", (Button("Да", payload=PAYLOAD),))))
    change = delivery(anna, say("в среду"), 2, "edit", external_id=receipt.external_ids[0])
    await adapter.deliver(change)
    assert anna.sees() == ["в среду"]
    assert anna.buttons() == []


async def test_a_message_is_taken_back(start: Start, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    receipt = await adapter.deliver(delivery(anna, say("не то")))
    await adapter.deliver(
        delivery(anna, Message(), 2, "delete", external_id=receipt.external_ids[0])
    )
    assert anna.sees() == []


@pytest.mark.parametrize("kind", ["edit", "delete"])
async def test_what_is_a_day_old_is_neither_changed_nor_deleted_and_the_operator_is_told(
    start: Start, anna: Person, kind: str
) -> None:
    adapter = await start()
    await anna.writes("привет")
    receipt = await adapter.deliver(delivery(anna, say("раз")))
    anna.talk.messages[-1]["date"] -= 25 * 3600
    change = delivery(anna, say("два"), 2, kind, external_id=receipt.external_ids[0])  # type: ignore[arg-type]
    with pytest.raises(Undeliverable, match="больше не даёт") as raised:
        await adapter.deliver(change)
    assert not raised.value.unreachable


async def test_typing_is_shown(start: Start, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, Message(), kind="typing"))
    assert anna.talk.typing == 1


async def test_who_forbids_and_allows_messages_is_known(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.blocks()
    await anna.allows()
    assert await door.until(2) == [CustomerBlocked(), CustomerUnblocked()]


async def test_a_reply_names_our_message_and_ours_answers_theirs(
    start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("сколько стоит?")
    receipt = await adapter.deliver(delivery(anna, say("500"), reply_external_id="1"))
    assert anna.talk.messages[-1]["reply_message"]["text"] == "сколько стоит?"
    door.standing[anna.address, receipt.external_ids[0]] = Said(17, 1)
    await anna.writes("дорого", reply_to="500")
    event = (await door.until(2))[1]
    assert isinstance(event, MessageReceived)
    assert event.message == Message(Text("дорого"), reply_to=17)


async def test_an_answer_to_what_was_deleted_is_said_all_the_same(
    start: Start, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("сколько стоит?")
    anna.talk.messages.clear()
    await adapter.deliver(delivery(anna, say("500"), reply_external_id="1"))
    assert anna.sees() == ["500"]


async def test_a_reply_to_what_is_not_ours_quotes_it(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("первое")
    await anna.writes("да, это", reply_to="первое")
    await door.until(2)
    assert door.texts()[1] == "В ответ на:\n> первое\nда, это"


async def test_forwarded_messages_are_quoted(start: Start, door: Doorway, anna: Person) -> None:
    await start()
    anna.forwards("раз\nдва", "три", text="смотрите")
    await door.until(1)
    assert door.texts() == ["смотрите\nПереслано:\n> раз\n> два\nПереслано:\n> три"]


async def test_a_message_that_vk_cut_off_is_read_whole(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("слово " * 600 + "конец")
    await door.until(1)
    assert door.texts() == ["слово " * 600 + "конец"]


async def test_files_come_in_and_are_fetched(start: Start, door: Doorway, anna: Person) -> None:
    adapter = await start()
    anna.sends(
        anna.photo(), anna.document("смета.pdf", b"%PDF"), anna.voice(), anna.sticker(), text="вот"
    )
    event = (await door.until(1))[0]
    assert isinstance(event, MessageReceived)
    files = event.message.attachments
    assert [(one.kind, one.name) for one in files] == [
        ("photo", "photo.jpg"),
        ("document", "смета.pdf"),
        ("voice", "voice.ogg"),
        ("sticker", "sticker.png"),
    ]
    assert files[0].source.endswith("?as=w")
    contents = [b"".join([chunk async for chunk in adapter.fetch(one)]) for one in files]
    assert contents[:3] == [JPEG, b"%PDF", OGG]


async def test_a_file_that_is_gone_is_told_so(vk: FakeVk, start: Start) -> None:
    adapter = await start(reads=False)
    with pytest.raises(Undeliverable, match="больше не доступен"):
        async for _ in adapter.fetch(Attachment("photo", source=f"{vk.url}/files/none")):
            pass
    with pytest.raises(Undeliverable, match="нет файла"):
        async for _ in adapter.fetch(Attachment("photo", source="file:///etc/passwd")):
            pass
    with pytest.raises(RetryLater):
        async for _ in adapter.fetch(Attachment("photo", source="http://127.0.0.1:1/x")):
            pass


def kept(door: Doorway, content: bytes, kind: str, name: str, mime: str) -> Attachment:
    """A file that is here."""
    digest = hashlib.sha256(content).hexdigest()
    (door.folder / digest).write_bytes(content)
    return Attachment(kind, name, mime, len(content), digest)  # type: ignore[arg-type]


async def test_files_go_out_with_their_names(start: Start, door: Doorway, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    files = (
        kept(door, JPEG, "photo", "экран.jpg", "image/jpeg"),
        kept(door, b"%PDF-1", "document", "смета на ремонт.pdf", "application/pdf"),
        kept(door, OGG, "voice", "voice.ogg", "audio/ogg"),
    )
    receipt = await adapter.deliver(delivery(anna, Message(Text("вот"), attachments=files)))
    shown = [one for one in anna.talk.messages if one["out"]]
    assert [[a["type"] for a in one["attachments"]] for one in shown] == [
        ["photo", "doc"],
        ["audio_message"],
    ]
    assert shown[0]["attachments"][1]["doc"]["title"] == "смета на ремонт.pdf"
    assert shown[0]["attachments"][1]["doc"]["ext"] == "pdf"
    assert len(receipt.external_ids) == 2


async def test_a_photo_that_vk_does_not_take_goes_as_a_document(
    start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    picture = kept(door, b"RIFF....WEBP", "photo", "экран.webp", "image/webp")
    await adapter.deliver(delivery(anna, Message(attachments=(picture,))))
    assert anna.talk.messages[-1]["attachments"][0]["type"] == "doc"


async def test_a_file_that_could_not_be_had_is_told_in_words(start: Start, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    lost = Attachment("document", "смета.pdf", problem="слишком большой")
    await adapter.deliver(delivery(anna, Message(Text("вот"), attachments=(lost,))))
    assert anna.sees() == ["вот\nФайл «смета.pdf» не отправлен: слишком большой"]


async def test_a_place_goes_out(start: Start, anna: Person) -> None:
    adapter = await start()
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, Message(Text("мы тут"), location=Location(55.5, 37.5))))
    assert anna.talk.messages[-1]["geo"]["coordinates"] == {"latitude": 55.5, "longitude": 37.5}


async def test_a_chat_of_many_is_no_customer(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    vk.world.add_message(2_000_000_001, anna.id, text="в беседе")
    await anna.writes("лично")
    await door.until(1)
    assert door.texts() == ["лично"]
