"""Where the desk is: its addresses, the payloads of its buttons, what goes first."""

from bot.model.message import Address, Button

CHANNEL = "operators"
GENERAL = Address(CHANNEL, "general")
"""Where all operators read: the queue's alarms and the list of open tickets."""

ALARM, LINE, ANSWER, CARD, NAME, LIST = range(6)
"""Priorities of what is said to operators, the most urgent first."""

LIST_KEY = "list"
"""The name that the list of open tickets is edited under; a face pins it."""

QUEUED, DELIVERED, FAILED = "👀", "👌", "👎"
"""What became of an operator's line, as our reaction on it: of those that any bot may use on Telegram
(core.telegram.org/bots/api#reactiontypeemoji)."""

_MARK = "desk:mark:"
_LINE = "reply:"


def address(conversation: int) -> Address:
    """The desk's side of one conversation."""
    return Address(CHANNEL, str(conversation))


def card_key(ticket: int) -> str:
    """The name that a ticket's card is edited under."""
    return f"card:{ticket}"


def line_key(external_id: str) -> str:
    """The name that an operator's line is kept under at the customer's side."""
    return f"{_LINE}{external_id}"


def parse_line_key(key: str) -> str:
    """The messenger's id of the operator's line that is kept under a name; empty for any other name."""
    return key.removeprefix(_LINE) if key.startswith(_LINE) else ""


def note_key(external_id: str) -> str:
    """The name of a note. A face where the operator typed it already need not show it again."""
    return f"note:{external_id}"


def change_key(external_id: str) -> str:
    """The name of what tells that the customer changed a message: a face shows it under that message's copy."""
    return f"changed:{external_id}"


def button(label: str, ticket: int, verb: str, argument: str = "") -> Button:
    """A button of the desk's: `t:<ticket>:<verb>`, with an argument behind if there is one."""
    payload = f"t:{ticket}:{verb}:{argument}" if argument else f"t:{ticket}:{verb}"
    return Button(label, payload)


def parse_press(payload: str) -> tuple[int, str, str] | None:
    """The ticket, verb and argument of a desk's button; None if it is not one."""
    mark, _, rest = payload.partition(":")
    ticket, _, act = rest.partition(":")
    verb, _, argument = act.partition(":")
    if mark != "t" or not _is_number(ticket) or not verb:
        return None
    return int(ticket), verb, argument


def mark_payload(ticket: int, mark: int) -> str:
    """The payload of one of the closing question's buttons."""
    return f"{_MARK}{ticket}:{mark}"


def parse_mark(payload: str) -> tuple[int, int] | None:
    """The ticket and the mark (1..5) of the closing question's button; None if it is not one."""
    ticket, _, mark = payload.removeprefix(_MARK).partition(":")
    if not payload.startswith(_MARK) or not _is_number(ticket) or mark not in {*"12345"}:
        return None
    return int(ticket), int(mark)


def _is_number(text: str) -> bool:
    """Whether it can be a ticket's: a payload is what anybody may have sent."""
    return text.isdecimal() and len(text) <= 18
