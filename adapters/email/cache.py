"""Letters that were read lately, so that their files need not be fetched again."""

from collections import OrderedDict

KEPT = 60_000_000
"""Bytes."""


class Cache:
    """By the letters' ids; the oldest goes first."""

    def __init__(self) -> None:
        self._letters: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def put(self, id: str, raw: bytes) -> None:
        """Keep it for a while."""
        if id in self._letters or len(raw) > KEPT:
            return
        self._letters[id] = raw
        self._bytes += len(raw)
        while self._bytes > KEPT:
            self._bytes -= len(self._letters.popitem(last=False)[1])

    def get(self, id: str) -> bytes | None:
        """The letter, if it is still here."""
        return self._letters.get(id)
