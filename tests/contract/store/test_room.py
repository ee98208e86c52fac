"""What the operators' room needs of a store: values of a channel's own, people, places, reactions, what arrived."""

import pytest

from bot.channel import Delivery, Said
from bot.model.effect import Appoint, Edit, Effect, React, Send
from bot.model.event import MessageDelivered
from bot.model.message import Address, say
from bot.model.person import Person
from bot.storage.store import Outcome, Store
from tests.contract.store.conftest import MakeStore
from tests.contract.store.saying import (
    ANNA,
    BORIS,
    NOW,
    accept,
    doing,
    events,
    said,
    turns,
    wrote,
)

TOPIC = Address("operators", "5")


async def spoken(
    store: Store, *effects: Effect, external_id: str = "1", address: str = ANNA
) -> tuple[Delivery, ...]:
    """The rows of the outbox that a turn made."""
    await accept(store, wrote(external_id, address=address))
    return (await turns(store, doing(*effects))).deliveries


async def test_what_a_channel_keeps_is_there_after_a_restart_and_is_its_own(
    make_store: MakeStore,
) -> None:
    store = make_store()
    await store.open()
    await store.keep("operators", {"group": "-100", "topic:5": "17", "topic:6": "18"})
    await store.keep("other", {"group": "-200"})
    await store.keep("operators", {"topic:5": "19", "topic:6": None, "never": None})
    await store.close()
    store = make_store()
    await store.open()
    assert await store.recall("operators", "group") == "-100"
    assert await store.recall("operators", "topic:5") == "19"
    assert await store.recall("operators", "topic:6") is None
    assert await store.recall("operators", "never") is None
    assert await store.recall("other", "group") == "-200"
    await store.close()


async def test_who_was_appointed_may_act_and_the_last_appointment_counts(store: Store) -> None:
    assert await store.people() == []
    first = Person("10", "Пётр")
    await spoken(store, Appoint(first), Appoint(Person("11", "Ольга", role="viewer")))
    assert first in await store.people()
    await spoken(store, Appoint(Person("10", "Пётр", role="senior")), external_id="2")
    assert {(one.id, one.role) for one in await store.people()} == {
        ("10", "senior"),
        ("11", "viewer"),
    }


async def test_what_stands_in_the_room_is_known_with_its_conversation(store: Store) -> None:
    for number, address in enumerate((ANNA, BORIS)):
        (row,) = await spoken(
            store,
            Send(say("№"), to=TOPIC, key=f"card:{number}"),
            external_id=address,
            address=address,
        )
        await store.settle([Outcome(row.id, "delivered", (f"9{number}",))], NOW)
        conversation = await store.find_conversation("telegram", address)
        assert conversation is not None
        assert await store.said("operators", "5", f"9{number}") == Said(row.id, conversation.id)
    assert await store.said("operators", "6", "90") is None


async def test_what_stands_at_a_customers_is_known_with_its_conversation(store: Store) -> None:
    (row,) = await spoken(store, Send(say("ответ")))
    await store.settle([Outcome(row.id, "delivered", ("70", "71"))], NOW)
    here = await store.find_conversation("telegram", ANNA)
    assert here is not None
    for external_id in ("70", "71"):
        assert await store.said("telegram", ANNA, external_id) == Said(row.id, here.id)
    found = await store.said("telegram", ANNA, "m1")
    assert found is not None, "what the customer wrote"
    assert found.conversation == here.id


async def test_lines_that_were_said_together_all_stand_at_one_place(store: Store) -> None:
    rows = [
        (await spoken(store, Send(say(text), to=TOPIC, author="customer"), external_id=text))[0]
        for text in ("раз", "два", "три")
    ]
    await store.settle([Outcome(row.id, "delivered", ("500",)) for row in rows], NOW)
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    lines = [line for line in await store.lines(conversation.id) if line.author == "customer"]
    assert len(lines) == 3
    for line in lines:
        assert ("operators", "5", "500") in await store.external_ids(line.id)
    newest = await store.said("operators", "5", "500")
    assert newest == Said(lines[-1].id, conversation.id)


async def test_an_operators_line_that_arrived_is_an_event_once(store: Store) -> None:
    (row,) = await spoken(store, Send(say("Здравствуйте"), author="operator", key="reply:80"))
    for _ in range(2):
        await store.settle([Outcome(row.id, "delivered", ("70",))], NOW)
    assert await events(store) == [MessageDelivered(row.id, "reply:80")]


