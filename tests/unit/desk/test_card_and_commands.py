"""What operators see and what each may do."""

import re
from pathlib import Path

import msgspec
import pytest

import bot.desk
from bot.desk import card, lists
from bot.desk.commands import VERBS, Command, Note, Reply, Unknown, duration, typed
from bot.desk.people import Room, may
from bot.desk.room import button, parse_press
from bot.desk.texts import TEXTS, phrase
from bot.model.effect import Edit, Missed, Send
from bot.model.person import Person, Role
from bot.model.text import Span, Text, masked
from bot.model.ticket import Ticket
from tests.unit.desk.room_of_tests import (
    BORIS,
    HOUR,
    MINUTE,
    NOON,
    VERA,
    Talk,
    make_business,
)

PHONE = "+79123456789"


def known_customer() -> Talk:
    talk = Talk()
    customer = msgspec.structs.replace(
        talk.conversation.customer,
        username="masha",
        attributes={"телефон": PHONE, "город": "Тула"},
        personal=("телефон",),
        tags=("vip",),
    )
    talk.conversation = msgspec.structs.replace(talk.conversation, customer=customer)
    return talk


def test_the_card_shows_who_waits_for_what_and_since_when() -> None:
    talk = known_customer()
    talk.handover(
        reason="Клиент не смог ввести номер",
        title="Ремонт",
        note="Не закончена",
        priority=2,
        fields={"модель": "Нокия"},
        last_lines=("Бот: Какая модель?", Text("Клиент: Нокия")),
    )
    (shown,) = talk.cards
    for part in (
        "Заявка №12: Ремонт", "в очереди", "Клиент: Мария @masha", "Канал: telegram", "Теги: vip",
        "Причина: Клиент не смог ввести номер", "Очередь: Ремонт", "Важность: 2", "Ждёт с 12:00",
        f"телефон: {PHONE}", "город: Тула", "модель: Нокия", "Примечание: Не закончена",
        "Бот: Какая модель?", "Клиент: Нокия",
    ):  # fmt: skip
        assert part in shown.splitlines()


def test_personal_values_are_masked_for_viewers_wherever_they_stand() -> None:
    talk = known_customer()
    secret = "Иванова"
    talk.handover(
        title=Text(f"Ремонт: {secret}", (Span("personal", 8, 15),)),
        note=f"Звонить {secret} на {PHONE}, {PHONE}",
        fields={"фамилия": Text(secret, (Span("personal", 0, 7),))},
        last_lines=(f"Клиент: {secret}",),
    )
    business = talk.business
    full = card.render(talk.conversation, talk.ticket, business, NOON)
    seen = card.render(talk.conversation, talk.ticket, business, NOON, viewer=True)
    assert PHONE in full.text.plain
    assert secret in full.text.plain
    assert PHONE not in seen.text.plain
    assert secret not in seen.text.plain
    assert "город: Тула" in seen.text.plain
    assert seen.buttons == ()
    assert masked(full.text) == seen.text.plain


def test_a_mails_address_is_on_the_card_and_masked_for_viewers() -> None:
    talk = Talk(kind="email")
    talk.conversation = msgspec.structs.replace(talk.conversation, address="anna@example.ru")
    talk.handover()
    assert "Канал: email anna@example.ru" in talk.cards[0]
    talk.operator("/card", role="viewer")
    assert "Канал: email •••" in talk.of(Send)[0].message.text.plain


def test_titles_and_topic_names_hold_no_personal_values() -> None:
    talk = known_customer()
    talk.handover(title=f"Перезвонить {PHONE}")
    assert talk.ticket.title == "Перезвонить •••"
    assert PHONE not in talk.of(Send)[-1].message.subject


