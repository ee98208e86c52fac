"""Outside a flow: the FAQ and phrases on one scale, did you mean, the fallback flow, misses."""

from bot.faq import Candidate, Match
from bot.model.abilities import EMAIL
from bot.model.customer import Customer
from bot.model.effect import Missed
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Message
from tests.unit.engine.builder import Talk, a_flow, a_script, button, do, entry, option

PRICE = entry("цена", "Сколько стоит ремонт?", "цена ремонта", topic="Цены")
HOURS = entry(
    "часы", "Когда вы открыты?", topic="Мы", buttons=(button("Записаться", call="заявка"),)
)
VK_ONLY = entry("группа", "Где ваша группа?", channels=("vk",))
REQUEST = a_flow(
    "заявка", do.ask("имя", "Как вас зовут?"), phrases=("нужен ремонт",), title="Заявка на ремонт"
)
MENU = a_flow(
    "меню", do.choose("меню", "Что нужно?", option("заявка"), option("вопрос")), commands=("menu",)
)
SCRIPT = a_script(REQUEST, MENU, faq=(PRICE, HOURS, VK_ONLY))


class Sure(Talk):
    """A talk whose matcher says what the test wants."""

    answer = Match("none", (), exact=False)

    def look_up(self, words: str) -> Match:
        return self.answer


def near(*ids: str, decision: str = "suggest") -> Match:
    return Match(decision, tuple(Candidate(id, f"вопрос {id}", 0.4) for id in ids), exact=False)  # type: ignore[arg-type]


def test_a_sure_question_is_answered() -> None:
    talk = Talk(SCRIPT).user("сколько стоит ремонт")
    assert talk.said == ["Ответ: цена"]
    assert talk.outcome is not None
    decision = talk.outcome.trace[0]
    assert (decision.rule, decision.detail, decision.score) == ("faq", "цена", 1.0)


def test_a_sure_phrase_begins_its_flow() -> None:
    assert Talk(SCRIPT).user("нужен ремонт!").said == ["Как вас зовут?"]


def test_an_answer_may_have_buttons_that_begin_a_flow_at_any_time() -> None:
    talk = Talk(SCRIPT).user("когда вы открыты")
    assert talk.labels == ["Записаться"]
    talk.user("меню").user("вопрос")
    assert talk.tap("Записаться").said == ["Как вас зовут?"]


def test_an_entry_for_other_channels_is_not_given() -> None:
    assert Talk(SCRIPT).user("Где ваша группа?").said != ["Ответ: группа"]


def test_near_questions_become_buttons_with_a_way_to_a_person() -> None:
    talk = Sure(SCRIPT)
    talk.answer = near("цена", "flow:заявка")
    assert talk.user("сколько ремонт").said == ["Вы имели в виду:"]
    assert talk.labels == ["вопрос цена", "Заявка на ремонт", "Ничего из этого"]
    assert [(miss.text, miss.nearest, miss.score) for miss in talk.got(Missed)] == [
        ("сколько ремонт", "цена", 0.4)
    ]
    assert talk.tap("вопрос цена").said == ["Ответ: цена"]


def test_a_suggestion_may_be_typed_by_its_number() -> None:
    talk = Sure(SCRIPT, abilities=EMAIL)
    talk.answer = near("цена", "flow:заявка")
    assert "1. вопрос цена" in talk.user("сколько ремонт").said[0]
    assert talk.user("2").said == ["Как вас зовут?"]


def test_none_of_these_calls_a_person_with_the_question() -> None:
    talk = Sure(SCRIPT)
    talk.answer = near("цена")
    talk.user("сколько ремонт").tap("Ничего из этого")
    assert talk.handover.reason == "Клиенту не подошли предложенные вопросы"
    assert talk.handover.note == "сколько ремонт"


def test_another_message_leaves_the_suggestions_behind() -> None:
    talk = Sure(SCRIPT)
    talk.answer = near("цена")
    talk.user("сколько ремонт")
    talk.answer = near("часы", decision="answer")
    assert talk.user("когда").said == ["Ответ: часы"]
    assert talk.conversation.dialog.pending is None


