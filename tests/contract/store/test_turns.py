"""Turns: in order, all or nothing, with every consequence in the same commit."""

from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace

from bot.errors import MatchWanted
from bot.model.customer import Consent
from bot.model.dialog import Dialog, Frame
from bot.model.effect import (
    Ban,
    ChangeTicket,
    CloseTicket,
    Consented,
    Follow,
    OpenTicket,
    Remember,
    Send,
    SetTimer,
    Tag,
)
from bot.model.event import CustomerUnblocked, Happened, Incoming
from bot.model.message import Address
from bot.model.ticket import Ticket
from bot.model.turn import Decision, Turn
from bot.storage.store import Outcome, Store, Waiting
from tests.contract.store.conftest import MakeStore
from tests.contract.store.saying import (
    ANNA,
    BORIS,
    NOW,
    accept,
    answering,
    doing,
    events,
    noting,
    said,
    text_of,
    texts,
    turns,
    wrote,
)


async def test_a_turn_leaves_the_new_dialog_its_words_and_its_trace(store: Store) -> None:
    await accept(store, wrote("1", "привет"))
    dialog = Dialog((Frame("заявка", "имя", "abc", slots={"имя": "Анна"}),), greeted=True)

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        after = replace(waiting.conversation, dialog=dialog)
        return Turn(
            after, (Send(said("Как вас зовут?")),), (Decision("flow", "имя", "привет", 0.5),)
        )

    taken = await turns(store, take)
    assert taken.handled == 1
    assert not taken.more
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.dialog == dialog
    lines = await store.lines(conversation.id)
    assert [(line.author, line.message.text.plain) for line in lines] == [
        ("customer", "привет"),
        ("bot", "Как вас зовут?"),
    ]
    traced = await store.traced(conversation.id)
    assert traced[0].decisions == (Decision("flow", "имя", "привет", 0.5),)
    assert traced[0].handled_at == NOW
    assert await store.step_counts() == {("заявка", "имя", "abc"): 1}


