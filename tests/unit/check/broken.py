"""Broken projects as data: `tests/checks/*.txt`, read and laid out in a folder.

A case begins with `==== CODE title`, says with `at: path:line:column` where the mistake is, and holds files under
`--- path`. A note in brackets behind a path tells how its bytes are made: an encoding, `hex`, `escaped`, `folder`,
`link to outside`, `size N`, `N times`, or `yaml: N times TEXT` (put where the file says ЗДЕСЬ).
"""

import re
from pathlib import Path

import msgspec

from bot.check.finding import Finding
from bot.config.load import load_config
from bot.dialog.loader import load

CHECKS = Path(__file__).parents[2] / "checks"
_FILE = re.compile(r"--- (?P<path>\S+?)(?: \((?P<note>.*)\))?$")


class File(msgspec.Struct, frozen=True):
    path: str
    note: str
    text: str


class Case(msgspec.Struct, frozen=True):
    code: str
    title: str
    place: str
    files: tuple[File, ...]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


def cases() -> list[Case]:
    return [
        case for path in sorted(CHECKS.glob("*.txt")) for case in _cases(path.read_text("utf-8"))
    ]


def _cases(text: str) -> list[Case]:
    found = []
    for part in text.split("==== ")[1:]:
        head, _, body = part.partition("\n")
        code, _, title = head.partition(" ")
        place = ""
        files: list[tuple[str, str, list[str]]] = []
        for line in body.split("\n")[:-1]:
            header = _FILE.match(line)
            if header:
                files.append((header["path"], header["note"] or "", []))
            elif files:
                files[-1][2].append(line)
            elif line.startswith("at: "):
                place = line.removeprefix("at: ")
        made = tuple(
            File(path, note, "".join(f"{x}\n" for x in lines)) for path, note, lines in files
        )
        found.append(Case(code, title, place, made))
    return found


def lay_out(case: Case, folder: Path) -> None:
    """Write the case's files; every project has a folder for flows."""
    (folder / "flows").mkdir(parents=True, exist_ok=True)
    for file in case.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.note.startswith("size "):
            with path.open("wb") as big:
                big.truncate(int(file.note.removeprefix("size ")))
        elif file.note == "folder":
            path.mkdir()
        elif file.note == "link to outside":
            outside = folder.parent / "outside.yaml"
            outside.write_text("flow: а\n", "utf-8")
            path.symlink_to(outside)
        else:
            path.write_bytes(_bytes(file))


def _bytes(file: File) -> bytes:
    note, text = file.note, file.text
    times = re.match(r"(?:(yaml): )?(\d+) times ?(.*)", note)
    if times and times[1]:
        return text.replace("ЗДЕСЬ", times[3] * int(times[2])).encode()
    if times:
        return (text.rstrip("\n") * int(times[2])).encode()
    if note == "hex":
        return bytes.fromhex(text)
    if note == "escaped":
        return re.sub(r"\\x(..)", lambda found: chr(int(found[1], 16)), text).encode()
    return text.encode(note or "utf-8")


def check(folder: Path) -> tuple[Finding, ...]:
    """Everything that `frontdesk check` finds."""
    config = load_config(folder)
    channels = {name: channel.kind for name, channel in config.config.channels.items()}
    return load(
        folder,
        config.config.business,
        channels=channels,
        config_findings=config.findings,
        tests=True,
    ).findings
