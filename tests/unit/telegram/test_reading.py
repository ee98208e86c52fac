"""The reading outlives whatever Telegram does: nothing is lost, nothing counts twice, and the log says why."""

import asyncio
from typing import Any

import pytest

from bot.channel import Delivery, Said
from bot.model.event import ButtonPressed, MessageEdited
from bot.model.message import Button, say
from tests.contract.adapter.door import Memory
from tests.contract.adapter.life import Life
from tests.contract.adapter.naughty import EVERY
from tests.fakes.telegram import FakeBot, FakeTelegram, Person
from tests.unit.telegram.conftest import Log, Runs
from tests.unit.telegram.payloads import update

# ids


async def test_updates_of_one_answer_in_wrong_order_are_put_right(
    bot: FakeBot, anna: Person, runs: Runs
) -> None:
    bot.shuffles_updates()
    lines = [str(number) for number in range(30)]
    for line in lines:
        await anna.writes(line)
    life = await runs.life().begin()
    await life.door.brings("29")
    assert runs.memory.texts() == lines


async def test_ids_that_begin_again_lower_are_new_messages(
    server: FakeTelegram, bot: FakeBot, anna: Person, life: Life
) -> None:
    await anna.writes("до отпуска")
    await life.door.brings("до отпуска")
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    bot.numbers_updates_from(500)
    for line in ("после отпуска", "и ещё", "и ещё раз"):
        await anna.writes(line)
        await life.door.brings(line)
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    assert life.door.memory.texts() == ["до отпуска", "после отпуска", "и ещё", "и ещё раз"]


async def test_a_gap_in_the_ids_is_nothing(bot: FakeBot, anna: Person, life: Life) -> None:
    await anna.writes("раз")
    await life.door.brings("раз")
    bot.numbers_updates_from(900_000_000)
    await anna.writes("два")
    await life.door.brings("два")


async def test_the_same_answer_twice_counts_once(
    bot: FakeBot, anna: Person, life: Life, memory: Memory
) -> None:
    bot.repeats_updates(2)
    await anna.writes("один раз")
    await life.door.until(lambda: memory.offered >= 3)
    await anna.writes("дальше")
    await life.door.brings("дальше")
    assert memory.texts() == ["один раз", "дальше"]


