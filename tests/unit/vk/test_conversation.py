"""What people and the channel say to each other, over sockets."""

from adapters.vk.adapter import VkAdapter
from bot.model.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    MessageEdited,
    MessageReceived,
    Sender,
)
from bot.model.message import Button, Message, say
from tests.fakes.vk import FakeVk, Person
from tests.unit.vk.conftest import Doorway, Start, delivery


async def test_a_message_comes_in_with_the_name_of_its_writer(
    start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.writes("привет")
    assert await door.until(1) == [MessageReceived(say("привет"))]
    incoming = door.incoming[0]
    assert incoming.sender == Sender("Анна Котова", "anna_k", "ru")
    assert (incoming.address, incoming.message_id) == (anna.address, "1")


async def test_an_answer_stands_in_the_talk_and_its_number_is_told(
    start: Start, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    receipt = await adapter.deliver(delivery(anna, say("здравствуйте")))
    assert anna.sees() == ["здравствуйте"]
    assert receipt.external_ids == ("2",)


async def test_a_callback_button_is_pressed_and_answered(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start()
    await anna.writes("привет")
    await adapter.deliver(delivery(anna, say("Да?", (Button("Да", payload="1.abcdefgh.abcdefgh"),))))
    press = await anna.presses("Да")
    events = await door.until(2)
    assert events[1] == ButtonPressed("1.abcdefgh.abcdefgh")
    await vk.world.bell.until(lambda: press.get("answered"), lambda: "the press was not answered")
