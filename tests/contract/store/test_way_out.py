"""The way out: what waits, in order; how it went; where it stands; what is said differently."""

from msgspec.structs import replace

from bot.channel import Delivery
from bot.model.effect import Delete, Edit, Send
from bot.model.event import (
    DeliveryFailed,
    Incoming,
    MessageEdited,
    OperatorReplied,
)
from bot.model.message import Address, say
from bot.storage.store import Line, Outcome, Store, Taken
from tests.contract.store.conftest import MakeStore
from tests.contract.store.saying import (
    ANNA,
    BORIS,
    NOW,
    accept,
    answering,
    deliver,
    doing,
    events,
    said,
    texts,
    turns,
    wrote,
)

TOPIC = Address("operators", "5")


async def due(
    store: Store, channel: str = "telegram", *, after: int = 0, limit: int = 100
) -> list[Delivery]:
    return await store.due_deliveries(channel, after=after, limit=limit)


async def history(store: Store, address: str = ANNA) -> list[Line]:
    conversation = await store.find_conversation("telegram", address)
    assert conversation is not None
    return await store.lines(conversation.id)


async def spoken(store: Store, *effects: Send, external_id: str = "1") -> Taken:
    """What a turn says in answer to one message."""
    await accept(store, wrote(external_id))
    return await turns(store, doing(*effects))


async def test_what_a_turn_says_waits_in_order_until_it_is_delivered(store: Store) -> None:
    await accept(store, wrote("1", "раз"), wrote("2", "два", BORIS), wrote("3", "три"))
    taken = await turns(store, answering())
    waiting = await due(store)
    assert list(taken.deliveries) == waiting
    assert [delivery.id for delivery in waiting] == sorted(delivery.id for delivery in waiting)
    assert [delivery.address for delivery in waiting] == [ANNA, BORIS, ANNA]
    assert await due(store, after=waiting[0].id, limit=1) == waiting[1:2]
    assert await due(store, "vk") == []
    await deliver(store, taken)
    assert await due(store) == []
    assert (await store.counts())["outbox"] == 0


async def test_a_delivered_message_knows_when_and_where_it_stands(store: Store) -> None:
    taken = await spoken(store, Send(said("длинный ответ")))
    id = taken.deliveries[0].id
    await store.settle([Outcome(id, "delivered", ("900", "901"))], NOW + 5)
    line = (await history(store))[-1]
    assert (line.id, line.delivered_at, line.external_id) == (id, NOW + 5, "900")
    assert await store.external_ids(id) == [("telegram", ANNA, "900"), ("telegram", ANNA, "901")]
    assert await store.message_of("telegram", ANNA, "900") == id
    assert await store.message_of("telegram", ANNA, "901") == id
    assert await store.message_of("telegram", BORIS, "900") is None


async def test_a_customers_own_message_is_known_by_its_id(store: Store) -> None:
    await accept(store, wrote("1", message_id="77"))
    await turns(store, doing())
    line = (await history(store))[0]
    assert await store.message_of("telegram", ANNA, "77") == line.id
    assert await store.external_ids(line.id) == [("telegram", ANNA, "77")]


async def test_what_is_postponed_keeps_its_place_and_tells_when_it_is_due(store: Store) -> None:
    taken = await spoken(store, Send(said("раз")), Send(said("два")))
    first, second = taken.deliveries
    await store.settle([Outcome(first.id, "later", due=NOW + 60_000)], NOW)
    waiting = await due(store)
    assert [(one.id, one.due, one.attempts) for one in waiting] == [
        (first.id, NOW + 60_000, 1),
        (second.id, 0, 0),
    ]


async def test_plain_words_and_all_else_wait_in_one_order(store: Store) -> None:
    card = Send(said("карточка"), key="card")
    await accept(store, wrote("1"), wrote("2", address=BORIS))
    taken = await turns(store, doing(Send(said("раз")), card, Send(said("два"))))
    waiting = await due(store)
    assert waiting == list(taken.deliveries)
    assert [delivery.key for delivery in waiting] == ["", "card", ""] * 2
    for first, one in enumerate(waiting):
        assert await due(store, after=one.id) == waiting[first + 1 :]
    hers = await store.due_deliveries("telegram", after=waiting[0].id, limit=9, address=ANNA)
    assert hers == waiting[1:3]
    assert await store.due_deliveries("telegram", after=0, limit=1, address=BORIS) == waiting[3:4]
    assert await store.backlog() == {"telegram": 6}