async def test_a_backlog_of_ten_thousand_drains_in_order(
    server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    queue = bot.account.queue
    await anna.writes("строка")
    body = queue.waiting.pop()[1]["message"]
    for number in range(10_000):
        queue.add_raw({"message": {**body, "message_id": number + 10, "text": f"строка {number}"}})
    life = await runs.life().begin()
    await life.door.brings("строка 9999")
    assert runs.memory.texts() == [f"строка {number}" for number in range(10_000)]
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    assert max(events for events, _ in runs.memory.saves) == 100


# poison


BROKEN = ["broken_message", "broken_without_words", "broken_beyond_repair", "broken_reaction"]
ODD = ["kind_not_asked_for", "update_of_the_future", "pinned_notice", "press_of_game"]


async def test_one_bad_update_hurts_only_itself_and_is_told_without_its_words(
    log: Log, server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    await anna.writes("первая")
    for name in BROKEN:
        raw = update(name)
        del raw["update_id"]
        bot.gets(raw)
    await anna.writes("вторая")
    life = await runs.life().begin()
    await life.door.brings("вторая")
    await server.until(lambda: not bot.unconfirmed, "the bad ones hold up the reading")
    texts = runs.memory.texts()
    assert texts[:2] == ["первая", "не открывается дверь"]
    assert "не удалось прочитать" in texts[2]
    assert texts[3:] == ["вторая"]
    told = log.about("unreadable update")
    assert [line["seen_by_a_person"] for line in told] == [True, True, False, False]
    assert told[-1]["skipped"] == 4
    assert "дверь" not in repr(log.lines)


async def test_unknown_kinds_and_updates_without_a_chat_pass(
    server: FakeTelegram, bot: FakeBot, anna: Person, life: Life
) -> None:
    for name in ODD:
        raw = update(name)
        del raw["update_id"]
        bot.gets(raw)
    await anna.writes("дальше")
    await life.door.brings("дальше")
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    assert life.door.memory.texts() == ["дальше"]


async def test_an_event_that_the_store_refuses_costs_only_itself(
    log: Log, anna: Person, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = runs.life()
    accept = life.door.accept

    async def picky(incoming: Any, cursor: str | None = None) -> None:
        if any("яд" in repr(one.event) for one in incoming):
            raise ValueError("no such thing in this database")
        await accept(incoming, cursor)

    monkeypatch.setattr(life.door, "accept", picky)
    for text in ("до", "яд", "после"):
        await anna.writes(text)
    await life.begin()
    await life.door.brings("после")
    assert life.door.memory.texts() == ["до", "после"]
    assert log.about("refused")
    assert "яд" not in repr(log.lines)


# the connection


@pytest.mark.parametrize("kind", ["500", "502", "truncated", "html", "cut", "dropped"])
async def test_a_bad_answer_to_the_reading_is_waited_out(
    server: FakeTelegram, anna: Person, life: Life, kind: Any
) -> None:
    fault = server.fails("getUpdates", kind, times=4)
    await anna.writes("сквозь шум")
    await life.door.brings("сквозь шум")
    await server.until(lambda: fault.left == 0, "the faults did not come about")
    await anna.writes("дальше")
    await life.door.brings("дальше")
    assert life.door.memory.texts() == ["сквозь шум", "дальше"]


async def test_faults_in_a_row_are_waited_out_ever_longer(
    server: FakeTelegram, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr("adapters.telegram.polling.asyncio.sleep", noted)
    fault = server.fails("getUpdates", "502", times=12)
    await runs.life({"first_pause": 1.0, "longest_pause": 60.0}).begin()
    await server.until(lambda: fault.left == 0, "the faults did not come about")
    assert all(0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses[:6]))
    assert all(30 <= pause <= 60 for pause in pauses[7:12])
    assert len(set(pauses[7:12])) > 1, "without jitter all programs come back together"


async def test_a_hundred_resets_in_the_middle_leave_no_connection_behind(
    server: FakeTelegram, anna: Person, runs: Runs
) -> None:
    life = await runs.life({"first_pause": 0.001, "longest_pause": 0.002}).begin()
    fault = server.fails("getUpdates", "reset", times=100)
    await anna.writes("держимся")
    await life.door.brings("держимся")
    await server.until(lambda: fault.left == 0, "the faults did not come about")
    await anna.writes("дальше")
    await life.door.brings("дальше")
    session = life.adapter._api._session._session  # type: ignore[attr-defined]
    assert len(session.connector._acquired) <= 1


async def test_a_poll_that_hangs_ends_by_itself(
    server: FakeTelegram, anna: Person, runs: Runs
) -> None:
    life = await runs.life({"poll": 1, "margin": 1}).begin()
    server.fails("getUpdates", "hang", times=1)
    await anna.writes("слышите?")
    async with asyncio.timeout(10):
        await life.door.brings("слышите?")


async def test_told_to_wait_the_reading_waits_that_long(
    server: FakeTelegram, anna: Person, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr("adapters.telegram.polling.asyncio.sleep", noted)
    server.fails("getUpdates", "429", times=2, retry_after=17)
    life = await runs.life().begin()
    await anna.writes("не спешите")
    await life.door.brings("не спешите")
    assert pauses == [17, 17]


# others


async def test_a_second_reader_is_told_of_and_does_not_end_the_reading(
    log: Log, server: FakeTelegram, anna: Person, runs: Runs
) -> None:
    life = await runs.life().begin()
    other = Runs(server, Memory(runs.memory.folder)).life()
    await other.begin()
    await server.until(lambda: _conflicts(server) >= 4, "they did not meet")
    await other.end()
    await anna.writes("кто здесь?")
    await life.door.until(
        lambda: "кто здесь?" in life.door.memory.texts() or other.door.memory.events
    )
    assert life.reads
    told = log.about("somebody else reads")
    assert told
    assert all(line["level"] == "error" for line in told)
    assert "second program" in told[0]["cure"]


def _conflicts(server: FakeTelegram) -> int:
    return sum(one.conflicts for one in server.world.accounts.values())


async def test_somebodys_webhook_is_told_of_and_waited_out(
    log: Log, server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    bot.account.webhook = {"url": "http://127.0.0.1:9/elsewhere"}
    life = await runs.life().begin()
    told = await log.says("somebody else reads")
    assert "webhook" in told["cure"]
    assert bot.account.webhook, "another's webhook is not ours to take away"
    bot.account.webhook = {}
    server.world.bell.ring()
    await anna.writes("теперь слышно")
    await life.door.brings("теперь слышно")


async def test_a_revoked_token_is_told_and_tried_slowly_until_it_is_mended(
    log: Log, server: FakeTelegram, bot: FakeBot, anna: Person, runs: Runs
) -> None:
    life = await runs.life().begin()
    await anna.writes("пока есть ключ")
    await life.door.brings("пока есть ключ")
    bot.is_revoked()
    told = await log.says("token is not accepted")
    assert told["level"] == "error"
    bot.is_back()
    await anna.writes("ключ снова есть")
    await life.door.brings("ключ снова есть")


# what people do


async def test_twenty_presses_in_a_breath_come_in_order_and_all_are_answered(
    server: FakeTelegram, anna: Person, life: Life
) -> None:

    rows = [(Button(str(number), f"{number}.a.b"),) for number in range(20)]
    await life.adapter.deliver(Delivery(1, "telegram", str(anna.id), say("?", *rows)))
    presses = [await anna.presses(str(number)) for number in range(20)]
    events = life.door.memory.events
    await life.door.until(lambda: len(events) == 20)
    payloads = [one.event.payload for one in events if isinstance(one.event, ButtonPressed)]
    assert payloads == [f"{number}.a.b" for number in range(20)]
    for press in presses:
        assert press is not None
        await press.answered()


async def test_a_press_whose_answer_fails_is_no_less_an_event(
    server: FakeTelegram, anna: Person, life: Life
) -> None:

    server.fails("answerCallbackQuery", "400", words="query is too old")
    message = say("?", (Button("Да", "1.a.b"),))
    await life.adapter.deliver(Delivery(1, "telegram", str(anna.id), message))
    await anna.presses("Да")
    await life.door.until(lambda: len(life.door.memory.events) == 1)
    await anna.writes("дальше")
    await life.door.brings("дальше")


async def test_an_edit_is_an_edit_and_no_second_message(anna: Person, life: Life) -> None:
    await anna.writes("завтра в пять")
    first = await life.door.brings("завтра в пять")
    await anna.edits("завтра в пять", "завтра в шесть")
    changed = await life.door.brings("завтра в шесть")
    assert isinstance(changed.event, MessageEdited)
    assert changed.event.external_id == first.message_id


async def test_an_answer_names_our_message(anna: Person, life: Life) -> None:

    receipt = await life.adapter.deliver(Delivery(1, "telegram", str(anna.id), say("Этот?")))
    place = (str(anna.id), receipt.external_ids[0])
    life.door.memory.said[place] = Said(41, 7)
    await anna.replies("да, этот", "Этот?")
    came = await life.door.brings("да, этот")
    assert came.event.message.reply_to == 41  # type: ignore[union-attr]


async def test_a_group_is_left_politely_and_no_conversation_begins(
    server: FakeTelegram, bot: FakeBot, anna: Person, life: Life
) -> None:
    group = server.group("Дачники", members=[anna], bot=bot)
    await server.until(lambda: server.calls_of("leaveChat"), "it stays in the group")
    said = server.calls_of("sendMessage", chat=group.chat.id)
    assert [call.params["text"] for call in said] == [
        "Я отвечаю только в личных сообщениях: t.me/impuls_repair_bot"
    ]
    await anna.writes("здравствуйте", to=bot)
    await life.door.brings("здравствуйте")
    assert life.door.memory.texts() == ["здравствуйте"]


async def test_names_and_words_come_exactly_as_typed(
    server: FakeTelegram, bot: FakeBot, life: Life
) -> None:
    for text in EVERY:
        await server.person(text).writes(text, to=bot)
    await life.door.until(lambda: len(life.door.memory.events) == len(EVERY))
    names = [one.sender.name for one in life.door.memory.events if one.sender is not None]
    assert names == EVERY
    assert life.door.memory.texts() == EVERY


async def test_alive_is_told_only_when_what_was_read_is_safe(anna: Person, runs: Runs) -> None:
    life = runs.life()
    life.door.hang = "before"
    await anna.writes("сначала сохраните")
    await life.begin()
    await life.door.hung.wait()
    assert life.door.reads == 0
