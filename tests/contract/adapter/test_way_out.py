"""What is to be said stands on the customer's screen, or the outbox learns why not, in the port's two words."""

import hashlib
import traceback
from collections.abc import Callable

import pytest
import structlog

from bot.channel import RetryLater, Undeliverable
from bot.errors import ConfigurationError
from bot.model.abilities import Abilities
from bot.model.message import Attachment, Button, Message, say
from bot.model.text import Span, Text
from tests.contract.adapter.door import Memory
from tests.contract.adapter.driver import Driver, Shown, delivery
from tests.contract.adapter.life import Life, needs
from tests.contract.adapter.naughty import NAUGHTY

Lives = Callable[[], Life]


@pytest.fixture
async def speaking(lives: Lives) -> Life:
    """A run that only delivers."""
    return await lives().begin(read=False)


async def shows(driver: Driver, look: Callable[[Shown], object], what: str) -> Shown:
    """Wait for a message on the customer's screen."""
    await driver.until(lambda: any(look(one) for one in driver.shown()), what)
    return next(one for one in driver.shown() if look(one))


async def test_a_text_arrives_and_is_known_by_an_id(driver: Driver, speaking: Life) -> None:
    receipt = await speaking.adapter.deliver(delivery(driver, say("Чем помочь?")))
    assert receipt.external_ids
    assert all(receipt.external_ids)
    await shows(driver, lambda one: one.text == "Чем помочь?", "the text never arrived")


async def test_formatting_never_changes_the_words(driver: Driver, speaking: Life) -> None:
    text = Text(
        "Цена 👍 100 ₽ сегодня", (Span("bold", 0, 4), Span("link", 7, 12, "https://example.ru"))
    )
    await speaking.adapter.deliver(delivery(driver, Message(text)))
    await shows(driver, lambda one: "Цена 👍 100 ₽ сегодня" in one.text, "the words changed")


@needs("buttons")
async def test_buttons_stand_under_the_text(driver: Driver, speaking: Life) -> None:
    message = say("Выберите", (Button("Экран", "1.a.b"), Button("Сайт", url="https://example.ru")))
    await speaking.adapter.deliver(delivery(driver, message))
    found = await shows(driver, lambda one: "Выберите" in one.text, "it never arrived")
    assert found.buttons == ("Экран", "Сайт")


@needs("attach")
async def test_a_file_arrives_whole_with_its_text(driver: Driver, speaking: Life) -> None:
    content = b"%PDF-1.4 " + bytes(range(256)) * 100
    digest = hashlib.sha256(content).hexdigest()
    (speaking.door.memory.folder / digest).write_bytes(content)
    file = Attachment("document", "счёт.pdf", "application/pdf", len(content), digest)
    message = Message(Text("Ваш счёт"), attachments=(file,))
    await speaking.adapter.deliver(delivery(driver, message))
    await shows(driver, lambda one: "Ваш счёт" in one.text, "the text never arrived")
    await shows(driver, lambda one: content in one.files, "the file never arrived")


@needs("attach")
async def test_a_file_that_cannot_be_had_is_told_and_the_text_arrives(
    driver: Driver, speaking: Life
) -> None:
    file = Attachment("document", "отчёт.pdf", problem="слишком большой")
    message = Message(Text("Отчёт ниже"), attachments=(file,))
    await speaking.adapter.deliver(delivery(driver, message))
    await shows(driver, lambda one: "Отчёт ниже" in one.text, "the text is lost")
    found = await shows(driver, lambda one: "отчёт.pdf" in one.text, "nobody tells of the file")
    assert "слишком большой" in found.text


@needs("edit")
async def test_an_edit_changes_what_stands_there(driver: Driver, speaking: Life) -> None:
    deliver = speaking.adapter.deliver
    (id,) = (await deliver(delivery(driver, say("Завтра")))).external_ids
    edit = delivery(driver, say("Послезавтра"), 2, kind="edit", of=1, external_id=id)
    receipt = await deliver(edit)
    assert receipt.external_ids == (id,)
    await shows(driver, lambda one: one.text == "Послезавтра", "the edit was not seen")
    assert not any(one.text == "Завтра" for one in driver.shown())
    assert (await deliver(edit)).external_ids == (id,), "the same once more is fine"


@needs("edit", "delete")
async def test_an_edit_of_what_is_gone_is_undeliverable(driver: Driver, speaking: Life) -> None:
    deliver = speaking.adapter.deliver
    (id,) = (await deliver(delivery(driver, say("Исчезнет")))).external_ids
    await deliver(delivery(driver, Message(), 2, kind="delete", of=1, external_id=id))
    await driver.until(
        lambda: not any(one.text == "Исчезнет" for one in driver.shown()), "it still stands there"
    )
    with pytest.raises(Undeliverable) as caught:
        await deliver(delivery(driver, say("Поздно"), 3, kind="edit", of=1, external_id=id))
    assert not caught.value.unreachable


