"""The order in which one message is decided inside a flow, rule by rule."""

import msgspec
import pytest

from bot.dialog.flow import Interrupts
from bot.model.abilities import EMAIL, VK
from bot.model.customer import Customer
from bot.model.effect import Missed
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Message
from bot.model.text import Text
from tests.unit.engine.builder import Talk, a_flow, a_script, button, do, entry, option, slot

DIAGNOSTICS = entry("диагностика", "Сколько стоит диагностика?", "цена диагностики")
FORM = a_flow(
    "форма",
    do.ask("имя", "Как вас зовут?"),
    do.ask("сколько", "Сколько штук?", "number", parameters={"integer": True, "max": 100}),
    do.choose(
        "цвет",
        "Какой цвет?",
        option("белый", "⚪ Белый"),
        option("чёрный", "⚫ Чёрный", also=("тёмный",)),
        save="цвет",
    ),
    do.say("итог", "{{ имя }}: {{ сколько }}, {{ цвет }}"),
    do.end("готово"),
    slots=(slot("имя"), slot("сколько", "number"), slot("цвет")),
    phrases=("хочу заказать",),
    commands=("order",),
)
OTHER = a_flow(
    "доставка",
    do.ask("адрес", "Куда привезти?"),
    phrases=("нужна доставка",),
    commands=("delivery",),
)
MENU = a_flow(
    "меню", do.choose("меню", "Что нужно?", option("заказ"), option("вопрос")), commands=("menu",)
)
SCRIPT = a_script(FORM, OTHER, MENU, faq=(DIAGNOSTICS,))


def at(*before: str, script: object = SCRIPT, **given: object) -> Talk:
    """A customer who has answered so far."""
    talk = Talk(script, **given)  # type: ignore[arg-type]
    talk.user("/order")
    for words in before:
        talk.user(words)
    return talk


# 2


def test_a_command_with_an_argument_begins_its_flow_and_keeps_the_argument() -> None:
    talk = Talk(SCRIPT).user("/order@our_bot campaign42")
    assert talk.said == ["Как вас зовут?"]
    assert talk.rules[0] == "command"
    assert talk.conversation.dialog.start_argument == "campaign42"


def test_the_argument_of_a_command_is_a_variable() -> None:
    script = a_script(
        a_flow("привет", do.say("раз", "Вы от {{ start_argument }}"), commands=("start",))
    )
    assert Talk(script).user("/start друга").said == ["Вы от друга"]


def test_a_command_switches_at_once_while_nothing_is_filled() -> None:
    assert at().user("/delivery").said == ["Куда привезти?"]


def test_a_command_asks_before_it_switches_when_something_is_filled() -> None:
    talk = at("Анна").user("/delivery")
    assert talk.said == ["Сейчас заполняется «Форма». Оставить это и перейти к «Доставка»?"]
    assert talk.labels == ["Да", "Нет"]
    assert talk.tap("Да").said == ["Куда привезти?"]
    assert [frame.flow for frame in talk.conversation.dialog.stack] == ["доставка"]


def test_who_declines_to_switch_goes_on_with_the_same_question() -> None:
    talk = at("Анна").user("/delivery").user("нет")
    assert talk.said == ["Сколько штук?"]
    assert talk.user("5").said == ["Какой цвет?"]


def test_a_command_that_nobody_knows_is_a_text() -> None:
    assert at().user("/unknown").said == ["Сколько штук?"]


# 3


@pytest.mark.parametrize(
    "words",
    ["чёрный", "ЧЕРНЫЙ!", "⚫ Чёрный", "тёмный", "2", " 2. "],
    ids=lambda words: words.strip(),
)
def test_an_option_is_taken_by_key_label_also_and_number(words: str) -> None:
    talk = at("Анна", "5").user(words)
    assert talk.said == ["Анна: 5, чёрный"]
    assert talk.rules[0] == "option"


def test_a_number_is_an_option_at_choose_only() -> None:
    talk = at().user("2")
    assert talk.slots["имя"] == "2"


