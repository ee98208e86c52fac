"""Raw mail as a `Letter`. Pure; slow or worse on hostile input, so that it is run in a process of its own."""

import email
import mimetypes
import re
from collections.abc import Iterator
from email.message import Message as Mail
from email.utils import getaddresses, parsedate_to_datetime

import msgspec

from adapters.email import scan
from adapters.email.charsets import decode, header
from adapters.email.letter import Letter, Part, Problem, Reading
from adapters.email.machines import bounce_of, machine_of
from adapters.email.markup import text_of
from adapters.email.quotes import cut
from adapters.email.trust import vouched
from bot.model.message import AttachmentKind

LONGEST_TEXT = 10_000
"""Characters of a letter's text that the dialog and people are given; the rest is in the original."""
TINY = 2048
"""Bytes of a picture within the text that is no picture but a beacon or a line."""
REFERENCES = 40
_ID = re.compile(r"<([^<>\s]{3,250})>")
_NAME = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')


class TooMuch(Exception):
    """The letter is beyond a limit."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def read_letter(asked: Reading) -> Letter:
    """Everything that is wanted of a letter; beyond the limits a stub of it."""
    stub = stub_of(asked.raw, "broken")
    try:
        mail = _parsed(asked)
        return _read(mail, asked, stub)
    except TooMuch as problem:
        return msgspec.structs.replace(stub, problem=problem.problem)
    except Exception:  # noqa: BLE001  (whatever a parser stumbles over, the letter is seen by people)
        return stub


def stub_of(raw: bytes, problem: Problem) -> Letter:
    """What can be said of a letter without parsing it. Linear."""
    head, _ = scan.split(raw)
    return Letter(
        id=scan.identity(raw),
        message_id=scan.message_id(head),
        sender=scan.sender(head),
        subject=header(scan.field(head, "subject")[:2000].decode("ascii", "surrogateescape")),
        problem=problem,
    )


def read_part(asked: Reading) -> bytes:
    """The content of one file. Raises `LookupError` if there is no such part."""
    for index, leaf in enumerate(_leaves(_parsed(asked), asked.depth)):
        if index == asked.part:
            return _content(leaf)
    raise LookupError(asked.part)


def _parsed(asked: Reading) -> Mail:
    if scan.parts(asked.raw, asked.parts) > asked.parts:
        raise TooMuch("parts")
    return email.message_from_bytes(scan.cut_fields(asked.raw, asked.header))


def _read(mail: Mail, asked: Reading, stub: Letter) -> Letter:
    senders = _addresses(mail, "from")
    sender = senders[0][1] if len({address for _, address in senders}) == 1 else ""
    texts, parts = _contents(mail, asked)
    words = "\n\n".join(text for text in texts if text.strip())
    reply = cut(words)
    shown = [part for part in parts if not part.tiny]
    bounce = bounce_of(mail, words)
    machine = machine_of(mail, sender, asked.own)
    return Letter(
        id=stub.id,
        message_id=stub.message_id,
        sender=sender or stub.sender,
        sender_name=senders[0][0] if senders else "",
        subject=stub.subject,
        references=_references(mail),
        text=reply.text[:LONGEST_TEXT],
        cut=reply.cut or len(reply.text) > LONGEST_TEXT or len(shown) < len(parts),
        parts=tuple(shown),
        machine="bounce" if bounce is not None and machine != "own" else machine,
        bounce=bounce,
        zone=_zone(mail),
        proven=bool(sender) and vouched(asked.raw, sender, asked.trusted),
    )


def _addresses(mail: Mail, name: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of a header, however often it stands there."""
    values = [header(value) for value in mail.get_all(name, [])[:5]]
    raw = [str(value)[:2000] for value in mail.get_all(name, [])[:5]]
    # Names are decoded after the parsing: a decoded one may hold a comma or an @.
    found = [(header(shown), address.lower().strip()) for shown, address in getaddresses(raw)]
    found = [one for one in found if _is_address(one[1])]
    return found or [
        (shown, address.lower()) for shown, address in getaddresses(values) if _is_address(address)
    ]


def _zone(mail: Mail) -> int:
    try:
        offset = parsedate_to_datetime(str(mail.get("date", ""))[:100]).utcoffset()
    except (TypeError, ValueError, OverflowError, IndexError):
        return 0
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    return minutes if abs(minutes) < 15 * 60 else 0


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return bool(local and domain) and len(text) <= 254 and not any(one.isspace() for one in text)


def _references(mail: Mail) -> tuple[str, ...]:
    """The ids in References and In-Reply-To, oldest first."""
    values = [
        str(one)[:20_000]
        for name in ("references", "in-reply-to")
        for one in mail.get_all(name, [])[:3]
    ]
    ids = dict.fromkeys(f"<{one}>" for value in values for one in _ID.findall(value))
    return tuple(ids)[-REFERENCES:]


