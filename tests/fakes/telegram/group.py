"""Groups and their topics, as tests speak of them."""

from typing import TYPE_CHECKING, Literal

from tests.fakes.telegram import seen
from tests.fakes.telegram.bot import FakeBot
from tests.fakes.telegram.methods.chats import member_update, shown
from tests.fakes.telegram.methods.topics import ICONS, drop_topic, open_topic
from tests.fakes.telegram.places import (
    ADMIN_RIGHTS,
    GENERAL,
    Chat,
    Json,
    Member,
    Status,
    Topic,
)
from tests.fakes.telegram.seen import Seen
from tests.fakes.telegram.world import World

if TYPE_CHECKING:
    from tests.fakes.telegram.people import Person

GroupKind = Literal["forum", "supergroup", "group"]


class FakeTopic:
    """A topic of a forum."""

    def __init__(self, group: "FakeGroup", topic: Topic) -> None:
        self.group = group
        self.topic = topic

    @property
    def id(self) -> int:
        return self.topic.id

    @property
    def name(self) -> str:
        return self.topic.name

    @property
    def icon(self) -> str:
        """The emoji that it shows; empty if it has none of its own."""
        return ICONS[self.topic.icon] if self.topic.icon else ""

    def sees(self) -> list[Seen]:
        """The messages in it, oldest first, without notices."""
        posts = seen.posts_in(self.group.chat, self.id)
        return [seen.seen(post) for post in posts if not post.notice]

    def transcript(self, *, notices: bool = False) -> list[str]:
        """Plain lines."""
        return seen.transcript(self.group.chat, self.id, notices=notices)

    @property
    def pinned(self) -> list[Seen]:
        """What is pinned in it, the oldest pin first."""
        wanted = None if self.id == GENERAL else self.id
        chat = self.group.chat
        posts = [chat.posts[number] for number in chat.pinned]
        return [seen.seen(post) for post in posts if post.thread == wanted]

    def is_deleted(self, *, silently: bool = False) -> None:
        """Somebody deletes it. `silently`: messages to it land in General and nobody is told."""
        self.topic.silent = silently
        drop_topic(self.group.world, self.group.chat, self.topic)

    def is_closed(self, closed: bool = True) -> None:
        """Somebody closes it; only who manages topics can write."""
        self.topic.closed = closed
        content: Json = {"forum_topic_closed": {}} if closed else {"forum_topic_reopened": {}}
        group = self.group
        group.world.post(group.chat, group.owner, content, thread=self.id, notice=True)


