"""How long customers may wait, counted in working time."""

import pytest

from bot.desk.room import GENERAL
from bot.model.business import Queue
from bot.model.effect import Send, SetTimer
from tests.unit.desk.room_of_tests import HOUR, MINUTE, NOON, OFFICE, Talk, at

LIMITS = (Queue("ремонт", "Ремонт", 10 * MINUTE, 20 * MINUTE, 30 * MINUTE),)


@pytest.fixture
def talk() -> Talk:
    talk = Talk(queues=LIMITS, hours=OFFICE)
    talk.handover()
    return talk


def alarms(talk: Talk) -> list[tuple[bool, str, str]]:
    """Whether all operators are told, who is meant, what is said."""
    return [(one.to == GENERAL, one.operator, one.message.text.plain) for one in talk.of(Send)]


def test_first_reply_is_counted_in_working_time() -> None:
    talk = Talk(queues=LIMITS, hours=OFFICE, now=at("2026-06-10T12:55"))
    talk.handover()
    assert talk.of(SetTimer) == [
        SetTimer("desk:first_reply_soon:12", at("2026-06-10T14:03"), 0),
        SetTimer("desk:first_reply:12", at("2026-06-10T14:05"), 0),
    ]
    assert "Ответить до 14:05" in talk.cards[0]


def test_at_80_percent_the_owner_is_mentioned_in_the_topic(talk: Talk) -> None:
    talk.press("Взять")
    talk.fire("desk:first_reply_soon:12")
    assert talk.now == NOON + 8 * MINUTE
    (alarm,) = alarms(talk)
    assert alarm[:2] == (False, "1")
    assert "Анна: клиент ждёт первого ответа, время истекает в 12:10" in alarm[2]


def test_at_100_percent_the_queue_is_told_in_general(talk: Talk) -> None:
    talk.fire("desk:first_reply:12")
    (alarm,) = alarms(talk)
    assert alarm == (True, "", "Заявка №12 («Ремонт»): первого ответа нет вовремя. Никто не взял")


def test_each_once(talk: Talk) -> None:
    for name in ("desk:first_reply_soon:12", "desk:first_reply:12"):
        talk.fire(name)
        assert len(alarms(talk)) == 1
        talk.fire(name)
        assert alarms(talk) == []


def test_a_first_reply_in_time_is_not_late(talk: Talk) -> None:
    talk.press("Взять")
    talk.operator("Здравствуйте")
    for name in ("desk:first_reply_soon:12", "desk:first_reply:12"):
        talk.fire(name)
        assert talk.effects == ()


def test_next_reply_counts_from_the_first_line_without_an_answer(talk: Talk) -> None:
    talk.press("Взять")
    talk.operator("Здравствуйте")
    talk.wait(MINUTE)
    talk.customer("Когда?")
    since = talk.now
    assert SetTimer("desk:next_reply:12", since + 20 * MINUTE, since) in talk.effects
    talk.wait(MINUTE)
    talk.customer("Ау")
    assert talk.of(SetTimer) == []
    talk.fire("desk:next_reply_soon:12")
    assert alarms(talk)[0][:2] == (False, "1")
    talk.fire("desk:next_reply:12")
    assert alarms(talk)[0][0]


def test_a_late_timer_of_a_wait_that_is_over_does_nothing(talk: Talk) -> None:
    talk.press("Взять")
    talk.operator("Здравствуйте")
    talk.customer("Когда?")
    old = talk.timers["desk:next_reply:12"].visit
    talk.wait(MINUTE)
    talk.operator("Завтра")
    talk.customer("А точнее?")
    talk.fire("desk:next_reply:12", visit=old)
    assert talk.effects == ()
    talk.fire("desk:next_reply:12")
    assert len(alarms(talk)) == 1


def test_each_wait_may_be_late_anew(talk: Talk) -> None:
    talk.press("Взять")
    for _ in range(2):
        talk.operator("Да")
        talk.wait(1)
        talk.customer("Когда?")
        talk.fire("desk:next_reply:12")
        assert len(alarms(talk)) == 1


def test_a_closed_or_other_tickets_timer_does_nothing(talk: Talk) -> None:
    talk.act("close")
    talk.fire("desk:first_reply:12")
    assert talk.effects == ()
    talk.timers["desk:first_reply:99"] = SetTimer("desk:first_reply:99", talk.now)
    talk.fire("desk:first_reply:99")
    assert talk.effects == ()
    talk.timers["desk:what"] = SetTimer("desk:what", talk.now)
    talk.fire("desk:what")
    assert talk.effects == ()


def test_a_reopened_ticket_has_a_new_first_reply_to_wait_for(talk: Talk) -> None:
    talk.fire("desk:first_reply:12")
    talk.act("close")
    talk.handover()
    assert talk.timers["desk:first_reply:12"].visit == 1
    talk.fire("desk:first_reply:12", visit=0)
    assert alarms(talk) == []
    talk.fire("desk:first_reply:12")
    assert len(alarms(talk)) == 1


def test_a_ticket_whose_owner_is_silent_returns_to_the_queue(talk: Talk) -> None:
    talk.press("Взять")
    talk.fire("desk:requeue:12")
    assert (talk.state(), talk.ticket.owner) == ("waiting", "")
    assert "Анна молчит" in talk.to_desk[0]
    assert "в очереди" in talk.cards[0]


def test_an_owner_who_answered_keeps_the_ticket(talk: Talk) -> None:
    talk.press("Взять")
    talk.operator("Здравствуйте")
    talk.fire("desk:requeue:12")
    assert talk.state() == "taken"
    assert talk.effects == ()


def test_the_owners_time_starts_again_with_the_customers_next_line(talk: Talk) -> None:
    talk.press("Взять")
    talk.operator("Здравствуйте")
    talk.wait(20 * MINUTE)
    talk.customer("Когда?")
    since = talk.now
    old = SetTimer("desk:requeue:12", NOON + 30 * MINUTE)
    assert talk.timers["desk:requeue:12"].due == since + 30 * MINUTE
    talk.timers["desk:requeue:12"] = old
    talk.fire("desk:requeue:12")
    assert talk.state() == "taken"
    assert talk.of(SetTimer) == [SetTimer("desk:requeue:12", since + 30 * MINUTE)]


def test_a_snoozed_ticket_is_not_late(talk: Talk) -> None:
    talk.press("Взять")
    talk.operator("/snooze 2h")
    talk.fire("desk:first_reply:12")
    assert talk.effects == ()
    talk.fire("desk:requeue:12")
    assert talk.effects == ()


def test_without_limits_there_are_no_timers() -> None:
    talk = Talk()
    talk.handover()
    assert talk.of(SetTimer) == []
    talk.press("Взять")
    assert talk.of(SetTimer) == []
    talk.operator("Да")
    talk.customer("Когда?")
    assert talk.of(SetTimer) == []


def test_another_queue_has_limits_of_its_own() -> None:
    queues = (*LIMITS, Queue("продажи", "Продажи", first_reply=HOUR))
    talk = Talk(queues=queues)
    talk.handover()
    talk.operator("/queue продажи")
    assert talk.timers["desk:first_reply:12"].due == talk.now + HOUR


def test_hours_that_never_come_set_no_timer() -> None:
    from bot.model.hours import parse_hours

    talk = Talk(queues=LIMITS, hours=parse_hours({}))
    talk.handover()
    assert talk.of(SetTimer) == []
