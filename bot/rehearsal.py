"""The real program with one customer, the operators' side and a clock that obeys: for `chat`, `demo` and `test`.

Nothing is simulated but the messenger: the same store, worker, outbox and timers run as in production. Every verb
returns when everything it caused is over, so `said` is complete then.
"""

import asyncio
import itertools
import mimetypes
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from bot.app import App
from bot.calls import CallFailed, Carry
from bot.channel import Delivery
from bot.clock import ObedientClock
from bot.dialog.script import Script
from bot.errors import FrontdeskError
from bot.fake import FakeAdapter
from bot.faq import normalise
from bot.faq.evidence import SentenceLearner
from bot.model.abilities import CONSOLE, KINDS
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.event import (
    ButtonPressed,
    Event,
    Happened,
    Incoming,
    MessageEdited,
    MessageReceived,
    OperatorActed,
    OperatorReplied,
    Sender,
)
from bot.model.message import Attachment, AttachmentKind, Button, Contact, Location, Message, say
from bot.model.text import Text
from bot.plugins import PythonCalls, declared
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.storage.store import WaitingCall

Side = Literal["customer", "operators"]
DESK = "operators"
CUSTOMER = "customer"
OPERATOR, OPERATOR_NAME = "1", "Ольга"
_PATIENCE = 60.0


class StageError(FrontdeskError):
    """That cannot be done here."""

    def __init__(self, ru: str, en: str) -> None:
        super().__init__(en)
        self.said = {"ru": ru, "en": en}


class Said(msgspec.Struct, frozen=True):
    """One message that was shown, and on which side."""

    side: Side
    delivery: Delivery

    @property
    def text(self) -> str:
        """What it says."""
        return self.delivery.message.text.plain

    @property
    def buttons(self) -> list[Button]:
        """All of its buttons."""
        return [button for row in self.delivery.message.buttons for button in row]


Show = Callable[[Side, Delivery], Awaitable[object]]