def test_misses_in_a_row_offer_a_person_and_then_call_one() -> None:
    talk = Talk(SCRIPT)
    assert talk.user("эники").said == ["Пока не понимаю. Спросите иначе или выберите ниже."]
    assert talk.labels == ["Меню"]
    talk.user("беники")
    assert talk.said[0].endswith("Если не получается, напишите «оператор» - позову человека.")
    assert talk.labels == ["Меню", "Позвать человека"]
    talk.user("вареники")
    assert talk.handover.reason == "Бот не понял вопрос клиента"
    assert talk.handover.note == "вареники"


def test_a_message_that_was_used_resets_the_misses() -> None:
    talk = Talk(SCRIPT).user("эники").user("беники").user("сколько стоит ремонт")
    assert talk.user("вареники").handover is None


def test_the_offered_person_is_one_press_away() -> None:
    talk = Talk(SCRIPT).user("эники").user("беники").tap("Позвать человека")
    assert talk.handover is not None


def test_the_fallback_flow_runs_once_and_then_it_is_a_miss() -> None:
    fallback = a_flow("запас", do.say("раз", "Не понял, вот что я умею."), fallback=True)
    talk = Talk(a_script(fallback, MENU))
    assert talk.user("эники").said == ["Не понял, вот что я умею."]
    assert talk.user("беники").said[0].startswith("Пока не понимаю")
    assert "оператор" in talk.user("вареники").said[0]
    assert talk.user("клёц").handover is not None


def test_a_picture_outside_a_flow_is_not_looked_up() -> None:
    talk = Talk(SCRIPT).hear(MessageReceived(Message(attachments=(Attachment("photo"),))))
    assert talk.said[0].startswith("Пока не понимаю")
    assert talk.looked_up == []


def test_cancel_outside_a_flow_says_that_there_is_nothing_to_cancel() -> None:
    talk = Talk(SCRIPT).user("отмена")
    assert talk.said == ["Сейчас нечего отменять."]
    assert talk.labels == ["Меню"]


def test_without_a_menu_flow_the_menu_is_the_faq_by_topic() -> None:
    talk = Talk(a_script(REQUEST, faq=(PRICE, HOURS))).user("меню")
    assert talk.said == ["О чём рассказать?"]
    assert talk.labels == ["Цены", "Мы", "Спасибо, всё"]


def test_a_flow_may_be_for_some_channels_only() -> None:
    only = a_flow("почта", do.say("п", "Только почте"), commands=("mail",), channels=("email",))
    assert Talk(a_script(only, MENU)).user("/mail").said != ["Только почте"]
    assert Talk(a_script(only, MENU), abilities=EMAIL).user("/mail").said == ["Только почте"]


def test_a_flow_may_begin_under_a_condition() -> None:
    only = a_flow("вип", do.say("п", "Для своих"), commands=("vip",), when="'vip' in customer.tags")
    assert Talk(a_script(only)).user("/vip").said != ["Для своих"]
    assert Talk(a_script(only), customer=Customer(1, tags=("vip",))).user("/vip").said == [
        "Для своих"
    ]


def test_a_flow_that_says_nothing_does_not_leave_the_customer_without_a_word() -> None:
    silent = a_flow("тихий", do.set("раз", имя="'x'"), commands=("quiet",))
    assert Talk(a_script(silent, MENU)).user("/quiet").said == ["Принято."]


def test_a_bare_start_shows_the_menu_and_is_no_missed_question() -> None:
    talk = Talk(SCRIPT).user("/start ref7")
    assert talk.said == ["Что нужно?"]
    assert talk.got(Missed) == []
    assert talk.looked_up == []


def test_suggestions_neither_count_as_misses_nor_reset_them() -> None:
    talk = Sure(SCRIPT)
    talk.user("эники").user("беники")
    talk.answer = near("цена")
    talk.user("сколько ремонт")
    talk.answer = near(decision="none")
    assert talk.user("вареники").handover is not None
