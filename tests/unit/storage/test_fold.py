"""What effects make of a conversation."""

from msgspec.structs import replace

from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import ChangeTicket, CloseTicket, OpenTicket, Remember, Send, SetTimer, Tag
from bot.model.message import say
from bot.model.ticket import Ticket
from bot.storage.fold import after

HERE = Conversation(1, "telegram", "100", "telegram", Customer(1))
FIRST, SECOND = Ticket(1, 1, "ремонт"), Ticket(2, 1, "ремонт")


def test_what_says_nothing_of_customer_or_ticket_leaves_the_very_same_conversation() -> None:
    assert after(HERE, (Send(say("да")), SetTimer("a", 1)), 5) is HERE


def test_a_ticket_that_holds_is_shown() -> None:
    assert after(HERE, (OpenTicket(FIRST),), 5).ticket == FIRST


def test_a_ticket_that_is_only_filed_is_not_shown() -> None:
    assert after(HERE, (OpenTicket(replace(FIRST, holds=False)),), 5).ticket is None


def test_a_ticket_of_another_conversation_is_not_shown() -> None:
    assert after(HERE, (OpenTicket(replace(FIRST, conversation=2)),), 5).ticket is None


def test_a_closed_ticket_is_shown_until_another_one_holds() -> None:
    closed = replace(FIRST, state="closed")
    shown = after(HERE, (OpenTicket(FIRST), CloseTicket(closed)), 5)
    assert shown.ticket == closed
    assert not shown.held
    assert after(shown, (OpenTicket(SECOND),), 5).ticket == SECOND


def test_a_change_of_an_old_ticket_does_not_hide_the_one_that_holds() -> None:
    holding = after(HERE, (OpenTicket(SECOND),), 5)
    assert (
        after(holding, (ChangeTicket(replace(FIRST, state="closed", mark=5)),), 5).ticket == SECOND
    )


def test_a_ticket_that_is_reopened_is_shown_again() -> None:
    shown = after(HERE, (CloseTicket(replace(SECOND, state="closed")), ChangeTicket(FIRST)), 5)
    assert shown.ticket == FIRST


def test_a_value_that_is_no_longer_personal_loses_its_mark() -> None:
    effects = (Remember("a", 1, personal=True), Remember("a", 2))
    customer = after(HERE, effects, 5).customer
    assert (customer.attributes, customer.personal) == ({"a": 2}, ())


def test_a_tag_is_there_once() -> None:
    assert after(HERE, (Tag("a"), Tag("b"), Tag("a")), 5).customer.tags == ("b", "a")
