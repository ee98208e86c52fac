"""What comes later: timers, outside calls, files; and what was missed."""

from bot.model.effect import Audit, CallAction, CancelTimer, Meant, Missed, Send, SetTimer
from bot.model.event import (
    ActionFinished,
    AttachmentFetched,
    Incoming,
    MessageReceived,
    OperatorReplied,
    TimerFired,
)
from bot.model.message import Address, Attachment, Message, say
from bot.storage.store import MissedQuestion, Store
from tests.contract.store.saying import ANNA, BORIS, NOW, accept, doing, events, said, turns, wrote

TELEGRAM = frozenset({"telegram"})


async def test_a_due_timer_becomes_an_event_once(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, doing(SetTimer("remind:0", NOW + 10, 3)))
    assert await store.next_timer(TELEGRAM) == NOW + 10
    assert await store.fire_timers(TELEGRAM, now=NOW + 9, limit=10) == 0
    assert await store.fire_timers(TELEGRAM, now=NOW + 10, limit=10) == 1
    assert await store.fire_timers(TELEGRAM, now=NOW + 10, limit=10) == 0
    assert await events(store) == [TimerFired("remind:0", 3)]
    assert await store.next_timer(TELEGRAM) is None


async def test_a_timer_set_again_under_its_name_replaces_the_old_one(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2"))
    await turns(store, doing(SetTimer("a", NOW + 10, 1), SetTimer("a", NOW + 20, 2)), limit=1)
    assert (await store.counts())["timers"] == 1
    await turns(store, doing(SetTimer("a", NOW + 30, 3)))
    assert await store.fire_timers(TELEGRAM, now=NOW + 99, limit=10) == 1
    assert await events(store) == [TimerFired("a", 3)]
    # It fires again when it is set again, though the name is the same.
    await accept(store, wrote("3"))
    await turns(store, doing(SetTimer("a", NOW + 40, 4)))
    assert await store.fire_timers(TELEGRAM, now=NOW + 99, limit=10) == 1
    assert await events(store) == [TimerFired("a", 4)]


async def test_timers_are_cancelled_by_the_beginning_of_their_names(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    timers = (SetTimer("напоминание:1", NOW), SetTimer("напоминание:2", NOW), SetTimer("sla", NOW))
    await turns(store, doing(*timers))
    await accept(store, wrote("3"))
    await turns(store, doing(CancelTimer("напоминание:")))
    assert await store.fire_timers(TELEGRAM, now=NOW, limit=10) == 4
    assert len(await events(store)) == 4
    await accept(store, wrote("4"))
    await turns(
        store,
        doing(
            SetTimer("x", NOW),
            CancelTimer("x"),
            SetTimer("x", NOW + 1),
            SetTimer("xx", NOW),
            CancelTimer("xx"),
        ),
    )
    assert await store.next_timer(TELEGRAM) == NOW + 1
    await accept(store, wrote("5"))
    await turns(store, doing(CancelTimer("")))
    assert await store.next_timer(TELEGRAM) is None


async def test_only_timers_of_the_channels_named_fire(store: Store) -> None:
    await accept(store, wrote("1"))
    await accept(store, wrote("1"), channel="vk")
    await turns(store, doing(SetTimer("a", NOW)))
    assert await store.fire_timers(frozenset(), now=NOW, limit=10) == 0
    assert await store.next_timer(frozenset()) is None
    assert await store.fire_timers(frozenset({"vk"}), now=NOW, limit=10) == 1
    assert await store.next_timer(TELEGRAM) == NOW


async def test_due_timers_fire_in_the_order_they_are_due(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(
        store, doing(SetTimer("b", NOW + 2), SetTimer("a", NOW + 1), SetTimer("c", NOW + 3))
    )
    assert await store.fire_timers(TELEGRAM, now=NOW + 9, limit=2) == 2
    assert await events(store) == [TimerFired("a"), TimerFired("b")]


async def test_an_outside_call_waits_is_tried_again_and_ends_in_an_event(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(
        store, doing(CallAction("c1", "http", {"url": "https://x", "n": [1]}, 5000, 2))
    )
    assert taken.calls
    [call] = await store.due_calls(now=NOW, limit=10)
    assert (call.id, call.kind, call.request, call.timeout, call.retries, call.attempts) == (
        "c1", "http", {"url": "https://x", "n": [1]}, 5000, 2, 0,
    )  # fmt: skip
    await store.settle_call("c1", ok=False, result=None, problem="503", again_at=NOW + 100, now=NOW)
    assert await store.due_calls(now=NOW + 99, limit=10) == []
    assert [one.attempts for one in await store.due_calls(now=NOW + 100, limit=10)] == [1]
    await store.settle_call(
        "c1", ok=True, result={"a": [1, "б"]}, problem="", again_at=None, now=NOW
    )
    await store.settle_call(
        "c1", ok=True, result={"a": [1, "б"]}, problem="", again_at=None, now=NOW
    )
    assert await events(store) == [ActionFinished("c1", ok=True, result={"a": [1, "б"]})]
    assert (await store.counts())["calls"] == 0


async def test_calls_are_made_in_the_order_they_were_asked_for(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, doing(*(CallAction(id, "http", {}) for id in ("z", "a", "m"))))
    assert [call.id for call in await store.due_calls(now=NOW, limit=2)] == ["z", "a"]


PHOTO = Attachment("photo", source="file-1")


def with_photo(external_id: str = "1") -> Incoming:
    return Incoming(external_id, MessageReceived(Message(attachments=(PHOTO,))), ANNA)


async def test_a_fetched_file_is_known_everywhere_from_then_on(store: Store) -> None:
    await accept(store, with_photo())
    copy = Send(Message(attachments=(PHOTO,)), Address("operators", "5"), author="customer")
    await turns(store, doing(copy))
    [waiting] = await store.attachments_to_fetch(now=NOW, limit=10)
    assert await store.attachment(waiting.conversation, "file-1") == PHOTO
    there = Attachment("photo", size=3, digest="ab" * 32, source="file-1")
    await store.settle_attachment(waiting.id, there, again_at=None, now=NOW)
    await store.settle_attachment(waiting.id, there, again_at=None, now=NOW)
    assert await store.attachments_to_fetch(now=NOW, limit=10) == []
    assert await store.attachment(waiting.conversation, "file-1") == there
    assert (await store.lines(waiting.conversation))[0].message.attachments == (there,)
    assert (await store.due_deliveries("operators", after=0, limit=9))[0].message.attachments == (
        there,
    )
    assert await events(store) == [AttachmentFetched("file-1", "ab" * 32)]


async def test_a_file_that_was_fetched_before_its_turn_is_known_in_the_turn(store: Store) -> None:
    await accept(store, with_photo())
    [waiting] = await store.attachments_to_fetch(now=NOW, limit=10)
    there = Attachment("photo", size=3, digest="ab" * 32, source="file-1")
    await store.settle_attachment(waiting.id, there, again_at=None, now=NOW)
    found = await events(store)
    assert found[0] == MessageReceived(Message(attachments=(there,)))
    assert (await store.lines(waiting.conversation))[0].message.attachments == (there,)


async def test_a_file_that_cannot_be_had_is_tried_again_and_then_says_why(store: Store) -> None:
    await accept(store, with_photo())
    [waiting] = await store.attachments_to_fetch(now=NOW, limit=10)
    await store.settle_attachment(waiting.id, PHOTO, again_at=NOW + 100, now=NOW)
    assert await store.attachments_to_fetch(now=NOW + 99, limit=10) == []
    [again] = await store.attachments_to_fetch(now=NOW + 100, limit=10)
    assert again.attempts == 1
    gone = Attachment("photo", source="file-1", problem="too big")
    await store.settle_attachment(waiting.id, gone, again_at=None, now=NOW)
    assert AttachmentFetched("file-1", "", "too big") in await events(store)


async def test_a_missed_question_is_kept_with_what_an_operator_said_to_it_first(
    store: Store,
) -> None:
    await accept(store, wrote("1"))
    await turns(store, doing(Missed("а сколько стоит?", "цена", 0.4)))
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    for number, text in enumerate(("500 рублей", "приходите")):
        event = Incoming(
            f"o{number}", OperatorReplied("7", say(text)), conversation=conversation.id
        )
        await accept(store, event, channel="operators")
        await turns(store, doing(Send(said(text), author="operator", operator="7")))
    assert await store.misses(NOW) == [
        MissedQuestion(NOW, "а сколько стоит?", "цена", 0.4, conversation.id, "500 рублей")
    ]
    assert await store.misses(NOW + 1) == []


async def test_what_the_bot_says_after_a_miss_is_no_answer_to_it(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    await turns(store, doing(Missed("?"), Send(said("не понял")), Audit("7", "take", 1)))
    assert [miss.answer for miss in await store.misses(0)] == ["", ""]


async def test_what_a_customer_chose_is_kept_with_the_question(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    await turns(store, doing(Missed("сколько?", "цена", 0.4)))
    await accept(store, wrote("3"))
    await turns(store, doing(Meant("сколько?", "скидки")))
    assert [miss.meant for miss in await store.misses(0)] == ["скидки", ""]
