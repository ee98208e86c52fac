"""Counting, exporting, erasing, pruning, copying; starting and ending."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.errors import FrontdeskError, StoreBroken, StoreInUse
from bot.model.dialog import Dialog, Frame
from bot.model.effect import CallAction, Consented, Missed, OpenTicket, Remember, Send, SetTimer
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Address, Attachment, Message, say
from bot.model.ticket import Ticket
from bot.model.turn import Turn
from bot.storage.store import Outcome, Store, Waiting
from tests.contract.store.conftest import MakeStore
from tests.contract.store.saying import (
    ANNA,
    BORIS,
    NOW,
    accept,
    answering,
    doing,
    said,
    turns,
    wrote,
)

DAY = 86_400_000


async def customer_of(store: Store, address: str = ANNA) -> int:
    conversation = await store.find_conversation("telegram", address)
    assert conversation is not None
    return conversation.customer.id


async def a_full_life(store: Store, address: str = ANNA, word: str = "тайна") -> None:
    """A customer of whom there is something in every table."""
    photo = Attachment("photo", source=f"file-{address}")
    await accept(
        store, Incoming(f"{address}-1", MessageReceived(Message(attachments=(photo,))), address)
    )
    await accept(store, wrote(f"{address}-2", word, address))

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        if waiting.conversation.address != address:
            return Turn(waiting.conversation)
        return Turn(
            waiting.conversation,
            (
                Send(said(f"вы: {word}"), key="k"),
                Send(said(word), Address("operators", address), key=f"card:{address}"),
                OpenTicket(Ticket(next(numbers), waiting.conversation.id, "ремонт", note=word)),
                SetTimer(f"a-{word}", NOW + DAY),
                CallAction(f"c-{waiting.id}", "http", {"q": word}),
                Remember("слово", word, personal=True),
                Consented(1, agreed=True),
                Missed(word),
            ),
        )

    taken = await turns(store, take)
    half = [one for one in taken.deliveries if one.channel == "telegram"]
    await store.settle(
        [Outcome(one.id, "delivered", (f"x{one.id}", f"y{one.id}")) for one in half], NOW
    )
    [file] = [
        one
        for one in await store.attachments_to_fetch(now=NOW, limit=9)
        if one.attachment.source == photo.source
    ]
    await store.settle_attachment(file.id, replace(photo, digest="ab" * 32), again_at=None, now=NOW)
    await accept(store, wrote(f"{address}-3", word, address))


async def test_what_waits_is_counted(store: Store) -> None:
    assert await store.counts() == {
        "inbox": 0,
        "outbox": 0,
        "timers": 0,
        "calls": 0,
        "aside": 0,
        "tickets": 0,
    }
    await a_full_life(store)
    counts = await store.counts()
    assert counts == {"inbox": 2, "outbox": 2, "timers": 1, "calls": 2, "aside": 0, "tickets": 2}


async def test_everything_kept_about_a_customer_can_be_had(store: Store) -> None:
    await a_full_life(store)
    await a_full_life(store, BORIS, "чужое")
    kept = await store.export(await customer_of(store))
    assert kept.identities == (("telegram", ANNA),)
    assert [conversation.address for conversation in kept.conversations] == [ANNA]
    assert [line.message.text.plain for line in kept.lines if line.author == "bot"] == [
        "вы: тайна"
    ] * 2
    assert [ticket.note for ticket in kept.tickets] == ["тайна"] * 2
    assert len(kept.consents) == 2
    assert [miss.text for miss in kept.misses] == ["тайна"] * 2
    assert len(kept.events) == 4
    assert [file.digest for file in kept.attachments] == ["ab" * 32]
    assert "чужое" not in repr(kept)


async def test_a_forgotten_customer_is_nowhere_any_more_and_others_are_untouched(
    store: Store,
) -> None:
    await a_full_life(store)
    await a_full_life(store, BORIS, "чужое")
    anna, boris = await customer_of(store), await customer_of(store, BORIS)
    before = await store.export(boris)
    counted = await store.forget(anna, dry_run=True)
    assert (await store.export(anna)).customer.id == anna
    assert await store.forget(anna, dry_run=False) == counted
    assert counted["messages"] == 5
    assert counted["inbox"] == 4
    assert await store.find_conversation("telegram", ANNA) is None
    assert await store.find_customer(f"telegram:{ANNA}") is None
    with pytest.raises(FrontdeskError, match="no customer"):
        await store.export(anna)
    assert await store.export(boris) == before
    assert (await store.counts())["tickets"] == 2


async def test_what_the_operators_room_calls_a_customers_topic_is_forgotten_too(
    store: Store,
) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    anna, boris = [await store.find_conversation("telegram", one) for one in (ANNA, BORIS)]
    assert anna is not None
    assert boris is not None
    names = {f"name:{anna.id}": "● Анна · №1", f"name:{boris.id}": "● Борис · №2"}
    await store.keep("operators", names)
    await store.forget(anna.customer.id, dry_run=False)
    assert await store.recall("operators", f"name:{anna.id}") is None
    assert await store.recall("operators", f"name:{boris.id}") == "● Борис · №2"


async def test_forgetting_nobody_is_a_clear_error(store: Store) -> None:
    with pytest.raises(FrontdeskError, match="no customer 99"):
        await store.forget(99, dry_run=True)


async def test_who_comes_back_after_being_forgotten_is_a_stranger_with_a_new_number(
    store: Store,
) -> None:
    await accept(store, wrote("1"))
    old = await store.find_conversation("telegram", ANNA)
    assert old is not None
    await turns(store, doing())
    await store.forget(old.customer.id, dry_run=False)
    assert await accept(store, wrote("2")) == 1
    new = await store.find_conversation("telegram", ANNA)
    assert new is not None
    assert new.id != old.id
    assert new.customer.id != old.customer.id
    assert [line.message.text.plain for line in await store.lines(new.id)] == []


async def test_customers_are_found_by_what_people_know_of_them(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    await turns(
        store,
        doing(Remember("телефон", "+79123456789"), Remember("почта", "Anna@Example.ru")),
        limit=1,
    )
    anna = await customer_of(store)
    for key in (
        str(anna),
        f"telegram:{ANNA}",
        "+7 912 345-67-89",
        "89123456789",
        "anna@example.ru",
    ):
        assert await store.find_customer(key) == anna
    assert await store.find_customer("89990000000") is None
    assert await store.find_customer("") is None


async def test_repeats_are_recognised_until_their_ids_are_pruned(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, answering())
    await accept(store, wrote("2"))
    assert await store.prune(now=NOW + DAY, keep_events=2 * DAY) == 0
    assert await store.prune(now=NOW + 3 * DAY, keep_events=2 * DAY) == 1
    assert await accept(store, wrote("1")) == 1
    assert await accept(store, wrote("2")) == 0
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert len(await store.lines(conversation.id)) == 2


async def test_mail_is_recognised_for_good(store: Store) -> None:
    await accept(store, wrote("<1@x>"), channel="mail")
    await turns(store, answering())
    assert await store.prune(now=NOW + 3 * DAY, keep_events=DAY) == 1
    assert await accept(store, wrote("<1@x>"), wrote("<2@x>"), channel="mail") == 1


async def test_a_copy_is_made_while_running_and_never_over_another_file(
    store: Store, make_store: MakeStore, tmp_path: Path
) -> None:
    await accept(store, wrote("1"))
    copy = tmp_path / "copy.db"
    await store.backup(str(copy))
    assert copy.stat().st_size > 0
    with pytest.raises(StoreBroken, match="exists"):
        await store.backup(str(copy))


async def test_a_second_one_on_the_same_database_is_refused(
    store: Store, make_store: MakeStore
) -> None:
    second = make_store()
    with pytest.raises(StoreInUse, match="already running"):
        await second.open()
    assert await accept(store, wrote("1")) == 1


async def test_a_clean_end_is_told_from_an_unclean_one(make_store: MakeStore) -> None:
    store = make_store()
    await store.open()
    assert not store.unclean
    await store.close()
    store = make_store()
    await store.open()
    assert not store.unclean
    await store.close()


async def test_closing_twice_is_fine(make_store: MakeStore) -> None:
    store = make_store()
    await store.open()
    await store.close()
    await store.close()


async def test_who_is_in_the_middle_of_a_flow_is_counted_by_step(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    await accept(store, wrote("3"), channel="vk")
    dialogs = iter(
        (
            Dialog((Frame("a", "x", "1"), Frame("b", "y", "2"))),
            Dialog((Frame("b", "y", "2"),)),
            Dialog(),
        )
    )
    await turns(store, answering(lambda conversation: replace(conversation, dialog=next(dialogs))))
    assert await store.step_counts() == {("b", "y", "2"): 2}


async def test_text_that_looks_like_sql_or_json_is_kept_as_it_is(store: Store) -> None:
    naughty = '\'; DROP TABLE inbox; -- \x00 \ud7ff {"a": 1} %s ? \u202e'
    await accept(store, Incoming("'; --", MessageReceived(say(naughty)), "ad'dr\"ess"))
    await turns(store, answering())
    conversation = await store.find_conversation("telegram", "ad'dr\"ess")
    assert conversation is not None
    assert [line.message.text.plain for line in await store.lines(conversation.id)] == [
        naughty,
        f"вы: {naughty}",
    ]


async def test_what_a_channel_keeps_about_a_customers_address_is_forgotten_too(
    store: Store,
) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    anna = await customer_of(store)
    await store.keep("telegram", {f"thread:{ANNA}": "x", f"thread:{BORIS}": "y", "secret": "z"})
    await store.forget(anna, dry_run=False)
    kept = [
        await store.recall("telegram", name)
        for name in (f"thread:{ANNA}", f"thread:{BORIS}", "secret")
    ]
    assert kept == [None, "y", "z"]
