"""What a flow says about being interrupted: cancel, a person, with questions before and words after."""

import msgspec

from bot.dialog.flow import Interrupts
from bot.model.dialog import Pending
from tests.unit.engine.builder import Customer, Talk, a_flow, a_script, do, slot, text

CAREFUL = Interrupts(
    cancel_confirm=text("Отменить заявку?"),
    cancel_say=text("Заявка отменена."),
    operator_note=text("Не закончена: {{ имя or '-' }}"),
)


def form(interrupts: Interrupts = CAREFUL) -> Talk:
    flow = a_flow("форма", do.ask("имя", "Имя?"), do.ask("город", "Город?"), interrupts=interrupts)
    outer = a_flow("внешний", do.call("вызов", "форма"), do.say("после", "Вернулись"))
    return Talk(a_script(flow, outer)).start("внешний")


def test_cancel_asks_first_and_says_so_after() -> None:
    talk = form().user("отмена")
    assert talk.said == ["Отменить заявку?"]
    assert talk.user("да").said == ["Заявка отменена."]
    assert talk.conversation.dialog.stack == ()
    assert talk.conversation.dialog.ended == "cancelled"


def test_who_does_not_want_to_cancel_has_answered_with_the_word() -> None:
    talk = form().user("Стоп").tap("Нет")
    assert talk.said == ["Город?"]
    assert talk.slots == {"имя": "Стоп"}


def test_where_the_word_is_no_answer_the_question_comes_again() -> None:
    flow = a_flow("форма", do.ask("телефон", "Номер?", "phone"), interrupts=CAREFUL)
    assert Talk(a_script(flow)).start("форма").user("отмена").user("нет").said == ["Номер?"]


def test_an_answer_in_place_of_yes_or_no_is_taken_as_the_answer() -> None:
    talk = form().user("отмена").user("Анна")
    assert talk.said == ["Город?"]
    assert talk.slots == {"имя": "Анна"}


def test_a_person_is_called_with_the_note_and_the_question_comes_again() -> None:
    talk = form().user("Анна").user("оператор")
    assert talk.handover.note == "Не закончена: Анна"
    assert talk.handover.fields == {"имя": "Анна"}
    assert talk.resume().said == ["Город?"]
    assert talk.user("Тверь").said == ["Вернулись"]


def test_a_person_may_be_called_only_after_a_question() -> None:
    talk = form(Interrupts(operator_confirm=text("Позвать человека?"))).user("оператор")
    assert talk.said == ["Позвать человека?"]
    assert talk.handover is None
    assert talk.user("да").handover is not None


def test_a_flow_may_refuse_both() -> None:
    closed = Interrupts(operator=False, cancel=False)
    assert form(closed).user("оператор").slots == {"имя": "оператор"}
    assert form(closed).user("отмена").slots == {"имя": "отмена"}


def test_a_step_may_have_rules_of_its_own() -> None:
    flow = a_flow(
        "форма",
        do.ask("имя", "Имя?", interrupts=Interrupts(cancel=False)),
        do.ask("город", "Город?"),
        interrupts=CAREFUL,
    )
    talk = Talk(a_script(flow)).start("форма").user("отмена")
    assert talk.slots == {"имя": "отмена"}
    assert talk.user("отмена").said == ["Отменить заявку?"]


def test_a_mark_that_is_waited_for_does_not_hold_up_what_the_customer_says() -> None:
    talk = form()
    dialog = msgspec.structs.replace(
        talk.conversation.dialog, pending=Pending("mark", choices=("1",))
    )
    talk.conversation = msgspec.structs.replace(talk.conversation, dialog=dialog)
    assert talk.user("да").slots == {"имя": "да"}
    assert talk.conversation.dialog.pending is None


def test_a_kept_answer_that_is_given_anew_is_not_lost_without_a_question() -> None:
    flow = a_flow(
        "форма",
        do.ask("имя", "Имя?", always=True),
        do.ask("город", "Город?"),
        slots=(slot("имя", keep=True),),
    )
    other = a_flow("другой", do.ask("что", "Что?"), commands=("other",))
    known = Customer(1, attributes={"имя": "Анна"})
    script = a_script(flow, other)
    assert Talk(script, customer=known).start("форма").user("/other").said == ["Что?"]
    talk = Talk(script, customer=known).start("форма").user("Борис").user("/other")
    assert "offer" in talk.rules
