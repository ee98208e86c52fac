"""The settings of one mailbox, as the adapter uses them."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Language = Literal["ru", "en"]
Security = Literal["tls", "starttls", "none"]


class Server(msgspec.Struct, frozen=True):
    """One server. `user` empty: no login. `ca_file` is an authority of one's own to trust;
    `folder` the mailbox that is read (IMAP only)."""

    host: str
    port: int
    security: Security = "tls"
    user: str = ""
    password: str = ""
    ca_file: str = ""
    folder: str = "INBOX"

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


class LetterLimits(msgspec.Struct, frozen=True):
    """What a letter may be: `size` in bytes, `header` the longest single field in bytes, `time` of reading it in ms."""

    size: int = 25_000_000
    parts: int = 300
    depth: int = 30
    header: int = 32_768
    time: int = 10_000


class Settings(msgspec.Struct, frozen=True):
    """One mailbox. Times in ms.

    `trusted` are the names under which our own mail server signs its Authentication-Results; `check_every` is how soon
    a lost connection is noticed and how often new mail is looked for where there is no IDLE; `retry` how long a letter
    waits that the other server would not take yet; `begin` whether the first start takes what lies in the box already; `tries` after how many failures a letter is parked.
    """

    address: str
    imap: Server
    smtp: Server
    name: str = ""
    signature: str = ""
    language: Language = "ru"
    trusted: tuple[str, ...] = ()
    check_every: int = 60_000
    timeout: int = 30_000
    retry: int = 60_000
    tries: int = 3
    automatic: Literal["show", "leave"] = "show"
    automatic_per_hour: int = 30
    quote: bool = True
    begin: Literal["new", "all"] = "new"
    subject_token: bool = True
    letter: LetterLimits = LetterLimits()

    @property
    def domain(self) -> str:
        """What stands behind the @ of our address."""
        return self.address.rpartition("@")[2].lower() or "localhost"


_NAMES = frozenset(Settings.__struct_fields__) - {"imap", "smtp", "letter", "trusted"}


def read_settings(settings: Mapping[str, Any]) -> Settings:
    """From the channel's part of the configuration; keys that are None keep their defaults."""
    given = {key: value for key, value in settings.items() if key in _NAMES and value is not None}
    return Settings(
        **given,
        imap=_server(settings["imap"]),
        smtp=_server(settings["smtp"]),
        trusted=tuple(name.lower() for name in settings.get("trusted") or ()),
        letter=LetterLimits(**_given(settings.get("letter") or {})),
    )


def _server(values: Mapping[str, Any]) -> Server:
    return Server(**_given(values))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
