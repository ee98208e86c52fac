"""Comments under posts and in discussions, over sockets."""

import pytest

from bot.channel import Undeliverable
from bot.model.event import MessageEdited, MessageReceived
from bot.model.message import Attachment, Message, say
from tests.fakes.vk import FakeVk, Person
from tests.fakes.vk.server import ADMIN
from tests.unit.vk.conftest import Doorway, Start, delivery


async def test_comments_are_left_alone_unless_they_are_asked_for(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start()
    await anna.comments(vk.post(), "сколько стоит?")
    await anna.writes("привет")
    await door.until(1)
    assert door.texts() == ["привет"]


async def test_a_comment_is_a_conversation_of_its_own_in_public(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start(comments=True)
    post = vk.post()
    comment = await anna.comments(post, "сколько стоит?")
    event = (await door.until(1))[0]
    incoming = door.incoming[0]
    assert incoming.address == f"public:wall-{vk.world.group_id}_{post}_{anna.id}"
    assert incoming.sender is not None
    assert incoming.sender.name == "Анна Котова"
    assert isinstance(event, MessageReceived)
    link = f"https://vk.com/wall-{vk.world.group_id}_{post}?reply={comment['id']}"
    assert event.message.subject == f"Комментарий: {link}"


async def test_an_answer_stands_under_the_comment_in_the_communitys_name_once(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start(comments=True)
    post = vk.post()
    comment = await anna.comments(post, "сколько стоит?")
    await door.until(1)
    await vk.world.bell.until(lambda: door.kept, lambda: "the comment was not remembered")
    answer = delivery(door.incoming[0].address, say("500"))
    first = await adapter.deliver(answer)
    again = await adapter.deliver(answer)
    shown = vk.world.comments["wall", post][1:]
    assert [(one["text"], one["from_id"]) for one in shown] == [("500", -vk.world.group_id)]
    assert shown[0]["reply_to_comment"] == comment["id"]
    assert first.external_ids == again.external_ids == (str(shown[0]["id"]),)


async def test_our_own_comments_do_not_come_back(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start(comments=True)
    post = vk.post()
    await anna.comments(post, "раз")
    await door.until(1)
    await adapter.deliver(delivery(door.incoming[0].address, say("500")))
    await anna.comments(post, "два")
    await door.until(2)
    assert door.texts() == ["раз", "два"]


async def test_a_changed_comment_comes_as_a_change(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    await start(comments=True)
    post = vk.post()
    comment = await anna.comments(post, "сколька")
    changed = {**comment, "text": "сколько", "owner_id": -vk.world.group_id, "post_id": post}
    vk.world.tell("wall_reply_edit", changed)
    event = (await door.until(2))[1]
    assert isinstance(event, MessageEdited)
    assert (event.external_id, event.message.text.plain) == (str(comment["id"]), "сколько")
    assert door.incoming[0].address == door.incoming[1].address


async def test_a_discussion_is_answered_with_an_administrators_key_alone(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start(comments=True)
    topic = vk.topic()
    await anna.discusses(topic, "где вы?")
    await door.until(1)
    answer = delivery(door.incoming[0].address, say("Ленина, 5"))
    with pytest.raises(Undeliverable, match="admin_token"):
        await adapter.deliver(answer)
    other = await start(reads=False, comments=True, admin_token=ADMIN)
    await other.deliver(answer)
    shown = vk.world.comments["topic", topic][-1]
    assert (shown["text"], shown["from_id"]) == ("Ленина, 5", -vk.world.group_id)


async def test_a_comment_is_changed_and_deleted_with_an_administrators_key(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start(comments=True, admin_token=ADMIN)
    post = vk.post()
    await anna.comments(post, "раз")
    await door.until(1)
    place = door.incoming[0].address
    receipt = await adapter.deliver(delivery(place, say("500")))
    number = receipt.external_ids[0]
    await adapter.deliver(delivery(place, say("600"), 2, "edit", external_id=number))
    assert vk.world.comments["wall", post][-1]["text"] == "600"
    await adapter.deliver(delivery(place, Message(), 3, "delete", external_id=number))
    assert len(vk.world.comments["wall", post]) == 1


async def test_a_file_in_a_comment_is_refused_in_words(
    vk: FakeVk, start: Start, door: Doorway, anna: Person
) -> None:
    adapter = await start(comments=True)
    await anna.comments(vk.post(), "раз")
    await door.until(1)
    files = Message(attachments=(Attachment("photo", digest="0" * 64),))
    with pytest.raises(Undeliverable, match="только текст"):
        await adapter.deliver(delivery(door.incoming[0].address, files))
