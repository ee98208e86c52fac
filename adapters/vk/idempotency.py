"""The names under which VK knows a message of ours, so that one that is sent again is never doubled. Pure.

VK compares `random_id` with those of the community's whole history (https://dev.vk.com/ru/method/messages.send), 0
meaning "do not compare"; its pages say 64 bits, its schema and some libraries 32, so we keep to these. Rows are counted
through from a start that each database draws for itself: two databases of one community would else number their messages
alike, and VK would swallow those of the second.
"""

from hashlib import blake2b

PARTS = 16
"""Parts of one delivery that are counted through; what lies beyond is hashed."""
_IDS = (1 << 32) - 1


def random_id(start: int, row: int, part: int) -> int:
    """A number from -2³¹ to 2³¹-1, never 0; different for 268 million rows in succession."""
    if part < PARTS:
        number = (start + row * PARTS + part) % _IDS
    else:
        digest = blake2b(f"{start}.{row}.{part}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest) % _IDS
    return number - (1 << 31) if number < 1 << 31 else number - (1 << 31) + 1


def guid(start: int, row: int, part: int) -> str:
    """The same for comments, whose `guid` is any string."""
    return f"{start}-{row}-{part}"
