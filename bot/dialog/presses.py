"""What a button's payload says: `visit.place.key`, at most 40 characters of ASCII whatever things are named.

The visit is that of the question it belongs to, `place` and `key` are short hashes: of flow and step, and of what was
meant there. Comparing all three with what waits now tells a button that is old. What is not a step of a flow (our own
questions, answers of the FAQ, a person, the menu) stands there under names that no flow can have.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b

import msgspec

FAQ_ANSWER, OUR_QUESTION, ALWAYS = "\0faq", "\0our", "\0"
SKIP, DONE = "\0skip", "\0done"


class Pressed(msgspec.Struct, frozen=True, gc=False):
    """A payload taken apart: compare `place` with `place_mark`, `key` with `mark`."""

    visit: int
    place: str
    key: str


@lru_cache(maxsize=4096)
def place_mark(flow: str, step: str) -> str:
    """Eight characters that stand for a step of a flow."""
    return _hash(f"{flow}\0{step}")


@lru_cache(maxsize=4096)
def mark(key: str) -> str:
    """Eight characters that stand for an option's key."""
    return _hash(key)


def payload(flow: str, step: str, visit: int, key: str) -> str:
    """What a button carries."""
    return f"{visit}.{place_mark(flow, step)}.{mark(key)}"


def parse_payload(text: str) -> Pressed | None:
    """None for what is no payload of ours: a button of another program, a forged one."""
    visit, _, rest = text.partition(".")
    where, _, key = rest.partition(".")
    known = visit.isascii() and visit.isdigit() and len(visit) <= 18
    return Pressed(int(visit), where, key) if known and len(where) == len(key) == 8 else None


def beside(index: int) -> str:
    """The key of the button number `index` beside a text."""
    return f"\0beside{index}"


def row(index: int) -> str:
    """The key of the row number `index` of a choice from rows."""
    return f"\0row{index}"


def our(kind: str, visit: int, index: int) -> str:
    """The payload of answer number `index` to a question of our own."""
    return payload(OUR_QUESTION, kind, visit, str(index))


def _hash(text: str) -> str:
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=6).digest()
    return urlsafe_b64encode(digest).decode()


PERSON = payload(ALWAYS, "person", 0, "")
MENU = payload(ALWAYS, "menu", 0, "")
"""These two may be pressed at any time."""
