"""What bots and people write to each other."""

import aiogram
import aiogram.types as a
import pytest
import telegram
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError

from tests.fakes.telegram import FakeBot, FakeTelegram, Person

SMILE = "😀"


async def test_a_person_writes_and_the_bot_answers(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await anna.writes("Здравствуйте", to=bot)
    (update,) = await gram.get_updates()
    assert update.message
    assert update.message.text == "Здравствуйте"
    assert update.message.from_user
    assert update.message.from_user.username == "anna_k"
    await gram.send_message(anna.id, "Чем помочь?")
    assert (await anna.waits_for("помочь")).text == "Чем помочь?"
    assert anna.transcript() == ["Анна: Здравствуйте", "Импульс: Чем помочь?"]


async def test_a_bot_cannot_write_first_nor_to_who_blocked_it(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation with a user"):
        await gram.send_message(anna.id, "Купите")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await gram.send_message(77, "Купите")
    await anna.starts(bot, "campaign42")
    await anna.blocks(bot)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await gram.send_message(anna.id, "Купите")
    await anna.writes("Я передумала", to=bot)
    updates = await gram.get_updates()
    assert [one.event_type for one in updates] == [
        "message",
        "my_chat_member",
        "my_chat_member",
        "message",
    ]
    assert updates[0].message
    assert updates[0].message.text == "/start campaign42"
    assert updates[1].my_chat_member
    assert updates[1].my_chat_member.new_chat_member.status == "kicked"
    await gram.send_message(anna.id, "Рады вам")


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "message text is empty"),
        ("  \n ", "message text is empty"),
        ("я" * 4097, "message is too long"),
        (SMILE * 2049, "message is too long"),
    ],
)
async def test_texts_have_limits(
    bot: FakeBot, gram: aiogram.Bot, anna: Person, text: str, words: str
) -> None:
    await anna.starts(bot)
    with pytest.raises(TelegramBadRequest, match=words):
        await gram.send_message(anna.id, text)
    await gram.send_message(anna.id, SMILE * 2048)


@pytest.mark.parametrize(
    "entity, words",
    [
        ({"type": "bold", "offset": 0, "length": 9}, "ENTITY_BOUNDS_INVALID"),
        ({"type": "bold", "offset": 1, "length": 2}, "inside of a character"),
        ({"type": "text_link", "offset": 0, "length": 2}, "without a URL"),
        ({"type": "bald", "offset": 0, "length": 2}, "can't parse entities"),
    ],
)
async def test_entities_are_checked(
    bot: FakeBot, gram: aiogram.Bot, anna: Person, entity: dict[str, object], words: str
) -> None:
    await anna.starts(bot)
    with pytest.raises(TelegramBadRequest, match=words):
        await gram.send_message(
            anna.id, f"{SMILE}  ab", entities=[a.MessageEntity.model_validate(entity)]
        )


async def test_answers_edits_and_deletions(bot: FakeBot, gram: aiogram.Bot, anna: Person) -> None:
    hello = await anna.writes("Здравствуйте", to=bot)
    reply = a.ReplyParameters(message_id=hello.id)
    sent = await gram.send_message(anna.id, "Да?", reply_parameters=reply)
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "Здравствуйте"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await gram.send_message(anna.id, "Да?", reply_parameters=a.ReplyParameters(message_id=99))
    await gram.edit_message_text("Слушаю", chat_id=anna.id, message_id=sent.message_id)
    assert anna.transcript()[-1] == "Импульс (в ответ на «Здравствуйте») (изменено): Слушаю"
    for change in (
        gram.edit_message_text("Слушаю", chat_id=anna.id, message_id=sent.message_id),
        gram.edit_message_text("Ой", chat_id=anna.id, message_id=99),
        gram.edit_message_text("Ой", chat_id=anna.id, message_id=hello.id),
        gram.delete_message(anna.id, 99),
    ):
        with pytest.raises(TelegramBadRequest, match=r"not modified|not found|can't be edited"):
            await change
    await gram.delete_message(anna.id, sent.message_id)
    await anna.edits("Здравствуйте", "Добрый день")
    assert [one.text for one in anna.sees()] == ["Добрый день"]
    assert [one.event_type for one in await gram.get_updates()] == ["message", "edited_message"]


async def test_buttons_are_pressed_and_answered_once(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await anna.starts(bot)
    rows = [[a.InlineKeyboardButton(text="Да", callback_data="yes")]]
    keyboard = a.InlineKeyboardMarkup(inline_keyboard=rows)
    await gram.send_message(anna.id, "Записать?", reply_markup=keyboard)
    press = await anna.presses("Да")
    query = (await gram.get_updates())[-1].callback_query
    assert press
    assert query
    assert query.data == "yes"
    await gram.answer_callback_query(query.id, text="Готово")
    assert await press.answered() == "Готово"
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await gram.answer_callback_query(query.id)
    with pytest.raises(AssertionError, match="no button «Нет»"):
        await anna.presses("Нет")
    rows = [[a.InlineKeyboardButton(text="Да", callback_data="я" * 33)]]
    keyboard = a.InlineKeyboardMarkup(inline_keyboard=rows)
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await gram.send_message(anna.id, "Записать?", reply_markup=keyboard)


async def test_a_keyboard_below_shares_a_phone(
    bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    await anna.starts(bot)
    button = a.KeyboardButton(text="Мой номер", request_contact=True)
    keyboard = a.ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True)
    await gram.send_message(anna.id, "Ваш номер?", reply_markup=keyboard)
    assert anna.keyboard() == ["Мой номер"]
    await anna.presses("Мой номер")
    message = (await gram.get_updates())[-1].message
    assert message
    assert message.contact
    assert message.contact.user_id == anna.id
    await gram.send_message(
        anna.id, "Спасибо", reply_markup=a.ReplyKeyboardRemove(remove_keyboard=True)
    )
    assert anna.keyboard() == []


async def test_reactions_go_both_ways_and_only_free_ones(
    bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    hello = await anna.writes("Привет", to=bot)
    await gram.set_message_reaction(anna.id, hello.id, [a.ReactionTypeEmoji(emoji="👀")])
    assert anna.sees()[0].reactions == "👀"
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await gram.set_message_reaction(anna.id, hello.id, [a.ReactionTypeEmoji(emoji="🧦")])
    sent = await gram.send_message(anna.id, "Привет")
    await gram.get_updates(allowed_updates=["message_reaction"])
    await anna.reacts("👍", "Привет")
    (update,) = [one for one in await gram.get_updates() if one.message_reaction]
    assert update.message_reaction
    assert update.message_reaction.message_id == sent.message_id


async def test_what_is_not_in_the_schema_is_refused_and_remembered(
    server: FakeTelegram, bot: FakeBot, gram: aiogram.Bot, anna: Person, ptb: telegram.Bot
) -> None:
    await anna.starts(bot)
    with pytest.raises(telegram.error.BadRequest, match="no parameter"):
        await ptb.send_message(anna.id, "a", api_kwargs={"color": "red"})
    assert server.complaints == ['sendMessage: Bad Request: SendMessage has no parameter "color"']
    server.complaints.clear()
