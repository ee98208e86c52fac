"""Forums, groups, rights, and groups that become supergroups."""

import pytest
import telegram
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.fakes.telegram import FakeBot, FakeGroup, FakeTelegram, Person


@pytest.fixture
def oleg(server: FakeTelegram) -> Person:
    return server.person("Олег")


@pytest.fixture
def forum(server: FakeTelegram, oleg: Person, desk: FakeBot) -> FakeGroup:
    return server.forum("Операторы", members=[oleg], bot=desk)


async def test_a_topic_is_opened_written_into_named_and_deleted(
    forum: FakeGroup, ptb: telegram.Bot, oleg: Person
) -> None:
    made = await ptb.create_forum_topic(forum.id, "Анна · №1")
    thread = made.message_thread_id
    await ptb.send_message(forum.id, "Новое обращение", message_thread_id=thread)
    await oleg.writes("Беру", in_=forum.topic("№1"))
    updates = await ptb.get_updates()
    message = updates[-1].message
    assert message
    assert message.is_topic_message
    assert message.message_thread_id == thread
    assert message.reply_to_message
    assert message.reply_to_message.forum_topic_created
    await ptb.edit_forum_topic(forum.id, thread, name="Анна · №1 в работе")
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await ptb.edit_forum_topic(forum.id, thread, name="Анна · №1 в работе")
    await ptb.close_forum_topic(forum.id, thread)
    assert forum.topic("№1").topic.closed
    assert forum.topic("№1").transcript() == [
        "Бот: Новое обращение".replace("Бот", "Стойка"),
        "Олег: Беру",
    ]
    forum.topic("№1").is_deleted()
    with pytest.raises(BadRequest, match="Message thread not found"):
        await ptb.send_message(forum.id, "Ау", message_thread_id=thread)
    with pytest.raises(BadRequest, match="Topic_deleted"):
        await ptb.edit_forum_topic(forum.id, thread, name="Анна")
    with pytest.raises(BadRequest, match="Topic_id_invalid"):
        await ptb.edit_forum_topic(forum.id, 4000, name="Анна")


async def test_a_silently_deleted_topic_lets_messages_land_in_general(
    forum: FakeGroup, ptb: telegram.Bot
) -> None:
    made = await ptb.create_forum_topic(forum.id, "Анна · №1")
    forum.topic("№1").is_deleted(silently=True)
    sent = await ptb.send_message(forum.id, "Ау", message_thread_id=made.message_thread_id)
    assert sent.message_thread_id is None
    assert [one.text for one in forum.general.sees()] == ["Ау"]


async def test_general_is_written_into_without_a_number(
    forum: FakeGroup, ptb: telegram.Bot, oleg: Person
) -> None:
    await ptb.send_message(forum.id, "Список")
    with pytest.raises(BadRequest, match="Message thread not found"):
        await ptb.send_message(forum.id, "Список", message_thread_id=1)
    await oleg.writes("Кто здесь?", in_=forum.general)
    assert forum.general.transcript() == ["Стойка: Список", "Олег: Кто здесь?"]


async def test_rights_are_needed(forum: FakeGroup, ptb: telegram.Bot, desk: FakeBot) -> None:
    sent = await ptb.send_message(forum.id, "Карточка")
    await ptb.pin_chat_message(forum.id, sent.message_id)
    assert [one.text for one in forum.general.pinned] == ["Карточка"]
    updates = await ptb.get_updates()
    assert updates[-1].message
    assert updates[-1].message.pinned_message
    forum.allows(desk, "can_delete_messages")
    for call in (
        ptb.create_forum_topic(forum.id, "Нет"),
        ptb.pin_chat_message(forum.id, sent.message_id),
    ):
        with pytest.raises(BadRequest, match=r"[Nn]ot enough rights"):
            await call
    me = await ptb.get_chat_member(forum.id, desk.id)
    assert isinstance(me, telegram.ChatMemberAdministrator)
    assert me.can_manage_topics is False
    assert [one.user.first_name for one in await ptb.get_chat_administrators(forum.id)] == ["Олег"]


