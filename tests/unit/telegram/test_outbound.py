"""A delivery, as the calls that say it."""

from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    SendChatAction,
    SendContact,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendSticker,
    SendVoice,
    SetMessageReaction,
)
from aiogram.types import InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.formatting import to_entities, to_text
from adapters.telegram.outbound import Saying, calls, keyboard_after
from adapters.telegram.reactions import nearest
from bot.channel import Delivery, DeliveryKind
from bot.model.message import Attachment, Button, Contact, Location, Message, say
from bot.model.text import Span, SpanKind, Text, utf16_length

SAYING = Saying(lambda digest: Path("/files") / digest)
DIGEST = "ab" * 32


def said(
    message: Message, kind: DeliveryKind = "send", *, up: bool = False, **fields: Any
) -> list[Any]:
    saying = Saying(SAYING.path_of, keyboard_up=up)
    return calls(Delivery(1, "shop", "77", message, kind, **fields), saying)


def methods(message: Message, **fields: Any) -> list[Any]:
    return [call.method for call in said(message, **fields)]


def file(kind: Any = "document", name: str = "a.pdf", **fields: Any) -> Attachment:
    return Attachment(kind, name, digest=DIGEST, **fields)


# text


def test_a_text_is_one_message_without_previews_or_markup() -> None:
    (one,) = methods(say("<b>*Здравствуйте*</b>"))
    assert type(one) is SendMessage
    assert (one.chat_id, one.text, one.entities) == ("77", "<b>*Здравствуйте*</b>", None)
    assert one.model_dump()["link_preview_options"]["is_disabled"]
    assert "parse_mode" not in one.model_dump(exclude_defaults=True)


def test_spans_become_entities_counted_in_utf16() -> None:
    text = Text(
        "👍 жирно сайт тайна код",
        (
            Span("bold", 2, 7),
            Span("link", 8, 12, "https://example.ru"),
            Span("personal", 13, 18),
            Span("code", 19, 22),
        ),
    )
    (one,) = methods(Message(text))
    told = [(e.type, e.offset, e.length, e.url) for e in one.entities]
    assert told == [
        ("bold", 3, 5, None),
        ("text_link", 9, 4, "https://example.ru"),
        ("code", 20, 3, None),
    ]


def test_nothing_stands_inside_code_nor_code_inside_anything() -> None:
    inside = Text("код жирно", (Span("code", 0, 9), Span("bold", 4, 9)))
    around = Text("код жирно", (Span("bold", 0, 9), Span("code", 0, 3)))
    assert [e.type for e in to_entities(inside) or ()] == ["code"]
    assert [e.type for e in to_entities(around) or ()] == ["bold"]


KINDS: list[SpanKind] = ["bold", "italic"]


@given(st.text(), st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(1, 9))))
def test_entities_and_back_are_the_same(
    plain: str, wanted: list[tuple[SpanKind, int, int]]
) -> None:
    spans: list[Span] = []
    for kind, start, length in sorted(wanted, key=lambda one: (one[1], -one[2])):
        end = start + length
        if end <= len(plain) and all(start >= one.end or end <= one.end for one in spans):
            spans.append(Span(kind, start, end))
    text = Text(plain, tuple(spans))
    assert to_text(plain, to_entities(text)) == text