def test_an_option_comes_before_the_words_that_cancel() -> None:
    flow = a_flow(
        "выбор",
        do.choose("что", "Что?", option("отмена", "Отмена"), option("да"), save="что"),
        do.say("ок", "Взято: {{ что }}"),
    )
    talk = Talk(a_script(flow)).start("выбор").user("отмена")
    assert talk.said == ["Взято: отмена"]


def test_options_whose_condition_fails_are_neither_shown_nor_taken() -> None:
    flow = a_flow(
        "выбор",
        do.choose(
            "что",
            "Что?",
            option("один"),
            option("два", when="channel == 'vk'"),
            option("три"),
            save="что",
        ),
    )
    talk = Talk(a_script(flow)).start("выбор")
    assert talk.labels == ["один", "три"]
    assert talk.user("два").said == ["Выберите, пожалуйста, один из вариантов.\nЧто?"]
    assert talk.user("2").slots["что"] == "три"


def test_where_there_are_no_buttons_options_are_numbered() -> None:
    talk = at("Анна", "5", abilities=EMAIL)
    assert talk.said == ["Какой цвет?\n\n1. ⚪ Белый\n2. ⚫ Чёрный"]


# 4


def test_words_for_cancel_end_the_whole_stack() -> None:
    talk = at("Анна").user("Отмена!")
    assert talk.said == ["Хорошо, отменил."]
    assert talk.labels == ["Меню"]
    assert talk.conversation.dialog.stack == ()
    assert talk.rules[0] == "cancel"


def test_words_for_a_person_hand_over() -> None:
    talk = at("Анна").user("Оператор")
    assert talk.handover.reason == "Клиент просит человека"
    assert talk.handover.fields == {"имя": "Анна"}
    assert talk.said == []


def test_words_for_the_menu_switch_like_a_command() -> None:
    assert at().user("меню").said == ["Что нужно?"]
    assert at("Анна").user("меню").said == [
        "Сейчас заполняется «Форма». Оставить это и перейти к «Меню»?"
    ]


def test_a_word_in_the_middle_of_a_message_is_no_word() -> None:
    assert at().user("Стоп Анна").slots["имя"] == "Стоп Анна"


# 5


def test_a_near_spelling_of_one_option_is_taken() -> None:
    talk = at("Анна", "5").user("чорный")
    assert talk.said == ["Анна: 5, чёрный"]
    assert talk.rules[0] == "near"


CHECK = a_flow(
    "проверка",
    do.choose(
        "проверка",
        "Всё так?",
        option("верно", "✅ Всё верно", also=("да", "ок")),
        option("исправить", "✏️ Исправить", also=("нет",)),
        option("день", "Другой день"),
        save="проверка",
    ),
    do.say("итог", "{{ проверка }}"),
    do.end("готово"),
    slots=(slot("проверка"),),
    commands=("check",),
)


@pytest.mark.parametrize(
    "text, key",
    [
        ("да, всё верно", "верно"),
        ("да верно, спасибо", "верно"),
        ("ну да", "верно"),
        ("ага", "верно"),
        ("конечно", "верно"),
        ("нет, исправить", "исправить"),
        ("не надо", "исправить"),
        ("не верно", "исправить"),
        ("другой", "день"),
        ("все верна", "верно"),
    ],
)
def test_an_option_is_meant_by_its_own_words_or_by_yes_and_no(text: str, key: str) -> None:
    talk = Talk(a_script(CHECK)).user("/check").user(text)
    assert talk.said == [key]
    assert talk.rules[0] == "near"


@pytest.mark.parametrize("text", ["все неверно", "да и нет", "какой другой", "верно не всё"])
def test_what_turns_an_option_round_or_asks_is_not_that_option(text: str) -> None:
    talk = Talk(a_script(CHECK)).user("/check").user(text)
    assert talk.rules[0] != "near"


