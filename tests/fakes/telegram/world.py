"""The state of the fake Telegram and what changes it. No network here: the server calls it, tests look at it."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.telegram.bell import Bell
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.pace import Clock, Limits, Pace
from tests.fakes.telegram.places import GENERAL, Chat, Json, Post, StoredFile
from tests.fakes.telegram.refusal import bad, forbidden
from tests.fakes.telegram.updates import Queue

Happening = Literal["new", "edit", "delete", "pin", "unpin", "topic", "react", "action", "answer"]


@dataclass(eq=False)
class Account:
    """A bot as Telegram keeps it."""

    token: str
    user: Json
    queue: Queue = field(default_factory=Queue)
    pace: Pace | None = None
    privacy: bool = True
    revoked: bool = False
    commands: dict[str, list[Json]] = field(default_factory=dict)
    webhook: Json = field(default_factory=dict)
    secret: str = ""
    reader: int = 0
    """The number of the getUpdates that may answer; an older one is told of the conflict."""
    conflicts: int = 0

    @property
    def id(self) -> int:
        return int(self.user["id"])


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `post` where it is about a message, `words` what can be read in it."""

    seq: int
    what: Happening
    chat: Chat
    post: Post | None
    words: str
    at: float


@dataclass
class Query:
    """A press that waits for its answer. `after` is the chat's last message at that time."""

    bot: int
    at: float
    chat: Chat
    after: int
    thread: int | None
    who: str
    label: str
    answer: Json | None = None