def test_the_topics_name_has_icon_name_ticket_and_state_and_at_most_128_characters() -> None:
    talk = Talk()
    talk.handover()
    assert talk.of(Send)[-1].message.subject == "● Мария · №12 в очереди"
    talk.act("take", by=("2", "Борис Иванович " * 20))
    name = talk.of(Edit)[-1].message.subject
    assert name.startswith("◐ Мария · №12 ведёт Борис Иванович")
    assert len(name) <= 128
    talk.act("close", by=("2", "Борис"))
    assert talk.of(Edit)[-1].message.subject == "○ Мария · №12 закрыта"
    long = msgspec.structs.replace(talk.conversation.customer, name="Я\n" * 300)
    named = msgspec.structs.replace(talk.conversation, customer=long)
    name = card.name(named, talk.ticket, talk.business)
    assert len(name) == 128
    assert name.endswith(" · №12 закрыта")
    assert "\n" not in name
    wordy = make_business(texts={"desk_name_closed": "очень длинно " * 50})
    assert len(card.name(named, talk.ticket, wordy)) == 128


def test_a_customers_name_is_text_and_no_markup() -> None:
    talk = Talk()
    evil = msgspec.structs.replace(talk.conversation.customer, name="**x**[a](http://evil)")
    talk.conversation = msgspec.structs.replace(talk.conversation, customer=evil)
    talk.handover()
    text = talk.of(Send)[-1].message.text
    assert "**x**[a](http://evil)" in text.plain
    assert {span.kind for span in text.spans} == {"bold"}


def test_the_card_is_edited_in_place() -> None:
    talk = Talk()
    talk.handover()
    first = talk.of(Send)[-1]
    talk.press("Взять")
    (edit,) = talk.of(Edit)
    assert (edit.key, edit.to) == (first.key, first.to)
    assert edit.key == "card:12"
    talk.operator("/card")
    assert [one.key for one in talk.of(Send)] == ["card:12"]


def test_the_cards_buttons_fit_what_messengers_take() -> None:
    talk = Talk(room=Room(replies=("Очень длинное имя готового ответа, просто огромное",)))
    talk.handover()
    for verb in ("", "reasons", "snoozes", "replies", "tags"):
        if verb:
            talk.act(verb)
        for one in talk.of(Send) + talk.of(Edit):
            for row in one.message.buttons:
                for each in row:
                    assert each.payload.isascii()
                    assert len(each.payload) <= 64
                    assert parse_press(each.payload) is not None


@pytest.mark.parametrize(
    "payload", ["", "t:", "t:12", "t:12:", "t:x:take", "u:12:take", "desk:mark:1:5"]
)
def test_what_is_no_button_of_the_desk_is_told_apart(payload: str) -> None:
    assert parse_press(payload) is None
    assert parse_press(button("x", 12, "send", "m:1").payload) == (12, "send", "m:1")


def test_history_shows_what_was_said_before_the_handover() -> None:
    talk = Talk()
    talk.handover(last_lines=("Бот: Как вас зовут?", "Клиент: Мария"))
    talk.press("История")
    assert talk.to_desk == ["До передачи:\nБот: Как вас зовут?\nКлиент: Мария"]
    assert talk.to_customer == []


def test_help_lists_what_this_person_may_do() -> None:
    talk = Talk()
    talk.handover()

    def listed(role: Role) -> set[str]:
        talk.operator("/help", role=role)
        (told,) = talk.to_desk
        return set(re.findall(r"^/(\w+) - ", told, re.MULTILINE))

    assert listed("viewer") == {"help", "card", "history", "find", "who"}
    assert "operator" not in listed("operator")
    assert listed("owner") == set(VERBS)


@pytest.mark.parametrize(
    "line", ["Здравствуйте", "// заметка", "/close", "/take", "/tag +vip", "/ban", "/r адрес"]
)
def test_a_viewer_changes_nothing_and_sends_nothing(line: str) -> None:
    talk = Talk()
    talk.handover()
    before = talk.conversation
    talk.operator(line, role="viewer")
    assert talk.conversation == before
    assert len(talk.effects) == 1
    assert talk.to_desk
    talk.edit("m1", line, role="viewer")
    assert talk.conversation == before
    assert talk.to_customer == []