async def test_privacy_hides_what_is_not_for_the_bot(
    server: FakeTelegram, ptb: telegram.Bot, desk: FakeBot, oleg: Person
) -> None:
    group = server.group("Чат", members=[oleg], bot=desk)
    sent = await ptb.send_message(group.id, "Привет")
    await oleg.writes("между собой", in_=group)
    await oleg.writes("/connect 123456")
    await oleg.writes("/take@other_bot")
    await oleg.replies("вам", "Привет")
    texts = [
        one.message.text for one in await ptb.get_updates() if one.message and one.message.text
    ]
    assert texts == ["/connect 123456", "вам"]
    desk.reads_everything()
    await oleg.writes("слышно?")
    assert (await ptb.get_updates())[-1].message.text == "слышно?"  # type: ignore[union-attr]
    assert sent.chat.id == group.id


async def test_a_group_becomes_a_supergroup(
    server: FakeTelegram, ptb: telegram.Bot, desk: FakeBot, oleg: Person
) -> None:
    group = server.group("Чат", members=[oleg], bot=desk, admin=True)
    old = group.id
    new = group.migrates(topics=True)
    with pytest.raises(ChatMigrated) as moved:
        await ptb.send_message(old, "Здесь?")
    assert moved.value.new_chat_id == new
    notices = [one.message for one in await ptb.get_updates() if one.message]
    assert notices[-2].migrate_to_chat_id == new
    assert notices[-2].chat.id == old
    assert notices[-1].migrate_from_chat_id == old
    assert notices[-1].chat.id == new
    await ptb.send_message(new, "Здесь")
    assert group.transcript() == ["Стойка: Здесь"]


async def test_an_anonymous_administrator_is_the_group(
    forum: FakeGroup, ptb: telegram.Bot, oleg: Person
) -> None:
    await oleg.writes("/connect 1", in_=forum, anonymous=True)
    message = (await ptb.get_updates())[-1].message
    assert message
    assert message.sender_chat
    assert message.sender_chat.id == forum.id
    assert message.from_user
    assert message.from_user.username == "GroupAnonymousBot"


async def test_a_bot_that_was_thrown_out_is_told_so(
    forum: FakeGroup, ptb: telegram.Bot, desk: FakeBot
) -> None:
    forum.kicks(desk)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await ptb.send_message(forum.id, "Ау")
    assert (await ptb.get_updates())[-1].my_chat_member.new_chat_member.status == "kicked"  # type: ignore[union-attr]


async def test_a_bot_leaves(
    server: FakeTelegram, ptb: telegram.Bot, desk: FakeBot, oleg: Person
) -> None:
    group = server.group("Чат", members=[oleg], bot=desk)
    await ptb.leave_chat(group.id)
    with pytest.raises(Forbidden, match="not a member of the group chat"):
        await ptb.send_message(group.id, "Ау")


async def test_a_closed_topic_takes_messages_of_those_who_manage_topics_only(
    forum: FakeGroup, ptb: telegram.Bot, desk: FakeBot
) -> None:
    thread = (await ptb.create_forum_topic(forum.id, "Анна · №1")).message_thread_id
    forum.topic("№1").is_closed()
    await ptb.send_message(forum.id, "Могу", message_thread_id=thread)
    forum.allows(desk, "can_pin_messages")
    with pytest.raises(BadRequest, match="Topic_closed"):
        await ptb.send_message(forum.id, "Не могу", message_thread_id=thread)
    forum.topic("№1").is_closed(False)
    await ptb.send_message(forum.id, "Снова могу", message_thread_id=thread)


async def test_a_chat_may_allow_only_some_reactions(
    forum: FakeGroup, ptb: telegram.Bot, oleg: Person
) -> None:
    line = await oleg.writes("Беру", in_=forum.general)
    forum.reacts_only_with("👌")
    await ptb.set_message_reaction(forum.id, line.id, "👌")
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await ptb.set_message_reaction(forum.id, line.id, "👀")


async def test_topics_of_a_group_that_has_none_are_refused(
    server: FakeTelegram, ptb: telegram.Bot, desk: FakeBot, oleg: Person
) -> None:
    group = server.group("Чат", members=[oleg], bot=desk, kind="supergroup")
    with pytest.raises(BadRequest, match="not a forum"):
        await ptb.create_forum_topic(group.id, "Анна")
    first = await oleg.writes("раз", in_=group)
    await oleg.replies("/два", first)
    message = (await ptb.get_updates())[-1].message
    assert message
    assert message.message_thread_id == first.id
    assert not message.is_topic_message
