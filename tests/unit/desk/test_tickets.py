"""Who has a ticket, how it ends, and when the same one opens again."""

import msgspec
import pytest

from bot.desk.people import Room
from bot.model.dialog import Dialog, Frame, Pending
from bot.model.effect import (
    Audit,
    Ban,
    ChangeTicket,
    CloseTicket,
    Edit,
    Follow,
    OpenTicket,
    Send,
    SetTimer,
    Tag,
    Unlink,
)
from bot.model.event import Happened
from bot.model.person import Person
from tests.unit.desk.room_of_tests import BORIS, HOUR, MINUTE, NOON, VERA, Talk


def test_a_handover_opens_a_ticket_that_holds_the_conversation_and_waits(talk: Talk) -> None:
    (opened,) = talk.of(OpenTicket)
    assert opened.ticket == talk.ticket
    assert (talk.ticket.number, talk.ticket.state, talk.ticket.queue) == (12, "waiting", "ремонт")
    assert talk.conversation.held
    assert talk.to_customer == ["Зову оператора. Ответим здесь же."]


def test_a_second_handover_while_held_opens_nothing(talk: Talk) -> None:
    talk.handover(reason="Ещё раз")
    assert talk.effects == ()
    assert talk.ticket.number == 12


def test_an_unknown_queue_means_the_first_one() -> None:
    talk = Talk()
    talk.handover(queue="продажи")
    assert talk.ticket.queue == "продажи"
    other = Talk()
    other.handover(queue="нет такой")
    assert other.ticket.queue == "ремонт"


def test_one_wins_and_the_second_learns_who_took_it_and_when(talk: Talk) -> None:
    card = talk.button("Взять").payload
    talk.press_payload(card)
    talk.wait(5 * MINUTE)
    talk.press_payload(card, by=BORIS)
    assert talk.ticket.owner_name == "Анна"
    assert talk.to_desk == ["Заявку №12 взял(а) Анна в 12:00."]
    assert talk.labels() == []
    assert "ведёт Анна" in talk.cards[0]


def test_a_senior_may_take_over(taken: Talk) -> None:
    taken.operator("/take", by=VERA, role="senior")
    assert taken.ticket.owner_name == "Анна"
    taken.press("Забрать себе", by=VERA, role="senior")
    assert taken.ticket.owner_name == "Вера"
    assert "Вера забирает заявку №12" in taken.to_desk[0]


def test_an_operator_may_not_take_over(taken: Talk) -> None:
    taken.act("over", by=BORIS)
    assert taken.ticket.owner_name == "Анна"
    assert taken.to_desk == ["Это может сделать старший."]


def test_taking_twice_changes_nothing(taken: Talk) -> None:
    before = taken.ticket
    taken.operator("/take")
    assert taken.ticket == before
    assert "уже ваша" in taken.to_desk[0]


@pytest.mark.parametrize(
    "verb", ["close", "return", "snooze", "queue", "assign", "reasons", "snoozes"]
)
def test_what_somebody_else_has_is_left_alone(taken: Talk, verb: str) -> None:
    before = taken.ticket
    taken.act(verb, "2h", by=BORIS)
    assert taken.ticket == before
    assert "взял(а) Анна" in taken.to_desk[0]
    taken.act("close", by=VERA, role="senior")
    assert taken.state() == "closed"


def test_given_back_to_the_bot_the_waiting_flow_resumes_at_its_step_with_its_slots() -> None:
    talk = Talk()
    dialog = Dialog(stack=(Frame("заявка", "номер", slots={"имя": "Анна"}),), visit=4)
    talk.conversation = msgspec.structs.replace(talk.conversation, dialog=dialog)
    talk.handover()
    talk.press("Взять")
    talk.operator("Помогла")
    talk.act("return")
    assert talk.outcome.resume
    assert talk.conversation.dialog == dialog
    assert not talk.conversation.held
    assert talk.ticket.returned
    assert talk.of(CloseTicket)
    assert talk.to_customer == []


