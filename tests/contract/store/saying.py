"""Short words for what the contract's tests say again and again."""

from collections.abc import Callable, Iterator

from bot.model.conversation import Conversation
from bot.model.effect import Effect, Send
from bot.model.event import Event, Incoming, MessageReceived, Sender
from bot.model.message import Message, say
from bot.model.text import Text
from bot.model.turn import Decision, Turn
from bot.storage.store import GiveUp, Outcome, Store, Taken, TakeTurn, Waiting

NOW = 1_800_000_000_000
ANNA = "100"
BORIS = "200"


def wrote(
    external_id: str, text: str = "привет", address: str = ANNA, *, message_id: str = ""
) -> Incoming:
    """A customer's message on its way in."""
    sender = Sender("Анна", "anna", "ru") if address == ANNA else Sender("Борис")
    return Incoming(
        external_id,
        MessageReceived(say(text)),
        address,
        sender=sender,
        at=NOW - 1000,
        message_id=message_id or f"m{external_id}",
    )


async def accept(
    store: Store, *incoming: Incoming, channel: str = "telegram", cursor: str | None = None
) -> int:
    """Have events saved; how many were new."""
    accepted = await store.accept(
        channel, "email" if channel == "mail" else channel, incoming, cursor, NOW
    )
    return accepted.new


def doing(*effects: Effect, trace: tuple[Decision, ...] = ()) -> TakeTurn:
    """A turn that has these effects, whatever the event."""
    return lambda waiting, numbers: Turn(waiting.conversation, effects, trace)


def answering(change: Callable[[Conversation], Conversation] = lambda one: one) -> TakeTurn:
    """A turn that repeats what the customer wrote."""

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        return Turn(change(waiting.conversation), (Send(said(f"вы: {text_of(waiting)}")),))

    return take


def noting(found: list[Waiting], *effects: Effect) -> TakeTurn:
    """A turn that notes what it was given."""

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        found.append(waiting)
        return Turn(waiting.conversation, effects)

    return take


async def events(store: Store) -> list[Event]:
    """The events that wait, taken."""
    found: list[Waiting] = []
    await turns(store, noting(found))
    return [waiting.event for waiting in found]


def text_of(waiting: Waiting) -> str:
    """The words of a waiting message."""
    assert isinstance(waiting.event, MessageReceived)
    return waiting.event.message.text.plain


def said(text: str) -> Message:
    """A message."""
    return Message(Text(text))


def never(waiting: Waiting, numbers: Iterator[int]) -> Turn:
    """Giving up must not happen here."""
    raise AssertionError("gave up")


async def turns(
    store: Store,
    take: TakeTurn,
    *,
    give_up: GiveUp = never,
    limit: int = 100,
    now: int = NOW,
    singly: bool = False,
) -> Taken:
    """Take a batch of turns."""
    return await store.take_turns(take, give_up, limit=limit, now=now, singly=singly)


async def deliver(store: Store, taken: Taken, *external_ids: str) -> None:
    """Everything that a batch of turns said is delivered, each under the external ids named here in turn."""
    outcomes = [
        Outcome(
            delivery.id, "delivered", (external_ids[number],) if number < len(external_ids) else ()
        )
        for number, delivery in enumerate(taken.deliveries)
    ]
    await store.settle(outcomes, NOW + 1)


def texts(taken: Taken) -> list[str]:
    """What was said in a batch."""
    return [delivery.message.text.plain for delivery in taken.deliveries]
