"""A person, and what we keep about them."""

from typing import Any

import msgspec


class Consent(msgspec.Struct, frozen=True, gc=False):
    """An answer to the question whether personal data may be kept, to one version of its text."""

    version: int
    agreed: bool
    at: int
    channel: str


class Customer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A person. `attributes` are kept slots (`keep: customer`); `personal` names those that are personal data;
    `linked` names every `channel:address` of somebody who is known on several."""

    id: int
    name: str = ""
    username: str = ""
    language: str = ""
    attributes: dict[str, Any] = {}
    personal: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    consent: Consent | None = None
    banned: bool = False
    linked: tuple[str, ...] = ()
