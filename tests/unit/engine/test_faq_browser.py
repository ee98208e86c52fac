"""`call: faq`: the FAQ by topic."""

from bot.model.abilities import EMAIL
from bot.model.event import ButtonPressed
from tests.unit.engine.builder import Talk, a_flow, a_script, button, do, entry, option

FAQ = (
    entry("цена", "Сколько стоит ремонт?", "цена ремонта", topic="Цены"),
    entry("диагностика", "Сколько стоит диагностика?", topic="Цены"),
    entry("часы", "Когда вы открыты?", topic="Мы"),
    entry("прочее", "Продаёте ли вы чехлы?"),
    entry("вк", "Где группа?", topic="ВК", channels=("vk",)),
)
MENU = a_flow(
    "меню",
    do.choose(
        "меню", "Что нужно?", option("вопросы", target="смотреть"), option("форма", target="конец")
    ),
    do.call("смотреть", "faq"),
    do.say("после", "Что-то ещё?", next="конец"),
    do.end("конец"),
    commands=("menu",),
)
FORM = a_flow(
    "форма",
    do.ask("имя", "Имя?", buttons=(button("Вопросы", call="faq"),)),
    do.ask("город", "Город?"),
    commands=("form",),
)
SCRIPT = a_script(MENU, FORM, faq=FAQ)


def browsing() -> Talk:
    return Talk(SCRIPT).user("/menu").tap("вопросы")


def test_topics_then_questions_then_the_answer_and_the_list_again() -> None:
    talk = browsing()
    assert talk.said == ["О чём рассказать?"]
    assert talk.labels == ["Цены", "Мы", "Другое", "Спасибо, всё"]
    assert talk.tap("Цены").said == ["Цены: что именно?"]
    assert talk.labels == [
        "Сколько стоит ремонт?",
        "Сколько стоит диагностика?",
        "К темам",
        "Спасибо, всё",
    ]
    assert talk.tap("Сколько стоит ремонт?").said == ["Ответ: цена", "Цены: что именно?"]
    assert talk.tap("К темам").said == ["О чём рассказать?"]


def test_when_it_is_left_the_caller_goes_on() -> None:
    assert browsing().tap("Спасибо, всё").said == ["Что-то ещё?"]


def test_everything_may_be_typed() -> None:
    talk = browsing().user("другое")
    assert talk.said == ["Другое: что именно?"]
    assert talk.user("1").said == ["Ответ: прочее", "Другое: что именно?"]
    assert talk.user("к темам").user("цен").said != []
    assert talk.user("отмена").said == ["Хорошо, отменил."]


def test_a_question_is_answered_there_too() -> None:
    assert browsing().user("Когда вы открыты").said == ["Ответ: часы", "О чём рассказать?"]


def test_misses_there_end_with_people() -> None:
    talk = browsing().user("эники")
    assert talk.said == ["Выберите, пожалуйста, один из вариантов.\nО чём рассказать?"]
    assert "оператор" in talk.user("беники").said[0]
    assert talk.user("вареники").handover is not None
    assert talk.resume().said == ["О чём рассказать?"]


def test_a_stale_press_shows_the_list_that_is_open() -> None:
    talk = browsing()
    old = talk.button("Мы")
    talk.tap("Цены")
    assert talk.hear(ButtonPressed(old.payload)).said == [
        "Эта кнопка от прошлого вопроса.\nЦены: что именно?"
    ]


def test_from_a_form_the_question_comes_again_afterwards() -> None:
    talk = Talk(SCRIPT).user("/form").tap("Вопросы")
    assert talk.said == ["О чём рассказать?"]
    assert talk.tap("Спасибо, всё").said == ["Имя?"]


def test_a_single_topic_is_shown_at_once() -> None:
    talk = Talk(a_script(MENU, faq=FAQ[:2])).user("/menu").tap("вопросы")
    assert talk.said == ["Цены: что именно?"]
    assert "К темам" not in talk.labels


def test_an_empty_faq_says_so_and_goes_on() -> None:
    assert Talk(a_script(MENU)).user("/menu").tap("вопросы").said == [
        "Здесь пока нет ответов.",
        "Что-то ещё?",
    ]


def test_without_buttons_the_lists_are_numbered() -> None:
    talk = Talk(SCRIPT, abilities=EMAIL).user("/menu").user("вопросы")
    assert "1. Цены" in talk.said[0]
    assert talk.user("2").said[0].startswith("Мы: что именно?")


def test_the_browser_does_not_count_as_the_flow_that_ended_last() -> None:
    talk = browsing().tap("Спасибо, всё")
    assert talk.conversation.dialog.last is not None
    assert talk.conversation.dialog.last.flow == "меню"