async def test_plain_words_wait_after_a_restart_and_are_settled_in_every_way(
    make_store: MakeStore,
) -> None:
    store = make_store()
    await store.open()
    taken = await spoken(store, *(Send(said(text)) for text in ("раз", "два", "три", "четыре")))
    await store.close()
    store = make_store()
    await store.open()
    assert await due(store) == list(taken.deliveries)
    first, second, third, _ = [one.id for one in taken.deliveries]
    ends = [
        Outcome(first, "delivered", ("900",)),
        Outcome(second, "later", due=NOW + 1),
        Outcome(third, "failed", reason="no"),
    ]
    await store.settle(ends, NOW + 5)
    assert [(one.id, one.attempts) for one in await due(store)] == [(second, 1), (third + 1, 0)]
    lines = (await history(store))[1:]
    assert [(one.delivered_at, one.external_id, one.problem) for one in lines] == [
        (NOW + 5, "900", ""),
        (0, "", ""),
        (0, "", "no"),
        (0, "", ""),
    ]
    await store.close()


async def test_what_waited_waits_after_a_restart(make_store: MakeStore) -> None:
    store = make_store()
    await store.open()
    taken = await spoken(store, Send(said("раз"), key="k", priority=3))
    await store.close()
    store = make_store()
    await store.open()
    assert await due(store) == list(taken.deliveries)
    await deliver(store, taken, "900")
    assert (await history(store))[-1].external_id == "900"
    await store.close()


async def test_no_id_of_a_delivery_is_ever_given_twice(make_store: MakeStore) -> None:
    seen: list[int] = []
    for round_ in range(3):
        store = make_store()
        await store.open()
        await accept(store, wrote(f"{round_}"))
        taken = await turns(store, doing(Send(said("карточка"), TOPIC)))
        seen += [delivery.id for delivery in taken.deliveries]
        await deliver(store, taken)
        await store.close()
    assert len(set(seen)) == 3
    assert seen == sorted(seen)


async def test_a_letter_that_comes_back_leaves_its_reason_at_its_line(store: Store) -> None:
    taken = await spoken(store, Send(said("раз")))
    await deliver(store, taken, "<1@example.ru>")
    line = (await history(store))[-1]
    back = DeliveryFailed(line.id, "5.1.1 no such user")
    await accept(store, Incoming("report", back, conversation=line.conversation))
    await turns(store, doing())
    assert (await history(store))[-1].problem == "5.1.1 no such user"


async def test_a_delivery_given_up_becomes_an_event_and_a_problem_of_its_line(store: Store) -> None:
    taken = await spoken(store, Send(said("раз")))
    id = taken.deliveries[0].id
    await store.settle([Outcome(id, "failed", reason="bot was blocked", unreachable=True)], NOW)
    assert await due(store) == []
    assert (await history(store))[-1].problem == "bot was blocked"
    failed = DeliveryFailed(id, "bot was blocked", unreachable=True, channel="telegram")
    assert await events(store) == [failed]
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.unreachable


async def test_settling_what_is_not_there_changes_nothing(store: Store) -> None:
    taken = await spoken(store, Send(said("раз")))
    id = taken.deliveries[0].id
    failed = Outcome(id, "failed", reason="x")
    await store.settle(
        [failed, failed, Outcome(999, "delivered", ("1",)), Outcome(998, "later", due=5)], NOW
    )
    assert len(await events(store)) == 1


async def test_an_answer_to_a_message_names_it_in_the_messengers_words(store: Store) -> None:
    await accept(store, wrote("1", message_id="77"))
    await turns(store, doing())
    line = (await history(store))[0]
    await accept(store, wrote("2"))
    taken = await turns(store, doing(Send(replace(said("да"), reply_to=line.id))))
    assert taken.deliveries[0].reply_external_id == "77"
    assert (await due(store))[0].reply_external_id == "77"


