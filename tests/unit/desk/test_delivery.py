"""What became of an operator's line is seen on the line; reactions go both ways."""

import pytest

from bot import desk
from bot.desk.people import Room
from bot.model.effect import Delete, Edit, React, Send
from bot.model.event import DeliveryFailed, MessageDelivered, ReactionChanged
from bot.model.message import say
from bot.model.person import Person
from tests.unit.desk.room_of_tests import ANNA, BORIS, HOUR, VERA, Talk

QUEUED, DELIVERED, FAILED = "👀", "👌", "👎"
REASON = "прошли сутки"


@pytest.fixture
def talk() -> Talk:
    talk = Talk(room=Room(meant=lambda id: {"c1": 40, "m1": 41}.get(id, 0)))
    talk.handover(reason="Нужен человек")
    talk.press("Взять")
    return talk


def failed(talk: Talk, line: str, words: str = "Здравствуйте") -> None:
    event = DeliveryFailed(5, REASON, key=f"reply:{line}", channel="telegram")
    talk.customer(event, said=say(words))


# the operator's line


def test_a_line_shows_that_it_waits_and_that_it_arrived(talk: Talk) -> None:
    line = talk.operator("Здравствуйте")
    assert talk.reactions == [(line, QUEUED)]
    assert {one.to for one in talk.of(React)} == {desk.address(7)}
    talk.customer(MessageDelivered(5, f"reply:{line}"))
    assert talk.reactions == [(line, DELIVERED)]
    assert talk.of(Send) == []


def test_a_line_that_is_held_back_or_a_note_shows_nothing(talk: Talk) -> None:
    talk.operator("// заметка")
    assert talk.reactions == []
    line = talk.operator("А я думаю иначе", by=BORIS)
    assert talk.reactions == []
    talk.press("Всё равно отправить", by=BORIS)
    assert talk.reactions == [(line, QUEUED)]


def test_one_that_arrives_after_the_ticket_was_closed_shows_it_too(talk: Talk) -> None:
    line = talk.operator("До свидания")
    talk.act("close")
    talk.customer(MessageDelivered(5, f"reply:{line}"))
    assert talk.reactions == [(line, DELIVERED)]
    talk.customer(MessageDelivered(6, "card:12"))
    assert talk.effects == ()


def test_a_line_that_failed_says_why_and_can_be_sent_again_once_a_press(talk: Talk) -> None:
    line = talk.operator("Здравствуйте")
    failed(talk, line)
    assert talk.reactions == [(line, FAILED)]
    assert talk.to_desk == [f"Клиенту не доставлено: {REASON}"]
    again = talk.button("Повторить").payload
    talk.press_payload(again)
    assert talk.to_customer == ["Здравствуйте"]
    assert talk.reactions == [(line, QUEUED)]
    assert talk.ticket.sent == (line,)
    talk.press_payload(again)
    assert talk.to_customer == []
    assert "нет среди отложенных" in talk.to_desk[0]
    failed(talk, line)
    talk.press("Повторить")
    assert talk.to_customer == ["Здравствуйте"]


def test_every_line_that_failed_is_told(talk: Talk) -> None:
    for words in ("раз", "два"):
        line = talk.operator(words)
        failed(talk, line, words)
        assert len(talk.to_desk) == 1
    assert [one.message.text.plain for one in talk.ticket.held_lines] == ["раз", "два"]


def test_to_send_again_is_checked_like_any_line(talk: Talk) -> None:
    line = talk.operator("Здравствуйте")
    failed(talk, line)
    again = talk.button("Повторить").payload
    talk.press_payload(again, by=BORIS)
    assert talk.to_customer == []
    assert "ведёт Анна" in talk.to_desk[0]
    talk.act("close")
    talk.press_payload(again)
    assert talk.to_customer == []
    assert "закрыта" in talk.to_desk[0]
    talk.act("ban")
    talk.press_payload(again)
    assert talk.to_customer == []


def test_a_line_that_failed_is_told_after_the_close_too(talk: Talk) -> None:
    line = talk.operator("До свидания")
    talk.act("close")
    failed(talk, line)
    assert talk.reactions == [(line, FAILED)]
    assert talk.to_desk == [f"Клиенту не доставлено: {REASON}"]


def test_what_failed_and_cannot_be_read_any_more_has_no_button(talk: Talk) -> None:
    line = talk.operator("Здравствуйте")
    talk.customer(DeliveryFailed(5, REASON, key=f"reply:{line}"))
    assert talk.labels() == []
    assert len(talk.to_desk) == 1


