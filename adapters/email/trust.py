"""Who vouches for the address in From: the Authentication-Results of our own mail server (RFC 8601). Pure."""

import re
from collections.abc import Iterator

from adapters.email import scan

_METHOD = re.compile(r"^\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*(\w+)", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z]+\.[a-z-]+)\s*=\s*([^\s;]+)", re.IGNORECASE)
_BETWEEN = ("dkim-", "arc-", "received-spf", "x-", "return-path", "delivered-to")
_LONGEST = 10_000


def vouched(raw: bytes, sender: str, trusted: tuple[str, ...]) -> bool:
    """Whether a trusted server says that this letter comes from the sender's domain: DMARC passed for it, or DKIM or
    SPF did with the same domain or one above it."""
    domain = sender.rpartition("@")[2]
    return any(_agrees(result, domain) for result in _results(raw, trusted))


def _results(raw: bytes, trusted: tuple[str, ...]) -> Iterator[str]:
    """Every result that a trusted server wrote. Only its uppermost lines count: what stands farther down may have
    come with the letter."""
    begun = False
    for name, value in scan.fields(scan.split(raw)[0]):
        if name == "authentication-results":
            server, _, results = _plain(value[:_LONGEST].decode("utf-8", "replace")).partition(";")
            ours = server.split()[:1] and server.split()[0].lower() in trusted
            if ours:
                begun = True
                yield from results.split(";")
            elif begun:
                return
        elif begun and not name.startswith(_BETWEEN):
            return


def _plain(value: str) -> str:
    """Without comments, which nest, and with quoted strings bare of what would look like structure."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif quoted:
            if letter not in ";= \t\r\n":
                kept.append(letter)
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(letter)
    return "".join(kept)


def _agrees(result: str, domain: str) -> bool:
    method = _METHOD.match(result)
    if method is None or method[2].lower() != "pass":
        return False
    said: dict[str, str] = {}
    for name, value in _PROPERTY.findall(result):
        said[name.lower()] = value.lower()
    match method[1].lower():
        case "dmarc":
            return said.get("header.from", "").rpartition("@")[2] == domain
        case "dkim":
            signed = said.get("header.d") or said.get("header.i", "").rpartition("@")[2]
            return _covers(signed, domain)
        case _:
            return _covers(said.get("smtp.mailfrom", "").rpartition("@")[2], domain)


def _covers(vouching: str, domain: str) -> bool:
    return "." in vouching and (domain == vouching or domain.endswith("." + vouching))