class World:
    """Everything that Telegram knows."""

    def __init__(self, clock: Clock, limits: Limits | None) -> None:
        self.clock = clock
        self.limits = limits
        self.bell = Bell()
        self.accounts: dict[str, Account] = {}
        self.users: dict[int, Json] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.groups: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.faults: list[Fault] = []
        self.journal: list[Entry] = []
        self.query_lifetime = 900.0
        self.confirmed_watch: Callable[[], None] = lambda: None

    # ---- who and where -------------------------------------------------------------------

    def account(self, token: str) -> Account | None:
        return self.accounts.get(token)

    def by_id(self, bot: int) -> Account:
        return next(one for one in self.accounts.values() if one.id == bot)

    def new_account(self, token: str, name: str, username: str) -> Account:
        user = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        account = Account(token, user)
        if self.limits is not None:
            account.pace = Pace(self.limits, self.clock)
        self.accounts[token] = account
        return account

    def private_chat(self, account: Account, person: Json) -> Chat:
        key = (account.id, int(person["id"]))
        if key not in self.private:
            self.private[key] = Chat(key[1], "private", person=person)
        return self.private[key]

    def chat_for(self, account: Account, chat_id: Any) -> Chat:
        """The chat that a bot means, if it may look into it. Raises the refusals of the Bot API."""
        if not isinstance(chat_id, int):
            raise bad("chat not found")
        if chat_id > 0:
            return self._private_for(account, chat_id)
        chat = self.groups.get(chat_id)
        if chat is None or chat.deleted:
            raise bad("chat not found")
        member = chat.members.get(account.id)
        kind = f"{chat.kind} chat"
        if member is None:
            raise bad("chat not found")
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {kind}")
        if chat.moved_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        if not member.inside:
            raise forbidden(f"bot is not a member of the {kind}")
        return chat

    def _private_for(self, account: Account, user_id: int) -> Chat:
        if user_id not in self.users:
            raise bad("chat not found")
        if self.users[user_id]["is_bot"]:
            raise forbidden("bots can't send messages to bots")
        chat = self.private.get((account.id, user_id))
        if chat is None or not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def owner(self, chat: Chat) -> Account | None:
        """The bot of a private chat."""
        found = (key for key, one in self.private.items() if one is chat)
        key = next(found, None)
        return None if key is None else self.by_id(key[0])

    def listeners(self, chat: Chat) -> list[Account]:
        """The bots that hear what happens in a chat."""
        owner = self.owner(chat) if chat.kind == "private" else None
        if owner is not None:
            return [owner]
        return [
            one
            for one in self.accounts.values()
            if one.id in chat.members and chat.members[one.id].inside
        ]

    # ---- files ---------------------------------------------------------------------------

    def keep_file(self, kind: str, name: str, mime: str, data: bytes, size: int = -1) -> StoredFile:
        unique = f"{len(self.files) + 1:05d}{zlib.crc32(data) & 0xFFFF:04x}"
        kept = StoredFile(unique, kind, name, mime, data, len(data) if size < 0 else size)
        self.files[unique] = kept
        return kept

    def file_for(self, account: Account, file_id: str) -> StoredFile:
        """The file that a bot means. An id that another bot was given means nothing."""
        match = re.fullmatch(r"BQAC-(\d+)-(\w+)", file_id)
        if match is None:
            raise bad("wrong file identifier/HTTP URL specified")
        kept = self.files.get(match[2])
        if int(match[1]) != account.id or kept is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return kept

    # ---- how a bot sees a message ----------------------------------------------------------

    def shown(self, post: Post, account: Account, *, deep: bool = True) -> Json:
        """The Message object. Messages in topics that answer nothing answer the message that opened the topic."""
        chat = post.chat
        body: Json = {
            "message_id": post.id,
            "date": post.date,
            "chat": chat.brief(),
            "from": post.author,
        }
        if post.sender_chat is not None:
            body["sender_chat"] = post.sender_chat
        if post.thread is not None:
            body["message_thread_id"] = post.thread
            if chat.forum:
                body["is_topic_message"] = True
        if post.edited is not None:
            body["edit_date"] = post.edited
        if post.origin is not None:
            body["forward_origin"] = post.origin
        if post.inline:
            body["reply_markup"] = post.markup
        answered = self._answered(post)
        if deep and answered is not None:
            body["reply_to_message"] = self.shown(answered, account, deep=False)
        body.update(self._localised(post.content, account))
        return body

    def _answered(self, post: Post) -> Post | None:
        if post.reply_to is not None:
            return post.chat.posts.get(post.reply_to)
        if post.chat.forum and post.thread is not None and post.thread != post.id:
            return post.chat.posts.get(post.thread)
        return None

    def _localised(self, value: Any, account: Account) -> Any:
        """The content with this bot's own file ids."""
        if isinstance(value, Post):
            return self.shown(value, account, deep=False)
        if isinstance(value, list):
            return [self._localised(one, account) for one in value]
        if not isinstance(value, dict):
            return value
        shown = {name: self._localised(one, account) for name, one in value.items()}
        if "file_id" in shown:
            shown["file_id"] = f"BQAC-{account.id}-{shown['file_id']}"
        return shown

    # ---- what happens ------------------------------------------------------------------------

    def note(self, what: Happening, chat: Chat, post: Post | None = None, words: str = "") -> Entry:
        """Write into the journal, and wake everyone who waits."""
        entry = Entry(len(self.journal), what, chat, post, words, self.clock())
        self.journal.append(entry)
        chat.journal.append(entry)
        self.bell.ring()
        return entry

    def add(self, post: Post) -> Post:
        """A new message stands in its chat; the bots that may see it hear of it."""
        post.chat.posts[post.id] = post
        post.chat.by_thread.setdefault(post.thread or GENERAL, []).append(post)
        for account in self.listeners(post.chat):
            if self.hears(account, post):
                account.queue.add("message", self.shown(post, account))
        self.note("new", post.chat, post, post.text)
        return post

    def edited(self, post: Post) -> None:
        """A person has edited a message."""
        post.edited = int(self.clock())
        for account in self.listeners(post.chat):
            if self.hears(account, post):
                account.queue.add("edited_message", self.shown(post, account))
        self.note("edit", post.chat, post, post.text)

    def tell(self, account: Account, kind: str, body: Json) -> None:
        """An update of another kind."""
        account.queue.add(kind, body)
        self.bell.ring()

    def hears(self, account: Account, post: Post) -> bool:
        """Bots hear no bots, and in groups with privacy only what is meant for them; notices everyone."""
        if post.notice:
            return True
        if post.author["is_bot"] and post.sender_chat is None:
            return False
        member = post.chat.members.get(account.id)
        if post.chat.kind == "private" or member is None or member.rules or not account.privacy:
            return True
        answered = self._answered(post)
        if answered is not None and answered.author["id"] == account.id:
            return True
        command = re.match(r"/\w+(?:@(\w+))?", post.text)
        return command is not None and command[1] in (None, account.user["username"])

    def post(
        self,
        chat: Chat,
        author: Json,
        content: Json,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
        notice: bool = False,
        markup: Json | None = None,
        sender_chat: Json | None = None,
    ) -> Post:
        """Make a message and let it be heard."""
        return self.add(
            Post(
                chat.number(),
                chat,
                author,
                int(self.clock()),
                content,
                thread=thread,
                reply_to=reply_to,
                notice=notice,
                markup=markup,
                sender_chat=sender_chat,
            )
        )

    def remove(self, post: Post) -> None:
        """A message is gone. Bots are told nothing."""
        post.chat.posts.pop(post.id, None)
        if post.id in post.chat.pinned:
            post.chat.pinned.remove(post.id)
        self.note("delete", post.chat, post, post.text)
