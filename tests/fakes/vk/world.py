"""What VK knows: people, conversations, posts, files, and the events that it tells."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.vk.bell import Bell
from tests.fakes.vk.faults import Fault, FaultKind
from tests.fakes.vk.schema import Json, faults_in

CROPPED = 3000
"""Letters of a message that an event tells whole."""
EVENTS = {
    "message_new": "callback_message_object",
    "message_reply": "callback_message",
    "message_edit": "callback_message",
    "message_allow": "callback_message_allow",
    "message_deny": "callback_message_deny",
    "message_read": "callback_message_read",
    "wall_reply_new": "callback_wall_reply_new",
    "wall_reply_edit": "callback_wall_reply_edit",
    "wall_reply_restore": "callback_wall_reply_restore",
    "board_post_new": "callback_board_post_new",
    "board_post_edit": "callback_board_post_edit",
}


@dataclass
class Talk:
    """The conversation with one person, oldest message first."""

    peer: int
    messages: list[Json] = field(default_factory=list)
    numbers: int = 0
    allowed: bool = False
    blacklisted: bool = False
    answered: bool = True
    keyboard: Json | None = None
    typing: int = 0
    pressed: list[tuple[int, str]] = field(default_factory=list)
    """Presses that leave no message: after which one, and the label."""

    def numbered(self, cmid: int) -> Json | None:
        """The message of that number."""
        found = (one for one in self.messages if one["conversation_message_id"] == cmid)
        return next(found, None)


@dataclass
class Call:
    """One call of a method; `answer` is None where VK refused."""

    method: str
    values: Json
    at: float
    answer: Any = None
    code: int = 0


class World:
    """Everything, and the ways that it changes."""

    def __init__(self, group_id: int, token: str, admin_token: str) -> None:
        self.group_id = group_id
        self.token = token
        self.admin_token = admin_token
        self.url = ""
        self.bell = Bell()
        self.people: dict[int, Json] = {}
        self.talks: dict[int, Talk] = {}
        self.events: list[Json] = []
        self.forgotten = 0
        """Events before this place are no longer told."""
        self.keys = {"key1"}
        self.polls: deque[Any] = deque()
        """Answers that the long poll gives in place of its own."""
        self.told_back = 0
        """The place that the community has read to, as it says itself."""
        self.repeating = False
        self.polled = 0
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.mistakes: list[str] = []
        """What the fake itself did against the schema."""
        self.files: dict[str, tuple[bytes, str]] = {}
        self.uploads: dict[str, Json] = {}
        self.attachments: dict[str, Json] = {}
        self.presses: dict[str, Json] = {}
        self.comments: dict[tuple[str, int], list[Json]] = defaultdict(list)
        self.guids: dict[str, int] = {}
        self.sent: dict[tuple[int, int], Json] = {}
        """What was said under a peer and a random id."""
        self.bots_on = True
        self.rights = {"messages", "manage", "photos", "docs", "wall"}
        self.long_poll_on = True
        self.told_events = {*EVENTS, "message_event"}
        self.per_second = 20
        self.rate_hits = 0
        self.confirmation = "c0nf1rm"
        self.on_event: Callable[[Json], None] = lambda event: None
        self._numbers = 0

    def number(self) -> int:
        """One that nothing else has."""
        self._numbers += 1
        return self._numbers

    @staticmethod
    def now() -> int:
        """VK's clock."""
        return int(time.time())

    def talk(self, peer: int) -> Talk:
        """The conversation with a person."""
        return self.talks.setdefault(peer, Talk(peer))

    # ---- what happens ------------------------------------------------------------------------

    def tell(self, kind: str, inside: Json) -> Json:
        """Tell the community of something."""
        event = {
            "type": kind,
            "event_id": f"e{self.number():08x}",
            "v": "5.199",
            "object": inside,
            "group_id": self.group_id,
        }
        if kind in EVENTS:
            self.mistakes += faults_in(inside, EVENTS[kind])
        if kind != "message_event":
            # The schema's list of types has forgotten this one.
            self.mistakes += faults_in(event, "callback_base")
        if kind in self.told_events:
            self.events.append(event)
            self.on_event(event)
        self.bell.ring()
        return event

    def add_message(self, peer: int, author: int, **content: Any) -> Json:
        """A message stands in a conversation; the community is told."""
        talk = self.talk(peer)
        talk.numbers += 1
        out = author < 0
        message: Json = {
            "id": self.number(),
            "date": self.now(),
            "from_id": author,
            "peer_id": peer,
            "out": int(out),
            "conversation_message_id": talk.numbers,
            "version": 10_000_000 + self.number(),
            "text": "",
            "attachments": [],
            "fwd_messages": [],
            "important": False,
            "is_hidden": False,
            **content,
        }
        talk.messages.append(message)
        talk.answered = out
        self.mistakes += faults_in(message, "callback_message")
        if out:
            self.tell("message_reply", message)
        else:
            talk.allowed = True
            told = cropped(message) if len(message["text"] or "") > CROPPED else message
            self.tell("message_new", {"message": told, "client_info": client_info()})
        return message

    def edited(self, message: Json) -> None:
        """A message says something else now."""
        message["update_time"] = self.now()
        self.tell("message_edit", message)

    # ---- what goes wrong ---------------------------------------------------------------------

    def goes_wrong(
        self, kind: FaultKind, method: str = "", *, peer: int = 0, code: int = 0, times: int = 1
    ) -> Fault:
        """The next calls of a method go wrong."""
        fault = Fault(kind, method, peer, code, times)
        self.faults.append(fault)
        return fault

    def fault_for(self, method: str, peer: int) -> Fault | None:
        """The fault that meets this call, taken."""
        found = next((one for one in self.faults if one.meets(method, peer)), None)
        return found.take() if found else None


def cropped(message: Json) -> Json:
    """As VK tells of a message that is too big for an event."""
    return {**message, "text": message["text"][:CROPPED], "fwd_messages": [], "is_cropped": True}


def client_info() -> Json:
    """What the newest of VK's own programs can do."""
    return {
        "button_actions": [
            "text",
            "vkpay",
            "open_app",
            "location",
            "open_link",
            "callback",
        ],
        "keyboard": True,
        "inline_keyboard": True,
        "carousel": True,
        "lang_id": 0,
    }