OPTIONAL = a_flow(
    "заявка",
    do.ask("почта", "Ваша почта?", "email", optional="Пропустить"),
    do.say("итог", "почта: {{ почта }}."),
    slots=(slot("почта", "email"),),
    commands=("mail",),
)


@pytest.mark.parametrize("text", ["нет", "нету", "не знаю", "пропустит"])
def test_no_passes_a_question_over_that_may_be_left_out(text: str) -> None:
    talk = Talk(a_script(OPTIONAL)).user("/mail").user(text)
    assert talk.said == ["почта: ."]
    assert talk.rules[0] == "skip"


def test_a_near_spelling_of_two_options_is_none() -> None:
    flow = a_flow("выбор", do.choose("что", "Что?", option("кошка"), option("мошка"), save="что"))
    assert Talk(a_script(flow)).start("выбор").user("ножка").rules == ["miss"]


def test_a_strict_slot_takes_what_parses_before_the_faq_is_asked() -> None:
    talk = at("Анна")
    looked_up = len(talk.looked_up)
    assert talk.user("5").said == ["Какой цвет?"]
    assert talk.rules[0] == "value"
    assert len(talk.looked_up) == looked_up


def test_what_parses_but_is_out_of_limits_is_a_miss() -> None:
    flow = a_flow("форма", do.ask("сколько", "Сколько штук?", "number", parameters={"max": 10}))
    talk = Talk(a_script(flow)).start("форма").user("5000")
    assert talk.rules == ["limits"]
    assert talk.looked_up == []
    assert talk.said == ["Это больше или позже, чем можно.\nСколько штук?"]


# 6


def test_the_faq_answers_at_a_strict_slot_and_the_question_comes_again() -> None:
    talk = at("Анна").user("цена диагностики")
    assert talk.said == ["Ответ: диагностика", "Сколько штук?"]
    assert talk.rules == ["faq"]


def test_at_free_text_the_faq_answers_only_what_looks_like_a_question() -> None:
    assert at().user("сколько стоит диагностика?").said == ["Ответ: диагностика", "Как вас зовут?"]
    assert at().user("цена диагностики").slots["имя"] == "цена диагностики"


def test_the_hint_comes_with_the_question_that_is_asked_again() -> None:
    flow = a_flow("форма", do.ask("когда", "Когда?", "date", hint="Например, завтра"))
    talk = Talk(a_script(flow, faq=(DIAGNOSTICS,))).start("форма")
    assert talk.said == ["Когда?"]
    assert talk.user("цена диагностики").said == ["Ответ: диагностика", "Когда?\nНапример, завтра"]


def test_a_flow_may_keep_the_faq_out() -> None:
    flow = a_flow("форма", do.ask("имя", "Имя?"), interrupts=Interrupts(faq="off"))
    talk = Talk(a_script(flow, faq=(DIAGNOSTICS,))).start("форма")
    assert talk.user("Сколько стоит диагностика?").slots["имя"] == "Сколько стоит диагностика?"


def test_a_question_without_a_sure_answer_is_noted_and_taken_as_the_text_it_is() -> None:
    talk = at().user("почему небо голубое?")
    assert talk.slots["имя"] == "почему небо голубое?"
    assert [miss.text for miss in talk.got(Missed)] == ["почему небо голубое?"]


def test_the_faq_is_asked_once_for_a_text_and_not_when_an_earlier_rule_decided() -> None:
    talk = at("Анна", "5")
    before = len(talk.looked_up)
    talk.user("белый")
    assert len(talk.looked_up) == before
    talk = at("Анна")
    before = len(talk.looked_up)
    talk.user("совсем непонятно")
    assert len(talk.looked_up) == before + 1


# 7


def test_a_phrase_of_another_flow_switches_while_nothing_is_filled() -> None:
    assert at().user("нужна доставка").said == ["Куда привезти?"]


def test_a_phrase_of_another_flow_offers_to_switch_when_something_is_filled() -> None:
    talk = at("Анна").user("нужна доставка")
    assert talk.said[0].startswith("Сейчас заполняется")
    assert talk.user("да").said == ["Куда привезти?"]


