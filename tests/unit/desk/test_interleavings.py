"""Whatever comes in whatever order: one owner, no text lost, no word by a slip, and a silent bot.

The machine plays a customer, three operators and a viewer who all act on what they saw, however long ago that was:
any button that was ever shown may be pressed at any time, any timer may come late, and twice.
"""

from itertools import count

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot import desk
from bot.desk.room import parse_mark, parse_press
from bot.model.business import Queue
from bot.model.effect import Audit, ChangeTicket, CloseTicket, Edit, OpenTicket, Send
from bot.model.event import (
    ButtonPressed,
    DeliveryFailed,
    MessageEdited,
    MessageReceived,
    TimerFired,
)
from bot.model.message import say
from bot.model.person import Role
from bot.model.ticket import Ticket
from tests.unit.desk.room_of_tests import DAY, MINUTE, OFFICE, Talk

PEOPLE: list[tuple[tuple[str, str], Role]] = [
    (("1", "Анна"), "operator"),
    (("2", "Борис"), "operator"),
    (("3", "Вера"), "senior"),
    (("4", "Глеб"), "viewer"),
]
WHO = st.sampled_from(PEOPLE)
NOTICES = ("Сейчас никого нет", "Перед вами", "Вы следующий", "Операторы пока не на связи")
NOTICE_KINDS = ("offline", "place", "place", "unreachable")
COMMANDS = ["/take", "/close", "/close спам", "/bot", "/snooze 30m", "/tag +vip", "/queue продажи",
            "/queue ремонт", "/history", "/del", "/card", "/help", "/addfaq", "/clsoe"]  # fmt: skip
