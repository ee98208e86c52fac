"""`chat --record FILE`: a live talk becomes a conversation test."""

import datetime
import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.terminal import speak
from bot.rehearsal import Rehearsal

_PLAIN = re.compile(r"[^\W\d_][\w ]*(?:[,.!?]? [\w]+)*[.!?]?")
_TEXTS = ("tap", "wait", "operator", "press", "event")


class Recording:
    """Lines of a test, written as they are said. `now` is when the talk begins, in ms."""

    def __init__(self, file: Path, *, kind: str, now: int, zone: str) -> None:
        self._file = file
        self._label = ""
        begun = datetime.datetime.fromtimestamp(now // 1000, ZoneInfo(zone))
        name = speak("Записано из разговора", "Recorded from a talk")
        self._lines = [
            f"- test: {_scalar(f'{name} {begun:%Y-%m-%d %H.%M}')}",
            f"  channel: {kind}",
            f"  now: {begun:%Y-%m-%d %H:%M:%S}",
            "  talk:",
        ]

    def before(self, rehearsal: Rehearsal, line: str) -> None:
        """Remember which button a number means: afterwards there may be others."""
        number, labels = line.removeprefix(":"), rehearsal.labels()
        self._label = ""
        if line.startswith(":") and number.isdecimal() and 1 <= int(number) <= len(labels):
            self._label = labels[int(number) - 1]

    def after(self, rehearsal: Rehearsal, line: str) -> None:
        """One line that was done, and what it was answered."""
        verb, value = _read(line, self._label)
        self._add(verb, value)
        texts = [said.text for said in rehearsal.said if said.side == "customer"]
        parts = [first for text in texts if (first := text.strip().split("\n")[0])]
        if parts:
            self._add("bot", parts if len(parts) > 1 else parts[0])
        elif verb in ("user", "restart", "wait"):
            self._add("silent", True)

    async def finish(self, rehearsal: Rehearsal) -> None:
        """Write the file, behind the tests that it may hold already."""
        conversation = await rehearsal.conversation()
        dialog = conversation.dialog if conversation else None
        if dialog is not None and dialog.ended and not dialog.stack:
            self._add("expect", {"ended": dialog.ended})
        before = self._file.read_text("utf-8").rstrip("\n") if self._file.exists() else ""
        tests = [before, "\n".join(self._lines)] if before else ["\n".join(self._lines)]
        self._file.write_text("\n\n".join(tests) + "\n", "utf-8")

    def _add(self, verb: str, value: Any) -> None:
        self._lines.append(f"    - {verb}: {_written(value)}")


def _read(line: str, label: str) -> tuple[str, Any]:
    """What a line of the terminal is called in a test."""
    verb, _, rest = line.removeprefix(":").partition(" ")
    rest = rest.strip()
    if label:
        return "tap", label
    if not line.startswith(":") or not verb[:1].isalnum():
        return "user", line
    if verb in _TEXTS:
        return verb, rest
    match verb:
        case "edit":
            return verb, {"to": rest}
        case "send":
            return verb, {"file": rest}
        case "share":
            return verb, _shared(rest)
        case "http":
            status, _, body = rest.partition(" ")
            answer = {"json": json.loads(body)} if body.strip() else {}
            return verb, {"status": int(status), **answer}
        case _:
            return verb, True


def _shared(rest: str) -> dict[str, Any]:
    what, _, value = rest.partition(" ")
    if what == "phone":
        return {"phone": value.strip()}
    return {"location": [float(part) for part in value.replace(",", " ").split()]}


def _written(value: Any) -> str:
    match value:
        case str():
            return _scalar(value)
        case dict():
            return "{" + ", ".join(f"{_scalar(k)}: {_written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(_written(one) for one in value) + "]"
        case _:
            return json.dumps(value)


def _scalar(text: str) -> str:
    """Without quotes where nothing in it could mean something to YAML; JSON's quotes are YAML's too."""
    return (
        text if _PLAIN.fullmatch(text) and "," not in text else json.dumps(text, ensure_ascii=False)
    )
