"""Which group is the operators': whoever reads the terminal knows a code, and writes it in the group."""

import secrets
import sys
from collections.abc import Callable

import structlog
from telegram import Message

from adapters.telegram_desk.api import Api
from adapters.telegram_desk.budget import Clock
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.inbound import GENERAL, acted, anonymous
from adapters.telegram_desk.me import Me
from adapters.telegram_desk.topics import Topics
from adapters.telegram_desk.voice import Voice
from bot.model.event import Incoming

log = structlog.get_logger("telegram_desk")

VALID = 600_000
TRIES = 5
WITHOUT_TOPICS = "plain"


def on_terminal(words: str) -> None:
    """A secret is for whoever started the program, not for its log."""
    sys.stderr.write(f"\n{words}\n\n")
    sys.stderr.flush()


class Pairing:
    """A code lives ten minutes and takes five tries; while no group is connected, a new one follows the old."""

    def __init__(
        self,
        api: Api,
        group: Group,
        topics: Topics,
        voice: Voice,
        me: Me,
        clock: Clock,
        tell: Callable[[str], None] = on_terminal,
    ) -> None:
        self._api = api
        self._group = group
        self._topics = topics
        self._voice = voice
        self._me = me
        self._clock = clock
        self._tell = tell
        self._code = ""
        self._until = 0
        self._tries = 0

    async def offer(self) -> None:
        """Print a code, and a new one when it is too old, until a group is connected."""
        await self._me.known.wait()
        while not self._group.id:
            if self._clock.now() >= self._until:
                self._print("code")
            await self._clock.sleep_until(self._until)

    def _print(self, key: str) -> None:
        self._code = f"{secrets.randbelow(10**6):06}"
        self._until = self._clock.now() + VALID
        self._tries = TRIES
        bot = f" @{self._me.username}" if self._me.username else ""
        self._tell(self._voice.words(key, code=self._code, bot=bot))

    async def connect(self, update: int, message: Message, words: str) -> list[Incoming]:
        """Somebody wrote `/connect`; what the desk is to know of it. Raises as `Api.call`."""
        chat = message.chat
        refusal = self._refusal(message, words)
        if refusal:
            key, values = refusal
            thread = message.message_thread_id if message.is_topic_message else 0
            await self._voice.say(
                key, chat=chat.id, thread=thread or 0, reply_to=message.message_id, **values
            )
            return []
        missing = await self._group.missing(chat.id, self._me.id)
        if WITHOUT_TOPICS in words.split()[1:]:
            missing = [one for one in missing if one not in ("topics", "can_manage_topics")]
        if missing:
            lines = "\n".join(
                self._voice.words(f"missing_{one}", code=self._code) for one in missing
            )
            await self._voice.say("connect_missing", chat=chat.id, missing=lines, code=self._code)
            return []
        await self._group.connect(chat.id, self._clock.now())
        self._topics.forget_all()
        self._code, self._until = "", 0
        assert message.from_user is not None
        event = acted(message.from_user, "connected", message.from_user.username or "")
        return [Incoming(str(update), event, address=GENERAL, message_id=str(message.message_id))]

    def _refusal(self, message: Message, words: str) -> tuple[str, dict[str, object]] | None:
        """Why not, as a phrase and its values; None if the code is right."""
        if message.chat.type == "private":
            return "in_private", {}
        if anonymous(message) or message.from_user is None:
            return "anonymous", {}
        if self._group.fixed:
            return "group_fixed", {}
        now = self._clock.now()
        if now >= self._until:
            self._print("code_again" if self._group.id else "code")
            return "code_printed", {}
        if not self._tries:
            return "no_tries", {"minutes": -(-(self._until - now) // 60_000)}
        typed = (words.split() or [""])[0]
        if secrets.compare_digest(typed.encode(), self._code.encode()):
            return None
        self._tries -= 1
        log.warning("wrong code for the operators' group", left=self._tries)
        return "wrong_code", {"left": self._tries}