def test_the_button_gives_back_too(talk: Talk) -> None:
    talk.press("Взять")
    card = talk.of(Edit)[0].message
    labels = [button.text for row in card.buttons for button in row]
    assert labels == ["Закрыть", "Забрать себе", "Вернуть боту", "Отложить",
                      "Теги", "Ответы", "История", "Бан"]  # fmt: skip
    talk.press("Вернуть боту")
    assert talk.outcome.resume


def test_a_filed_ticket_holds_nothing_so_there_is_nothing_to_give_back() -> None:
    talk = Talk()
    talk.file()
    talk.act("return")
    assert not talk.outcome.resume
    assert "не держит разговор" in talk.to_desk[0]


def test_idle_return_does_it_alone() -> None:
    talk = Talk(idle_return=12 * HOUR)
    talk.handover()
    talk.press("Взять")
    talk.operator("Помогла?")
    talk.fire("desk:idle_return:12")
    assert talk.outcome.resume
    assert not talk.conversation.held


def test_idle_return_counts_from_the_last_line_of_either_side() -> None:
    talk = Talk(idle_return=12 * HOUR)
    talk.handover()
    talk.press("Взять")
    talk.wait(5 * HOUR)
    talk.customer("А когда?")
    talk.wait(MINUTE)
    talk.operator("Завтра")
    last = talk.now
    talk.fire("desk:idle_return:12")
    assert not talk.outcome.resume
    assert talk.of(SetTimer) == [SetTimer("desk:idle_return:12", last + 12 * HOUR)]
    talk.fire("desk:idle_return:12")
    assert talk.outcome.resume


def test_a_line_that_nobody_saw_goes_back_to_the_queue_and_not_to_the_bot() -> None:
    talk = Talk(idle_return=12 * HOUR)
    talk.handover()
    talk.press("Взять")
    talk.operator("Помогла?")
    talk.customer("Нет, совсем не работает!")
    talk.fire("desk:idle_return:12")
    talk.fire("desk:idle_return:12")
    assert not talk.outcome.resume
    assert talk.conversation.held
    assert (talk.ticket.state, talk.ticket.owner) == ("waiting", "")


def test_a_ticket_that_nobody_took_never_goes_back_by_itself() -> None:
    talk = Talk(idle_return=12 * HOUR)
    talk.handover()
    assert talk.of(SetTimer) == []


def test_closing_takes_a_reason_from_a_list(taken: Talk) -> None:
    taken.press("Закрыть")
    assert taken.state() == "taken"
    assert taken.labels() == ["Решено", "Клиент не отвечает", "Повтор", "Спам"]
    taken.press("Клиент не отвечает")
    assert (taken.ticket.state, taken.ticket.close_reason) == ("closed", "Клиент не отвечает")
    assert taken.of(CloseTicket)
    assert taken.of(Follow) == [
        Follow(
            Happened(
                "ticket_closed",
                {"number": 12, "queue": "ремонт", "reason": "Клиент не отвечает"},
            )
        )
    ]


def test_close_with_a_reason_in_words(taken: Talk) -> None:
    taken.operator("/close передумал")
    assert taken.ticket.close_reason == "передумал"


def test_a_stale_press_refreshes_the_card(talk: Talk) -> None:
    take = talk.button("Взять").payload
    talk.act("close", by=BORIS)
    for verb in (take, "t:12:close", "t:12:snooze:#1", "t:12:return", "t:12:queue:ремонт"):
        talk.press_payload(verb)
        assert "уже закрыта" in talk.to_desk[0], verb
        assert "закрыта 12:00" in talk.cards[0], verb
        assert talk.state() == "closed"
    talk.press_payload("t:3:take")
    assert "заявки №3" in talk.to_desk[0]
    assert talk.cards
    talk.press_payload("t:12:dance")
    assert talk.to_desk == ["Такой кнопки больше нет."]