@needs("typing")
async def test_typing_says_nothing(driver: Driver, speaking: Life) -> None:
    await speaking.adapter.deliver(delivery(driver, Message(), kind="typing"))
    await speaking.adapter.deliver(delivery(driver, say("вот"), 2))
    await shows(driver, lambda one: one.text == "вот", "it never arrived")
    assert [one.text for one in driver.shown()] == ["вот"]


@pytest.mark.parametrize("extra", [-1, 0, 1, 9_000])
async def test_a_long_text_arrives_whole_and_in_order(
    driver: Driver, speaking: Life, extra: int
) -> None:
    limit = min(speaking.adapter.abilities.text_length, 10_000)
    words = ["слово😀", "ещё", "👩\u200d👩\u200d👧", "и.\n\n"]
    text = ""
    while len(text.encode("utf-16-le")) // 2 < limit + extra - 20:
        text += words[len(text) % 4] + " "
    text += "конец"
    await speaking.adapter.deliver(delivery(driver, say(text)))
    await shows(driver, lambda one: one.text.endswith("конец"), "the end never arrived")
    said = [one.text for one in driver.shown()]
    assert " ".join(said).split() == text.split()
    assert all(
        len(one.encode("utf-16-le")) // 2 <= _limit(speaking.adapter.abilities) for one in said
    )


def _limit(abilities: Abilities) -> int:
    return abilities.text_length


async def test_every_naughty_string_is_said_as_it_is(driver: Driver, speaking: Life) -> None:
    for number, text in enumerate(NAUGHTY, 1):
        await speaking.adapter.deliver(delivery(driver, say(text), number))
    await speaking.adapter.deliver(delivery(driver, say("конец"), len(NAUGHTY) + 1))
    await shows(driver, lambda one: one.text == "конец", "the end never arrived")
    assert [one.text for one in driver.shown()] == [*NAUGHTY, "конец"]


async def test_a_messenger_that_is_away_means_later_for_everyone(
    driver: Driver, speaking: Life
) -> None:
    await driver.goes_down()
    with pytest.raises(RetryLater) as caught:
        await speaking.adapter.deliver(delivery(driver, say("потом")))
    assert caught.value.everywhere
    await driver.comes_up()
    await speaking.adapter.deliver(delivery(driver, say("потом")))
    await shows(driver, lambda one: one.text == "потом", "it never arrived")
    assert [one.text for one in driver.shown()] == ["потом"]


@needs("later")
async def test_told_to_wait_it_waits_that_long_for_this_address_alone(
    driver: Driver, speaking: Life
) -> None:
    driver.refuses_later(7)
    with pytest.raises(RetryLater) as caught:
        await speaking.adapter.deliver(delivery(driver, say("через семь секунд")))
    assert (caught.value.after, caught.value.everywhere) == (7, False)
    await speaking.adapter.deliver(delivery(driver, say("через семь секунд")))
    await shows(driver, lambda one: one.text == "через семь секунд", "it never arrived")


@needs("block")
async def test_a_customer_who_cannot_be_written_to_is_unreachable(
    driver: Driver, speaking: Life
) -> None:
    driver.refuses_for_good()
    with pytest.raises(Undeliverable) as caught:
        await speaking.adapter.deliver(delivery(driver, say("мимо")))
    assert caught.value.unreachable
    assert "мимо" not in str(caught.value)


async def test_no_secret_and_no_words_are_in_what_is_raised_or_logged(
    driver: Driver, lives: Lives
) -> None:
    words = "слова-покупателя-никому"
    raised: list[str] = []
    with structlog.testing.capture_logs() as logged:
        life = await lives().begin()
        await driver.writes(words)
        await life.door.brings(words)
        for trouble in (driver.refuses_for_good, None):
            if trouble is None:
                await driver.goes_down()
            else:
                trouble()
            try:
                await life.adapter.deliver(delivery(driver, say(words)))
            except (RetryLater, Undeliverable) as problem:
                raised += traceback.format_exception(problem)
        try:
            await life.end()
        finally:
            await driver.comes_up()
    everything = "".join(raised) + repr(logged)
    assert raised
    for secret in (*driver.secrets, words):
        assert secret not in everything


async def _open_wrongly(driver: Driver, memory: Memory) -> None:
    life = Life(driver.wrong_adapter(), memory)
    try:
        await life.begin(read=False)
    finally:
        await life.end()


async def test_wrong_credentials_are_told_in_words_without_them(
    driver: Driver, lives: Lives
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await _open_wrongly(driver, lives().door.memory)
    told = "".join(traceback.format_exception(caught.value))
    assert not any(secret in told for secret in driver.secrets)
    assert len(str(caught.value)) > 20
