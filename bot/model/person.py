"""Who sits at the desk."""

from typing import Literal

import msgspec

Role = Literal["viewer", "operator", "senior", "owner"]


class Person(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Somebody who may act at the desk. `id` is the face's own; `username` is without the @. One who was not
    `appointed` has no role of their own: what is known of them (that they are busy) is kept all the same."""

    id: str
    name: str
    username: str = ""
    role: Role = "operator"
    busy: bool = False
    appointed: bool = True
