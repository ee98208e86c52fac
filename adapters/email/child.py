"""The process that reads letters, so that a hostile one costs nobody but itself: `python -m adapters.email.child`.

It is asked on standard input and answers on standard output, each a length of four bytes (big-endian) and MessagePack.
It ends with its input, and is killed where it takes too long.
"""

import contextlib
import os
import signal
import struct
import sys
from typing import BinaryIO

import msgspec

from adapters.email.letter import Letter, Reading
from adapters.email.mime import TooMuch, read_letter, read_part

MEMORY = 2_000_000_000
LENGTH = struct.Struct(">I")
_NICE = 5


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A letter that was read, or the content of a part; neither where there is no such part."""

    letter: Letter | None = None
    content: bytes | None = None


def answer(asked: Reading) -> Answer:
    """What was asked for."""
    if asked.part < 0:
        return Answer(letter=read_letter(asked))
    try:
        return Answer(content=read_part(asked))
    except (LookupError, TooMuch):
        return Answer()


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Until there are no more questions."""
    decoder = msgspec.msgpack.Decoder(Reading)
    while len(head := questions.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        told = msgspec.msgpack.encode(answer(decoder.decode(questions.read(length))))
        answers.write(LENGTH.pack(len(told)) + told)
        answers.flush()


def main() -> None:
    """Bounded, and deaf to the signals that the program's terminal sends to all."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(ImportError, ValueError, OSError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.nice(_NICE)
    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