async def test_each_event_of_a_conversation_sees_what_the_one_before_it_left(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2"), wrote("3", address=BORIS), wrote("4"))
    seen = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        visit = waiting.conversation.dialog.visit
        seen.append((waiting.conversation.address, visit))
        return Turn(replace(waiting.conversation, dialog=Dialog(visit=visit + 1)))

    await turns(store, take)
    assert seen == [(ANNA, 0), (ANNA, 1), (BORIS, 0), (ANNA, 2)]
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.dialog.visit == 3


async def test_what_is_remembered_tagged_consented_and_banned_is_the_customers(
    store: Store,
) -> None:
    await accept(store, wrote("1"), wrote("2"), wrote("3"))
    seen = []
    steps = iter(
        [
            (
                Remember("имя", "Анна", personal=True),
                Remember("город", "Омск"),
                Tag("vip"),
                Tag("vip"),
            ),
            (
                Remember("город", None),
                Tag("новый"),
                Tag("vip", remove=True),
                Consented(2, agreed=True),
                Ban(banned=True),
            ),
            (),
        ]
    )

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        seen.append(waiting.conversation.customer)
        return Turn(waiting.conversation, next(steps))

    await turns(store, take)
    assert seen[1].attributes == {"имя": "Анна", "город": "Омск"}
    assert (seen[1].personal, seen[1].tags) == (("имя",), ("vip",))
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.customer == seen[2]
    assert seen[2].attributes == {"имя": "Анна"}
    assert seen[2].tags == ("новый",)
    assert seen[2].banned
    assert seen[2].consent == Consent(2, agreed=True, at=NOW, channel="telegram")
    assert (await store.export(conversation.customer.id)).consents == (seen[2].consent,)


async def test_a_conversation_shows_the_ticket_that_holds_it(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2"))
    seen = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        seen.append(waiting.conversation)
        if len(seen) == 1:
            filed = Ticket(next(numbers), waiting.conversation.id, "ремонт", holds=False)
            holding = Ticket(next(numbers), waiting.conversation.id, "ремонт")
            return Turn(waiting.conversation, (OpenTicket(filed), OpenTicket(holding)))
        assert waiting.conversation.ticket is not None
        closed = replace(waiting.conversation.ticket, state="closed", closed_at=NOW)
        return Turn(waiting.conversation, (CloseTicket(closed),))

    await turns(store, take)
    assert seen[1].ticket is not None
    assert seen[1].ticket.number == 2
    assert seen[1].held
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.ticket is not None
    assert (conversation.ticket.number, conversation.ticket.state, conversation.held) == (
        2,
        "closed",
        False,
    )
    assert [ticket.number for ticket in await store.tickets()] == [1]
    assert [ticket.number for ticket in await store.tickets(open_only=False)] == [1, 2]


async def test_closing_a_ticket_that_does_not_hold_leaves_the_one_that_does(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2"))
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    old, holding = Ticket(1, conversation.id, "ремонт"), Ticket(2, conversation.id, "ремонт")
    effects = (
        OpenTicket(replace(old, state="closed")),
        OpenTicket(holding),
        ChangeTicket(replace(old, state="closed", mark=5)),
    )
    await turns(store, doing(*effects), limit=1)
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.ticket == holding


async def test_a_turn_may_change_the_ticket_of_another_conversation(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2", address=BORIS), wrote("3"))
    anna = await store.find_conversation("telegram", ANNA)
    assert anna is not None
    ticket = Ticket(1, anna.id, "ремонт")
    seen = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        seen.append(waiting.conversation.ticket)
        return Turn(
            waiting.conversation,
            (OpenTicket(ticket),) if waiting.conversation.address == BORIS else (),
        )

    await turns(store, take)
    assert seen == [None, None, ticket]
    anna = await store.find_conversation("telegram", ANNA)
    assert anna is not None
    assert anna.ticket == ticket


async def test_ticket_numbers_go_on_after_a_restart_and_none_is_lost_to_a_turn_that_raised(
    make_store: MakeStore,
) -> None:
    numbers_taken = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        number = next(numbers)
        if text_of(waiting) == "плохо":
            raise ValueError
        numbers_taken.append(number)
        return Turn(
            waiting.conversation, (OpenTicket(Ticket(number, waiting.conversation.id, "ремонт")),)
        )

    for round_ in range(2):
        store = make_store()
        await store.open()
        await accept(
            store,
            wrote(f"{round_}a"),
            wrote(f"{round_}b", "плохо", address=BORIS),
            wrote(f"{round_}c"),
        )
        await turns(store, take)
        await store.close()
    assert numbers_taken == [1, 2, 3, 4]


async def test_a_turn_that_raises_costs_the_others_nothing_and_holds_back_its_own_conversation(
    store: Store,
) -> None:
    await accept(store, wrote("1", "плохо"), wrote("2", address=BORIS), wrote("3"))

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        if text_of(waiting) == "плохо":
            raise ValueError("poison")
        return answering()(waiting, numbers)

    taken = await turns(store, take)
    assert texts(taken) == ["вы: привет"]
    assert taken.deliveries[0].address == BORIS
    assert [type(problem) for _, problem in taken.failed] == [ValueError]
    assert taken.more
    assert (await store.counts())["inbox"] == 2


async def test_an_event_that_fails_three_times_is_set_aside_and_given_to_people(
    store: Store,
) -> None:
    await accept(store, wrote("1", "плохо"), wrote("2", "дальше"))
    attempts = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        if text_of(waiting) == "плохо":
            attempts.append(waiting.attempts)
            raise ValueError("poison")
        assert waiting.conversation.held
        return doing()(waiting, numbers)

    def give_up(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        ticket = Ticket(next(numbers), waiting.conversation.id, "ремонт")
        return Turn(waiting.conversation, (OpenTicket(ticket),))

    first = await turns(store, take, give_up=give_up)
    second = await turns(store, take, give_up=give_up)
    assert (first.set_aside, second.set_aside) == (0, 0)
    third = await turns(store, take, give_up=give_up)
    assert third.set_aside == 1
    assert attempts == [0, 1, 2]
    assert (await store.counts())["aside"] == 1
    assert len(await store.tickets()) == 1
    assert not third.more
    assert (await turns(store, take)).handled == 0


async def test_an_event_is_set_aside_even_if_giving_it_up_raises(store: Store) -> None:
    await accept(store, wrote("1"))

    def bad(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        raise ValueError("poison")

    await turns(store, bad)
    await turns(store, bad)
    taken = await turns(store, bad, give_up=bad)
    assert taken.set_aside == 1
    assert len(taken.failed) == 2
    assert (await store.counts())["inbox"] == 0


async def test_an_event_whose_match_is_wanted_waits_untried_with_those_behind_it(
    store: Store,
) -> None:
    await accept(
        store, wrote("1", "сколько стоит"), wrote("2", "эй"), wrote("3", "да", address=BORIS)
    )

    def wanting(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        if text_of(waiting) == "сколько стоит":
            raise MatchWanted(text_of(waiting))
        return answering()(waiting, numbers)

    taken = await turns(store, wanting)
    assert taken.wanted == ("сколько стоит",)
    assert texts(taken) == ["вы: да"]
    assert taken.more
    for _ in range(5):
        await turns(store, wanting)
    assert texts(await turns(store, answering())) == ["вы: сколько стоит", "вы: эй"]


async def test_a_batch_has_a_limit_and_says_that_there_is_more(store: Store) -> None:
    await accept(store, wrote("1"), wrote("2"), wrote("3"))
    first = await turns(store, answering(), limit=2)
    assert (first.handled, first.more) == (2, True)
    second = await turns(store, answering(), limit=2)
    assert (second.handled, second.more) == (1, False)


async def test_taken_singly_an_event_counts_its_attempt_before_it_is_tried(
    make_store: MakeStore,
) -> None:
    store = make_store()
    await store.open()
    await accept(store, wrote("1"), wrote("2", address=BORIS))

    def dying(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        # Stands for a turn that kills the process: the batch is rolled back, whatever it had done.
        raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            await turns(store, dying, singly=True)
    given_up: list[Waiting] = []
    taken = await turns(store, dying, give_up=noting(given_up), singly=True)
    assert taken.set_aside == 1
    assert [waiting.attempts for waiting in given_up] == [3]
    taken = await turns(store, answering(), singly=True)
    assert taken.deliveries[0].address == BORIS
    await store.close()


async def test_taken_singly_a_wanted_match_does_not_count(store: Store) -> None:
    await accept(store, wrote("1"))
    attempts = []

    def wanting(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        attempts.append(waiting.attempts)
        raise MatchWanted("?")

    for _ in range(5):
        await turns(store, wanting, singly=True)
    assert attempts == [0] * 5


async def test_taken_singly_a_failure_counts_once(store: Store) -> None:
    await accept(store, wrote("1"))
    attempts = []

    def failing(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        attempts.append(waiting.attempts)
        raise ValueError

    for _ in range(3):
        await turns(store, failing, give_up=doing(), singly=True)
    assert attempts == [0, 1, 2]
    assert (await store.counts())["aside"] == 1


async def test_another_event_may_follow_in_the_same_commit(store: Store) -> None:
    await accept(store, wrote("1"))
    await turns(store, doing(Follow(Happened("ticket_closed")), Follow(Happened("b"))))
    assert await events(store) == [Happened("ticket_closed"), Happened("b")]


async def test_who_was_unreachable_is_reached_again_when_a_turn_says_so(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, answering())
    await store.settle(
        [Outcome(taken.deliveries[0].id, "failed", reason="blocked", unreachable=True)], NOW
    )
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.unreachable
    await turns(store, doing())
    await accept(store, Incoming("2", CustomerUnblocked(), ANNA))
    await turns(
        store, lambda waiting, numbers: Turn(replace(waiting.conversation, unreachable=False))
    )
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert not conversation.unreachable


async def test_the_earliest_timer_of_a_batch_is_told(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, doing(SetTimer("a", NOW + 50), SetTimer("b", NOW + 20)))
    assert taken.next_timer == NOW + 20


async def test_a_turn_whose_commit_never_came_is_taken_again_after_a_restart(
    make_store: MakeStore,
) -> None:
    store = make_store()
    await store.open()
    await accept(store, wrote("1"))

    def dying(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await turns(store, dying)
    await store.close()
    store = make_store()
    await store.open()
    assert texts(await turns(store, answering())) == ["вы: привет"]
    await store.close()


async def test_values_come_back_as_they_were_kept(store: Store) -> None:
    await accept(store, wrote("1"))
    slots = {
        "число": 5,
        "дробь": 1.5,
        "да": True,
        "нет": None,
        "строка": "\x00'\"\\😀\u2028",
        "ряд": [{"a": 1}],
    }
    dialog = Dialog((Frame("f", slots=slots),), turns={"f/a": 3}, last=Frame("g"))
    await turns(store, answering(lambda conversation: replace(conversation, dialog=dialog)))
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert conversation.dialog == dialog
    assert msgspec.json.encode(conversation.dialog) == msgspec.json.encode(dialog)


async def test_words_to_the_operators_are_no_line_of_the_history(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(
        store, doing(Send(said("карточка"), Address("operators", "5"), key="card:1", priority=-1))
    )
    delivery = taken.deliveries[0]
    assert (delivery.channel, delivery.address, delivery.key, delivery.priority) == (
        "operators",
        "5",
        "card:1",
        -1,
    )
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    assert [line.author for line in await store.lines(conversation.id)] == ["customer"]


async def test_a_note_for_the_operators_is_a_line_of_history_too(store: Store) -> None:
    await accept(store, wrote("1"))
    note = Send(said("перезвонить"), Address("operators", "1"), author="note", operator="7")
    taken = await turns(store, doing(note))
    assert [one.channel for one in taken.deliveries] == ["operators"]
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    line = (await store.lines(conversation.id))[-1]
    assert (line.author, line.operator, line.message.text.plain) == ("note", "7", "перезвонить")
    assert await store.due_deliveries("telegram", after=0, limit=9) == []


async def test_a_note_is_a_line_that_goes_nowhere(store: Store) -> None:
    await accept(store, wrote("1"))
    taken = await turns(store, doing(Send(said("перезвонить"), author="note", operator="7")))
    assert taken.deliveries == ()
    conversation = await store.find_conversation("telegram", ANNA)
    assert conversation is not None
    line = (await store.lines(conversation.id))[-1]
    assert (line.author, line.operator, line.message.text.plain) == ("note", "7", "перезвонить")
