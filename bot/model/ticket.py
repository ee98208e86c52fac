"""A handover to people."""

from typing import Literal

import msgspec

from bot.model.message import Message

TicketState = Literal["waiting", "taken", "snoozed", "closed"]


class HeldLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An operator's line that waits for a decision: to the customer, or a note. `id` is the messenger's of that line."""

    id: str
    operator: str
    message: Message
    operator_name: str = ""


class Ticket(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One handover. `holds` tells whether it silences the bot: a `handoff` does, a filed `ticket.create` does not.

    `owner` is the operator who took it. `title` and `note` may hold personal values: mask them for viewers through
    their spans. `returned` is set when it was closed by giving the conversation back to the bot.

    `waiting_since` is the customer's first line without an answer (0: none waits). `lines` are the last ones before the
    handover; `personal` are values that viewers must not see, wherever they stand. `sent` are the messenger's ids of
    the operators' last lines that went to the customer, `held_lines` those held back. `question` is the customer's last
    line, `exchange` the last question that was answered and its answer: what `/addfaq` keeps.
    """

    number: int
    conversation: int
    queue: str
    state: TicketState = "waiting"
    holds: bool = True
    priority: int = 0
    reason: str = ""
    title: str = ""
    note: str = ""
    fields: dict[str, str] = {}
    opened_at: int = 0
    owner: str = ""
    owner_name: str = ""
    taken_at: int = 0
    first_reply_at: int = 0
    last_customer_at: int = 0
    last_operator_at: int = 0
    snoozed_until: int = 0
    closed_at: int = 0
    close_reason: str = ""
    returned: bool = False
    reopened: int = 0
    mark: int = 0
    noticed: tuple[str, ...] = ()
    waiting_since: int = 0
    personal: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    held_lines: tuple[HeldLine, ...] = ()
    question: str = ""
    exchange: tuple[str, ...] = ()
