"""A turn is given what is kept, whether the store had it in memory or not."""

import datetime as dt

from msgspec.structs import replace

from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Dialog, Frame
from bot.model.effect import Follow, Remember, Send
from bot.model.event import Happened, MessageReceived, Sender
from bot.storage.store import Outcome, Store, Waiting
from tests.contract.store.saying import (
    ANNA,
    NOW,
    accept,
    answering,
    doing,
    noting,
    said,
    turns,
    wrote,
)


async def given(store: Store, external_id: str, address: str = ANNA) -> Conversation:
    """The conversation as the next turn of it is given."""
    found: list[Waiting] = []
    await accept(store, wrote(external_id, address=address))
    await turns(store, noting(found))
    assert len(found) == 1
    return found[0].conversation


async def test_the_next_turn_is_given_what_the_last_one_left(store: Store) -> None:
    dialog = Dialog((Frame("f", "s", slots={"name": "Anna", "count": 2}),), visit=4, greeted=True)
    await accept(store, wrote("1"))
    await turns(store, answering(lambda one: replace(one, dialog=dialog)))
    assert (await given(store, "2")).dialog == dialog


async def test_a_value_that_json_has_no_word_for_is_the_same_after_a_restart_and_without(
    store: Store,
) -> None:
    slots = {"when": dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)}
    for number, dialog in enumerate(
        (Dialog((Frame("f", slots=slots),)), Dialog(last=Frame("f", slots=slots)))
    ):
        await accept(store, wrote(f"{number}"))
        await turns(store, answering(lambda one, dialog=dialog: replace(one, dialog=dialog)))  # type: ignore[misc]
        kept = await store.find_conversation("telegram", ANNA)
        assert kept is not None
        assert (await given(store, f"again {number}")).dialog == kept.dialog != dialog


async def test_a_value_of_the_customer_that_json_has_no_word_for_is_the_same_too(
    store: Store,
) -> None:
    await accept(store, wrote("1"))
    born = dt.date(1980, 5, 1)

    def remembering(one: Conversation) -> Conversation:
        return replace(one, customer=replace(one.customer, attributes={"born": born}))

    await turns(store, answering(remembering))
    assert (await given(store, "2")).customer.attributes == {"born": "1980-05-01"}


async def test_a_new_name_is_told_to_the_next_turn(store: Store) -> None:
    await given(store, "1")
    await accept(store, replace(wrote("2"), sender=Sender("Anna Maria", "anna", "ru")))
    found: list[Waiting] = []
    await turns(store, noting(found))
    assert found[0].conversation.customer.name == "Anna Maria"


async def test_who_turned_out_to_be_unreachable_is_so_in_the_next_turn(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, doing(Send(said("?"))))
    gone = Outcome(taken.deliveries[0].id, "failed", reason="blocked", unreachable=True)
    await store.settle([gone], NOW)
    await turns(store, doing())
    assert (await given(store, "2")).unreachable


async def test_what_one_turn_remembers_the_next_one_knows_in_the_same_batch_and_later(
    store: Store,
) -> None:
    await accept(store, wrote("1"), wrote("2"))
    found: list[Waiting] = []
    await turns(store, noting(found, Remember("town", "Tver")))
    assert found[1].conversation.customer.attributes == {"town": "Tver"}
    assert (await given(store, "3")).customer.attributes == {"town": "Tver"}


async def test_a_turn_that_was_rolled_back_is_not_remembered(store: Store) -> None:
    before = await given(store, "1")
    await accept(store, wrote("2"))
    broken = Dialog((Frame("f", slots={"what": object()}),))
    try:
        await turns(store, answering(lambda one: replace(one, dialog=broken)))
    except TypeError:
        pass
    else:
        raise AssertionError("what cannot be written was written")
    found: list[Waiting] = []
    await turns(store, noting(found))
    assert found[0].conversation == before


async def test_a_forgotten_customer_is_not_remembered(store: Store) -> None:
    dialog = Dialog((Frame("f", slots={"name": "Anna"}),))
    await accept(store, wrote("1"))
    await turns(store, answering(lambda one: replace(one, dialog=dialog)))
    customer = await store.find_customer(f"telegram:{ANNA}")
    assert customer is not None
    await store.forget(customer, dry_run=False)
    again = await given(store, "2")
    assert again.dialog == Dialog()
    assert again.customer == Customer(again.customer.id, "Анна", "anna", "ru")


async def texts_waiting(store: Store, limit: int = 100) -> list[str]:
    """What customers wrote that still waits, in the order in which it is taken; names of other events."""
    found: list[Waiting] = []
    while (await turns(store, noting(found), limit=limit)).more:
        pass
    assert [one.id for one in found] == sorted(one.id for one in found)
    return [
        one.event.message.text.plain
        if isinstance(one.event, MessageReceived)
        else type(one.event).__name__
        for one in found
    ]


async def test_events_are_taken_in_the_order_in_which_they_were_saved(store: Store) -> None:
    await given(store, "0")
    await accept(store, wrote("1", "a"), wrote("2", "b", "200"))
    await accept(store, wrote("3", "c"))
    assert await texts_waiting(store, limit=2) == ["a", "b", "c"]


async def test_an_event_that_follows_stands_behind_those_that_wait(store: Store) -> None:
    await given(store, "0")
    await accept(store, wrote("1", "a"), wrote("2", "b", "200"))
    await turns(store, doing(Follow(Happened("after"))), limit=1)
    assert await texts_waiting(store) == ["b", "Happened"]


async def test_what_comes_with_a_repeat_is_taken_and_the_repeat_is_not(store: Store) -> None:
    await given(store, "0")
    await accept(store, wrote("1", "a"), wrote("0", "again"))
    assert await texts_waiting(store) == ["a"]


async def test_what_brings_itself_back_is_taken_beside_what_waits(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, doing(Send(said("?"))))
    await accept(store, wrote("2", "a"))
    await store.settle([Outcome(taken.deliveries[0].id, "failed", reason="gone")], NOW)
    await accept(store, wrote("3", "b"))
    assert await texts_waiting(store) == ["a", "DeliveryFailed", "b"]


async def test_an_event_is_the_same_whether_it_was_read_again_or_not(store: Store) -> None:
    await given(store, "0")
    await accept(store, replace(wrote("1"), event=Happened("webhook:paid", {"at": (1, 2)})))
    found: list[Waiting] = []
    await turns(store, noting(found))
    assert found[0].event == Happened("webhook:paid", {"at": [1, 2]})