def test_a_handover_within_reopen_opens_the_same_ticket(taken: Talk) -> None:
    taken.operator("Готово")
    taken.act("close")
    taken.wait(71 * HOUR)
    taken.handover(reason="Снова сломалось", note="Второй раз")
    assert taken.of(OpenTicket) == []
    assert taken.of(ChangeTicket)
    ticket = taken.ticket
    assert (ticket.number, ticket.state, ticket.reopened, ticket.owner) == (12, "waiting", 1, "")
    assert ticket.reason == "Снова сломалось"
    assert taken.conversation.held
    assert any("Раньше её вёл: Анна" in line for line in taken.to_desk)
    assert taken.of(Send)[-1].key == "card:12"


def test_later_it_is_a_new_one(taken: Talk) -> None:
    taken.act("close")
    taken.wait(72 * HOUR)
    taken.handover()
    assert taken.ticket.number == 13
    assert taken.of(OpenTicket)


def test_without_reopen_each_handover_is_a_new_ticket() -> None:
    talk = Talk(reopen=0)
    talk.handover()
    talk.act("close")
    talk.handover()
    assert talk.ticket.number == 13


def test_a_snoozed_ticket_comes_back_at_its_time(taken: Talk) -> None:
    taken.press("Отложить")
    taken.press("2h")
    assert taken.state() == "snoozed"
    assert taken.conversation.held
    assert "отложена до 14:00" in taken.cards[0]
    taken.fire("desk:snooze:12")
    assert taken.state() == "taken"
    assert "снова в работе" in taken.to_desk[0]


def test_the_customers_next_line_wakes_a_snoozed_ticket(taken: Talk) -> None:
    taken.operator("/snooze 1d")
    taken.customer("Я передумал")
    assert taken.state() == "taken"
    late = taken.timers["desk:snooze:12"].due
    taken.operator("/snooze 3d")
    taken.fire("desk:snooze:12", visit=0)
    assert taken.now > late
    untaken = Talk()
    untaken.handover()
    untaken.operator("/snooze 30m")
    untaken.customer("Ау")
    assert untaken.state() == "waiting"


def test_a_late_snooze_timer_does_nothing(taken: Talk) -> None:
    taken.operator("/snooze 2h")
    taken.operator("/snooze 1d")
    taken.now = NOON + 3 * HOUR
    taken.timers["desk:snooze:12"] = SetTimer("desk:snooze:12", NOON + 2 * HOUR)
    taken.fire("desk:snooze:12")
    assert taken.state() == "snoozed"


@pytest.mark.parametrize("words", ["", "скоро", "0h", "-5m", "99999h", "2x"])
def test_a_snooze_of_no_time_says_how_to_write_one(taken: Talk, words: str) -> None:
    taken.act("snooze", words)
    assert taken.state() == "taken"
    assert "/snooze 2h" in taken.to_desk[0]


def test_assign_passes_it_to_a_colleague_who_is_free() -> None:
    people = {
        "2": Person("2", "Борис", "boris"),
        "3": Person("3", "Вера", "vera", busy=True),
        "4": Person("4", "Глеб", "gleb", role="viewer"),
    }
    talk = Talk(room=Room(people=people))
    talk.handover()
    talk.operator("/assign @boris")
    assert talk.ticket.owner == "2"
    talk.act("assign", "@vera", by=BORIS)
    assert talk.ticket.owner == "2"
    assert "не берёт заявки" in talk.to_desk[0]
    for nobody in ("@gleb", "@никто", ""):
        talk.act("assign", nobody, by=BORIS)
        assert "Не знаю такого оператора" in talk.to_desk[0]


def test_queue_moves_it_to_another_line_where_nobody_has_it(taken: Talk) -> None:
    taken.operator("/queue продажи")
    assert (taken.ticket.queue, taken.ticket.state, taken.ticket.owner) == (
        "продажи",
        "waiting",
        "",
    )
    taken.operator("/queue доставка")
    assert "Есть: ремонт, продажи" in taken.to_desk[0]


