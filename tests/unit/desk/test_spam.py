"""The brakes: whom a flood costs more than the menu."""

import msgspec
import pytest

from bot.desk.spam import Brake, Brakes
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Dialog
from bot.model.event import ButtonPressed, Event, MessageReceived, TimerFired
from bot.model.message import say
from bot.model.ticket import Ticket
from tests.unit.desk.room_of_tests import MINUTE, NOON, make_business

WROTE = MessageReceived(say("x"))


class Crowd:
    """People who write, one event after another."""

    def __init__(self, *, burst: int = 3, strangers: int = 2) -> None:
        self.brakes = Brakes()
        self.business: Business = make_business(burst=burst, strangers=strangers)
        self.now = NOON
        self.number = 0

    def writes(
        self, who: int, event: Event = WROTE, *, known: bool = True, again: bool = False
    ) -> Brake:
        self.number += not again
        there = Conversation(
            who, "main", str(who), "telegram", Customer(who), Dialog(greeted=known)
        )
        return self.brakes.met(self.number, there, event, self.now, self.business)


@pytest.fixture
def crowd() -> Crowd:
    return Crowd()


def test_more_than_so_many_messages_a_minute_from_one_person(crowd: Crowd) -> None:
    assert [crowd.writes(1) for _ in range(5)] == ["", "", "", "burst", "burst"]
    assert crowd.writes(2) == ""
    crowd.now += MINUTE
    assert crowd.writes(1) == ""


def test_the_minute_goes_along_with_the_clock(crowd: Crowd) -> None:
    for after, braked in ((0, ""), (50, ""), (55, ""), (61, ""), (62, "burst"), (116, "")):
        crowd.now = NOON + after * 1_000
        assert crowd.writes(1) == braked, after


def test_that_somebody_new_comes_costs_nobody_their_count(crowd: Crowd) -> None:
    crowd.writes(1)
    crowd.now += 3 * MINUTE
    assert [crowd.writes(1) for _ in range(3)] == ["", "", ""]
    crowd.writes(2)
    assert crowd.writes(1) == "burst"


def test_presses_count_and_what_happens_by_itself_does_not(crowd: Crowd) -> None:
    for _ in range(10):
        assert crowd.writes(1, TimerFired("remind:0")) == ""
    assert [crowd.writes(1, ButtonPressed("x")) for _ in range(4)] == ["", "", "", "burst"]


def test_a_turn_that_is_taken_again_counts_once(crowd: Crowd) -> None:
    crowd.writes(1)
    for _ in range(10):
        assert crowd.writes(1, again=True) == ""
    assert [crowd.writes(1) for _ in range(3)] == ["", "", "burst"]
    assert crowd.writes(1, again=True) == "burst"


def test_more_than_so_many_strangers_a_minute(crowd: Crowd) -> None:
    assert [crowd.writes(who, known=False) for who in (1, 2, 3, 4)] == [
        "",
        "",
        "strangers",
        "strangers",
    ]
    assert crowd.brakes.until == NOON + 10 * MINUTE
    # Those who came first are strangers as well, also when they write on; who is known is not braked.
    assert crowd.writes(1) == "strangers"
    assert crowd.writes(1, TimerFired("wait")) == "strangers"
    assert crowd.writes(9) == ""
    crowd.now = crowd.brakes.until
    assert crowd.writes(1) == ""
    assert crowd.writes(3) == ""


def test_strangers_that_come_slowly_are_welcome(crowd: Crowd) -> None:
    for who in range(1, 20):
        crowd.now += 31_000
        assert crowd.writes(who, known=False) == ""
    assert crowd.brakes.until == 0


def test_after_a_quiet_time_a_stranger_is_new_again(crowd: Crowd) -> None:
    crowd.writes(1, known=False)
    crowd.now += 21 * MINUTE
    assert [crowd.writes(who, known=False) for who in (1, 2, 3)] == ["", "", "strangers"]


def test_one_stranger_who_writes_much_is_one(crowd: Crowd) -> None:
    crowd = Crowd(burst=0)
    assert {crowd.writes(1, known=False) for _ in range(50)} == {""}


def test_whoever_had_a_ticket_is_no_stranger(crowd: Crowd) -> None:
    for who in (1, 2, 3, 4):
        ticket = Ticket(who, who, "x", state="closed")
        there = Conversation(who, "mail", "a", "email", Customer(who), ticket=ticket)
        assert crowd.brakes.met(who, there, WROTE, NOON, crowd.business) == ""


def test_a_limit_of_nothing_is_none() -> None:
    crowd = Crowd(burst=0, strangers=0)
    assert {crowd.writes(who, known=False) for who in range(50) for _ in range(50)} == {""}


def test_another_limit_holds_from_the_next_word_on(crowd: Crowd) -> None:
    for _ in range(3):
        crowd.writes(1)
    crowd.business = msgspec.structs.replace(crowd.business, burst=100)
    assert {crowd.writes(1) for _ in range(50)} == {""}


def test_what_is_old_is_forgotten(crowd: Crowd) -> None:
    for who in range(1, 2_000):
        crowd.now += 1_000
        crowd.writes(who, known=who % 2 == 0)
    wrote, strangers = crowd.brakes._wrote, crowd.brakes._strangers
    assert len(wrote) + len(wrote._old) <= 121
    assert len(strangers) + len(strangers._old) <= 601
