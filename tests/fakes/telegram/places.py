"""What Telegram keeps: people, chats, topics, messages, files. Data only; the rules stand in `methods`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

GENERAL = 1
ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
ANONYMOUS: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


@dataclass
class StoredFile:
    """A file that lies at Telegram. `kind` is what it was sent as; a file id means it to one bot only."""

    unique: str
    kind: str
    name: str
    mime: str
    data: bytes
    size: int
    gone: bool = False

    @property
    def path(self) -> str:
        """Where a bot downloads it, below /file/bot<token>/."""
        extension = self.name.rpartition(".")[2] if "." in self.name else "bin"
        return f"{self.kind}s/file_{self.unique}.{extension}"


@dataclass
class Topic:
    """A topic of a forum. A deleted one stays here, so that its number is never given again."""

    id: int
    name: str
    color: int = 7322096
    icon: str = ""
    closed: bool = False
    hidden: bool = False
    deleted: bool = False
    silent: bool = False
    """Messages to it land in General without a word, as Telegram has been seen to do."""


@dataclass
class Member:
    """Somebody in a chat: a person or a bot."""

    user: Json
    status: Status = "member"
    rights: set[str] = field(default_factory=set)
    anonymous: bool = False

    @property
    def inside(self) -> bool:
        return self.status not in ("left", "kicked")

    @property
    def rules(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass(eq=False)
class Post:
    """A message in a chat. `content` is in the Bot API's own fields; files by their unique name."""

    id: int
    chat: "Chat"
    author: Json
    date: int
    content: Json
    thread: int | None = None
    reply_to: int | None = None
    markup: Json | None = None
    sender_chat: Json | None = None
    edited: int | None = None
    notice: bool = False
    origin: Json | None = None

    @property
    def text(self) -> str:
        """The words in it: text or caption."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def inline(self) -> list[list[Json]]:
        """The rows of its inline keyboard."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows


@dataclass(eq=False)
class Chat:
    """A chat. A private one belongs to one bot and one person, and has its own numbers of messages."""

    id: int
    kind: ChatKind
    title: str = ""
    person: Json | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    reactions: dict[int, dict[int, list[Json]]] = field(default_factory=dict)
    allowed_reactions: list[str] | None = None
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    moved_to: int | None = None
    deleted: bool = False
    keyboards: dict[int, Json] = field(default_factory=dict)
    """The reply keyboard that stands under each person's line of writing."""
    presses: list[Any] = field(default_factory=list)
    """The `world.Query` of every button that was pressed here."""
    by_thread: dict[int, list[Post]] = field(default_factory=dict)
    """Every message that ever stood in a topic; 1 is General."""
    journal: list[Any] = field(default_factory=list)
    """The part of `World.journal` that is about this chat."""
    last_id: int = 0

    def number(self) -> int:
        """The next message's number."""
        self.last_id += 1
        return self.last_id

    def brief(self) -> Json:
        """The Chat object that stands in messages."""
        if self.kind == "private":
            assert self.person is not None
            names = ("first_name", "last_name", "username")
            return {
                "id": self.id,
                "type": "private",
                **{name: self.person[name] for name in names if name in self.person},
            }
        chat: Json = {"id": self.id, "type": self.kind, "title": self.title}
        return {**chat, "is_forum": True} if self.forum else chat

    def newest(self) -> Iterator[Post]:
        """Its messages, the newest first."""
        yield from reversed(list(self.posts.values()))

    def people(self) -> Iterator[Member]:
        """Who is inside and no bot."""
        return (one for one in self.members.values() if one.inside and not one.user["is_bot"])