def test_tags_are_added_and_taken_away(taken: Talk) -> None:
    taken.operator("/tag +vip новый")
    assert taken.of(Tag) == [Tag("vip"), Tag("новый")]
    assert taken.tags() == ["vip", "новый"]
    assert "Теги: vip, новый" in taken.cards[0]
    taken.operator("/tag -новый -нет +vip")
    assert taken.of(Tag) == [Tag("новый", remove=True)]
    assert taken.tags() == ["vip"]


def test_ban_is_per_customer_shown_in_the_card_undone_with_unban(taken: Talk) -> None:
    taken.press("Бан")
    assert taken.of(Ban) == [Ban(banned=True)]
    assert taken.conversation.customer.banned
    assert not taken.conversation.held
    assert "заблокирован" in taken.cards[0]
    taken.operator("/unban")
    assert taken.of(Ban) == [Ban(banned=False)]
    assert not taken.conversation.customer.banned


def test_the_banned_hear_nothing(taken: Talk) -> None:
    line = taken.operator("Здравствуйте")
    taken.act("ban")
    assert taken.to_customer == []
    taken.operator("Прощайте")
    assert taken.to_customer == []
    taken.edit(line, "До свидания")
    assert taken.to_customer == []
    taken.operator("/take")
    taken.operator("Ещё")
    assert taken.to_customer == []
    taken.act("close")
    assert taken.to_customer == []


def test_closing_says_what_was_left_unsent_and_unanswered(taken: Talk) -> None:
    taken.operator("Здравствуйте")
    taken.operator("Я помогу", by=BORIS)
    taken.customer("Ещё вопрос!")
    taken.act("close")
    assert any("осталось без ответа" in line for line in taken.to_desk)
    assert any("неотправленных строк: 1" in line for line in taken.to_desk)
    assert "Открыть снова" in taken.labels()


def test_every_act_is_in_the_record(taken: Talk) -> None:
    assert [(one.verb, one.ticket) for one in taken.of(Audit)] == [("take", 12)]
    taken.act("me", "busy")
    assert [(one.operator, one.verb, one.detail) for one in taken.of(Audit)] == [
        ("1", "me", "busy")
    ]


def test_a_button_of_another_ticket_acts_on_that_one_if_it_is_given() -> None:
    talk = Talk()
    talk.file(title="Ремонт")
    filed = talk.ticket
    talk.handover()
    assert talk.ticket.number == 13
    from bot import desk
    from bot.model.event import OperatorActed

    outcome = desk.hear_operator(
        talk.conversation,
        OperatorActed("1", "take", "", 12, operator_name="Анна"),
        business=talk.business,
        now=talk.now,
        numbers=talk.numbers,
        ticket=filed,
    )
    changes = [one.ticket for one in outcome.effects if isinstance(one, ChangeTicket)]
    assert [(one.number, one.owner) for one in changes] == [(12, "1")]
    assert outcome.conversation.ticket == talk.ticket


def test_an_open_question_about_a_mark_is_over_when_people_are_called_again(taken: Talk) -> None:
    taken.act("close")
    assert taken.conversation.dialog.pending == Pending("mark", choices=("12",))
    taken.handover()
    assert taken.conversation.dialog.pending is None


def test_a_customer_of_several_channels_is_shown_with_them_and_can_be_parted(taken: Talk) -> None:
    taken.operator("/unlink")
    assert taken.of(Unlink) == []
    linked = ("telegram:55", "vk:5")
    customer = msgspec.structs.replace(taken.conversation.customer, linked=linked)
    taken.conversation = msgspec.structs.replace(taken.conversation, customer=customer)
    taken.operator("/card")
    assert "Он же: vk:5" in taken.cards[-1]
    taken.operator("/unlink")
    assert taken.of(Unlink) == [Unlink()]
