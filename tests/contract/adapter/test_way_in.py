"""What a customer does comes through the door, once and in order, whatever happens on the way."""

from collections.abc import Callable

import pytest

from bot.model.event import (
    ButtonPressed,
    CustomerBlocked,
    MessageEdited,
    MessageReceived,
    OperatorReplied,
)
from bot.model.message import Attachment, Button, say
from tests.contract.adapter.door import Memory
from tests.contract.adapter.driver import Driver, delivery
from tests.contract.adapter.life import Life, needs
from tests.contract.adapter.naughty import NAUGHTY

Lives = Callable[[], Life]


async def test_what_the_customer_writes_comes_in_with_the_address_and_a_time(
    driver: Driver, life: Life
) -> None:
    await driver.writes("Здравствуйте")
    came = await life.door.brings("Здравствуйте")
    assert isinstance(came.event, MessageReceived | OperatorReplied)
    assert came.address == driver.address or came.conversation
    assert came.external_id
    assert came.message_id
    assert came.at > 1_600_000_000_000, "milliseconds since 1970"


async def test_twenty_messages_in_one_breath_keep_their_order(driver: Driver, life: Life) -> None:
    lines = [f"строка {number}" for number in range(20)]
    for line in lines:
        await driver.writes(line)
    await life.door.brings(lines[-1])
    assert [text for text in life.door.memory.texts() if text.startswith("строка")] == lines


async def test_what_was_written_while_nobody_read_is_read_later_in_order(
    driver: Driver, lives: Lives
) -> None:
    for number in range(5):
        await driver.writes(f"пока вас не было {number}")
    life = await lives().begin()
    await life.door.brings("пока вас не было 4")
    assert life.door.memory.texts() == [f"пока вас не было {number}" for number in range(5)]


async def test_nothing_is_acknowledged_before_it_is_saved(driver: Driver, lives: Lives) -> None:
    life = lives()
    life.door.hang = "before"
    await life.begin()
    await driver.writes("сохраните меня")
    await life.door.hung.wait()
    assert not driver.is_acknowledged()


async def test_what_could_not_be_saved_is_offered_again(driver: Driver, lives: Lives) -> None:
    life = lives()
    life.door.refuse = 2
    await life.begin()
    await driver.writes("с третьего раза")
    await life.door.brings("с третьего раза")
    assert life.door.refuse == 0


async def test_killed_before_saving_it_comes_again(driver: Driver, lives: Lives) -> None:
    first = lives()
    first.door.hang = "before"
    await first.begin()
    await driver.writes("не потеряйте")
    await first.door.hung.wait()
    await first.end()
    second = await lives().begin()
    await second.door.brings("не потеряйте")


async def test_killed_between_saving_and_acknowledging_it_counts_once(
    driver: Driver, lives: Lives, memory: Memory
) -> None:
    first = lives()
    first.door.hang = "after"
    await first.begin()
    await driver.writes("один раз")
    await first.door.hung.wait()
    await first.end()
    second = await lives().begin()
    await driver.writes("дальше")
    await second.door.brings("дальше")
    assert memory.texts() == ["один раз", "дальше"]


@needs("repeat")
async def test_what_is_brought_again_has_the_same_id(
    driver: Driver, life: Life, memory: Memory
) -> None:
    driver.repeats()
    await driver.writes("повторите")
    await life.door.brings("повторите")
    await life.door.until(lambda: memory.offered >= 2, "nothing was brought again")
    assert memory.texts() == ["повторите"]


@needs("cursor")
async def test_the_cursor_is_saved_with_the_events(
    driver: Driver, life: Life, memory: Memory
) -> None:
    await driver.writes("с закладкой")
    await life.door.brings("с закладкой")
    assert all(cursor is not None for events, cursor in memory.saves if events)


async def test_a_messenger_that_was_away_is_read_again_when_it_is_back(
    driver: Driver, life: Life
) -> None:
    await driver.writes("до")
    await life.door.brings("до")
    await driver.goes_down()
    await driver.comes_up()
    await driver.writes("после")
    await life.door.brings("после")
    assert life.reads


@needs("garble")
async def test_nonsense_from_the_messenger_stops_nothing(driver: Driver, life: Life) -> None:
    driver.garbles(3)
    await driver.writes("сквозь шум")
    await life.door.brings("сквозь шум")
    assert life.reads


async def test_a_successful_read_tells_that_the_channel_is_alive(
    driver: Driver, life: Life
) -> None:
    await driver.writes("живы?")
    await life.door.brings("живы?")
    await driver.until(lambda: life.door.reads, "alive() was never called")


async def test_a_fault_of_ours_while_saving_does_not_end_the_reading(
    driver: Driver, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = life.door.accept
    broken = True

    async def breaks(*args: object, **more: object) -> None:
        nonlocal broken
        if broken:
            broken = False
            raise ValueError("a fault of ours")
        await accept(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(life.door, "accept", breaks)
    await driver.writes("несмотря на сбой")
    await life.door.brings("несмотря на сбой")
    assert life.reads


@needs("press", "buttons")
async def test_a_press_brings_the_payload(driver: Driver, life: Life) -> None:
    question = say("Что сломалось?", (Button("Экран", "7.abc.def"), Button("Другое", "7.abc.xyz")))
    await life.adapter.deliver(delivery(driver, question))
    await driver.presses("Экран")
    events = life.door.memory.events
    await life.door.until(lambda: any(isinstance(one.event, ButtonPressed) for one in events))
    pressed = next(one for one in events if isinstance(one.event, ButtonPressed))
    assert isinstance(pressed.event, ButtonPressed)
    assert pressed.event.payload == "7.abc.def"
    assert pressed.event.label in ("", "Экран")


@needs("edited")
async def test_a_changed_message_names_the_one_that_it_was(driver: Driver, life: Life) -> None:
    await driver.writes("завтра в пять")
    first = await life.door.brings("завтра в пять")
    await driver.edits("завтра в пять", "завтра в шесть")
    changed = await life.door.brings("завтра в шесть")
    assert isinstance(changed.event, MessageEdited)
    assert changed.event.external_id == first.message_id
    assert changed.external_id != first.external_id


@needs("attach")
async def test_a_file_comes_with_what_fetches_it(driver: Driver, life: Life) -> None:
    content = bytes(range(256)) * 300
    await driver.sends_file("смета.pdf", content, "вот смета")
    came = await life.door.brings("вот смета")
    (file,) = came.event.message.attachments  # type: ignore[union-attr]
    assert isinstance(file, Attachment)
    assert (file.name, bool(file.source)) == ("смета.pdf", True)
    got = b"".join([chunk async for chunk in life.adapter.fetch(file)])
    assert got == content


@needs("block")
async def test_a_customer_who_forbids_messages_is_told_of(driver: Driver, life: Life) -> None:
    await driver.blocks()
    events = life.door.memory.events
    await life.door.until(lambda: any(isinstance(one.event, CustomerBlocked) for one in events))


async def test_every_naughty_string_comes_in_as_it_was_typed(driver: Driver, life: Life) -> None:
    # A real mail server takes a letter in a twentieth of a second: by mail every fifth string.
    written = NAUGHTY[:: getattr(driver, "every", 1)]
    for text in written:
        await driver.writes(text)
    await driver.writes("конец")
    await life.door.brings("конец")
    # In a group commands may be meant for other bots.
    unheard = getattr(driver, "unheard", ())
    heard = [text for text in written if not text.startswith(unheard)] if unheard else written
    assert life.door.memory.texts() == [*heard, "конец"]