def _leaves(mail: Mail, depth: int) -> Iterator[Mail]:
    """Parts without parts, in order; a letter within the letter is one of them. Without recursion."""
    stack = [(mail, 0)]
    while stack:
        part, level = stack.pop()
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            if level >= depth:
                raise TooMuch("depth")
            stack += [(one, level + 1) for one in reversed(inner) if isinstance(one, Mail)]
        else:
            yield part


def _inner(mail: Mail) -> list[Mail]:
    """The parts of a part; none where it has a content instead."""
    payload = mail.get_payload()
    return [one for one in payload if isinstance(one, Mail)] if isinstance(payload, list) else []


def _contents(mail: Mail, asked: Reading) -> tuple[list[str], tuple[Part, ...]]:
    """The texts that make up the letter, and its files."""
    texts: list[str] = []
    files: list[Part] = []
    chosen = _chosen(mail, asked.depth)
    for index, leaf in enumerate(_leaves(mail, asked.depth)):
        kind = leaf.get_content_type()
        if _is_text(leaf, kind):
            if id(leaf) in chosen:
                texts.append(_text(leaf, kind))
        elif (part := _file(index, leaf, kind)) is not None:
            files.append(part)
    return texts, tuple(files)


def _is_text(leaf: Mail, kind: str) -> bool:
    told = leaf.get_content_disposition() == "attachment" or leaf.get_filename()
    return kind in {"text/plain", "text/html"} and not told


def _chosen(mail: Mail, depth: int) -> set[int]:
    """The ids of the text parts that are read: of alternatives the plain one, unless it is empty."""
    leaves = [one for one in _leaves(mail, depth) if _is_text(one, one.get_content_type())]
    left_out: set[int] = set()
    for part in mail.walk():
        if part.get_content_type() != "multipart/alternative":
            continue
        texts = [leaf for way in _inner(part) for leaf in _leaves(way, depth) if leaf in leaves]
        plain = [one for one in texts if one.get_content_type() == "text/plain"]
        rich = [one for one in texts if one.get_content_type() == "text/html"]
        spoken = any(_text(one, "text/plain").strip() for one in plain)
        left_out |= {id(one) for one in (rich if spoken else plain)} if rich and plain else set()
    return {id(one) for one in leaves} - left_out


def _text(leaf: Mail, kind: str) -> str:
    words = decode(_content(leaf), leaf.get_content_charset())
    if kind == "text/html":
        return text_of(words)
    return _unflowed(words, leaf) if leaf.get_param("format") == "flowed" else words


def _unflowed(words: str, leaf: Mail) -> str:
    """Lines that end in a space go on in the next (RFC 3676); quotes and the mark of a signature stay."""
    glue = "" if str(leaf.get_param("delsp", "no")).lower() == "yes" else " "
    lines: list[str] = []
    open_line = False
    for raw in words.split("\n"):
        line = raw.removeprefix(" ")
        flows = line.endswith(" ") and line != "-- "
        if open_line and not line.startswith(">") and line != "-- ":
            lines[-1] = lines[-1].rstrip(" ") + glue + line
        else:
            lines.append(line)
        open_line = flows and not line.startswith(">")
    return "\n".join(lines)


def _content(leaf: Mail) -> bytes:
    if leaf.get_content_maintype() == "message" or leaf.is_multipart():
        inner = leaf.get_payload()
        if isinstance(inner, list):
            return b"\n\n".join(one.as_bytes() for one in inner if isinstance(one, Mail))
    content = leaf.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    return str(leaf.get_payload()).encode("utf-8", "surrogateescape")


def _file(index: int, leaf: Mail, mime: str) -> Part | None:
    try:
        size = len(_content(leaf))
    except Exception:  # noqa: BLE001  (one broken part must not cost the others)
        return None
    name = header(leaf.get_filename() or "", 500)
    name = _NAME.sub("_", name).strip(". ")[-120:] or _default_name(index, leaf, mime)
    if not size and not leaf.get_filename():
        return None
    beacon = size < TINY and leaf.get("content-id") is not None and mime.startswith("image/")
    return Part(index, _kind(mime), name, mime[:100], size, tiny=beacon)


def _default_name(index: int, leaf: Mail, mime: str) -> str:
    if mime == "message/rfc822":
        subject = header(_inner(leaf)[0].get("subject", ""), 200) if _inner(leaf) else ""
        return (_NAME.sub("_", subject).strip(". ")[:80] or f"letter-{index}") + ".eml"
    return f"file-{index}{mimetypes.guess_extension(mime) or '.bin'}"


def _kind(mime: str) -> AttachmentKind:
    match mime.partition("/")[0]:
        case "image":
            return "photo" if mime in {"image/jpeg", "image/png", "image/webp"} else "document"
        case "video":
            return "video"
        case "audio":
            return "audio"
        case _:
            return "document"
