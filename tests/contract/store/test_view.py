"""What turns may look up: lines, tickets, people, a search, and what stands where."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.model.conversation import Conversation
from bot.model.effect import Appoint, ChangeTicket, Effect, OpenTicket, Remember, Send
from bot.model.event import Incoming, MessageReceived, OperatorReplied
from bot.model.message import Address, Attachment, Location, Message, say
from bot.model.person import Person
from bot.model.text import Text
from bot.model.ticket import Ticket
from bot.model.turn import Turn
from bot.model.view import DeskView
from bot.storage.store import Outcome, Store, Waiting
from tests.contract.store.saying import (
    ANNA,
    BORIS,
    NOW,
    accept,
    doing,
    said,
    text_of,
    turns,
    wrote,
)


async def looked(store: Store, look: Callable[[DeskView, Conversation], Any]) -> Any:
    """What a turn finds there."""
    found: list[Any] = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        found.append(look(waiting.view, waiting.conversation))
        return Turn(waiting.conversation)

    await accept(store, wrote(f"look{next(_numbers)}", "смотрю"))
    await turns(store, take)
    return found[-1]


_numbers = iter(range(10_000))


async def have(
    store: Store, *effects: Effect, text: str = "привет", address: str = ANNA
) -> Conversation:
    """A message of a customer, and what was made of it."""
    number = f"have{next(_numbers)}"
    await accept(store, wrote(number, text, address))
    await turns(store, doing(*effects))
    found = await store.find_conversation("telegram", address)
    assert found is not None
    return found


def ticket(number: int, here: Conversation, **fields: Any) -> Ticket:
    return Ticket(number, here.id, "x", **fields)


async def test_the_newest_lines_oldest_first_notes_where_they_are_wanted(store: Store) -> None:
    to = Address("operators", "1")
    here = await have(store, Send(said("бот")), Send(said("тсс"), to=to, author="note"))

    def lines(*, notes: bool = False, limit: int = 10) -> Callable[[DeskView, Conversation], Any]:
        return lambda view, _: [
            (author, said.text.plain) for author, said in view.lines(here.id, limit, notes=notes)
        ]

    assert await looked(store, lines()) == [("customer", "привет"), ("bot", "бот")]
    with_notes = await looked(store, lines(notes=True))
    assert with_notes[:3] == [("customer", "привет"), ("bot", "бот"), ("note", "тсс")]
    assert len(await looked(store, lines(limit=1))) == 1


async def test_tickets_by_state_and_by_number(store: Store) -> None:
    anna, boris = await have(store), await have(store, address=BORIS)
    tickets = [ticket(1, anna), ticket(2, anna, state="taken"), ticket(3, boris, state="closed")]
    await have(store, *(OpenTicket(one) for one in tickets))

    assert await looked(store, lambda view, _: view.waiting()) == tickets[:1]
    assert await looked(store, lambda view, _: view.tickets()) == tickets[:2]
    assert await looked(store, lambda view, _: view.ticket(3)) == tickets[2]
    assert await looked(store, lambda view, _: view.ticket(4)) is None
    assert await looked(store, lambda view, _: view.ticket(10**17)) is None


async def test_a_later_turn_of_the_batch_sees_what_an_earlier_one_did(store: Store) -> None:
    """Two operators press at once: the second must see who was first."""
    here = await have(store)
    older = ticket(1, here, holds=False)
    await have(store, OpenTicket(older))
    owners: list[str] = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        seen = waiting.view.ticket(1)
        assert seen is not None
        owners.append(seen.owner)
        assert waiting.view.tickets() == [seen]
        mine = ticket(1, here, holds=False, owner=f"владелец {len(owners)}", state="taken")
        seat = Appoint(Person(str(len(owners)), "x"))
        assert len(waiting.view.people()) == len(owners) - 1
        return Turn(waiting.conversation, (ChangeTicket(mine), seat))

    await accept(store, wrote("p1"), wrote("p2", address=BORIS))
    await turns(store, take)
    assert owners == ["", "владелец 1"]
    assert [one.id for one in await store.people()] == ["1", "2"]


async def test_a_ticket_of_a_turn_that_raised_is_not_seen(store: Store) -> None:
    here = await have(store)

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        assert waiting.view.ticket(9) is None
        if waiting.conversation.id == here.id:
            raise ValueError("яд")
        return Turn(waiting.conversation)

    await accept(store, wrote("p1"), wrote("p2", address=BORIS))
    taken = await turns(store, take)
    assert [type(problem) for _, problem in taken.failed] == [ValueError]


@pytest.mark.parametrize(
    "words,who",
    [
        ("Анна", ANNA),
        ("анна", ANNA),
        ("АНН", ANNA),
        ("№7", ANNA),
        ("7", ANNA),
        ("8 (912) 345-67-89", ANNA),
        ("9123456789", ANNA),
        ("разбит экран", BORIS),
        ("РАЗБИТ", BORIS),
        ('"в кавычках"', BORIS),
        ("50%", BORIS),
        ("слона", None),
        ("", None),
        ("plain", None),
        ("name", None),
        ("'; DROP TABLE messages; --", None),
    ],
)
async def test_a_search_finds_customers_and_what_was_said(
    store: Store, words: str, who: str | None
) -> None:
    anna = await have(store, Remember("телефон", "+79123456789", personal=True))
    await have(store, OpenTicket(ticket(7, anna)))
    await have(store, text='Разбит экран, "в кавычках" и 50% скидки', address=BORIS)
    await accept(
        store,
        Incoming("g1", OperatorReplied("1", say("/find разбит экран 7")), "general"),
        channel="operators",
    )
    await turns(store, doing())
    found = await looked(store, lambda view, _: view.find(words, 10))
    assert [one.conversation.address for one in found] == ([who] if who else [])


async def test_a_search_finds_each_conversation_once_and_no_more_than_wanted(store: Store) -> None:
    for number in range(30):
        await have(store, text="слон", address=f"{number % 6}")
    found = await looked(store, lambda view, _: view.find("слон", 4))
    assert len({one.conversation.id for one in found}) == 4
    assert len(await looked(store, lambda view, _: view.find("слон", 10))) == 6
    assert found[0].line.plain == "слон"


async def test_what_stands_at_the_desk_is_known_from_both_sides(store: Store) -> None:
    here = await have(store)
    topic = Address("operators", str(here.id))
    await accept(store, wrote("c1", "вопрос", message_id="77"))
    taken = await turns(store, doing(Send(said("вопрос"), to=topic, author="customer")))
    await store.settle([Outcome(taken.deliveries[0].id, "delivered", ("501",))], NOW)
    # The operator's own line, and its place at the customer's side.
    reply = OperatorReplied("1", said("ответ"), external_id="502")
    await accept(
        store,
        Incoming("o1", reply, topic.id, conversation=here.id, message_id="502"),
        channel="operators",
    )
    taken = await turns(store, doing(Send(said("ответ"), author="operator", key="reply:502")))
    line = taken.deliveries[0].id
    await store.settle([Outcome(line, "delivered", ("78",))], NOW)
    await turns(store, doing())

    def look(view: DeskView, there: Conversation) -> Any:
        question = view.meant(there.id, "501")
        return (
            view.copy(there, "77"),
            view.copy(there, "78"),
            view.copy(there, "79"),
            view.said(question),
            view.meant(there.id, "502"),
            view.said_at(line),
            view.meant(there.id, "99"),
            view.meant(there.id + 1, "501"),
            view.said(10**9),
            view.said_at(10**9),
        )

    assert await looked(store, look) == (
        "501", "502", "", said("вопрос"), line, NOW, 0, 0, None, 0
    )  # fmt: skip


async def test_what_a_customer_sent_is_found_until_operators_have_it(store: Store) -> None:
    """A copy counts from when it waits, and as soon as it stands there; one that is refused does not."""
    photo = Attachment("photo", "a.jpg", source="f1")
    sent = Message(Text("вот"), attachments=(photo,))
    here = await have(store, Send(said("Что?")))
    await accept(store, Incoming("m1", MessageReceived(sent), ANNA))
    await turns(store, doing(Send(said("Ага"))))
    await accept(store, Incoming("m2", MessageReceived(Message(location=Location(1.0, 2.0))), ANNA))
    await turns(store, doing())

    def media(limit: int = 10) -> Callable[[DeskView, Conversation], Any]:
        return lambda view, _: view.media(here.id, limit)

    first, second = await looked(store, media())
    assert (first.message, first.back, first.seen) == (sent, 2, False)
    assert (second.message.location, second.back, second.seen) == (Location(1.0, 2.0), 0, False)
    lines = {one.id: one.message for one in await store.lines(here.id)}
    assert lines[first.line] == sent
    assert [one.line for one in await looked(store, media(limit=3))] == [second.line]

    to = Address("operators", str(here.id))
    copies = [Send(one.message, to, "customer", of=one.line) for one in (first, second)]
    await have(store, *copies)
    assert [one.seen for one in await looked(store, media())] == [True, True]
    there, refused = [
        one
        for one in await store.due_deliveries("operators", after=0, limit=10)
        if one.kind == "send"
    ]
    gone = Outcome(refused.id, "failed", reason="нет")
    await store.settle([Outcome(there.id, "delivered", ("c1",)), gone], NOW)
    assert [one.seen for one in await looked(store, media())] == [True, False]
    assert await looked(store, lambda view, _: view.meant(here.id, "c1")) == first.line


async def test_who_looks_at_lines_of_the_same_batch_looks_in_the_next_one(store: Store) -> None:
    """What came at once, after an outage say, is on the card all the same."""
    found: list[list[str]] = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        words = text_of(waiting)
        if words == "оператор":
            lines = waiting.view.lines(waiting.conversation.id, 9)
            found.append([line.text.plain for _, line in lines])
        return Turn(waiting.conversation, (Send(said(f"вы: {words}")),))

    texts_of_anna = ("экран разбит", "оператор", "ау")
    await accept(store, *[wrote(f"b{at}", text) for at, text in enumerate(texts_of_anna)])
    await accept(store, wrote("b9", "оператор", BORIS))
    taken = await turns(store, take)
    assert (taken.handled, taken.more, taken.failed) == (2, True, ())
    assert found == [[]]
    taken = await turns(store, take)
    assert (taken.handled, taken.more) == (2, False)
    assert found == [[], ["экран разбит", "вы: экран разбит"]]