class FakeGroup:
    """A group, supergroup or forum. `chat` is its state; it changes when the group is upgraded."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat

    @classmethod
    def made(cls, world: World, kind: GroupKind, title: str, number: int) -> "FakeGroup":
        """A new one without members."""
        plain = kind == "group"
        number = -(4_000_000 + number) if plain else -(1_001_000_000_000 + number)
        chat = Chat(number, "group" if plain else "supergroup", title)
        world.groups[chat.id] = chat
        group = cls(world, chat)
        if kind == "forum":
            group.turns_topics(on=True)
        return group

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def title(self) -> str:
        return self.chat.title

    @property
    def owner(self) -> Json:
        """Who created it, or whoever is there."""
        people = sorted(self.chat.members.values(), key=lambda one: one.status != "creator")
        return next(one.user for one in people)

    # ---- what happens to it -------------------------------------------------------------------

    def turns_topics(self, *, on: bool) -> None:
        """Topics on or off."""
        self.chat.forum = on
        self.chat.topics.setdefault(GENERAL, Topic(GENERAL, "General"))

    def takes_in(self, person: "Person", status: Status = "member") -> None:
        """Somebody comes in."""
        rights = set(ADMIN_RIGHTS) if status == "administrator" else set()
        self.chat.members[person.id] = Member(person.user, status, rights)

    def takes_in_bot(
        self, bot: FakeBot, *, admin: bool = False, by: "Person | None" = None
    ) -> None:
        """A bot is added: my_chat_member, and a service message."""
        who = by.user if by else (self.owner if self.chat.members else bot.account.user)
        old = self.chat.members.get(bot.id, Member(bot.account.user, "left"))
        was = shown(old)
        rights = set(ADMIN_RIGHTS) if admin else set()
        member = Member(bot.account.user, "administrator" if admin else "member", rights)
        self.chat.members[bot.id] = member
        self._tell(bot, who, was)
        content = {"new_chat_members": [bot.account.user]}
        self.world.post(self.chat, who, content, notice=True)

    def allows(self, bot: FakeBot, *rights: str, admin: bool = True) -> None:
        """The bot has exactly these rights from now on; all of them if none is named."""
        was = shown(self.chat.members[bot.id])
        self.chat.members[bot.id].status = "administrator" if admin else "member"
        self.chat.members[bot.id].rights = set(rights or ADMIN_RIGHTS) if admin else set()
        self._tell(bot, self.owner, was)

    def kicks(self, who: "FakeBot | Person") -> None:
        """Somebody is thrown out; a bot hears of it."""
        member = self.chat.members[who.id]
        was = shown(member)
        member.status = "kicked"
        if isinstance(who, FakeBot):
            self._tell(who, self.owner, was)
        else:
            content = {"left_chat_member": member.user}
            self.world.post(self.chat, self.owner, content, notice=True)

    def _tell(self, bot: FakeBot, by: Json, was: Json) -> None:
        now = shown(self.chat.members[bot.id])
        update = member_update(self.chat, by, was, now, int(self.world.clock()))
        self.world.tell(bot.account, "my_chat_member", update)

    def disappears(self) -> None:
        """The group is deleted: "chat not found"."""
        self.chat.deleted = True

    def reacts_only_with(self, *emoji: str) -> None:
        """Only these reactions are allowed here."""
        self.chat.allowed_reactions = list(emoji)

    def migrates(self, *, topics: bool = False) -> int:
        """A plain group becomes a supergroup. Its new id, which both service messages name."""
        old = self.chat
        new = Chat(-(1_001_900_000_000 - old.id), "supergroup", old.title, members=old.members)
        self.world.groups[new.id] = new
        owner = self.owner
        self.world.post(old, owner, {"migrate_to_chat_id": new.id}, notice=True)
        old.moved_to = new.id
        self.chat = new
        if topics:
            self.turns_topics(on=True)
        self.world.post(new, owner, {"migrate_from_chat_id": old.id}, notice=True)
        return new.id

    # ---- what stands in it --------------------------------------------------------------------

    @property
    def general(self) -> FakeTopic:
        """The General topic."""
        return FakeTopic(self, self.chat.topics[GENERAL])

    @property
    def topics(self) -> list[FakeTopic]:
        """Its topics that exist, without General."""
        return [
            FakeTopic(self, one)
            for one in self.chat.topics.values()
            if one.id != GENERAL and not one.deleted
        ]

    def topic(self, words: str) -> FakeTopic:
        """The newest topic whose name has these words."""
        for one in reversed(self.topics):
            if words in one.name:
                return one
        names = ", ".join(f"«{one.name}»" for one in self.topics)
        raise AssertionError(f"there is no topic «{words}», only {names or 'none'}")

    async def waits_for_topic(self, words: str, patience: float | None = None) -> FakeTopic:
        """The same, once there is one."""
        await self.world.bell.until(
            lambda: any(words in one.name for one in self.topics),
            lambda: f"no topic «{words}» came, only {[one.name for one in self.topics]}",
            patience,
        )
        return self.topic(words)

    def opens_topic(self, name: str) -> FakeTopic:
        """The owner opens a topic by hand."""
        topic = {"name": name, "icon_color": 7322096}
        return FakeTopic(self, open_topic(self.world, self.chat, self.owner, topic))

    def sees(self) -> list[Seen]:
        """All messages in it, without notices."""
        return [seen.seen(post) for post in self.chat.posts.values() if not post.notice]

    def transcript(self, *, notices: bool = False) -> list[str]:
        """Plain lines of all of it."""
        return seen.transcript(self.chat, notices=notices)
