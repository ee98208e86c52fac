"""A first look at raw mail: linear in its length, no parsing. Pure.

It serves where a parser may not be trusted yet: for the letter's identity, for its stub, and for the limits.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator

HEAD = 1_000_000
"""Bytes of header that are looked at; what is behind them belongs to the body."""
FIELDS = 1000
_FIELD = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:[ \t]*", re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_SPACE = re.compile(rb"\s+")
_BOUNDARY = re.compile(rb"""boundary\s{0,9}=\s{0,9}"?([^"'\s;]{1,200})""", re.IGNORECASE)
_DASHES = re.compile(rb"^--([^\r\n]{1,210})", re.MULTILINE)
_ID = re.compile(rb"<[^<>\s]{3,250}>")
_ADDRESS = re.compile(rb"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Header and body."""
    if raw.startswith((b"\n", b"\r\n")):
        return b"", raw.lstrip(b"\r\n")
    end = _BLANK.search(raw, 0, HEAD)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw[:HEAD], raw[HEAD:])


def fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Name in lower case and raw value (folds and all) of every field, from the top."""
    found = list(_FIELD.finditer(head))
    for at, field in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(head)
        yield field[1].decode("ascii").lower(), head[field.end() : end].rstrip()


def field(head: bytes, name: str) -> bytes:
    """The first field of that name, white space collapsed; empty if there is none."""
    pattern = rb"^%b[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)" % re.escape(name.encode())
    found = re.search(pattern, head, re.MULTILINE | re.IGNORECASE)
    return _SPACE.sub(b" ", found[1]).strip() if found else b""


def identity(raw: bytes) -> str:
    """What tells one letter from every other: its Message-ID and a digest of who, when, about what, and the body.

    One letter that came by two ways differs in what servers wrote on top, two letters of a broken program with one
    Message-ID differ in the rest; so neither is lost and neither is taken twice."""
    head, body = split(raw)
    told = field(head, "message-id").decode("ascii", "replace")
    digest = hashlib.sha256()
    for name in ("message-id", "from", "date", "subject"):
        digest.update(field(head, name) + b"\n")
    digest.update(body.translate(None, b" \t\r\n"))
    return f"{told[:120]} {digest.hexdigest()[:32]}".strip()


def cut_fields(raw: bytes, longest: int) -> bytes:
    """The letter with no field of its header longer than that, and not more than `FIELDS` of them."""
    head, body = split(raw)
    if len(head) <= longest:
        return raw
    told = itertools.islice(fields(head), FIELDS)
    kept = [name.encode() + b": " + value[:longest] for name, value in told]
    return b"\r\n".join(kept)[: 64 * longest] + b"\r\n\r\n" + body


def parts(raw: bytes, enough: int) -> int:
    """How many parts a multipart letter claims to have, as far as `enough`."""
    boundaries = set()
    for found in _BOUNDARY.finditer(raw):
        boundaries.add(found[1])
        if len(boundaries) > enough:
            return len(boundaries)
    if not boundaries:
        return 0
    count = 0
    for found in _DASHES.finditer(raw):
        if found[1].rstrip() in boundaries:
            count += 1
            if count > enough:
                break
    return count


def message_id(head: bytes) -> str:
    """The Message-ID with its brackets; empty if there is none."""
    found = _ID.search(field(head, "message-id"))
    return found[0].decode("ascii", "replace") if found else ""


def sender(head: bytes) -> str:
    """The address in From, for a letter that cannot be read: the last thing there that looks like one."""
    found = _ADDRESS.findall(field(head, "from")[:2000])
    return found[-1].decode("ascii").lower() if found else ""