async def test_the_operators_copy_of_a_line_is_the_same_message_in_a_second_place(
    store: Store,
) -> None:
    await accept(store, wrote("1", message_id="77"))
    taken = await turns(store, doing(Send(said("Анна: привет"), TOPIC, author="customer")))
    line = (await history(store))[0]
    await deliver(store, taken, "500")
    assert await store.message_of("operators", "5", "500") == line.id
    assert ("telegram", ANNA, "77") in await store.external_ids(line.id)
    # An operator answers the copy; the customer sees an answer to their own message.
    await accept(
        store,
        Incoming("o1", OperatorReplied("7", say("да")), "5", line.conversation, message_id="501"),
        channel="operators",
    )
    answer = Send(replace(said("да"), reply_to=line.id), author="operator", operator="7")
    taken = await turns(store, doing(answer))
    assert taken.deliveries[0].reply_external_id == "77"
    # And what the operator wrote is the message that the customer got.
    await deliver(store, taken, "78")
    id = taken.deliveries[0].id
    assert await store.message_of("operators", "5", "501") == id
    assert await store.message_of("telegram", ANNA, "78") == id


async def test_what_was_delivered_is_edited_where_it_stands(store: Store) -> None:
    taken = await spoken(store, Send(said("карточка"), TOPIC, key="card:1"))
    await deliver(store, taken, "500")
    await accept(store, wrote("2"))
    taken = await turns(store, doing(Edit(said("взята"), "card:1", to=TOPIC)))
    edit = taken.deliveries[0]
    assert (edit.kind, edit.external_id, edit.message.text.plain) == ("edit", "500", "взята")
    assert await due(store, "operators") == [edit]
    await deliver(store, taken, "500")
    # And once more, for the key stays with the message.
    await accept(store, wrote("3"))
    taken = await turns(store, doing(Edit(said("закрыта"), "card:1", to=TOPIC)))
    assert (taken.deliveries[0].external_id, taken.deliveries[0].of) == ("500", edit.of)


async def test_an_edit_of_our_own_line_changes_the_history(store: Store) -> None:
    taken = await spoken(store, Send(said("раз")))
    await deliver(store, taken, "900")
    await accept(store, wrote("2"))
    await turns(store, doing(Edit(said("два"), of=taken.deliveries[0].id)))
    assert "два" in [line.message.text.plain for line in await history(store)]


async def test_what_is_in_somebodys_hands_is_edited_after_it(store: Store) -> None:
    taken = await spoken(store, Send(said("раз"), key="k"))
    await accept(store, wrote("2"))
    edited = await turns(store, doing(Edit(said("два"), "k")))
    edit = edited.deliveries[0]
    assert (edit.kind, edit.of, edit.external_id) == ("edit", taken.deliveries[0].id, "")
    assert [one.message.text.plain for one in await due(store)] == ["раз", "два"]
    await deliver(store, taken, "900")
    assert await store.external_ids(edit.of) == [("telegram", ANNA, "900")]


async def test_what_nobody_took_yet_is_edited_in_the_outbox(make_store: MakeStore) -> None:
    store = make_store()
    await store.open()
    await spoken(store, Send(said("раз"), key="k"))
    await store.close()
    store = make_store()
    await store.open()
    await accept(store, wrote("2"))
    taken = await turns(store, doing(Edit(said("два"), "k")))
    assert taken.deliveries == ()
    assert [(one.kind, one.message.text.plain) for one in await due(store)] == [("send", "два")]
    await store.close()


async def test_said_and_edited_in_one_batch_is_said_once(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, doing(Send(said("раз"), key="k"), Edit(said("два"), "k")))
    assert texts(taken) == ["два"]
    assert [line.message.text.plain for line in await history(store)] == ["привет", "два"]