class Rehearsal:
    """One conversation with the real program. `said` is what was shown since the last input; `sentences` help the FAQ,
    given before `open`."""

    def __init__(
        self,
        script: Script,
        business: Business,
        database: Path,
        *,
        kind: str,
        now: int,
        show: Show | None = None,
        carriers: Mapping[str, Carry] | None = None,
        customer_name: str = "",
    ) -> None:
        self.kind = kind
        self.clock = ObedientClock(now)
        self.said: list[Said] = []
        self._seen: list[Said] = []
        self._script = script
        self._business = _played(business)
        self._carriers = {"python": PythonCalls(declared).carry, **(carriers or {})}
        self._show = show
        self._customer_name = customer_name
        self.sentences: SentenceLearner | None = None
        self._count = itertools.count(1)
        self._last_message = ""
        self._customer = FakeAdapter(KINDS[kind], show=lambda one: self._hear("customer", one))
        self._desk = FakeAdapter(CONSOLE, show=lambda one: self._hear("operators", one))
        self._app: App | None = None
        self._answers: deque[Mapping[str, Any]] = deque()
        self._unanswered: list[str] = []
        self._database = database
        self.store = SqliteStore(database, synchronous="normal")

    async def open(self) -> None:
        """Start the program."""
        self.store = SqliteStore(self._database, synchronous="normal")
        await self.store.open()
        self._app = App(
            self._script,
            self._business,
            self.store,
            {self.kind: self._customer, DESK: self._desk},
            self.clock,
            Files(self._database.parent / "attachments"),
            carriers={**self._carriers, "http": self._answer},
        )
        self._app.sentences = self.sentences
        await self._app.start()
        await self._app.learned()
        await self.quiet()

    async def close(self) -> None:
        """Stop the program."""
        if self._app is not None:
            app, self._app = self._app, None
            await app.stop()
            await self.store.close()

    async def restart(self) -> None:
        """Stop and start: the conversation must not notice."""
        self.said = []
        await self.close()
        await self.open()

    async def reload(self, script: Script, business: Business) -> None:
        """Go on with another script."""
        self._script, self._business = script, _played(business)
        await self._running.reload(script, self._business)
        await self.quiet()

    async def quiet(self) -> None:
        """Return when nothing is left to do at this moment of the clock."""
        try:
            await asyncio.wait_for(self._running.quiet(), _PATIENCE)
        except TimeoutError:
            raise StageError(
                f"программа занята дольше {_PATIENCE:.0f} с",
                f"the program was busy for more than {_PATIENCE:.0f} s",
            ) from None

    @property
    def _running(self) -> App:
        if self._app is None:
            raise StageError("программа не запущена", "the program is not running")
        return self._app

    # the customer

    async def user(self, text: str) -> None:
        """The customer writes."""
        await self._bring(MessageReceived(say(text)))

    async def tap(self, label: str) -> None:
        """The customer presses a button, the newest one with that label."""
        button = self._button("customer", label)
        if button is None and not KINDS[self.kind].buttons:
            await self.user(label)
        elif button is None:
            raise self._no_button(label, "customer")
        else:
            await self._tapped(button)

    async def tap_number(self, number: int) -> None:
        """The customer presses a button of the newest message that has some, counted from 1."""
        buttons = self._newest("customer")
        if not 1 <= number <= len(buttons):
            raise self._no_button(str(number), "customer")
        await self._tapped(buttons[number - 1])

    async def _tapped(self, button: Button) -> None:
        if button.share:
            raise StageError(
                f"«{button.text}» отправляет данные: напишите :share {button.share} …",
                f"«{button.text}» shares: write :share {button.share} …",
            )
        if button.url:
            raise StageError(
                f"«{button.text}» открывает {button.url}: боту от неё ничего не приходит",
                f"«{button.text}» opens {button.url}: nothing comes back from it",
            )
        await self._bring(ButtonPressed(button.payload, button.text))

    async def edit(self, text: str) -> None:
        """The customer changes the last message."""
        await self._bring(MessageEdited(self._last_message, say(text)))

    async def share(self, *, phone: str = "", location: tuple[float, float] | None = None) -> None:
        """The customer shares the phone number, or a place in degrees."""
        if location is not None:
            message = Message(location=Location(*location))
        else:
            message = Message(contact=Contact(phone, own=True))
        await self._bring(MessageReceived(message))

    async def send(self, file: Path, text: str = "") -> None:
        """The customer sends a file."""
        try:
            self._customer.files[str(file)] = await asyncio.to_thread(file.read_bytes)
        except OSError:
            raise StageError(f"нет такого файла: {file}", f"no such file: {file}") from None
        mime = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        attachment = Attachment(
            kind=_kind(mime),
            name=file.name,
            mime=mime,
            size=len(self._customer.files[str(file)]),
            source=str(file),
        )
        await self._bring(MessageReceived(Message(text=Text(text), attachments=(attachment,))))

    async def event(self, name: str, data: Mapping[str, Any] | None = None) -> None:
        """Something happens outside the talk; `webhook: NAME` may be written with a space, as in flows."""
        word, colon, hook = name.partition(":")
        await self._bring(Happened(f"{word}{colon}{hook.strip()}", dict(data or {})))

    # the operators

    async def operator(self, text: str) -> None:
        """An operator writes a line under the conversation."""
        number = self._next()
        event = OperatorReplied(OPERATOR, say(text), OPERATOR_NAME, number)
        await self._file(event, number)

    async def press(self, label: str) -> None:
        """An operator presses a button of the newest card that has one with that label."""
        button = self._button("operators", label)
        if button is None:
            raise self._no_button(label, "operators")
        await self._file(pressed(button.payload), self._next())

    # the time

    async def wait(self, ms: int) -> None:
        """Let time pass; what comes due on the way happens at its own time."""
        self.said = []
        until = self.clock.now() + ms
        while (wake := self.clock.next_wake()) is not None and wake <= until:
            self.clock.advance_to(wake)
            await self.quiet()
        self.clock.advance_to(until)
        await self.quiet()

    # the world outside

    def answer(self, answer: Mapping[str, Any]) -> None:
        """What the next `http` step gets: `status` (200) and `json`."""
        self._answers.append(answer)

    async def _answer(self, call: WaitingCall) -> dict[str, Any]:
        if not self._answers:
            self._unanswered.append(urlsplit(str(call.request.get("url", ""))).netloc)
            raise CallFailed("no answer was prepared: say :http 200 {…} before")
        answer = {"status": 200, **self._answers.popleft()}
        if answer["status"] >= 300:
            raise CallFailed(f"the other system answered {answer['status']}", result=answer)
        return answer

    def unanswered(self) -> list[str]:
        """The systems that were asked since this was last called, and for which no answer had been prepared."""
        asked, self._unanswered = self._unanswered, []
        return asked

    async def conversation(self) -> Conversation | None:
        """The conversation as it is saved now."""
        return await self.store.find_conversation(self.kind, CUSTOMER)

    # within

    async def _bring(self, event: Event) -> None:
        number = self._next()
        if isinstance(event, MessageReceived):
            self._last_message = number
        sender = Sender(name=self._customer_name) if self._customer_name else None
        await self._accept(
            self.kind,
            Incoming(number, event, CUSTOMER, 0, sender, self.clock.now(), number),
        )

    async def _file(self, event: Event, number: str) -> None:
        conversation = await self.conversation()
        if conversation is None:
            raise StageError("клиент ещё ничего не написал", "nobody has written yet")
        incoming = Incoming(number, event, "", conversation.id, None, self.clock.now(), number)
        await self._accept(DESK, incoming)

    async def _accept(self, channel: str, incoming: Incoming) -> None:
        self.said = []
        await self._running.accept(channel, [incoming])
        await self.quiet()

    def _next(self) -> str:
        # The time of the clock keeps ids unique where a database outlives the program.
        return f"{self.clock.now()}-{next(self._count)}"

    async def _hear(self, side: Side, delivery: Delivery) -> None:
        said = Said(side, delivery)
        self.said.append(said)
        self._seen.append(said)
        if self._show is not None:
            await self._show(side, delivery)

    def _shown(self, side: Side) -> list[Button]:
        newest_first = (said for said in reversed(self._seen) if said.side == side)
        return [button for said in newest_first for button in said.buttons]

    def _button(self, side: Side, label: str) -> Button | None:
        shown = self._shown(side)
        exact = (button for button in shown if button.text == label)
        near = (button for button in shown if normalise(button.text) == normalise(label))
        return next(exact, None) or next(near, None)

    def _newest(self, side: Side) -> list[Button]:
        """The buttons of the newest message of a side that has some."""
        shown = (one.buttons for one in reversed(self._seen) if one.side == side and one.buttons)
        return next(shown, [])

    def _no_button(self, label: str, side: Side) -> StageError:
        known = ", ".join(f"«{button.text}»" for button in self._newest(side)) or "-"
        return StageError(
            f"нет кнопки «{label}»; есть: {known}", f"no button «{label}»; there are: {known}"
        )

    def labels(self) -> list[str]:
        """What the customer could press now."""
        return [button.text for button in self._newest("customer")]


def _played(business: Business) -> Business:
    """Whoever plays an operator is one, and may play as fast as they like: the clock stands still meanwhile."""
    return msgspec.structs.replace(business, trust_group=True, burst=0, strangers=0)


def pressed(payload: str) -> OperatorActed:
    """A press of a card's button: its payload is `t:<ticket>:<verb>`, an argument may follow."""
    _, ticket, verb, *argument = payload.split(":", 3)
    return OperatorActed(OPERATOR, verb, "".join(argument), int(ticket), OPERATOR_NAME)


def _kind(mime: str) -> AttachmentKind:
    match mime.partition("/")[0]:
        case "image":
            return "photo"
        case "video":
            return "video"
        case "audio":
            return "audio"
        case _:
            return "document"
