"""Every kind of update, as the event that it is."""

from collections.abc import Callable

import msgspec
import pytest
from aiogram.types import Update
from pydantic import ValidationError

from adapters.telegram.inbound import Heard, hear, salvage
from bot.model.event import (
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    MessageEdited,
    MessageReceived,
    ReactionChanged,
    Sender,
)
from bot.model.message import Attachment, Contact, Location, Message
from bot.model.text import Span, Text
from tests.unit.telegram.payloads import NAMES, event, heard, incoming, message, update

ANNA = "512345678"


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("broken")])
def test_the_payloads_are_what_telegram_sends(name: str) -> None:
    Update.model_validate(update(name))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("broken")])
def test_the_broken_ones_are_broken(name: str) -> None:
    with pytest.raises(ValidationError):
        hear(update(name), "ru")


def test_a_message_has_who_where_when_and_the_ids() -> None:
    came = incoming("text")
    assert came.external_id == str(update("text")["update_id"])
    assert (came.address, came.message_id) == (ANNA, "1201")
    assert came.at == 1_794_301_260_000
    assert came.sender == Sender("Анна Петрова", "anna_p", "ru")
    assert message("text") == Message(Text("Здравствуйте, сколько стоит диагностика?"))


def test_formatting_counts_characters_and_leaves_out_what_we_have_not() -> None:
    text = message("text_formatted").text
    shown = [(span.kind, text.plain[span.start : span.end], span.url) for span in text.spans]
    assert shown == [
        ("bold", "Важно", ""),
        ("italic", "позвоните до 18:00,", ""),
        ("link", "сайт", "https://example.ru/price"),
        ("code", "A1", ""),
    ]


def test_entities_that_make_no_sense_do_no_harm() -> None:
    text = message("text_odd_entities").text
    assert text.plain == "до 👍👍 после"
    assert all(0 <= span.start < span.end <= len(text.plain) for span in text.spans)
    assert text.spans == (Span("code", 0, 4), Span("bold", 3, 4))


@pytest.mark.parametrize(
    "name,said", [("start", "/start"), ("start_deep_link", "/start campaign42")]
)
def test_a_command_arrives_as_its_text(name: str, said: str) -> None:
    assert message(name).text.plain == said


@pytest.mark.parametrize(
    "name,expected",
    [
        (
            "photo",
            Attachment("photo", mime="image/jpeg", size=164522, source="AgACAgIAAxkBAAIB-large001"),
        ),
        (
            "video",
            Attachment(
                "video",
                "VID_20261122.mp4",
                "video/mp4",
                4211332,
                source="BAACAgIAAxkBAAIB-video001",
            ),
        ),
        (
            "video_note",
            Attachment("video", mime="video/mp4", size=512000, source="DQACAgIAAxkBAAIB-note0001"),
        ),
        (
            "voice",
            Attachment("voice", mime="audio/ogg", size=20480, source="AwACAgIAAxkBAAIB-voice001"),
        ),
        (
            "audio",
            Attachment(
                "audio", "шум.mp3", "audio/mpeg", 3200000, source="CQACAgIAAxkBAAIB-audio001"
            ),
        ),
        (
            "document",
            Attachment(
                "document",
                "Договор №7.pdf",
                "application/pdf",
                88123,
                source="BQACAgIAAxkBAAIB-doc00001",
            ),
        ),
        (
            "document_without_name",
            Attachment("document", size=30_000_000, source="BQACAgIAAxkBAAIB-doc00002"),
        ),
        (
            "animation",
            Attachment("video", "cat.mp4", "video/mp4", 90210, source="CgACAgIAAxkBAAIB-anim0001"),
        ),
        (
            "sticker",
            Attachment(
                "sticker", mime="image/webp", size=22110, source="CAACAgIAAxkBAAIB-stick001"
            ),
        ),
    ],
)
def test_a_file_is_an_attachment_with_what_fetches_it(name: str, expected: Attachment) -> None:
    assert message(name).attachments == (expected,)


def test_a_caption_is_the_text() -> None:
    assert message("photo").text == Text("Вот трещина", (Span("bold", 4, 11),))


def test_parts_of_an_album_name_it() -> None:
    first, second = heard("photo_of_album"), heard("photo_of_album_second")
    assert first.album == second.album == f"{ANNA}:13900112233445566"
    assert heard("photo").album == ""


@pytest.mark.parametrize(
    "name,expected",
    [
        ("contact_own", Contact("+79161234567", "Анна Петрова", own=True)),
        ("contact_of_another", Contact("+7 916 765-43-21", "Пётр")),
        ("contact_without_account", Contact("84951234567", "Дом")),
    ],
)
def test_a_contact_is_own_only_where_telegram_says_so(name: str, expected: Contact) -> None:
    assert message(name).contact == expected