QUEUES = (
    Queue("ремонт", "Ремонт", 10 * MINUTE, 20 * MINUTE, 30 * MINUTE),
    Queue("продажи", "Продажи", 5 * MINUTE),
)
SECRET = "ЗАМЕТКА"


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.talk = Talk(
            queues=QUEUES, hours=OFFICE, place_in_queue=True, idle_return=12 * 60 * MINUTE
        )
        self.numbers = count(1)
        self.shown: list[str] = ["t:12:take", "t:12:close", "t:12:return"]
        self.timers: list[TimerFired] = []
        self.store: dict[int, Ticket] = {}
        self.lines: list[str] = []
        self.sent_keys: set[str] = set()
        self.sent_words: list[str] = []
        self.seen_words: set[str] = set()
        self.notices: list[tuple[int, str]] = []
        self.held_before = False

    # what happens

    @precondition(lambda self: not self.talk.conversation.customer.banned)
    @rule(reachable=st.booleans(), place=st.none() | st.integers(0, 3))
    def handover(self, reachable: bool, place: int | None) -> None:
        before = self.talk.conversation.held
        self.talk.handover(reason="Зовёт", reachable=reachable, place=place)
        self._after(opened=not before)

    @precondition(lambda self: not self.talk.conversation.held)
    @rule()
    def a_flow_files_a_ticket(self) -> None:
        self.talk.file(title="Заявка")
        assert self.talk.conversation.ticket is not None
        self.store[self.talk.ticket.number] = self.talk.ticket
        self._after()

    @rule(reachable=st.booleans(), mark=st.booleans(), place=st.none() | st.integers(0, 3))
    def the_customer_writes(self, reachable: bool, mark: bool, place: int | None) -> None:
        if self.talk.conversation.customer.banned:
            return
        words = "5" if mark else f"текст {next(self.numbers)}"
        event = MessageReceived(say(words))
        self.talk.rate(event)
        if self.talk.outcome.handled:
            assert any(words in text for text in self.talk.to_desk)
        elif self.talk.conversation.held:
            self.talk.customer(event, reachable=reachable, place=place)
            assert words in self.talk.to_desk
        self._after()

    @rule(event=st.sampled_from([MessageEdited("1", say("иначе")), ButtonPressed("x", "Да"),
                                 DeliveryFailed(1, "нет такого чата")]))  # fmt: skip
    def the_customer_does_something(
        self, event: MessageEdited | ButtonPressed | DeliveryFailed
    ) -> None:
        if self.talk.conversation.held:
            self.talk.customer(event)
            self._after()

    @rule(mark=st.integers(1, 5), data=st.data())
    def the_customer_rates(self, mark: int, data: st.DataObject) -> None:
        asked = [payload for payload in self.shown if parse_mark(payload)]
        if asked:
            self.talk.rate(ButtonPressed(data.draw(st.sampled_from(asked))))
            assert self.talk.outcome.handled
            self._after()

    @rule(who=WHO)
    def an_operator_writes(self, who: tuple[tuple[str, str], Role]) -> None:
        by, role = who
        words = f"ответ {next(self.numbers)}"
        line = self.talk.operator(words, by, role)
        self.lines.append(line)
        self._after(operator=by[0], role=role)
        # It went, or whoever wrote it was told that it did not.
        assert (words in self.talk.to_customer) != bool(self.talk.to_desk)

    @rule(who=WHO, mark=st.sampled_from(["// ", "/note ", "//"]))
    def an_operator_notes(self, who: tuple[tuple[str, str], Role], mark: str) -> None:
        by, role = who
        self.lines.append(self.talk.operator(f"{mark}{SECRET}", by, role))
        self._after(operator=by[0], role=role)

    @rule(who=WHO, words=st.sampled_from(COMMANDS))
    def an_operator_commands(self, who: tuple[tuple[str, str], Role], words: str) -> None:
        by, role = who
        self.lines.append(self.talk.operator(words, by, role))
        self._after(operator=by[0], role=role)

    @rule(who=WHO, data=st.data())
    def an_operator_presses(self, who: tuple[tuple[str, str], Role], data: st.DataObject) -> None:
        pressed = [payload for payload in self.shown if parse_press(payload)]
        payload = data.draw(st.sampled_from(pressed[-25:]))
        by, role = who
        self.talk.press_payload(payload, by, role)
        self._after(operator=by[0], role=role, verb=(parse_press(payload) or (0, "", ""))[1])
        assert self.talk.to_desk or self.talk.cards or self.talk.to_customer

    @precondition(lambda self: self.lines)
    @rule(
        who=WHO, data=st.data(), words=st.sampled_from([f"// {SECRET}", "правка", "/close", SECRET])
    )
    def an_operator_edits(
        self, who: tuple[tuple[str, str], Role], data: st.DataObject, words: str
    ) -> None:
        by, role = who
        line = data.draw(st.sampled_from(self.lines))
        if words == SECRET and (f"reply:{line}" in self.sent_keys or self._is_held(line)):
            words = "правка"
        self.talk.edit(line, words, by, role)
        self._after(operator=by[0], role=role, edit=True)

    @precondition(lambda self: self.timers)
    @rule(data=st.data())
    def a_timer_fires(self, data: st.DataObject) -> None:
        fired = data.draw(st.sampled_from(self.timers[-12:]))
        heard = desk.hear_timer(
            self.talk.conversation, fired, business=self.talk.business, now=self.talk.now
        )
        self.talk._take(heard)
        self._after()

    @rule(ms=st.sampled_from([0, MINUTE, 11 * MINUTE, 60 * MINUTE, 13 * 60 * MINUTE, 4 * DAY]))
    def time_passes(self, ms: int) -> None:
        self.talk.wait(ms)

    # what must hold

    def _after(
        self,
        *,
        opened: bool = False,
        operator: str = "",
        role: Role = "operator",
        verb: str = "",
        edit: bool = False,
    ) -> None:
        talk = self.talk
        self._kept()
        for effect in talk.effects:
            if isinstance(effect, Send | Edit):
                self.shown += [one.payload for row in effect.message.buttons for one in row]
        self.timers += [
            TimerFired(name, timer.visit)
            for name, timer in talk.timers.items()
            if timer in talk.effects
        ]
        if role == "viewer":
            assert all(isinstance(one, Send | Edit | Audit) for one in talk.effects)
            assert talk.to_customer == []
        self._words_out(operator, verb)
        if self.held_before and talk.conversation.held and not opened:
            self._silent()
        self.held_before = talk.conversation.held

    def _kept(self) -> None:
        """The effects tell the store exactly what became of the tickets."""
        for effect in self.talk.effects:
            if isinstance(effect, OpenTicket):
                assert effect.ticket.number not in self.store
                self.store[effect.ticket.number] = effect.ticket
            elif isinstance(effect, ChangeTicket | CloseTicket):
                assert effect.ticket.number in self.store
                self.store[effect.ticket.number] = effect.ticket
        present = self.talk.conversation.ticket
        assert present is None or self.store[present.number] == present
        # Resuming and giving back are one thing.
        closed = [one for one in self.talk.effects if isinstance(one, CloseTicket)]
        assert self.talk.outcome.resume == any(one.ticket.returned for one in closed)

    def _words_out(self, operator: str, verb: str) -> None:
        talk = self.talk
        for effect in talk.effects:
            if not isinstance(effect, Send | Edit) or effect.to is not None:
                continue
            assert SECRET not in effect.message.text.plain, "a note left"
            assert not effect.message.text.plain.startswith("/"), "a command left"
            if isinstance(effect, Edit):
                assert effect.key in self.sent_keys, "an edit of what was never sent"
                assert talk.state() != "closed"
            elif effect.author == "operator":
                assert talk.state() == "taken"
                assert talk.conversation.held
                assert effect.operator == operator
                assert talk.ticket.owner == operator or verb == "answer"
                words = effect.message.text.plain
                assert words == "правка" or words not in self.sent_words, "sent twice"
                self.sent_words.append(words)
                self.sent_keys.add(effect.key)

    def _silent(self) -> None:
        """The bot speaks only the three notices, each once a ticket."""
        for effect in self.talk.effects:
            if isinstance(effect, Send) and effect.to is None and effect.author == "bot":
                (notice,) = [
                    place
                    for place, begins in enumerate(NOTICES)
                    if effect.message.text.plain.startswith(begins)
                ]
                said = (self.talk.ticket.number, NOTICE_KINDS[notice])
                assert said not in self.notices
                self.notices.append(said)

    def _is_held(self, line: str) -> bool:
        ticket = self.talk.conversation.ticket
        return ticket is not None and any(one.id == line for one in ticket.held_lines)

    @invariant()
    def one_owner(self) -> None:
        for ticket in self.store.values():
            match ticket.state:
                case "waiting":
                    assert (ticket.owner, ticket.taken_at) == ("", 0)
                case "taken":
                    assert ticket.owner in {"1", "2", "3"}
                case "closed":
                    assert (ticket.waiting_since, ticket.snoozed_until) == (0, 0)
                case "snoozed":
                    assert ticket.snoozed_until

    @invariant()
    def one_ticket_holds(self) -> None:
        holding = [one for one in self.store.values() if one.holds and one.state != "closed"]
        assert len(holding) <= 1
        if holding:
            assert self.talk.conversation.held
            assert self.talk.ticket == holding[0]

    @invariant()
    def it_can_be_saved(self) -> None:
        body = msgspec.json.encode(self.talk.conversation)
        assert (
            msgspec.json.decode(body, type=type(self.talk.conversation)) == self.talk.conversation
        )

    @invariant()
    def buttons_fit(self) -> None:
        assert all(len(one) <= 64 and one.isascii() for one in self.shown)


TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
