"""Every key of `config.yaml`: what it takes and what it is when it is not written."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec

KeyKind = Literal[
    "text",
    "secret",
    "integer",
    "number",
    "duration",
    "yes",
    "one_of",
    "texts",
    "group",
    "named",
    "any",
]
NONE: Mapping[str, "Key"] = MappingProxyType({})


class Key(msgspec.Struct, frozen=True):
    """One key. `keys` are those of a group; `of` is what each entry of a `named` mapping takes; `choices` are the
    words of a `one_of`; `address`: the text is one of the web. A `secret` may be read from a file instead: `token_file` beside `token`."""

    kind: KeyKind = "text"
    default: Any = None
    keys: Mapping[str, "Key"] = NONE
    of: "Key | None" = None
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 10**12
    required: bool = False
    address: bool = False


def _address(default: str | None = None) -> Key:
    return Key("text", default, address=True)


def _text(default: str | None = None, *, required: bool = False) -> Key:
    return Key("text", default, required=required)


def _secret(*, required: bool = False) -> Key:
    return Key("secret", required=required)


def _group(**keys: Key) -> Key:
    return Key("group", keys=keys)


def _time(default: int = 0) -> Key:
    return Key("duration", default)


def _one_of(*choices: str) -> Key:
    return Key("one_of", choices[0], choices=choices)


_PACE = {"pace": Key("number"), "pace_per_address": Key("number")}
_KIND = {"kind": _text()}
_HOST = {
    "host": _text(required=True),
    "security": _one_of("tls", "starttls", "none"),
    "user": _text(),
    "password": _secret(),
    "ca_file": _text(),
}
_LETTER = _group(
    size=Key("integer", 25_000_000, low=10_000, high=200_000_000),
    parts=Key("integer", 300, low=10, high=10_000),
    depth=Key("integer", 30, low=3, high=200),
    header=Key("integer", 32_768, low=1_000, high=1_000_000),
    time=_time(10_000),
)

ADAPTERS = "frontdesk.adapters"
"""The entry points of adapters, by the kinds of their channels."""

CHANNELS: Mapping[str, Mapping[str, Key]] = {
    "telegram": {
        **_KIND,
        "token": _secret(required=True),
        "api_url": _address("https://api.telegram.org"),
        "proxy": _secret(),
        "mode": _one_of("polling", "webhook"),
        "webhook": _group(url=_address(), secret=_secret()),
        "queue": _text(),
        **_PACE,
    },
    "vk": {
        **_KIND,
        "token": _secret(required=True),
        "group_id": Key("integer", required=True),
        "api_url": _address("https://api.vk.ru"),
        "proxy": _secret(),
        "mode": _one_of("long_poll", "callback"),
        "callback": _group(confirmation=_secret(), secret=_secret()),
        "comments": Key("yes", default=False),
        "admin_token": _secret(),
        "queue": _text(),
        **_PACE,
    },
    "email": {
        **_KIND,
        "address": _text(required=True),
        "name": _text(),
        "signature": _text(),
        "language": _one_of("ru", "en"),
        "trusted": Key("texts", ()),
        "check_every": _time(60_000),
        "timeout": _time(30_000),
        "retry": _time(60_000),
        "tries": Key("integer", 3, low=1, high=20),
        "automatic": _one_of("show", "leave"),
        "automatic_per_hour": Key("integer", 30, low=1, high=1000),
        "quote": Key("yes", default=True),
        "begin": _one_of("new", "all"),
        "subject_token": Key("yes", default=True),
        "letter": _LETTER,
        "imap": _group(**_HOST, port=Key("integer", 993, high=65535), folder=_text("INBOX")),
        "smtp": _group(**_HOST, port=Key("integer", 465, high=65535)),
        "queue": _text(),
        **_PACE,
    },
    "console": {**_KIND, "format": _one_of("text", "json", "rich"), "language": _text()},
}
"""The settings of a channel, by its kind. A kind that is not built in takes any keys."""

_QUEUE = _group(
    title=_text(),
    first_reply=_time(),
    next_reply=_time(),
    requeue_after=_time(),
    hours=_text(),
)

KEYS: Mapping[str, Key] = {
    "name": _text("Frontdesk"),
    "language": _one_of("ru", "en"),
    "timezone": _text("Europe/Moscow"),
    "storage": _text("sqlite:///data/frontdesk.db"),
    "flows": _text("flows"),
    "faq": _text("faq.yaml"),
    "faq_semantic": Key("yes", default=False),
    "channels": Key("named", of=Key("any")),
    "operators": _group(
        telegram=_group(
            token=_secret(required=True),
            group=_text(),
            trust_group=Key("yes", default=False),
            api_url=_address("https://api.telegram.org"),
            proxy=_secret(),
            per_minute=Key("integer", 18, low=1),
            merge_after=_time(10_000),
            edit_every=_time(30_000),
            gentle_start=_time(600_000),
            **_PACE,
        ),
        owners=Key("texts", ()),
        queues=Key("named", of=_QUEUE),
        idle_return=_time(),
        reopen=_time(72 * 3_600_000),
        rate=Key("yes", default=True),
        place_in_queue=Key("yes", default=False),
    ),
    "vars": Key("any"),
    "secrets": Key("named", of=_secret()),
    "consent": _group(
        text=_text(required=True),
        version=Key("integer", 1, low=1),
        link=_text(""),
        on_refuse=_text(""),
    ),
    "words": _group(cancel=Key("texts"), operator=Key("texts"), menu=Key("texts")),
    "texts": Key("any"),
    "hours": Key("any"),
    "tries": Key("integer", 3, low=1, high=20),
    "spam": _group(burst=Key("integer", 20, low=1), new_conversations=Key("integer", 30, low=1)),
    "http": _group(
        listen=_text(),
        allow=Key("texts", ()),
        deaf_after=_time(120_000),
        body_limit=Key("integer", 1_000_000, low=1_000),
        webhooks=Key("named", of=_group(secret=_secret(required=True), customer=_text("customer"))),
    ),
    "limits": _group(
        turns=Key("integer", 128, low=1, high=10_000),
        stop_timeout=_time(10_000),
        keep_events=_time(48 * 3_600_000),
        synchronous=_one_of("full", "normal"),
    ),
}
"""The top of the file."""
