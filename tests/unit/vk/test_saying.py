"""Saying things while VK misbehaves: nothing is doubled, each error is its own, nobody waits for another's call."""

import asyncio

import pytest

from bot.channel import RetryLater, Undeliverable
from bot.errors import ConfigurationError
from bot.model.message import Button, Message, say
from bot.model.text import Text
from tests.fakes.vk import FakeVk, Person
from tests.fakes.vk.faults import FaultKind
from tests.unit.vk.conftest import Doorway, Start, Stop, delivery

BUTTONS = (
    Button("Да", payload="1.abcdefgh.abcdefgh"),
    Button("Нет", payload="2.abcdefgh.abcdefgh"),
)


@pytest.mark.parametrize("kind", ["dropped", "hang", "502", "html", "empty", "cut"])
async def test_whatever_becomes_of_an_answer_the_message_stands_once(
    start: Start, vk: FakeVk, anna: Person, kind: FaultKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "hang":
        monkeypatch.setattr("adapters.vk.wire.READ", 1.5)
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong(kind, "messages.send", times=2)
    one = delivery(anna, say("ответ", BUTTONS))
    for _ in range(2):
        with pytest.raises(RetryLater, match="не отвечает"):
            await adapter.deliver(one)
    receipt = await adapter.deliver(one)
    assert anna.sees() == ["ответ"]
    assert receipt.external_ids == ("2",)


async def test_after_a_restart_a_repeated_delivery_is_the_same_message(
    start: Start, stop: Stop, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, say("ответ"), 7))
    await stop(adapter)
    adapter = await start(reads=False)
    await adapter.deliver(delivery(anna, say("ответ"), 7))
    await adapter.deliver(delivery(anna, say("другой"), 8))
    assert anna.sees() == ["ответ", "другой"]


async def test_a_new_database_of_the_same_community_is_heard_though_its_rows_have_old_numbers(
    start: Start, stop: Stop, door: Doorway, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, say("прежний"), 7))
    await stop(adapter)
    door.kept.clear()
    adapter = await start(reads=False)
    await adapter.deliver(delivery(anna, say("новый"), 7))
    assert anna.sees() == ["прежний", "новый"]