@pytest.mark.parametrize("verb", ["take", "close", "return", "send", "note", "over", "ban", "me"])
def test_a_viewers_press_changes_nothing(verb: str) -> None:
    talk = Talk()
    talk.handover()
    before = talk.conversation
    talk.act(verb, role="viewer")
    assert talk.conversation == before
    assert talk.to_customer == []


def test_me_busy_and_free() -> None:
    talk = Talk()
    talk.operator("/me busy")
    assert "новых заявок вам не даём" in talk.to_desk[0]
    talk.operator("/me free")
    assert "снова берёте" in talk.to_desk[0]
    talk.operator("/me tired")
    assert "/me busy" in talk.to_desk[0]
    assert talk.conversation.ticket is None


def test_a_command_about_a_ticket_where_there_is_none_says_so() -> None:
    talk = Talk()
    for verb in ("close", "return", "snooze", "history", "card", "del", "over", "reasons"):
        talk.act(verb, role="senior")
        assert talk.to_desk == ["Здесь нет заявки."], verb


def test_a_senior_has_what_an_operator_has() -> None:
    assert may("senior", "operator")
    assert may("owner", "senior")
    assert not may("viewer", "operator")
    assert not may("operator", "senior")


def test_people_are_found_by_id_name_and_username() -> None:
    room = Room(people={"2": Person("2", "Борис", "Boris_B")})
    for name in ("2", "@boris_b", "БОРИС", " Boris_B "):
        assert room.find(name) is not None
    nameless = Room(people={"2": Person("2", "Борис")})
    for nobody in ("", "@", " "):
        assert nameless.find(nobody) is None


def test_an_operators_name_comes_from_the_room_where_the_event_has_none() -> None:
    talk = Talk(room=Room(people={"2": Person("2", "Борис")}))
    talk.handover()
    talk.act("take", by=(BORIS[0], ""))
    assert talk.ticket.owner_name == "Борис"
    nameless = Talk()
    nameless.handover()
    nameless.act("take", by=(VERA[0], ""))
    assert nameless.ticket.owner_name == "3"


# what was typed


@pytest.mark.parametrize(
    "line,is_a",
    [
        ("Здравствуйте", Reply()),
        ("http://example.ru", Reply()),
        ("и/или", Reply()),
        ("/take", Command("take")),
        ("/bot", Command("return")),
        ("/TAKE", Command("take")),
        ("/take@desk_bot", Command("take")),
        ("/close  Решено сразу ", Command("close", "Решено сразу")),
        ("/snooze\n2h", Command("snooze", "2h")),
        ("/r@desk_bot адрес", Command("reply", "адрес")),
        (" /take", Command("take")),
        ("//", Note(Text())),
        ("// текст", Note(Text("текст"))),
        ("/note текст", Note(Text("текст"))),
        ("/notes текст", Unknown("notes")),
        ("/send", Unknown("send")),
        ("/over", Unknown("over")),
        ("/", Unknown("")),
        ("/@", Unknown("")),
    ],
)
def test_a_line_is_a_note_a_command_or_a_reply(line: str, is_a: object) -> None:
    assert typed(Text(line)) == is_a


@pytest.mark.parametrize(
    "words,ms",
    [("30m", 30 * MINUTE), ("2h", 2 * HOUR), ("1d", 24 * HOUR), ("30 мин", 30 * MINUTE),
     ("2ч", 2 * HOUR), ("3д", 72 * HOUR), ("", None), ("2", None), ("h", None), ("0h", None)],
)  # fmt: skip
def test_times_to_snooze(words: str, ms: int | None) -> None:
    assert duration(words) == ms


def test_addfaq_keeps_question_and_answer_with_personal_values_masked() -> None:
    talk = known_customer()
    talk.handover()
    talk.operator("/addfaq")
    assert talk.of(Missed) == []
    talk.act("take")
    talk.customer("Вы работаете в субботу?")
    talk.operator(f"Да. Перезвоним на {PHONE}")
    talk.customer("Спасибо!")
    talk.operator("/addfaq")
    assert talk.of(Missed) == [Missed("Вы работаете в субботу?", answer="Да. Перезвоним на •••")]
    assert talk.to_customer == []