@pytest.mark.parametrize("length", [4095, 4096, 4097, 20_000])
def test_a_long_text_is_split_by_utf16_units_and_loses_nothing(length: int) -> None:
    plain = ("Слово😀 и ещё одно. " * length)[:length]
    while utf16_length(plain) > length:
        plain = plain[:-1]
    plain = plain.strip()
    parts = methods(Message(Text(plain, (Span("bold", 0, len(plain)),))))
    assert all(utf16_length(part.text) <= 4096 for part in parts)
    assert all(part.entities[0].length == utf16_length(part.text) for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(plain.split())
    assert len(parts) == 1 if utf16_length(plain) <= 4096 else len(parts) > 1


def test_buttons_go_with_the_last_part_and_the_answered_message_with_the_first() -> None:
    message = say("слово " * 2000, (Button("Да", "1.a.b"),))
    first, *_, last = methods(message, reply_external_id="55")
    assert first.reply_parameters.message_id == 55
    assert first.reply_parameters.allow_sending_without_reply
    assert first.reply_markup is None
    assert last.reply_parameters is None
    assert last.reply_markup.inline_keyboard[0][0].callback_data == "1.a.b"


def test_halves_of_pairs_never_leave() -> None:
    (one,) = methods(say("плохо \ud83d"))
    one.text.encode()


# buttons


def test_buttons_stand_in_their_rows() -> None:
    (one,) = methods(
        say("?", (Button("А", "1"), Button("Б", "2")), (Button("Сайт", url="https://a.ru"),))
    )
    told = [
        [(b.text, b.callback_data, b.url) for b in row] for row in one.reply_markup.inline_keyboard
    ]
    assert told == [[("А", "1", None), ("Б", "2", None)], [("Сайт", None, "https://a.ru")]]


def test_asking_for_a_phone_takes_the_keyboard_in_place_of_the_customers_own() -> None:
    message = say(
        "Ваш номер?",
        (Button("Отправить номер", share="phone"),),
        (Button("Пропустить", "1.a.b"), Button("Сайт", url="https://a.ru")),
    )
    made = said(message)
    (one,) = [call.method for call in made]
    assert isinstance(one.reply_markup, ReplyKeyboardMarkup)
    rows = [[(b.text, b.request_contact) for b in row] for row in one.reply_markup.keyboard]
    assert rows == [[("Отправить номер", True)], [("Пропустить", None)]]
    assert one.text == "Ваш номер?\nСайт: https://a.ru"
    assert keyboard_after(made, keyboard_up=False)


def test_the_keyboard_goes_with_the_next_text() -> None:
    made = said(say("Спасибо"), up=True)
    (one,) = [call.method for call in made]
    assert isinstance(one.reply_markup, ReplyKeyboardRemove)
    assert not keyboard_after(made, keyboard_up=True)


def test_before_buttons_the_keyboard_goes_with_a_message_that_is_deleted_at_once() -> None:
    made = said(say("Какая модель?", (Button("А", "1"),)), up=True)
    first, second = made
    assert first.fleeting
    assert isinstance(first.method.reply_markup, ReplyKeyboardRemove)
    assert isinstance(second.method.reply_markup, InlineKeyboardMarkup)
    assert not keyboard_after(made, keyboard_up=True)


def test_an_album_leaves_the_keyboard_to_the_next_text() -> None:
    pictures = Message(attachments=(file("photo"), file("photo")))
    made = said(pictures, up=True)
    assert keyboard_after(made, keyboard_up=True)


def test_a_button_that_telegram_refuses_becomes_words() -> None:
    (call,) = said(say("Смотрите", (Button("Сайт", url="нет"), Button("Да", "1"))))
    (plain,) = call.instead
    assert plain.method.text == "Смотрите\nСайт: нет"
    assert [b.text for b in plain.method.reply_markup.inline_keyboard[0]] == ["Да"]


# files


def test_a_photo_carries_a_short_text_as_its_caption() -> None:
    message = Message(Text("Чек", (Span("bold", 0, 3),)), ((Button("Да", "1"),),), (file("photo"),))
    (one,) = methods(message)
    assert isinstance(one, SendPhoto)
    assert one.caption_entities is not None
    assert (one.caption, one.caption_entities[0].type) == ("Чек", "bold")
    assert one.reply_markup is not None


def test_a_long_text_stands_alone_behind_the_photo() -> None:
    message = Message(Text("слово " * 300), ((Button("Да", "1"),),), (file("photo"),))
    photo, text = methods(message)
    assert (photo.caption, photo.reply_markup) == (None, None)
    assert text.reply_markup is not None


@pytest.mark.parametrize(
    "attachment,method",
    [
        (file("photo", size=9_000_000), SendPhoto),
        (file("photo", size=11_000_000), SendDocument),
        (file("voice", mime="audio/ogg"), SendVoice),
        (file("voice", mime="audio/wav"), SendDocument),
        (file("sticker", mime="image/webp"), SendSticker),
        (file("sticker", mime="image/gif"), SendDocument),
        (file("document"), SendDocument),
    ],
)
def test_each_file_goes_as_what_telegram_takes_it_for(attachment: Attachment, method: Any) -> None:
    (one,) = methods(Message(attachments=(attachment,)))
    assert isinstance(one, method)


def test_pictures_go_as_albums_of_ten() -> None:
    pictures = tuple(file("photo", f"{n}.jpg") for n in range(12))
    first, second, text = methods(Message(Text("Все"), attachments=pictures))
    assert isinstance(first, SendMediaGroup)
    assert [len(first.media), len(second.media)] == [10, 2]
    assert text.text == "Все"


def test_documents_do_not_mix_with_pictures_and_one_alone_is_no_album() -> None:
    files = (file("photo"), file("video"), file("document"), file("voice", mime="audio/ogg"))
    kinds = [type(one).__name__ for one in methods(Message(attachments=files))]
    assert kinds == ["SendMediaGroup", "SendDocument", "SendVoice"]


def test_the_caption_of_an_album_stands_under_the_first() -> None:
    (one,) = methods(Message(Text("Все"), attachments=(file("photo"), file("photo"))))
    assert [item.caption for item in one.media] == ["Все", None]


def test_an_album_with_buttons_is_followed_by_the_text_that_carries_them() -> None:
    pictures = (file("photo"), file("photo"))
    album, text = methods(Message(Text("Какой?"), ((Button("А", "1"),),), pictures))
    assert album.media[0].caption is None
    assert (text.text, bool(text.reply_markup)) == ("Какой?", True)


@pytest.mark.parametrize(
    "attachment,reason",
    [
        (file(size=60_000_000), "больше 50 МБ"),
        (Attachment("document", "a.pdf", problem="слишком большой"), "слишком большой"),
        (Attachment("document", "a.pdf"), "нет на диске"),
    ],
)
def test_a_file_that_cannot_go_is_told_in_its_place(attachment: Attachment, reason: str) -> None:
    (one,) = methods(Message(Text("Договор"), attachments=(attachment,)))
    assert isinstance(one, SendMessage)
    assert one.text.startswith("Договор\n")
    assert "a.pdf" in one.text
    assert reason in one.text


def test_a_refused_photo_goes_as_a_document_and_then_as_a_line() -> None:
    (call,) = said(Message(Text("Чек"), attachments=(file("photo"),)))
    (document,) = call.instead
    (line,) = document.instead
    assert isinstance(document.method, SendDocument)
    assert document.method.caption == "Чек"
    assert line.method.text.startswith("Чек\n[файл «a.pdf» не отправлен")


@pytest.mark.parametrize(
    "name,mime,expected",
    [
        ("Договор №7.pdf", "application/pdf", "Договор №7.pdf"),
        ('a"; filename="b\r\nX: y.pdf', "", "a_; filename=_b__X_ y.pdf"),
        ("../../etc/passwd", "", "_.._etc_passwd.bin"),
        ("", "image/jpeg", "document.jpg"),
        ("чек", "application/pdf", "чек.pdf"),
    ],
)
def test_a_file_name_is_safe_in_a_header(name: str, mime: str, expected: str) -> None:
    (one,) = methods(Message(attachments=(file(name=name, mime=mime),)))
    assert one.document.filename.removesuffix(".bin") == expected.removesuffix(".bin")


# places, contacts


def test_a_place_and_a_contact_are_calls_of_their_own_before_the_text() -> None:
    message = Message(
        Text("Мы здесь"),
        location=Location(55.7, 37.6, "Ильинка, 4"),
        contact=Contact("+7999", "Иван"),
    )
    place, contact, text = methods(message)
    assert isinstance(place, SendLocation)
    assert isinstance(contact, SendContact)
    assert (contact.phone_number, contact.first_name) == ("+7999", "Иван")
    assert text.text == "Мы здесь\nИльинка, 4"


def test_buttons_without_a_text_get_one() -> None:
    place, text = methods(Message(buttons=((Button("Да", "1"),),), location=Location(1.0, 2.0)))
    assert isinstance(place, SendLocation)
    assert text.text == "Выберите:"


def test_a_message_of_nothing_is_no_call() -> None:
    assert methods(say(" \n")) == []


# changes


def test_an_edit_of_a_text_replaces_text_and_buttons() -> None:
    (call,) = said(say("Новое", (Button("Да", "1"),)), kind="edit", external_id="9")
    assert type(call.method) is EditMessageText
    assert (call.method.message_id, call.method.text) == (9, "Новое")
    assert call.method.reply_markup is not None
    assert isinstance(call.instead[0].method, EditMessageCaption)


def test_an_edit_of_a_photos_text_changes_its_caption() -> None:
    (call,) = said(
        Message(Text("Новое"), attachments=(file("photo"),)), kind="edit", external_id="9"
    )
    assert isinstance(call.method, EditMessageCaption)
    assert call.method.caption == "Новое"


def test_an_edit_without_words_changes_the_buttons() -> None:
    (one,) = methods(Message(), kind="edit", external_id="9")
    assert isinstance(one, EditMessageReplyMarkup)


def test_an_edit_that_grew_too_long_goes_on_in_new_messages() -> None:
    first, *others = methods(
        say("слово " * 2000, (Button("Да", "1"),)), kind="edit", external_id="9"
    )
    assert isinstance(first, EditMessageText)
    assert first.reply_markup is None
    assert [isinstance(one, SendMessage) for one in others] == [True, True]
    assert others[-1].reply_markup is not None


def test_deleting_typing_and_reacting_are_one_call_each() -> None:
    (gone,) = methods(Message(), kind="delete", external_id="9")
    assert gone == DeleteMessage(chat_id="77", message_id=9)
    (typing,) = methods(Message(), kind="typing")
    assert typing == SendChatAction(chat_id="77", action="typing")
    (reaction,) = methods(say("✅"), kind="react", external_id="9")
    assert isinstance(reaction, SetMessageReaction)
    assert reaction.model_dump()["reaction"] == [{"type": "emoji", "emoji": "👍"}]
    (bare,) = methods(Message(), kind="react", external_id="9")
    assert bare.reaction == []


def test_a_reaction_that_telegram_does_not_have_is_no_call() -> None:
    assert methods(say("🦖"), kind="react", external_id="9") == []
    assert (nearest("❤️"), nearest("👍🏽"), nearest("🦖")) == ("❤", "👍", None)
