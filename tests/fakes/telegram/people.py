"""People, as tests speak of them: what they do, and what they see."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tests.fakes.telegram import acting, seen
from tests.fakes.telegram.bot import FakeBot
from tests.fakes.telegram.group import FakeGroup, FakeTopic
from tests.fakes.telegram.methods import media
from tests.fakes.telegram.places import Chat, Json, Post
from tests.fakes.telegram.seen import Seen
from tests.fakes.telegram.world import Entry, Query, World

Place = FakeBot | FakeGroup | FakeTopic
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
WRITTEN = ("new", "edit")


@dataclass
class Press:
    """A press of a button, and what it was answered with."""

    world: World
    query: Query

    async def answered(self) -> str:
        """The words of the answer (empty: none), once it is there."""
        answer = await self.world.bell.until(
            lambda: self.query.answer, "the press was not answered"
        )
        return str(answer.get("text") or "")


class Person:
    """Somebody with Telegram in the pocket. What is written goes to the last place unless another is named."""

    def __init__(self, world: World, user: Json, phone: str) -> None:
        self.world = world
        self.user = user
        self.phone = phone
        self._place: Place | None = None
        self._since = 0

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def name(self) -> str:
        return str(self.user["first_name"])

    # ---- doing ------------------------------------------------------------------------------

    async def writes(
        self,
        text: str,
        *,
        to: FakeBot | None = None,
        in_: FakeGroup | FakeTopic | None = None,
        reply_to: Seen | str | None = None,
        entities: list[Json] | None = None,
        anonymous: bool = False,
    ) -> Seen:
        """A text; commands, links and addresses in it are marked as Telegram does."""
        place = self._at(to or in_)
        content = acting.text(text, entities)
        return self._say(place, content, reply_to=reply_to, anonymous=anonymous)

    async def replies(self, text: str, to_message: Seen | str, *, in_: Place | None = None) -> Seen:
        """A text in answer to a message: the newest that has these words."""
        return self._say(self._at(in_), acting.text(text, None), reply_to=to_message)

    async def starts(self, bot: FakeBot, payload: str = "") -> Seen:
        """Press Start, by a deep link if there is a payload."""
        return await self.writes(f"/start {payload}".strip(), to=bot)

    async def presses(self, label: str, *, in_: Place | None = None) -> Press | None:
        """The newest button with that label: of a message, or of the keyboard under the line of writing."""
        place = self._at(in_)
        chat, thread = _where(self.world, self.user, place)
        for post in reversed(seen.posts_in(chat, thread)):
            for button in (button for row in post.inline for button in row):
                if button["text"] == label and "callback_data" in button:
                    return self._press(post, button["callback_data"], post.author)
        self._press_below(place, chat, label)
        return None

    async def presses_old(self, message: Seen, data: str, *, in_: Place | None = None) -> Press:
        """A callback with any data, on a message that may be gone: an old screen, a program of one's own."""
        chat, _ = _where(self.world, self.user, self._at(in_))
        owner = self.world.owner(chat)
        bot = (
            owner.user
            if owner
            else next(one.user for one in chat.members.values() if one.user["is_bot"])
        )
        post = chat.posts.get(message.id) or Post(message.id, chat, bot, 0, {"text": message.text})
        return self._press(post, data, bot)

    def _press(self, post: Post, data: str, bot: Json) -> Press:
        self._since = len(self.world.journal)
        return Press(self.world, acting.press(self.world, self.user, post, data, bot))

    def _press_below(self, place: Place, chat: Chat, label: str) -> None:
        keyboard = chat.keyboards.get(self.id, {})
        for button in (button for row in keyboard.get("keyboard", []) for button in row):
            if (button if isinstance(button, str) else button["text"]) != label:
                continue
            content: Json = {"text": label}
            if isinstance(button, dict) and button.get("request_contact"):
                content = self._contact()
            elif isinstance(button, dict) and button.get("request_location"):
                content = {"location": {"latitude": 55.75393, "longitude": 37.62079}}
            self._say(place, content)
            if keyboard.get("one_time_keyboard"):
                chat.keyboards.pop(self.id, None)
            return
        raise AssertionError(
            f"{self.name} sees no button «{label}»:\n" + "\n".join(self.transcript(place))
        )

    def _contact(self) -> Json:
        return {
            "contact": {
                "phone_number": self.phone,
                "first_name": self.name,
                "user_id": self.id,
            }
        }

    async def shares_contact(self, *, to: FakeBot | None = None) -> Seen:
        """The own phone number."""
        return self._say(self._at(to), self._contact())

    async def shares_location(
        self, latitude: float, longitude: float, *, in_: Place | None = None
    ) -> Seen:
        """A place."""
        content = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._say(self._at(in_), content)

    async def sends_photo(
        self,
        caption: str = "",
        *,
        to: Place | None = None,
        data: bytes = JPEG,
        reply_to: Seen | str | None = None,
    ) -> Seen:
        """A photo."""
        content = self._file("photo", "photo.jpg", data) | _caption(caption)
        return self._say(self._at(to), content, reply_to=reply_to)

    async def sends(
        self,
        kind: str,
        data: bytes,
        name: str = "file.bin",
        caption: str = "",
        *,
        to: Place | None = None,
        size: int = -1,
        reply_to: Seen | str | None = None,
    ) -> Seen:
        """A file as video, voice, audio, document, sticker, animation or video_note. `size` is what Telegram will say of it."""
        content = self._file(kind, name, data, size) | _caption(caption)
        return self._say(self._at(to), content, reply_to=reply_to)

    async def sends_album(
        self, captions: Sequence[str], *, to: Place | None = None, kind: str = "photo"
    ) -> list[Seen]:
        """Several photos at once: one message each, with one media_group_id."""
        place = self._at(to)
        album = str(13_500_000_000 + len(self.world.journal))
        return [
            self.sends_part(album, number, caption, place, kind)
            for number, caption in enumerate(captions)
        ]

    def sends_part(
        self, album: str, number: int, caption: str, place: Place, kind: str = "photo"
    ) -> Seen:
        """One part of an album, for tests that want time between the parts."""
        content = self._file(kind, f"part{number}.jpg", JPEG + bytes([number]))
        return self._say(place, content | _caption(caption) | {"media_group_id": album})

    def _file(self, kind: str, name: str, data: bytes, size: int = -1) -> Json:
        mime = "image/jpeg" if kind == "photo" else _mime(kind, name)
        return media.content(self.world.keep_file(kind, name, mime, data, size))

    async def edits(self, message: Seen | str, text: str, *, in_: Place | None = None) -> Seen:
        """The own newest message with these words says something else now."""
        chat, _ = _where(self.world, self.user, self._at(in_))
        post = self._find(chat, message, mine=True)
        self._since = len(self.world.journal)
        fresh = acting.text(text, None) if "text" in post.content else _caption(text)
        kept = {
            k: v for k, v in post.content.items() if not k.startswith(("text", "entit", "caption"))
        }
        post.content = kept | fresh
        self.world.edited(post)
        return seen.seen(post, self.id)

    async def deletes(self, message: Seen | str, *, in_: Place | None = None) -> None:
        """A message disappears; bots are told nothing."""
        chat, _ = _where(self.world, self.user, self._at(in_))
        self.world.remove(self._find(chat, message))

    async def reacts(self, emoji: str, to_message: Seen | str, *, in_: Place | None = None) -> None:
        """A reaction; an empty one takes it away."""
        chat, _ = _where(self.world, self.user, self._at(in_))
        self._since = len(self.world.journal)
        acting.react(self.world, self.user, self._find(chat, to_message), [emoji] if emoji else [])

    async def blocks(self, bot: FakeBot) -> None:
        """Stop the bot."""
        acting.block(self.world, self.world.private_chat(bot.account, self.user))

    async def unblocks(self, bot: FakeBot) -> None:
        """Start it again."""
        acting.unblock(self.world, self.world.private_chat(bot.account, self.user))

    def is_gone(self, bot: FakeBot) -> None:
        """The account is deleted: 403 "user is deactivated"."""
        self.world.private_chat(bot.account, self.user).deactivated = True

    # ---- seeing -----------------------------------------------------------------------------

    def sees(self, place: Place | None = None) -> list[Seen]:
        """The messages there, oldest first; without notices."""
        return [seen.seen(post, self.id) for post in self._posts(place) if not post.notice]

    def reads(self, place: Place | None = None) -> list[str]:
        """The texts of others there."""
        return [one.text for one in self.sees(place) if not one.mine]

    def transcript(self, place: Place | None = None, *, notices: bool = False) -> list[str]:
        """Plain lines."""
        chat, thread = _where(self.world, self.user, self._at(place, keep=True))
        return seen.transcript(chat, thread, notices=notices)

    def keyboard(self, place: Place | None = None) -> list[str]:
        """The labels under the line of writing."""
        chat, _ = _where(self.world, self.user, self._at(place, keep=True))
        rows = chat.keyboards.get(self.id, {}).get("keyboard", [])
        return [one if isinstance(one, str) else one["text"] for row in rows for one in row]

    async def waits_for(
        self, words: str, *, in_: Place | None = None, patience: float | None = None
    ) -> Seen:
        """The first message with these words that others wrote or edited after this person's last act."""
        place = self._at(in_, keep=True)

        def look() -> Seen | None:
            chat, thread = _where(self.world, self.user, place)
            late = itertools.takewhile(lambda one: one.seq >= self._since, reversed(chat.journal))
            met = [one.post for one in late if self._meets(one, thread, words)]
            return seen.seen(met[-1], self.id) if met else None

        return await self.world.bell.until(look, lambda: self._missed(words, place), patience)

    def _meets(self, entry: Entry, thread: int | None, words: str) -> bool:
        post = entry.post
        if post is None or entry.what not in WRITTEN:
            return False
        if not seen.within(thread, post.thread):
            return False
        return post.author["id"] != self.id and words in (entry.words or seen.words(post.content))

    def _missed(self, words: str, place: Place) -> str:
        lines = "\n".join(self.transcript(place, notices=True)[-30:])
        return f"{self.name} waited in vain for «{words}»; on the screen stands:\n{lines}"

    # ---- where ------------------------------------------------------------------------------

    def _at(self, place: Place | None, *, keep: bool = False) -> Place:
        place = place or self._place
        assert place is not None, f"{self.name} has not been anywhere yet"
        if not keep or self._place is None:
            self._place = place
        return place

    def _posts(self, place: Place | None) -> list[Post]:
        return seen.posts_in(*_where(self.world, self.user, self._at(place, keep=True)))

    def _say(
        self,
        place: Place,
        content: Json,
        *,
        reply_to: Seen | str | None = None,
        anonymous: bool = False,
    ) -> Seen:
        chat, thread = _where(self.world, self.user, place)
        answered = self._find(chat, reply_to) if reply_to is not None else None
        self._since = len(self.world.journal)
        post = acting.say(
            self.world,
            self.user,
            chat,
            content,
            thread=thread,
            reply_to=answered,
            anonymous=anonymous,
        )
        return seen.seen(post, self.id)

    def _find(self, chat: Chat, message: Seen | str, *, mine: bool = False) -> Post:
        """The message meant: the newest with these words."""
        if isinstance(message, Seen):
            return chat.posts[message.id]
        for post in chat.newest():
            if message in seen.words(post.content) and (not mine or post.author["id"] == self.id):
                return post
        raise AssertionError(f"there is no message with «{message}»")


def _where(world: World, user: Json, place: Place) -> tuple[Chat, int | None]:
    """The chat, and the topic in it."""
    if isinstance(place, FakeBot):
        return world.private_chat(place.account, user), None
    if isinstance(place, FakeTopic):
        return place.group.chat, place.id
    return place.chat, None


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}


def _mime(kind: str, name: str) -> str:
    known = {
        "video": "video/mp4",
        "voice": "audio/ogg",
        "audio": "audio/mpeg",
        "sticker": "image/webp",
    }
    if kind in known:
        return known[kind]
    return {"pdf": "application/pdf", "txt": "text/plain", "eml": "message/rfc822"}.get(
        name.rpartition(".")[2], "application/octet-stream"
    )
