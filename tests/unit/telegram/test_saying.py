"""What is said reaches the customer whatever Telegram does: nothing is lost, and at most one copy too many is made."""

import hashlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.channel import Delivery, DeliveryKind, Receipt, RetryLater, Undeliverable
from bot.clock import SystemClock
from bot.errors import NotSaved
from bot.model.abilities import TELEGRAM
from bot.model.event import DeliveryFailed
from bot.model.message import Attachment, Button, Message, say
from bot.model.text import Span, Text, utf16_length
from bot.outbox import ChannelOutbox
from bot.storage.sqlite import SqliteStore
from tests.contract.adapter.life import Life
from tests.contract.adapter.naughty import EVERY
from tests.contract.adapter.telegram import TOKEN
from tests.fakes.telegram import FakeBot, FakeTelegram, Fault, Limits, Person
from tests.fakes.telegram.people import JPEG
from tests.unit.loops.playing import events, running, said
from tests.unit.telegram.conftest import Log, Runs


class Mouth:
    """Says things to Anna, under numbers of their own."""

    def __init__(self, life: Life, anna: Person) -> None:
        self.life = life
        self.anna = anna
        self.number = 0

    def delivery(self, message: Message, kind: DeliveryKind = "send", **more: Any) -> Delivery:
        self.number += 1
        return Delivery(self.number, "telegram", str(self.anna.id), message, kind, **more)

    async def says(self, message: Message, kind: DeliveryKind = "send", **more: Any) -> Receipt:
        return await self.life.adapter.deliver(self.delivery(message, kind, **more))

    async def until_said(self, delivery: Delivery, tries: int = 10) -> Receipt:
        """As the outbox does: again and again while it may be said later."""
        for _ in range(tries):
            try:
                return await self.life.adapter.deliver(delivery)
            except RetryLater:
                continue
        raise AssertionError("it was never said")

    def file(self, content: bytes, kind: Any, name: str = "", mime: str = "") -> Attachment:
        digest = hashlib.sha256(content).hexdigest()
        (self.life.door.memory.folder / digest).write_bytes(content)
        return Attachment(kind, name, mime, len(content), digest)


@pytest.fixture
async def mouth(runs: Runs, anna: Person) -> Mouth:
    return Mouth(await runs.life().begin(read=False), anna)


LONG = "Абзац из нескольких слов. " * 700
PARTS = 5


# answers that are lost


@pytest.mark.parametrize("kind", ["dropped", "reset"])
async def test_an_answer_that_is_lost_makes_one_copy_at_most_and_the_log_tells(
    server: FakeTelegram, anna: Person, mouth: Mouth, log: Log, kind: Any
) -> None:
    server.fails("sendMessage", kind)
    life = await Runs(server, mouth.life.door.memory).life().begin(read=False)
    fresh = Mouth(life, anna)
    await fresh.until_said(fresh.delivery(say("Ваш мастер выехал")))
    assert anna.reads() == ["Ваш мастер выехал"] * 2
    (told,) = log.about("copy is possible")
    assert told["delivery"] == 1
    assert "мастер" not in repr(log.lines)
    await life.end()


