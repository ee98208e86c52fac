"""Vectors of the FAQ's own texts, each encoded once: kept in memory over reloads, and on a shelf over starts.

Customers' texts pass through and are not kept.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]

_DIGEST = 16
_HEAD = struct.Struct("<II")
_NUMBER = np.dtype("<f4")
# Texts that are encoded at once, and rows that are put on the shelf at once: nobody else runs meanwhile.
_TOGETHER = 128


class Shelf(Protocol):
    """Where one content outlives the program; what it gives back is what was put there, or nothing."""

    def read(self) -> memoryview | None:
        """What was written last."""
        ...

    def write(self, parts: Iterable[bytes]) -> None:
        """Keep them, joined, in the place of what was there, if that is possible."""
        ...


class KeptVectors:
    """An encoder that remembers the texts of the last `keep`, and no others."""

    def __init__(
        self,
        encode: Encode,
        shelf: Shelf | None = None,
        go_on: Callable[[], None] = lambda: None,
    ) -> None:
        """`encode` returns a row for each text, of the same length for all. `go_on` is called now and then while many
        texts are encoded: what it raises ends that."""
        self._encode = encode
        self._shelf = shelf
        self._go_on = go_on
        self._places: Mapping[bytes, int] | None = None
        self._vectors: Matrix = np.empty((0, 0), np.float32)

    def keep(self, texts: Iterable[str]) -> None:
        """Encode those of `texts` that are new, and forget what is not among them. Not for two threads at once."""
        if self._places is None:
            self._places, self._vectors = _unpacked(self._shelf.read() if self._shelf else None)
        wanted = {_digest(text): text for text in texts}
        old = [digest for digest in wanted if digest in self._places]
        new = [digest for digest in wanted if digest not in self._places]
        if not new and len(old) == len(self._places):
            return
        parts = [self._vectors[[self._places[digest] for digest in old]]] if old else []
        for start in range(0, len(new), _TOGETHER):
            self._go_on()
            parts.append(self._encode([wanted[one] for one in new[start : start + _TOGETHER]]))
        self._vectors = np.concatenate(parts) if parts else np.empty((0, 0), np.float32)
        self._places = {digest: place for place, digest in enumerate([*old, *new])}
        if self._shelf is not None:
            self._shelf.write(_packed(self._places, self._vectors))

    def rows(self, texts: Sequence[str]) -> Matrix:
        """The vectors of texts that are kept. Raises `KeyError` for others."""
        places = self._places or {}
        found: Matrix = self._vectors[[places[_digest(text)] for text in texts]]
        return found


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def _packed(places: Iterable[bytes], vectors: Matrix) -> Iterator[bytes]:
    yield _HEAD.pack(*vectors.shape)
    yield b"".join(places)
    for start in range(0, len(vectors), _TOGETHER):
        yield vectors[start : start + _TOGETHER].astype(_NUMBER, copy=False).tobytes()


def _unpacked(content: memoryview | None) -> tuple[dict[bytes, int], Matrix]:
    """What `_packed` made; nothing of what it cannot have made."""
    if content is not None and len(content) >= _HEAD.size:
        count, length = _HEAD.unpack_from(content)
        numbers = _HEAD.size + count * _DIGEST
        if len(content) == numbers + count * length * _NUMBER.itemsize:
            digests = (bytes(content[i : i + _DIGEST]) for i in range(_HEAD.size, numbers, _DIGEST))
            vectors = np.frombuffer(content, _NUMBER, count * length, numbers)
            return {digest: i for i, digest in enumerate(digests)}, vectors.reshape(count, length)
    return {}, np.empty((0, 0), np.float32)