@pytest.mark.parametrize("length", [4095, 4096, 4097, 20_000])
async def test_long_texts_are_split_and_whole(start: Start, anna: Person, length: int) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    text = ("слово " * length)[: length - 1] + "."
    receipt = await adapter.deliver(delivery(anna, say(text, BUTTONS)))
    assert "".join(anna.sees()).replace(" ", "") == text.replace(" ", "")
    assert len(receipt.external_ids) == -(-length // 4096) == len(anna.sees())
    assert anna.buttons() == ["Да", "Нет"]


async def test_a_part_that_was_said_is_not_said_again(
    start: Start, vk: FakeVk, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    text = " ".join(map(str, range(2000)))
    fault = vk.world.goes_wrong("code", "messages.send", code=10, times=0)
    # It is the second part that fails.
    vk.world.on_event = lambda event: setattr(fault, "left", 1)
    with pytest.raises(RetryLater):
        await adapter.deliver(delivery(anna, say(text)))
    vk.world.on_event = lambda event: None
    await adapter.deliver(delivery(anna, say(text)))
    assert " ".join(anna.sees()) == text


LATER = {6: True, 9: False, 10: False, 29: True, 1: False, 5: True, 14: False}
UNREACHABLE = (18, 113, 900, 901, 902, 936)
OPERATOR = (7, 15, 100, 910, 914, 950, 925)


@pytest.mark.parametrize("code", LATER)
async def test_errors_that_pass_are_waited_for(
    start: Start, vk: FakeVk, anna: Person, code: int
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong("code", "messages.send", code=code, times=3 if code == 6 else 1)
    with pytest.raises(RetryLater) as raised:
        await adapter.deliver(delivery(anna, say("ответ")))
    assert raised.value.everywhere == LATER[code]
    await adapter.deliver(delivery(anna, say("ответ")))
    assert anna.sees() == ["ответ"]


@pytest.mark.parametrize("code", UNREACHABLE)
async def test_errors_of_a_customer_who_cannot_be_written_to(
    start: Start, vk: FakeVk, anna: Person, code: int
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong("code", "messages.send", code=code)
    with pytest.raises(Undeliverable) as raised:
        await adapter.deliver(delivery(anna, say("ответ")))
    assert raised.value.unreachable


@pytest.mark.parametrize("code", OPERATOR)
async def test_errors_that_the_operator_hears_of(
    start: Start, vk: FakeVk, anna: Person, code: int
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong("code", "messages.send", code=code)
    with pytest.raises(Undeliverable) as raised:
        await adapter.deliver(delivery(anna, say("ответ")))
    assert not raised.value.unreachable
    assert "ошибка" in str(raised.value) or len(str(raised.value)) > 20


@pytest.mark.parametrize("code", [911, 912])
async def test_refused_buttons_become_a_list_and_without_buttons_the_operator_hears_of_it(
    start: Start, vk: FakeVk, anna: Person, code: int
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong("code", "messages.send", code=code, times=2)
    with pytest.raises(Undeliverable):
        await adapter.deliver(delivery(anna, say("просто"), 1))
    await adapter.deliver(delivery(anna, say("Да?", BUTTONS), 2))
    assert anna.sees() == ["Да?\n\n1. Да\n2. Нет"]


async def test_with_bots_switched_off_every_question_comes_as_a_list(
    start: Start, vk: FakeVk, anna: Person
) -> None:
    vk.world.bots_on = False
    adapter = await start(reads=False)
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, say("Да?", BUTTONS)))
    assert anna.sees() == ["Да?\n\n1. Да\n2. Нет"]


async def test_who_blocked_us_is_unreachable(start: Start, anna: Person) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    await anna.blocks()
    with pytest.raises(Undeliverable, match="запретил") as raised:
        await adapter.deliver(delivery(anna, say("ответ")))
    assert raised.value.unreachable


async def test_waiting_for_vk_to_mend_its_own_fault_has_an_end(
    start: Start, vk: FakeVk, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong("code", "messages.send", code=10)
    with pytest.raises(Undeliverable):
        await adapter.deliver(delivery(anna, say("ответ"), attempts=30))


async def test_one_hung_call_holds_up_nobody_else(start: Start, vk: FakeVk, anna: Person) -> None:
    adapter = await start(reads=False)
    people = [anna, *(vk.person(f"Клиент {n}") for n in range(8))]
    for person in people:
        await person.writes("привет")
    hung = vk.world.goes_wrong("hang", "messages.send", peer=anna.id)
    stuck = asyncio.ensure_future(adapter.deliver(delivery(anna, say("ответ"))))
    await vk.world.bell.until(lambda: hung.happened, lambda: "the call was not made")
    for number, person in enumerate(people[1:], 2):
        await adapter.deliver(delivery(person, say("ответ"), number))
    assert not stuck.done()
    assert all(person.sees() == ["ответ"] for person in people[1:])
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


async def test_the_pace_stays_below_vks_own(start: Start, vk: FakeVk, anna: Person) -> None:
    adapter = await start(reads=False)
    people = [vk.person(f"Клиент {n}") for n in range(45)]
    for person in people:
        person.says("привет")
    await asyncio.gather(
        *(adapter.deliver(delivery(one, say("ответ"), n)) for n, one in enumerate(people, 1))
    )
    # A machine under load may bunch a few calls up; without a pace there would be twenty-five of them.
    assert vk.world.rate_hits <= 5
    assert all(person.sees() == ["ответ"] for person in people)


async def test_no_exception_knows_the_key(start: Start, vk: FakeVk, anna: Person) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    vk.world.goes_wrong("code", "messages.send", code=100)
    vk.world.goes_wrong("502", "messages.send")
    for _ in range(2):
        with pytest.raises((RetryLater, Undeliverable)) as raised:
            await adapter.deliver(delivery(anna, say("тайна")))
        problem: BaseException | None = raised.value
        while problem is not None:
            assert vk.world.token not in repr(vars(problem)) + repr(problem.args)
            assert not hasattr(problem, "values")
            problem = problem.__cause__ or problem.__context__


async def test_a_wrong_key_is_told_at_the_start_and_a_silent_server_is_no_reason_to_fail(
    start: Start, vk: FakeVk
) -> None:
    with pytest.raises(ConfigurationError, match="token"):
        await start(reads=False, token="vk1.a.wrong")
    with pytest.raises(ConfigurationError, match=f"group_id.*{vk.world.group_id}"):
        await start(reads=False, group_id=7)
    await start(reads=False, api_url="http://127.0.0.1:1")


async def test_nothing_that_was_typed_becomes_a_link_or_a_mention(
    start: Start, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    await adapter.deliver(
        delivery(anna, Message(Text("[id1|Павел] @id1 (Павел) [club1|мы] [так]")))
    )
    shown = anna.sees()[0]
    assert shown.replace("\u2060", "") == "[id1|Павел] @id1 (Павел) [club1|мы] [так]"
    assert "[id1|" not in shown
    assert "@id1 (" not in shown
    assert "[так]" in shown


async def test_what_stands_is_what_was_typed_for_every_naughty_string(
    start: Start, anna: Person
) -> None:
    adapter = await start(reads=False)
    await anna.writes("привет")
    for number, text in enumerate(
        ["<b>", "%s", "{{ 7*7 }}", "'; DROP TABLE", "\u202eabc", "😀" * 9], 1
    ):
        await adapter.deliver(delivery(anna, say(text), number))
        assert anna.sees()[-1] == text
