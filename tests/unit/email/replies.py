"""The samples of answers, read from their files."""

import re
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parents[2] / "payloads" / "email" / "replies"


class Sample(msgspec.Struct, frozen=True):
    """One answer: its text or its HTML, and what the customer wrote."""

    name: str
    letter: str
    html: str
    reply: str


def samples() -> list[Sample]:
    """All of them."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            name, _, rest = block.partition("\n")
            parts = re.split(r"^--- (letter|html|reply)\n", rest, flags=re.MULTILINE)
            known = dict(zip(parts[1::2], parts[2::2], strict=True))
            reply = known["reply"].strip("\n")
            found.append(
                Sample(
                    f"{path.stem}: {name}", known.get("letter", ""), known.get("html", ""), reply
                )
            )
    return found