def test_a_change_and_a_deletion_that_fail_are_told_as_such(talk: Talk) -> None:
    line = talk.operator("Приходите в 9")
    for kind, told in (
        ("edit", "Правка до клиента не дошла"),
        ("delete", "Удалить у клиента не вышло"),
    ):
        talk.customer(DeliveryFailed(5, kind, key=f"reply:{line}", kind=kind), said=say("x"))
        assert told in talk.to_desk[0]
        assert talk.labels() == []


# too late


def test_what_the_channel_takes_back_no_more_is_said_before_it_is_tried() -> None:
    vk = Talk(kind="vk")
    vk.room = Room(said_at=lambda _: vk.now - 25 * HOUR)
    vk.handover()
    vk.press("Взять")
    line = vk.operator("Приходите в 9")
    vk.act("del", line)
    assert vk.of(Delete) == []
    assert "больше 24 ч" in vk.to_desk[0]
    vk.edit(line, "Приходите в 10")
    assert vk.of(Edit) == []
    assert vk.to_customer == ["Исправление: Приходите в 10"]
    vk.room = Room(said_at=lambda _: vk.now - HOUR)
    vk.edit(line, "Приходите в 11")
    assert len(vk.of(Edit)) == 1
    vk.act("del", line)
    assert len(vk.of(Delete)) == 1


def test_the_card_names_what_the_channel_cannot() -> None:
    mail = Talk(kind="email")
    mail.handover()
    (line,) = [line for line in mail.cards[0].splitlines() if "не умеет" in line]
    for what in ("править", "удалять", "реакции"):
        assert what in line
    talk = Talk()
    talk.handover()
    assert "не умеет" not in talk.cards[0]


# reactions


def test_the_owners_reaction_is_put_on_the_customers_message(talk: Talk) -> None:
    talk.act("react", "c1 👍")
    assert talk.of(React) == [React("👍", of=40)]
    assert talk.to_desk == []
    talk.act("react", "c1 ")
    assert talk.of(React) == [React("", of=40)]
    talk.act("react", "m9 👍")
    assert talk.effects == ()


@pytest.mark.parametrize("by,role", [(BORIS, "operator"), (VERA, "viewer"), (("9", "Глеб"), None)])
def test_nobody_elses_reaction_reaches_the_customer(
    talk: Talk, by: tuple[str, str], role: str
) -> None:
    talk.act("react", "c1 👍", by=by, role=role)  # type: ignore[arg-type]
    assert talk.effects == ()


def test_in_an_untaken_or_closed_ticket_no_reaction_leaves(talk: Talk) -> None:
    talk.act("close")
    talk.act("react", "c1 👍")
    assert talk.effects == ()
    fresh = Talk(room=talk.room)
    fresh.handover()
    fresh.act("react", "c1 👍")
    assert fresh.effects == ()


def test_where_the_channel_shows_no_reactions_that_is_said_once() -> None:
    talk = Talk(kind="email", room=Room(meant=lambda _: 40))
    talk.handover()
    talk.press("Взять")
    talk.act("react", "c1 👍")
    assert talk.of(React) == []
    assert "не показывает реакции" in talk.to_desk[0]
    talk.act("react", "c1 👍")
    assert talk.effects == ()


def test_the_customers_reaction_is_shown_on_the_copy(talk: Talk) -> None:
    line = talk.operator("Готово")

    def reacted(emoji: str, copy: str) -> list[tuple[str, str]]:
        outcome = desk.hear_reaction(
            talk.conversation,
            ReactionChanged("77", emoji),
            copy,
            business=talk.business,
            now=talk.now,
        )
        return [(one.external_id, one.emoji) for one in outcome.effects if isinstance(one, React)]

    assert reacted("🔥", "c1") == [("c1", "🔥")]
    assert reacted("", "c1") == [("c1", "")]
    assert reacted("🔥", line) == [(line, "🔥")]
    # Ours told that it arrived.
    assert reacted("", line) == [(line, DELIVERED)]


# passing on to who is busy


def test_the_busy_get_a_ticket_only_when_it_is_wanted_all_the_same() -> None:
    people = {"2": Person("2", "Борис", busy=True), "3": Person("3", "Вера")}
    talk = Talk(room=Room(people=people), idle_return=0)
    talk.handover()
    talk.press("Взять")
    talk.operator("/assign Борис")
    assert talk.ticket.owner == ANNA[0]
    assert "не берёт заявки" in talk.to_desk[0]
    talk.press("Всё равно передать")
    assert talk.ticket.owner_name == "Борис"