async def test_answers_lost_again_and_again_make_no_third_copy_and_no_silence(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    server.fails("sendMessage", "dropped", times=50)
    delivery = mouth.delivery(say("Ваш мастер выехал"))
    with pytest.raises(RetryLater):
        await mouth.life.adapter.deliver(delivery)
    with pytest.raises(Undeliverable) as caught:
        await mouth.until_said(delivery)
    assert "may have arrived" in str(caught.value)
    assert not caught.value.unreachable
    assert anna.reads() == ["Ваш мастер выехал"] * 2


async def test_after_a_lost_answer_it_is_said_again_only_once_telegram_is_there(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    server.fails("sendMessage", "cut")
    server.fails("getMe", "cut", times=30)
    delivery = mouth.delivery(say("Ваш мастер выехал"))
    for _ in range(10):
        with pytest.raises(RetryLater):
            await mouth.life.adapter.deliver(delivery)
    server.mends()
    await mouth.until_said(delivery)
    assert anna.reads() == ["Ваш мастер выехал"]


@pytest.mark.parametrize("kind", ["truncated", "html"])
async def test_an_answer_that_cannot_be_read_was_an_answer(
    server: FakeTelegram, anna: Person, mouth: Mouth, kind: Any
) -> None:
    server.fails("sendMessage", kind)
    receipt = await mouth.says(say("Ваш мастер выехал"))
    assert receipt.external_ids == ()
    assert anna.reads() == ["Ваш мастер выехал"]


async def test_a_call_that_hangs_ends_by_itself(
    server: FakeTelegram, anna: Person, mouth: Mouth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.sending.CALL_TIMEOUT", 1)
    server.fails("sendMessage", "hang")
    await mouth.until_said(mouth.delivery(say("Ваш мастер выехал")))
    assert anna.reads() == ["Ваш мастер выехал"]


@pytest.mark.parametrize("kind", ["500", "502", "429"])
async def test_a_refusal_for_now_makes_no_copy(
    server: FakeTelegram, anna: Person, mouth: Mouth, kind: Any
) -> None:
    server.fails("sendMessage", kind, times=5, retry_after=None)
    await mouth.until_said(mouth.delivery(say("Ваш мастер выехал")))
    assert anna.reads() == ["Ваш мастер выехал"]


# many parts


async def test_a_failure_in_the_middle_says_no_part_twice(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    delivery = mouth.delivery(say(LONG))
    middle = _after(server, 2, "502")
    with pytest.raises(RetryLater):
        await mouth.life.adapter.deliver(delivery)
    assert middle.happened == 1
    receipt = await mouth.until_said(delivery)
    assert len(receipt.external_ids) == len(anna.reads()) == PARTS
    assert " ".join(anna.reads()).split() == LONG.split()


async def test_a_restart_in_the_middle_says_no_part_twice(
    server: FakeTelegram, anna: Person, runs: Runs, mouth: Mouth
) -> None:
    delivery = mouth.delivery(say(LONG))
    _after(server, 2, "429")
    with pytest.raises(RetryLater):
        await mouth.life.adapter.deliver(delivery)
    await mouth.life.end()
    mouth.life = await runs.life().begin(read=False)
    receipt = await mouth.until_said(delivery)
    assert len(receipt.external_ids) == len(anna.reads()) == PARTS
    assert " ".join(anna.reads()).split() == LONG.split()
    assert not [name for name in runs.memory.kept if name.startswith("parts ")]


async def test_a_restart_after_a_plainer_way_says_no_part_twice(
    server: FakeTelegram, anna: Person, runs: Runs, mouth: Mouth
) -> None:
    """What was said in another way counts as said."""
    photos = tuple(mouth.file(JPEG + bytes([number]), "photo") for number in range(3))
    delivery = mouth.delivery(Message(Text("три"), attachments=photos))
    server.fails("sendMediaGroup", "400", words="IMAGE_PROCESS_FAILED", times=9)
    _after(server, 2, "429", "sendPhoto")
    with pytest.raises(RetryLater):
        await mouth.life.adapter.deliver(delivery)
    await mouth.life.end()
    mouth.life = await runs.life().begin(read=False)
    receipt = await mouth.until_said(delivery)
    assert len(receipt.external_ids) == len(server.calls_of("sendPhoto")) == 3


async def test_a_database_that_cannot_save_costs_no_part(
    server: FakeTelegram, anna: Person, mouth: Mouth, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise NotSaved("full")

    monkeypatch.setattr(mouth.life.door, "keep", full)
    await mouth.says(say(LONG))
    assert len(anna.reads()) == PARTS


class _Later(Fault):
    """A fault that comes about once, after so many messages were sent."""

    after: Callable[[], bool]

    def meets(self, bot: int, method: str, chat: int) -> bool:
        return super().meets(bot, method, chat) and self.after()


def _after(server: FakeTelegram, calls: int, kind: Any, method: str = "sendMessage") -> Fault:
    later = _Later(kind, method)
    later.after = lambda: len(server.calls_of(method)) == calls
    server.world.faults.append(later)
    return later


async def test_a_long_answer_with_formatting_is_whole(
    anna: Person, mouth: Mouth, server: FakeTelegram
) -> None:
    plain = "Слово😀 и ещё. " * 1500
    text = Text(plain, (Span("bold", 0, len(plain)),))
    await mouth.says(Message(text))
    sent = [call.params for call in server.calls_of("sendMessage")]
    assert all(utf16_length(one["text"]) <= 4096 for one in sent)
    assert " ".join(anna.reads()).split() == plain.split()


async def test_the_parts_of_a_long_answer_keep_telegrams_pace(runs: Runs) -> None:
    limits = Limits(chat_burst=1, speed=20)
    async with FakeTelegram(limits=limits) as server:
        bot = server.bot(TOKEN)
        anna = server.person("Анна")
        await anna.starts(bot)
        life = await Runs(server, runs.memory).life({"gap": 0.06}).begin(read=False)
        await Mouth(life, anna).says(say(LONG))
        await life.end()
        assert len(anna.reads()) == PARTS
        assert server.refusals() == []


async def test_every_naughty_string_is_said_exactly(anna: Person, mouth: Mouth) -> None:
    for text in EVERY:
        await mouth.says(say(text))
    assert anna.reads() == EVERY


# refusals


@pytest.mark.parametrize(
    "kind,words",
    [
        ("403", "bot was blocked by the user"),
        ("403", "user is deactivated"),
        ("403", "bot can't initiate conversation with a user"),
        ("400", "chat not found"),
        ("400", "PEER_ID_INVALID"),
    ],
)
async def test_who_cannot_be_written_to_is_unreachable(
    server: FakeTelegram, mouth: Mouth, kind: Any, words: str
) -> None:
    server.fails("sendMessage", kind, words=words)
    with pytest.raises(Undeliverable) as caught:
        await mouth.says(say("тайные слова"))
    assert caught.value.unreachable
    assert str(caught.value) == "клиент запретил боту писать или удалил аккаунт"


async def test_another_refusal_is_told_without_the_words_that_it_quotes(
    server: FakeTelegram, mouth: Mouth
) -> None:
    server.fails("sendMessage", "400", words='not enough rights to say "тайные слова" here')
    with pytest.raises(Undeliverable) as caught:
        await mouth.says(say("тайные слова"))
    assert not caught.value.unreachable
    assert "not enough rights" in str(caught.value)
    assert "тайные" not in str(caught.value)


async def test_a_revoked_token_keeps_what_is_to_be_said(
    bot: FakeBot, anna: Person, mouth: Mouth, log: Log
) -> None:
    bot.is_revoked()
    delivery = mouth.delivery(say("подождёт"))
    with pytest.raises(RetryLater) as caught:
        await mouth.life.adapter.deliver(delivery)
    assert caught.value.everywhere
    bot.is_back()
    await mouth.until_said(delivery)
    assert anna.reads() == ["подождёт"]


async def test_formatting_that_telegram_refuses_is_left_out_and_the_words_arrive(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    text = Text("Смотрите прайс", (Span("link", 9, 14, "не адрес"),))
    await mouth.says(Message(text, ((Button("Сайт", url="нет"),),)))
    assert anna.reads() == ["Смотрите прайс\nСайт: нет"]
    server.complaints.clear()


# files


async def test_a_photo_arrives_as_a_photo_with_its_caption_and_buttons(
    anna: Person, mouth: Mouth
) -> None:
    photo = mouth.file(JPEG, "photo", mime="image/jpeg")
    await mouth.says(Message(Text("Ваш телефон"), ((Button("Беру", "1.a.b"),),), (photo,)))
    (one,) = [one for one in anna.sees() if not one.mine]
    assert (one.text, one.buttons) == ("[фото] Ваш телефон", ["Беру"])


async def test_an_album_is_one_call_and_all_its_ids_are_known(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    photos = tuple(mouth.file(JPEG + bytes([n]), "photo", mime="image/jpeg") for n in range(3))
    receipt = await mouth.says(Message(Text("Все три"), attachments=photos))
    assert len(server.calls_of("sendMediaGroup")) == 1
    assert len(receipt.external_ids) == 3
    assert anna.reads() == ["[фото] Все три", "[фото]", "[фото]"]


async def test_a_photo_that_telegram_refuses_goes_as_a_document(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    server.fails("sendPhoto", "400", words="PHOTO_INVALID_DIMENSIONS")
    photo = mouth.file(JPEG, "photo", "план.jpg", "image/jpeg")
    await mouth.says(Message(Text("План"), attachments=(photo,)))
    assert anna.reads() == ["[файл план.jpg] План"]


async def test_a_file_that_telegram_refuses_is_told_and_the_words_arrive(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    server.fails("sendDocument", "400", words="file must be non-empty")
    file = mouth.file(b"x", "document", "пусто.txt", "text/plain")
    await mouth.says(Message(Text("Вот"), attachments=(file,)))
    (line,) = anna.reads()
    assert line.startswith("Вот\n[файл «пусто.txt» не отправлен")


async def test_a_file_that_is_gone_from_the_disk_is_told_and_the_words_arrive(
    anna: Person, mouth: Mouth
) -> None:
    file = mouth.file(b"x", "document", "счёт.pdf")
    (mouth.life.door.memory.folder / file.digest).unlink()
    await mouth.says(Message(Text("Счёт"), attachments=(file,)))
    assert anna.reads() == ["Счёт\n[файл «счёт.pdf» не отправлен: его нет на диске]"]


async def test_a_name_that_forges_headers_stays_a_name(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    name = 'счёт"; filename="x\r\nContent-Type: text/html\r\n\r\n<b>.pdf'
    await mouth.says(Message(attachments=(mouth.file(b"%PDF", "document", name),)))
    (call,) = server.calls_of("sendDocument")
    (upload,) = call.files.values()
    assert upload.data == b"%PDF"
    assert "\r" not in upload.name
    assert upload.mime != "text/html"


# changes


async def test_the_text_under_a_photo_is_edited_where_it_stands(anna: Person, mouth: Mouth) -> None:
    photo = mouth.file(JPEG, "photo", mime="image/jpeg")
    (id,) = (await mouth.says(Message(Text("Старое"), attachments=(photo,)))).external_ids
    await mouth.says(say("Новое"), "edit", of=1, external_id=id)
    assert anna.reads() == ["[фото] Новое"]


async def test_deleting_what_is_gone_already_is_done(anna: Person, mouth: Mouth) -> None:
    (id,) = (await mouth.says(say("Лишнее"))).external_ids
    for _ in range(2):
        await mouth.says(Message(), "delete", of=1, external_id=id)
    assert anna.reads() == []


async def test_a_change_of_what_never_stood_there_is_undeliverable(mouth: Mouth) -> None:
    for kind in ("edit", "delete"):
        with pytest.raises(Undeliverable):
            await mouth.says(say("?"), kind, of=1)


async def test_a_reaction_is_put_and_taken_away_and_an_odd_one_passes(
    anna: Person, mouth: Mouth
) -> None:
    mine = await anna.writes("спасибо")
    for emoji, shown in (("✅", "👍"), ("", ""), ("🦖", "")):
        await mouth.says(say(emoji), "react", external_id=str(mine.id))
        assert anna.sees()[-1].reactions == shown


async def test_typing_that_fails_holds_nothing_up(
    server: FakeTelegram, anna: Person, mouth: Mouth
) -> None:
    server.fails("sendChatAction", "429", retry_after=30)
    await mouth.says(Message(), "typing")
    await mouth.says(say("вот"))
    assert anna.reads() == ["вот"]


async def test_an_answer_to_a_message_that_is_gone_is_said_all_the_same(
    anna: Person, mouth: Mouth
) -> None:
    mine = await anna.writes("вопрос")
    await anna.deletes(mine)
    await mouth.says(say("ответ"), reply_external_id=str(mine.id))
    assert anna.reads() == ["ответ"]


# the keyboard in place of the customer's own


ASKS = say("Ваш номер?", (Button("Отправить номер", share="phone"),))


async def test_a_shared_phone_is_the_customers_own(anna: Person, mouth: Mouth, runs: Runs) -> None:
    await mouth.says(ASKS)
    assert anna.keyboard() == ["Отправить номер"]
    await anna.presses("Отправить номер")
    life = await runs.life().begin()
    await life.door.until(lambda: life.door.memory.events)
    contact = life.door.memory.events[-1].event.message.contact  # type: ignore[union-attr]
    assert contact is not None
    assert contact.own
    assert contact.phone == anna.phone


@pytest.mark.parametrize("answer", [say("Спасибо"), say("Модель?", (Button("А", "1.a.b"),))])
async def test_the_keyboard_is_gone_after_the_next_message_even_after_a_restart(
    anna: Person, mouth: Mouth, runs: Runs, answer: Message
) -> None:
    await mouth.says(ASKS)
    await anna.writes("+7 916 123-45-67")
    await mouth.life.end()
    again = Mouth(await runs.life().begin(read=False), anna)
    await again.says(answer)
    assert anna.keyboard() == []
    assert anna.reads()[-1] == answer.text.plain
    assert anna.reads() == ["Ваш номер?", answer.text.plain], "nothing else stays on the screen"
    await again.says(say("Дальше"))
    assert runs.memory.kept == {}


# with the outbox


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "frontdesk.db", synchronous="NORMAL")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def outbox(store: SqliteStore, mouth: Mouth) -> ChannelOutbox:
    return ChannelOutbox(
        "telegram",
        mouth.life.adapter,
        store,
        SystemClock(),
        limits=replace(TELEGRAM, pace=1000.0, pace_per_address=1000.0),
        rng=random.Random(1),
    )


async def test_one_customer_who_is_to_wait_holds_up_nobody_else(
    server: FakeTelegram, bot: FakeBot, anna: Person, store: SqliteStore, outbox: ChannelOutbox
) -> None:
    others = [server.person(f"Клиент {number}") for number in range(25)]
    for one in others:
        await one.starts(bot)
    fault = server.fails("sendMessage", "429", chat=anna.id, retry_after=2)
    async with running(outbox):
        outbox.offer(await said(store, "раз", "два", address=str(anna.id)))
        await server.until(lambda: fault.happened, "Anna was not told to wait")
        told = server.world.clock()
        for one in others:
            outbox.offer(await said(store, "привет", address=str(one.id)))
        for one in others:
            await server.until(lambda one=one: one.reads() == ["привет"], "others wait too")
        assert server.world.clock() < told + 2
        await server.until(lambda: len(anna.reads()) == 2, "Anna hears nothing more")
    assert anna.reads() == ["раз", "два"]
    first = server.calls_of("sendMessage", chat=anna.id)[0]
    assert first.at >= told + 2


async def test_what_is_said_while_telegram_is_down_arrives_afterwards_in_order(
    server: FakeTelegram, anna: Person, store: SqliteStore, outbox: ChannelOutbox
) -> None:
    await server.goes_down()
    lines = [f"строка {number}" for number in range(10)]
    async with running(outbox):
        outbox.offer(await said(store, *lines, address=str(anna.id)))
        await server.comes_up()
        server.fails("sendMessage", "502")
        await server.until(lambda: len(anna.reads()) == 10, "they never came")
    assert anna.reads() == lines


async def test_a_customer_who_blocked_us_is_told_of_and_not_tried_again(
    server: FakeTelegram, bot: FakeBot, anna: Person, store: SqliteStore, outbox: ChannelOutbox
) -> None:
    await anna.blocks(bot)
    failed: list[DeliveryFailed] = []
    async with running(outbox):
        outbox.offer(await said(store, "мимо", address=str(anna.id)))
        await server.until(server.refusals, "it was not tried")
        while not failed:
            found = await events(store)
            failed += [one for one in found if isinstance(one, DeliveryFailed)]
    assert [one.unreachable for one in failed] == [True]
    assert len(server.refusals()) == 1
