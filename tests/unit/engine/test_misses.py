"""Misses at a question: retry escalates, a person is offered, `on_fail` runs."""

import pytest

from bot.dialog.flow import Interrupts
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Message
from tests.unit.engine.builder import Talk, a_flow, a_script, do, entry, option, text

RETRIES = ["Не похоже на номер.", "Попробуйте ещё раз."]


def phone(**given: object) -> Talk:
    given.setdefault("retry", RETRIES)
    handoff = do.handoff("люди", "Не смог ввести номер", next="телефон")
    other = do.say("иначе", "Тогда без номера", next="конец")
    flow = a_flow(
        "форма",
        do.ask("телефон", "Ваш номер?", "phone", **given),
        do.end("готово", "Спасибо", id="конец"),
        blocks=(handoff, other),
    )
    return Talk(a_script(flow)).start("форма")


def test_a_list_of_retries_escalates_instead_of_the_question() -> None:
    talk = phone(tries=5)
    assert talk.user("раз").said == ["Не похоже на номер."]
    assert talk.user("два").said == ["Попробуйте ещё раз."]
    assert talk.user("три").said == ["Попробуйте ещё раз."]


def test_without_retry_the_reason_stands_before_the_question() -> None:
    assert phone(retry=None).user("раз").said == [
        "Не похоже на номер телефона. Пример: +7 912 345-67-89.\nВаш номер?"
    ]


def test_the_miss_before_the_last_offers_a_person() -> None:
    talk = phone().user("раз")
    assert "оператор" not in talk.said[0]
    talk.user("два")
    assert talk.said == [
        "Попробуйте ещё раз.\nЕсли не получается, напишите «оператор» - позову человека."
    ]
    assert talk.labels[-1] == "Позвать человека"
    assert talk.tap("Позвать человека").handover is not None


def test_the_nth_miss_calls_people_and_the_question_comes_again_afterwards() -> None:
    talk = phone().user("раз").user("два").user("три")
    assert talk.handover.reason == "Бот не смог понять ответ клиента"
    assert talk.said == []
    assert talk.resume().said == ["Ваш номер?"]
    assert talk.user("раз").said == ["Не похоже на номер."]


def test_on_fail_runs_instead_of_the_last_retry() -> None:
    talk = phone(on_fail="иначе").user("раз").user("два").user("три")
    assert talk.said == ["Тогда без номера", "Спасибо"]


def test_when_on_fail_hands_over_the_flow_comes_back_to_the_step_that_failed() -> None:
    talk = phone(on_fail="люди").user("раз").user("два").user("три")
    assert talk.handover.reason == "Не смог ввести номер"
    assert talk.resume().said == ["Ваш номер?"]


def test_a_used_message_resets_the_count() -> None:
    flow = a_flow("форма", do.ask("телефон", "Ваш номер?", "phone", retry=RETRIES))
    talk = Talk(a_script(flow, faq=(entry("цена", "Сколько стоит ремонт?"),))).start("форма")
    talk.user("раз").user("два").user("Сколько стоит ремонт?").user("три")
    assert talk.said == ["Не похоже на номер."]


def test_one_try_goes_straight_to_on_fail() -> None:
    assert phone(tries=1).user("раз").handover is not None


def test_a_choice_with_nothing_to_choose_goes_the_way_of_a_failure() -> None:
    empty = do.choose("что", "Что?", option("раз", when="channel == 'vk'"))
    talk = Talk(a_script(a_flow("форма", empty))).start("форма")
    assert talk.said == ["Подходящих вариантов не нашлось."]
    assert talk.handover.reason == "Клиенту нечего предложить"


def test_a_word_that_was_used_resets_the_count_too() -> None:
    flow = a_flow(
        "форма",
        do.ask("телефон", "Ваш номер?", "phone", retry=RETRIES),
        interrupts=Interrupts(cancel_confirm=text("Отменить?")),
    )
    talk = Talk(a_script(flow)).start("форма").user("раз").user("два").user("отмена").user("нет")
    assert talk.said == ["Ваш номер?"]
    assert talk.user("три").said == ["Не похоже на номер."]


@pytest.mark.parametrize(
    "files, said",
    [
        ((Attachment("voice", source="f1"),), "Голосовые я не понимаю"),
        ((Attachment("photo", source="f1"),), "Файл получил"),
        ((), "Здесь нужен"),
    ],
)
def test_who_sends_a_file_alone_hears_that_it_came(
    files: tuple[Attachment, ...], said: str
) -> None:
    talk = Talk(a_script(a_flow("форма", do.ask("что", "Что сломалось?")))).start("форма")
    talk.hear(MessageReceived(Message(attachments=files)))
    assert talk.said[0].startswith(said)
    assert talk.said[0].endswith("Что сломалось?")
