"""The way in: every event once, under the right conversation, with the cursor."""

import pytest

from bot.errors import UnknownConversation
from bot.model.effect import Remember
from bot.model.event import Incoming, MessageReceived, OperatorReplied, Sender
from bot.model.message import Attachment, Message, say
from bot.storage.store import Accepted, Store, Waiting
from tests.contract.store.saying import (
    ANNA,
    BORIS,
    NOW,
    accept,
    answering,
    doing,
    noting,
    text_of,
    texts,
    turns,
    wrote,
)


async def test_an_event_is_saved_once_however_often_it_comes(store: Store) -> None:
    assert await accept(store, wrote("1"), wrote("1")) == 1
    assert await accept(store, wrote("1"), wrote("2")) == 1
    taken = await turns(store, answering())
    assert taken.handled == 2
    assert await accept(store, wrote("1")) == 0


async def test_repeats_are_counted(store: Store) -> None:
    first = await store.accept(
        "telegram", "telegram", [wrote("1"), wrote("2"), wrote("1")], None, NOW
    )
    assert first == Accepted(new=2, repeats=1)


async def test_the_same_id_on_another_channel_is_another_event(store: Store) -> None:
    assert await accept(store, wrote("1")) == 1
    assert await accept(store, wrote("1"), channel="vk") == 1


async def test_a_first_message_makes_conversation_and_customer(store: Store) -> None:
    await accept(store, wrote("1"))
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert (conversation.channel, conversation.address, conversation.kind) == (
        "telegram",
        ANNA,
        "telegram",
    )
    assert (conversation.customer.name, conversation.customer.username) == ("Анна", "anna")
    assert conversation.customer.language == "ru"
    assert conversation == await store.conversation(conversation.id)
    assert await store.find_customer(f"telegram:{ANNA}") == conversation.customer.id


async def test_each_address_is_a_conversation_of_its_own(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS), wrote("3"))
    anna = await store.find_conversation("telegram", ANNA)
    boris = await store.find_conversation("telegram", BORIS)
    assert anna is not None
    assert boris is not None
    assert anna.id != boris.id
    assert anna.customer.id != boris.customer.id


async def test_a_new_name_is_taken_over_and_what_is_not_told_is_kept(store: Store) -> None:
    await accept(store, wrote("1"))
    await accept(
        store, Incoming("2", MessageReceived(say("я")), ANNA, sender=Sender("Анна Петрова"))
    )
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert (conversation.customer.name, conversation.customer.username) == ("Анна Петрова", "anna")


async def test_a_turn_and_a_new_name_do_not_undo_each_other(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, doing(Remember("телефон", "+79123456789")))
    await accept(store, Incoming("2", MessageReceived(say("я")), ANNA, sender=Sender("Аня")))
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.customer.name == "Аня"
    assert conversation.customer.attributes == {"телефон": "+79123456789"}


async def test_an_operators_event_is_filed_under_the_conversation_it_names(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, answering())
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    event = OperatorReplied("7", say("здравствуйте"))
    await accept(store, Incoming("o1", event, conversation=conversation.id), channel="operators")
    seen: list[Waiting] = []
    await turns(store, noting(seen))
    assert [(waiting.conversation.id, waiting.event) for waiting in seen] == [
        (conversation.id, event)
    ]


async def test_an_event_for_a_conversation_that_does_not_exist_is_a_clear_error_and_saves_nothing(
    store: Store,
) -> None:
    bad = Incoming("o1", OperatorReplied("7", say("?")), conversation=99)
    with pytest.raises(UnknownConversation, match="conversation 99"):
        await accept(store, wrote("1"), bad, cursor="5")
    assert await store.cursor("telegram") is None
    assert await accept(store, wrote("1")) == 1
    assert texts(await turns(store, answering())) == ["вы: привет"]


async def test_an_event_from_nowhere_is_a_clear_error(store: Store) -> None:
    with pytest.raises(UnknownConversation, match="neither"):
        await accept(store, Incoming("1", MessageReceived(say("?"))))


async def test_the_cursor_is_saved_with_the_events_and_kept_when_none_is_named(
    store: Store,
) -> None:
    assert await store.cursor("telegram") is None
    await accept(store, wrote("1"), cursor="10")
    await accept(store, wrote("2"))
    assert await store.cursor("telegram") == "10"
    await accept(store, cursor="11")
    assert await store.cursor("telegram") == "11"
    assert await store.cursor("vk") is None


async def test_nothing_at_all_can_be_accepted(store: Store) -> None:
    assert await store.accept("telegram", "telegram", [], None, NOW) == Accepted(0, 0)


async def test_events_are_taken_in_the_order_they_came(store: Store) -> None:
    await accept(store, *(wrote(str(number), f"{number}") for number in (5, 3, 9, 1)))
    taken = await turns(store, answering())
    assert texts(taken) == ["вы: 5", "вы: 3", "вы: 9", "вы: 1"]


async def test_files_of_new_events_wait_to_be_fetched_and_those_of_repeats_do_not(
    store: Store,
) -> None:
    photo = Attachment("photo", source="file-1")
    event = Incoming("1", MessageReceived(Message(attachments=(photo,))), ANNA)
    assert (await store.accept("telegram", "telegram", [event], None, NOW)).attachments
    assert not (await store.accept("telegram", "telegram", [event], None, NOW)).attachments
    waiting = await store.attachments_to_fetch(now=NOW, limit=10)
    assert [(one.channel, one.attachment, one.attempts) for one in waiting] == [
        ("telegram", photo, 0)
    ]


async def test_the_time_of_an_event_is_the_messengers_or_else_ours(store: Store) -> None:
    await accept(store, wrote("1", "раз"), Incoming("2", MessageReceived(say("два")), ANNA))
    seen: list[Waiting] = []
    await turns(store, noting(seen))
    assert [(text_of(one), one.at) for one in seen] == [("раз", NOW - 1000), ("два", NOW)]
