"""Consent before the first personal slot."""

import msgspec

from bot.model.customer import Consent, Customer
from bot.model.effect import Consented, Missed
from tests.unit.engine.builder import (
    BUSINESS,
    CONSENT,
    MONDAY,
    Talk,
    a_flow,
    a_script,
    do,
    entry,
    slot,
)

FLOW = a_flow(
    "форма",
    do.ask("имя", "Имя?"),
    do.ask("телефон", "Номер?", "phone"),
    do.ask("почта", "Почта?", "email"),
    slots=(
        slot("имя"),
        slot("телефон", "phone", personal=True),
        slot("почта", "email", personal=True),
    ),
    commands=("form",),
)
SORRY = a_flow("жаль", do.say("раз", "Жаль. Позвоните нам сами."))
SCRIPT = a_script(FLOW, SORRY, faq=(entry("зачем", "Зачем вам мой номер?", "мой номер"),))


def asked(on_refuse: str = "", customer: Customer = Customer(1)) -> Talk:  # noqa: B008
    wanted = msgspec.structs.replace(
        CONSENT, on_refuse=on_refuse, link="https://example.ru/privacy"
    )
    business = msgspec.structs.replace(BUSINESS, consent=wanted)
    return Talk(SCRIPT, business=business, customer=customer).user("/form").user("Анна")


def test_consent_is_asked_before_the_first_personal_slot_and_once() -> None:
    talk = asked()
    assert talk.said == ["Можно сохранить ваш номер?\nhttps://example.ru/privacy"]
    assert talk.labels == ["Согласен", "Не согласен"]
    assert talk.tap("Согласен").said == ["Номер?"]
    assert talk.got(Consented) == [Consented(2, agreed=True)]
    assert talk.conversation.customer.consent == Consent(
        2, agreed=True, at=MONDAY, channel="telegram"
    )
    assert talk.user("+79123456789").said == ["Почта?"]


def test_words_will_do() -> None:
    assert asked().user("да, согласна").said == ["Номер?"]
    assert asked().user("не согласен").handover is not None


def test_a_refusal_calls_people() -> None:
    talk = asked().tap("Не согласен")
    assert talk.got(Consented) == [Consented(2, agreed=False)]
    assert talk.handover.reason == "Клиент не дал согласие на хранение данных"


def test_a_refusal_may_run_a_flow() -> None:
    talk = asked("жаль").user("нет")
    assert talk.said == ["Жаль. Позвоните нам сами."]
    assert talk.conversation.dialog.stack == ()


def test_an_older_version_is_asked_again_and_the_same_one_is_not() -> None:
    old = Customer(1, consent=Consent(1, agreed=True, at=1, channel="vk"))
    same = Customer(1, consent=Consent(2, agreed=True, at=1, channel="vk"))
    assert asked(customer=old).said[0].startswith("Можно сохранить")
    assert asked(customer=same).said == ["Номер?"]


def test_a_question_is_answered_and_consent_asked_again() -> None:
    assert asked().user("Зачем вам мой номер?").said == [
        "Ответ: зачем",
        "Можно сохранить ваш номер?\nhttps://example.ru/privacy",
    ]


def test_neither_yes_nor_no_is_no_answer_and_ends_with_people() -> None:
    talk = asked().user("+79123456789")
    assert talk.said[0].startswith("Без вашего согласия")
    assert "телефон" not in talk.slots
    assert talk.got(Missed) != []
    talk.user("эники").user("беники")
    assert talk.handover is not None
    assert talk.resume().said[0].startswith("Можно сохранить")


def test_cancel_and_commands_work_there() -> None:
    assert asked().user("отмена").said == ["Хорошо, отменил."]
    assert asked().user("/form").said == ["Начать «Форма» заново? Ответы не сохранятся."]


def test_when_consent_is_no_longer_asked_for_the_question_itself_is() -> None:
    talk = asked()
    talk.business = BUSINESS
    assert talk.user("да").said == ["Номер?"]


def test_personal_answers_are_named_for_those_who_must_not_see_them() -> None:
    talk = asked().tap("Согласен").user("+79123456789").user("оператор")
    assert talk.handover.fields["телефон"] == "+7 912 345-67-89"
    assert set(talk.handover.personal) == {"+7 912 345-67-89", "+79123456789"}