@pytest.mark.parametrize(
    "name,expected",
    [
        ("location", Location(55.753930, 37.620795)),
        ("venue", Location(55.75, 37.62, "Кафе, Ильинка, 4")),
    ],
)
def test_a_place_is_a_location(name: str, expected: Location) -> None:
    assert message(name).location == expected


def test_an_answer_names_what_it_answers() -> None:
    assert heard("reply").reply_to == "1200"
    assert message("reply").text.plain == "да, этот"


def test_a_forwarded_message_is_said_by_who_forwards_it() -> None:
    assert message("forwarded").text.plain == "Скидка 20 %"


@pytest.mark.parametrize("name", ["poll", "dice", "story", "kind_of_the_future"])
def test_what_only_telegram_shows_reaches_a_person_as_a_line(name: str) -> None:
    assert "Telegram" in message(name).text.plain


@pytest.mark.parametrize(
    "name",
    [
        "pinned_notice",
        "live_location_moved",
        "started",
        "removed_from_group",
        "kind_not_asked_for",
        "update_of_the_future",
        "press_in_inline_message",
        "press_of_game",
    ],
)
def test_what_means_nothing_to_us_is_no_event(name: str) -> None:
    assert heard(name).incoming is None
    assert heard(name).update


def test_an_edit_names_the_message() -> None:
    came = incoming("edited")
    said = Message(Text("Здравствуйте, сколько стоит ремонт?"))
    assert came.event == MessageEdited("1201", said)
    assert came.at == 1_794_301_300_000
    changed = event("edited_caption")
    assert isinstance(changed, MessageEdited)
    assert changed.message.text.plain == "Вот так"


def test_a_press_has_payload_and_label_and_wants_an_answer() -> None:
    assert event("press") == ButtonPressed("7.aaaaaaaa.bbbbbbbb", "Записаться")
    assert heard("press").callback == "2200417300111222333"
    assert incoming("press").address == ANNA


def test_a_press_on_a_message_too_old_to_be_shown_has_no_label() -> None:
    assert event("press_on_old_message") == ButtonPressed("3.aaaaaaaa.cccccccc", "")
    assert incoming("press_on_old_message").address == ANNA


@pytest.mark.parametrize("name", ["press_in_inline_message", "press_of_game"])
def test_a_press_that_is_not_ours_is_answered_all_the_same(name: str) -> None:
    assert heard(name).callback


@pytest.mark.parametrize(
    "name,emoji", [("reaction", "👍"), ("reaction_taken_away", ""), ("reaction_custom", "❓")]
)
def test_a_reaction_names_message_and_emoji(name: str, emoji: str) -> None:
    assert event(name) == ReactionChanged("1200", emoji)


def test_blocking_and_coming_back_are_told() -> None:
    assert event("blocked") == CustomerBlocked()
    assert event("unblocked") == CustomerUnblocked()


@pytest.mark.parametrize(
    "name,group",
    [
        ("added_to_group", -1001900800700),
        ("made_admin_of_channel", -1001900800701),
        ("message_in_group", -1001900800700),
        ("removed_from_group", 0),
        ("blocked", 0),
    ],
)
def test_a_group_is_left_and_never_a_conversation(name: str, group: int) -> None:
    assert heard(name).leave == group
    assert group == 0 or heard(name).incoming is None
    assert heard(name).is_channel == ("channel" in name)


# what cannot be read


def test_the_words_of_a_broken_message_are_saved() -> None:
    came = incoming("broken_message")
    assert came.event == MessageReceived(Message(Text("не открывается дверь")))
    assert (came.address, came.message_id) == (ANNA, "1300")


def test_a_broken_message_without_words_sends_a_person_to_look() -> None:
    assert "не удалось прочитать" in message("broken_without_words").text.plain
    assert "could not be read" in said_in_english("broken_without_words")


def said_in_english(name: str) -> str:
    found = salvage(update(name), "en").incoming
    assert found is not None
    assert isinstance(found.event, MessageReceived)
    return found.event.message.text.plain


def test_a_broken_press_is_tied_to_the_person_and_answered() -> None:
    assert incoming("broken_press").address == ANNA
    assert heard("broken_press").callback == "77"


@pytest.mark.parametrize("name", ["broken_in_group", "broken_reaction", "broken_beyond_repair"])
def test_what_belongs_to_no_customer_is_only_counted(name: str) -> None:
    assert heard(name).incoming is None


@pytest.mark.parametrize("read", [hear, salvage])
def test_half_of_a_pair_is_replaced_and_a_split_pair_joined(read: Callable[..., Heard]) -> None:
    raw = update("text")
    raw["message"]["text"] = "плохо \ud83d и хорошо \ud83d\udc4d"
    raw["message"]["from"]["first_name"] = "А\udc4d"
    found = read(raw, "ru").incoming
    assert found is not None
    assert isinstance(found.event, MessageReceived)
    assert found.event.message.text.plain == "плохо \ufffd и хорошо 👍"
    msgspec.json.encode(found)