@pytest.mark.parametrize("key", ["", "card:1"])
async def test_that_anything_else_arrived_is_no_event(store: Store, key: str) -> None:
    (row,) = await spoken(store, Send(say("Здравствуйте"), key=key))
    await store.settle([Outcome(row.id, "delivered", ("70",))], NOW)
    assert await events(store) == []


async def test_an_operators_line_that_did_not_arrive_is_not_told_as_arrived(store: Store) -> None:
    (row,) = await spoken(store, Send(say("Здравствуйте"), author="operator", key="reply:80"))
    await store.settle([Outcome(row.id, "failed", reason="blocked")], NOW)
    assert not [one for one in await events(store) if isinstance(one, MessageDelivered)]


async def test_a_reaction_waits_as_a_row_of_its_own(store: Store) -> None:
    (row,) = await spoken(store, React("👀", external_id="80", to=TOPIC, priority=4))
    assert (row.kind, row.channel, row.address) == ("react", "operators", "5")
    assert (row.external_id, row.of, row.priority) == ("80", 0, 4)
    assert row.message == say("👀")
    assert list(await store.due_deliveries("operators", after=0, limit=9)) == [row]
    await store.settle([Outcome(row.id, "failed", reason="no reactions here")], NOW)
    assert await events(store) == [], "nobody is told of a reaction that could not be put"


async def test_a_reaction_to_our_message_knows_where_it_stands(store: Store) -> None:
    (sent,) = await spoken(store, Send(say("ответ")))
    (early,) = await spoken(store, React("👍", of=sent.id), external_id="2")
    assert (early.of, early.external_id) == (sent.id, "")
    await store.settle([Outcome(sent.id, "delivered", ("70",))], NOW)
    (late,) = await spoken(store, React("", of=sent.id), external_id="3")
    assert (late.of, late.external_id, late.message) == (sent.id, "70", said(""))


async def test_whom_an_answer_is_for_is_kept_with_its_row(make_store: MakeStore) -> None:
    store = make_store()
    await store.open()
    (row,) = await spoken(store, Send(say("Вы не оператор"), to=TOPIC, operator="10", priority=2))
    assert (row.operator, row.priority) == ("10", 2)
    await store.close()
    store = make_store()
    await store.open()
    assert await store.due_deliveries("operators", after=0, limit=9) == [row]
    await store.close()


async def test_an_edit_keeps_its_priority_whether_it_edits_or_says_anew(store: Store) -> None:
    (sent,) = await spoken(store, Edit(say("список"), key="list", to=TOPIC, priority=5))
    assert (sent.kind, sent.priority) == ("send", 5)
    await store.settle([Outcome(sent.id, "delivered", ("90",))], NOW)
    (edit,) = await spoken(
        store, Edit(say("список 2"), key="list", to=TOPIC, priority=5), external_id="2"
    )
    assert (edit.kind, edit.priority, edit.external_id) == ("edit", 5, "90")


async def test_rows_of_one_address_can_be_read_alone(store: Store) -> None:
    mine: list[Delivery] = []
    for number in range(3):
        mine += await spoken(store, Send(say(f"а{number}")), external_id=f"a{number}")
        await spoken(store, Send(say(f"б{number}")), external_id=f"b{number}", address=BORIS)
    read = store.due_deliveries
    assert await read("telegram", after=0, limit=9, address=ANNA) == mine
    assert await read("telegram", after=mine[0].id, limit=1, address=ANNA) == mine[1:2]
    assert await read("telegram", after=0, limit=9, address="nobody") == []
    assert await read("vk", after=0, limit=9, address=ANNA) == []


async def test_where_a_customer_was_talked_with_last_is_known(store: Store) -> None:
    await spoken(store, Send(say("раз")))
    here = await store.find_conversation("telegram", ANNA)
    assert here is not None
    customer = here.customer.id
    assert await store.latest_conversation(customer, ["vk", "telegram"]) == here
    assert await store.latest_conversation(customer, ["vk"]) is None
    assert await store.latest_conversation(customer + 1, ["telegram"]) is None


async def test_what_waits_is_counted_by_channel(store: Store) -> None:
    assert await store.backlog() == {}
    await spoken(store, Send(say("раз")), Send(say("два")), Send(say("№"), to=TOPIC))
    assert await store.backlog() == {"telegram": 2, "operators": 1}
