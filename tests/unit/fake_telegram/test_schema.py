"""Everything the fake sends is an object of the Bot API: both libraries read it, and it has no fields of its own."""

from typing import Any

import aiogram
import pytest
import telegram
from aiogram.types import Update

from tests.fakes.telegram import FakeBot, FakeGroup, FakeTelegram, Person
from tests.fakes.telegram.updates import KINDS
from tests.fakes.telegram.wire import unknown

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
ALL = list(KINDS)
NEWER = {"can_send_welcome_messages"}
"""Required by the newest schema, and newer than python-telegram-bot."""
FILES = ("photo", "video", "animation", "voice", "audio", "video_note", "document", "sticker")


async def test_updates_of_private_chats(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, ptb: telegram.Bot, anna: Person
) -> None:
    await gram.get_updates(allowed_updates=ALL)
    await anna.starts(bot, "x")
    await anna.writes("Пишите на a@b.ru, см. https://b.ru и /help, @frontdesk")
    bold = {"type": "bold", "offset": 0, "length": 1}
    hello = await anna.writes("важно", entities=[bold])
    await gram.send_message(anna.id, "Да?", reply_markup=_yes())
    await anna.presses("Да")
    await anna.replies("нет", "Да?")
    await anna.edits("важно", "очень важно")
    await anna.reacts("👍", "Да?")
    await anna.reacts("", "Да?")
    for kind in FILES:
        await anna.sends(kind, b"data", "a.bin", "подпись")
    await anna.sends_album(["a", "b"])
    await anna.shares_contact()
    await anna.shares_location(55.1, 37.2)
    await anna.presses_old(hello, "old")
    await anna.deletes("Да?")
    await anna.presses_old(hello, "older")
    await anna.blocks(bot)
    await anna.unblocks(bot)
    check(bot, ptb, 21 + 2)


async def test_updates_of_groups(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, ptb: telegram.Bot, anna: Person
) -> None:
    await gram.get_updates(allowed_updates=ALL)
    group = server.group("Чат", members=[anna], bot=bot, admin=True)
    await anna.writes("/connect 1", in_=group)
    group.migrates(topics=True)
    await anna.writes("анонимно", in_=group.general, anonymous=True)
    made = await gram.create_forum_topic(group.id, "№1", icon_custom_emoji_id="5312536423851630001")
    thread = made.message_thread_id
    sent = await gram.send_message(
        group.id, "Карточка", message_thread_id=thread, reply_markup=_yes()
    )
    await gram.pin_chat_message(group.id, sent.message_id)
    await gram.edit_forum_topic(group.id, thread, name="№1 в работе")
    await gram.close_forum_topic(group.id, thread)
    await gram.reopen_forum_topic(group.id, thread)
    topic = group.topic("№1")
    await anna.writes("Беру", in_=topic)
    await anna.presses("Да")
    await anna.reacts("👍", "Карточка")
    group.allows(bot, "can_pin_messages")
    group.takes_in(server.person("Олег"))
    await gram.leave_chat(group.id)
    check(bot, ptb, 15)


def _yes() -> aiogram.types.InlineKeyboardMarkup:
    button = aiogram.types.InlineKeyboardButton(text="Да", callback_data="yes")
    return aiogram.types.InlineKeyboardMarkup(inline_keyboard=[[button]])


def check(bot: FakeBot, ptb: telegram.Bot, at_least: int) -> None:
    """Both libraries read each update that waits, and know all of it."""
    assert len(bot.unconfirmed) >= at_least, [list(one)[1] for one in bot.unconfirmed]
    assert bot.account.queue.skipped == []
    for raw in bot.unconfirmed:
        unknown(Update.model_validate(raw), "Update")
        read = telegram.Update.de_json(raw, ptb)
        assert not dict(read.api_kwargs), raw
        kind = next(name for name in raw if name != "update_id")
        part = getattr(read, kind)
        assert part is not None, raw
        assert strange(part) == [], raw


def strange(thing: Any) -> list[str]:
    """The fields that python-telegram-bot does not know."""
    if isinstance(thing, list | tuple):
        return [name for one in thing for name in strange(one)]
    if not isinstance(thing, telegram.TelegramObject):
        return []
    nested = (getattr(thing, name, None) for name in thing.to_dict(recursive=False))
    own = set(thing.api_kwargs) - NEWER
    return [*own, *(name for one in nested for name in strange(one))]


async def test_answers_about_bots_and_chats(
    server: FakeTelegram,
    gram: aiogram.Bot,
    ptb: telegram.Bot,
    bot: FakeBot,
    desk: FakeBot,
    anna: Person,
) -> None:
    """That they have no fields of their own is looked at for every call when the server's fixture ends."""
    me = await gram.get_me()
    assert me.username == bot.username
    assert ptb.username == desk.username
    group: FakeGroup = server.forum("Операторы", members=[anna], bot=desk)
    await anna.starts(desk)
    assert (await ptb.get_chat(group.id)).is_forum
    assert (await ptb.get_chat(anna.id)).first_name == "Анна"
    assert await ptb.get_chat_member_count(group.id) == 2
    assert (await ptb.get_chat_member(group.id, anna.id)).status == "creator"
    assert len(await ptb.get_forum_topic_icon_stickers()) > 5
    await ptb.set_my_commands([("take", "Взять"), ("close", "Закрыть")])
    assert [one.command for one in await ptb.get_my_commands()] == ["take", "close"]
    sent = await ptb.send_contact(anna.id, "+79160000000", "Мастер")
    assert sent.contact
    assert (await ptb.send_location(anna.id, 55.0, 37.0)).location
    assert (await ptb.send_venue(anna.id, 55.0, 37.0, "Офис", "Тверская, 1")).venue
    copied = await ptb.copy_message(anna.id, anna.id, sent.message_id)
    assert copied.message_id > sent.message_id
    assert (await ptb.forward_message(anna.id, anna.id, sent.message_id)).forward_origin
    await ptb.send_chat_action(anna.id, "typing")
    info = await ptb.get_webhook_info()
    assert info.url == ""