def test_at_free_text_only_an_exact_phrase_switches() -> None:
    assert at().user("мне бы доставка нужна").slots["имя"] == "мне бы доставка нужна"


def test_a_phrase_of_the_flow_itself_is_an_answer() -> None:
    assert at().user("хочу заказать").slots["имя"] == "хочу заказать"


def test_who_declines_a_phrase_has_answered_with_it() -> None:
    flow = a_flow(
        "форма", do.ask("имя", "Имя?"), do.ask("что", "Что нужно?"), do.ask("ещё", "Ещё?")
    )
    talk = Talk(a_script(flow, OTHER)).start("форма").user("Анна").user("нужна доставка")
    assert talk.tap("Нет").said == ["Ещё?"]
    assert talk.slots == {"имя": "Анна", "что": "нужна доставка"}


# 8


def test_free_text_is_taken() -> None:
    talk = at().user("Анна Мария")
    assert talk.slots == {"имя": "Анна Мария"}
    assert talk.rules[0] == "text"


def test_a_picture_where_text_is_awaited_gets_a_clear_retry() -> None:
    talk = at()
    talk.hear(MessageReceived(Message(attachments=(Attachment("photo"),))))
    assert talk.said == ["Файл получил. А здесь нужен ответ текстом.\nКак вас зовут?"]


def test_a_message_is_used_once() -> None:
    flow = a_flow("форма", do.ask("имя", "Имя?"), do.ask("отчество", "Отчество?"))
    talk = Talk(a_script(flow)).start("форма").user("Анна")
    assert talk.slots == {"имя": "Анна"}
    assert talk.said == ["Отчество?"]


def test_a_very_long_text_is_fine() -> None:
    assert (
        "Слишком длинно" in at().user("а" * 100_000).said[0] or at().user("а" * 3_000).slots["имя"]
    )


def test_an_empty_message_is_a_miss() -> None:
    talk = at()
    talk.hear(MessageReceived(Message(Text("  "))))
    assert talk.conversation.dialog.stack[-1].misses == 1


def test_a_text_for_one_channel_is_said_there() -> None:
    step = do.say("привет", "Всем")
    phrase = msgspec.structs.replace(
        step.texts[0], by_channel={"email": do.say("x", "Почте").texts[0].default}
    )
    flow = a_flow("привет", msgspec.structs.replace(step, texts=(phrase,)))
    assert Talk(a_script(flow)).start("привет").said == ["Всем"]
    assert Talk(a_script(flow), abilities=EMAIL).start("привет").said == ["Почте"]


def test_an_option_may_be_worded_for_one_channel_with_what_differs_from_customer_to_customer() -> (
    None
):
    plain = option("да", "Да")
    named = do.say("x", "Да, я {{ customer.name }}").texts[0].default
    phrase = msgspec.structs.replace(plain.text, by_channel={"vk": named})
    flow = a_flow(
        "форма", do.choose("верно", "Верно?", msgspec.structs.replace(plain, text=phrase))
    )
    script = a_script(flow)
    for name in ("Анна", "Борис"):
        talk = Talk(script, abilities=VK, customer=Customer(1, name)).start("форма")
        assert talk.labels == [f"Да, я {name}"]
        assert talk.user(f"да, я {name}").rules[0] == "option"
    assert Talk(script).start("форма").labels == ["Да"]


def test_a_button_beside_a_question_may_be_typed() -> None:
    flow = a_flow(
        "форма",
        do.ask(
            "имя",
            "Имя?",
            buttons=(button("Помощь", call="помощь"), button("Дальше", target="конец")),
        ),
        do.end("готово", "Вот и всё", id="конец"),
    )
    script = a_script(flow, a_flow("помощь", do.say("п", "Помогаем")))
    assert Talk(script).start("форма").user("помощь").said == ["Помогаем", "Имя?"]
    assert Talk(script).start("форма").tap("Дальше").said == ["Вот и всё"]