# lists


def ticket(number: int, **fields: object) -> Ticket:
    return msgspec.structs.replace(Ticket(number, number, "ремонт", opened_at=NOON), **fields)


def test_the_list_of_open_tickets_is_in_the_queues_order() -> None:
    business = make_business()
    tickets = [
        ticket(1, state="taken", owner_name="Анна"),
        ticket(2, waiting_since=NOON + 5, title="Второй"),
        ticket(3, waiting_since=NOON + 1, reason="Первый"),
        ticket(4, waiting_since=NOON + 9, priority=1),
        ticket(5, state="closed"),
    ]
    told = lists.open_tickets(tickets, business, NOON).text.plain.splitlines()
    assert told == [
        "Открытые заявки: 4",
        "№4 Ремонт - в очереди",
        "№3 Первый - в очереди",
        "№2 Второй - в очереди",
        "№1 Ремонт - ведёт Анна",
    ]
    assert lists.place_of(2, tickets) == 2
    assert lists.place_of(4, tickets) == 0
    assert lists.place_of(1, tickets) is None
    assert lists.place_of(2, [*tickets, ticket(9, queue="продажи")]) == 2
    assert lists.open_tickets([], business, NOON).text.plain == "Открытых заявок нет."
    many = [ticket(number) for number in range(1, 50)]
    assert lists.open_tickets(many, business, NOON).text.plain.endswith("и ещё 19")


# the phrases


def test_both_languages_have_the_same_phrases_with_the_same_places() -> None:
    def places(words: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", words))

    russian, english = TEXTS["ru"], TEXTS["en"]
    assert russian.keys() == english.keys()
    for key, words in russian.items():
        assert places(words) == places(english[key]), key


def test_every_phrase_is_used_and_every_used_one_exists() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(bot.desk.__file__).parent.glob("*.py")
        if path.name != "texts.py"
    )
    used = set(re.findall(r'"(desk_\w+)"', source))
    assert used <= TEXTS["ru"].keys()
    made = ("desk_card_", "desk_button_", "desk_state_", "desk_role_", "desk_help_", "desk_first_",
            "desk_next_", "desk_busy", "desk_free", "desk_cannot_", "desk_what_", "desk_name_")  # fmt: skip
    unused = {key for key in TEXTS["ru"].keys() - used if not key.startswith(made)}
    # The turn says the one when nobody else can; the dialog says the other under the brakes. The rest are put together.
    assert unused == {"desk_set_aside", "desk_braked", "desk_edit_failed", "desk_delete_failed"}
    for verb in VERBS.values():
        assert f"desk_help_{verb}" in TEXTS["ru"]


def test_a_phrase_is_filled_in_one_pass() -> None:
    business = make_business(texts={"desk_closed": "{number} {who} {number}"})
    assert phrase(business, "desk_closed", number="{who}", who="Анна") == "{who} Анна {who}"
    assert phrase(business, "desk_closed") == "{number} {who} {number}"


@pytest.mark.parametrize("line", [".. перезвонит сам", "..перезвонит сам", "／／ перезвонит сам"])
def test_a_note_on_another_layout_stays_a_note(line: str) -> None:
    assert typed(Text(line)) == Note(Text("перезвонит сам"))


@pytest.mark.parametrize("line", [".сдщыу", ".СДЩЫУ решено", "／close"])
def test_a_command_on_another_layout_never_leaves(line: str) -> None:
    assert isinstance(typed(Text(line)), Unknown)


@pytest.mark.parametrize("line", ["... сейчас посмотрю", ".5 литра", "..", ".пдф не открылся"])
def test_full_stops_of_other_kinds_are_for_the_customer(line: str) -> None:
    assert typed(Text(line)) == Reply()
