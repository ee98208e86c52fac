"""What holds a talk by mail together: our Message-IDs, the token in a subject, and what is remembered of the last letter."""

import base64
import hashlib
import hmac
import re

import msgspec

UNPROVEN = "?"
"""What an address begins with whose owner nobody vouches for: a conversation and a customer of its own."""
_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|fw|fwd|отв|ответ|на|пересл)\s?(?:\[\d+\])?\s?:\s*)+", re.IGNORECASE
)
_TOKEN = re.compile(r"\s*\[#([A-Z2-7]{8})\]")
REFERENCES = 20
QUOTE = 2000


class Thread(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last letter of an address: its `id`, those before it, its subject, who wrote it, when (ms, and the
    minutes east of Greenwich there), and its text."""

    id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    name: str = ""
    at: int = 0
    zone: int = 0
    quote: str = ""


class Marks:
    """Our Message-IDs and tokens: nobody can guess them who was not sent them."""

    def __init__(self, secret: str, channel: str, domain: str) -> None:
        self._secret = secret.encode()
        self._channel = channel
        self._domain = domain
        self._id = re.compile(
            rf"<(\d{{1,18}})\.([0-9a-f]{{20}})@{re.escape(domain)}>", re.IGNORECASE
        )

    def message_id(self, delivery: int) -> str:
        """The same for the same row of the outbox, however often it is tried."""
        return f"<{delivery}.{self._mark(str(delivery)).hex()[:20]}@{self._domain}>"

    def is_ours(self, message_id: str) -> bool:
        """Whether we made it."""
        found = self._id.fullmatch(message_id.strip())
        return (
            found is not None
            and self.message_id(int(found[1])).lower() == message_id.strip().lower()
        )

    def token(self, address: str) -> str:
        """What a subject carries for an address."""
        return base64.b32encode(self._mark(f"to:{address}")).decode()[:8]

    def _mark(self, words: str) -> bytes:
        return hmac.new(self._secret, f"{self._channel}:{words}".encode(), hashlib.sha256).digest()


def bare(address: str) -> str:
    """The e-mail address that a conversation's address stands for."""
    return address.removeprefix(UNPROVEN)


def token_in(subject: str) -> str:
    """The token in a subject; empty if there is none."""
    found = _TOKEN.search(subject)
    return found[1] if found else ""


def plain_subject(subject: str) -> str:
    """A subject without `Re:` and tokens."""
    return _TOKEN.sub("", _PREFIX.sub("", subject)).strip()


def is_answer(subject: str) -> bool:
    """Whether a subject is that of an answer."""
    return bool(_PREFIX.match(subject))


def thread_key(address: str) -> str:
    """The name under which a channel keeps the thread of an address."""
    return f"thread:{address}"