async def test_said_and_taken_back_in_one_batch_is_never_said(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(
        store, doing(Send(said("раз"), key="k"), Send(said("два")), Delete("k"), Send(said("три")))
    )
    assert texts(taken) == ["два", "три"]
    assert [line.message.text.plain for line in await history(store)] == ["привет", "два", "три"]


async def test_an_edit_of_nothing_is_said_anew_under_its_key(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, doing(Edit(said("карточка"), "card:1", to=TOPIC)))
    assert [(one.kind, one.key) for one in taken.deliveries] == [("send", "card:1")]
    await deliver(store, taken, "500")
    await accept(store, wrote("2"))
    assert (await turns(store, doing(Edit(said("ещё"), "card:1", to=TOPIC)))).deliveries[
        0
    ].external_id == "500"


async def test_what_could_not_be_delivered_is_said_anew_instead_of_edited(store: Store) -> None:
    taken = await spoken(store, Send(said("карточка"), TOPIC, key="card:1"))
    await store.settle([Outcome(taken.deliveries[0].id, "failed", reason="no topic")], NOW)
    taken = await turns(store, doing(Edit(said("карточка"), "card:1", to=TOPIC)))
    assert [one.kind for one in taken.deliveries] == ["send"]


async def test_every_part_of_what_was_delivered_is_deleted(store: Store) -> None:
    taken = await spoken(store, Send(said("длинный"), key="k"))
    await store.settle([Outcome(taken.deliveries[0].id, "delivered", ("900", "901"))], NOW)
    await accept(store, wrote("2"))
    taken = await turns(store, doing(Delete("k")))
    assert [(one.kind, one.external_id) for one in taken.deliveries] == [
        ("delete", "900"),
        ("delete", "901"),
    ]
    await deliver(store, taken)
    assert await due(store) == []


async def test_deleting_nothing_does_nothing(store: Store) -> None:
    await accept(store, wrote("1"))
    assert (await turns(store, doing(Delete("k"), Delete(of=99)))).deliveries == ()


async def test_the_same_key_at_two_places_is_two_messages(store: Store) -> None:
    other = Address("operators", "6")
    taken = await spoken(store, Send(said("а"), TOPIC, key="k"), Send(said("б"), other, key="k"))
    await deliver(store, taken, "500", "600")
    await accept(store, wrote("2"))
    taken = await turns(store, doing(Edit(said("в"), "k", to=other)))
    assert taken.deliveries[0].external_id == "600"


async def test_a_customers_edit_changes_the_line_and_its_old_words_stay_in_the_trace(
    store: Store,
) -> None:
    await accept(store, wrote("1", "превет", message_id="77"))
    await turns(store, doing())
    await accept(store, Incoming("2", MessageEdited("77", say("привет")), ANNA))
    await turns(store, doing())
    lines = await history(store)
    assert [line.message.text.plain for line in lines] == ["привет"]
    traced = await store.traced(lines[0].conversation)
    assert [event.event.message.text.plain for event in traced] == ["превет", "привет"]  # type: ignore[union-attr]


async def test_a_message_and_its_edit_may_come_in_one_batch(store: Store) -> None:
    await accept(
        store,
        wrote("1", "превет", message_id="77"),
        Incoming("2", MessageEdited("77", say("привет")), ANNA),
    )
    await turns(store, doing())
    assert [line.message.text.plain for line in await history(store)] == ["привет"]


async def test_history_is_read_page_by_page(store: Store) -> None:
    await accept(store, *(wrote(str(number), str(number)) for number in range(5)))
    await turns(store, answering())
    conversation = (await history(store))[0].conversation
    newest = await store.lines(conversation, limit=4)
    assert [line.message.text.plain for line in newest] == ["3", "вы: 3", "4", "вы: 4"]
    older = await store.lines(conversation, before=newest[0].id, limit=3)
    assert [line.message.text.plain for line in older] == ["вы: 1", "2", "вы: 2"]
    assert await store.lines(999) == []


async def test_a_sign_of_typing_is_no_line(store: Store) -> None:
    taken = await spoken(store, Send(said(""), typing=True))
    assert [one.kind for one in taken.deliveries] == ["typing"]
    assert [line.author for line in await history(store)] == ["customer"]
    await store.settle([Outcome(taken.deliveries[0].id, "failed", reason="x")], NOW)
    assert await events(store) == []
