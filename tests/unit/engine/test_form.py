"""The lead form of the language's own page, talked through."""

import msgspec

from bot.model.effect import OpenTicket, Remember, SetTimer
from tests.unit.engine.builder import (
    MINUTE,
    Talk,
    a_flow,
    a_script,
    button,
    do,
    entry,
    option,
    slot,
)

REQUEST = a_flow(
    "заявка",
    do.ask("имя", "Как вас зовут?", parameters={"min": 2}, retry="Напишите имя"),
    do.ask(
        "телефон",
        "{{ имя }}, на какой номер вам позвонить?",
        "phone",
        retry=["Не похоже на номер.", "Попробуйте ещё раз."],
        buttons=(button("Отправить мой номер", share="phone"),),
        remind=[(15 * MINUTE, "Вы ещё здесь?"), (24 * 60 * MINUTE, "Отложил", "брошена")],
    ),
    do.ask("когда", "Когда вам удобно?", "date", optional="Пропустить", hint="Например, завтра"),
    do.choose(
        "проверка",
        "Проверьте: **{{ имя }}**, {{ телефон | phone }}{% if когда %}, {{ когда | date }}{% endif %}",
        option("верно", "✅ Всё верно", also=("да", "ок")),
        option("исправить", "✏️ Исправить", target="что"),
        option("отмена", "✖️ Отмена", cancel=True),
    ),
    do.action(
        "заявка",
        "ticket.create",
        values={"queue": "ремонт", "title": "Ремонт: {{ имя }}"},
        save="заявка",
    ),
    do.say("готово", "Готово! Заявка №{{ заявка.number }}."),
    do.end("готово", id="конец"),
    do.choose(
        "что",
        "Что исправить?",
        option("Имя", clear=("имя",), target="имя"),
        option("Телефон", clear=("телефон",), target="имя"),
    ),
    slots=(
        slot("имя", keep=True),
        slot("телефон", "phone", keep=True, personal=True),
        slot("когда", "date"),
    ),
    phrases=("заявка", "нужен ремонт"),
    commands=("repair",),
)
SCRIPT = a_script(
    REQUEST,
    faq=(
        entry(
            "диагностика",
            "Сколько стоит диагностика?",
            "цена диагностики",
            answer="Диагностика бесплатна",
        ),
    ),
)


def test_a_question_in_the_middle_of_the_form_is_answered_and_the_form_goes_on() -> None:
    talk = Talk(SCRIPT)
    assert talk.user("нужен ремонт").said == ["Как вас зовут?"]
    assert talk.user("Анна").said == ["Анна, на какой номер вам позвонить?"]
    assert talk.labels == ["Отправить мой номер"]
    assert [timer.name for timer in talk.got(SetTimer)] == ["remind:0", "remind:1"]
    assert talk.user("А сколько стоит диагностика?").said == [
        "Диагностика бесплатна",
        "Анна, на какой номер вам позвонить?",
    ]
    assert talk.user("123").said == ["Не похоже на номер."]
    assert talk.timer("remind:0").said == ["Вы ещё здесь?"]
    assert talk.user("8 912 345-67-89").said == ["Когда вам удобно?"]
    kept = talk.got(Remember)
    assert [(one.name, one.value, one.personal) for one in kept] == [
        ("телефон", "+79123456789", True)
    ]
    assert talk.tap("Пропустить").said == ["Проверьте: Анна, +7 912 345-67-89"]
    assert talk.tap("✅ Всё верно").said == ["Готово! Заявка №1."]
    ticket = talk.got(OpenTicket)[0].ticket
    assert (ticket.queue, ticket.title, ticket.holds) == ("ремонт", "Ремонт: Анна", False)
    assert talk.conversation.dialog.ended == "готово"
    assert talk.conversation.dialog.stack == ()
    assert talk.slots["телефон"] == "+79123456789"


def test_what_is_kept_is_not_asked_again() -> None:
    talk = Talk(SCRIPT)
    for words in ("нужен ремонт", "Анна", "+79123456789", "пропустить", "ок"):
        talk.user(words)
    assert talk.user("/repair").said == ["Когда вам удобно?"]


def test_correcting_a_slot_asks_only_for_that_one() -> None:
    talk = Talk(SCRIPT)
    for words in ("нужен ремонт", "Анна", "+79123456789", "завтра", "исправить"):
        talk.user(words)
    assert talk.said == ["Что исправить?"]
    assert talk.user("имя").said == ["Как вас зовут?"]
    assert talk.user("Ольга").said == ["Проверьте: Ольга, +7 912 345-67-89, 09.06.2026"]


def test_a_time_said_with_the_day_is_read_by_people_as_long_as_it_belongs_to_that_day() -> None:
    talk = Talk(SCRIPT)
    for words in ("нужен ремонт", "Анна", "+79123456789"):
        talk.user(words)
    assert talk.user("завтра, в 15:00").said == ["Проверьте: Анна, +7 912 345-67-89, 09.06.2026"]
    assert talk.slots["когда"] == "2026-06-09"
    talk.tap("✅ Всё верно")
    assert talk.got(OpenTicket)[0].ticket.fields["когда"] == "09.06.2026 (в 15:00)"
    for words in ("/repair", "в пятницу утром", "исправить", "имя", "Ольга"):
        talk.user(words)
    (frame,) = talk.conversation.dialog.stack
    later = msgspec.structs.replace(frame, slots={**frame.slots, "когда": "2026-06-10"})
    dialog = msgspec.structs.replace(talk.conversation.dialog, stack=(later,))
    talk.conversation = msgspec.structs.replace(talk.conversation, dialog=dialog)
    talk.tap("✅ Всё верно")
    assert talk.got(OpenTicket)[0].ticket.fields["когда"] == "10.06.2026"
