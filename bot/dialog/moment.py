"""What the dialog is given beside the conversation and the event: the brain owns no clock, no counter, no index."""

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from bot.dialog.script import Script
from bot.faq import Match
from bot.model.abilities import Abilities
from bot.model.business import Business
from bot.model.links import NO_LINKS, Links
from bot.model.view import NOTHING, DeskView

Brake = Literal["", "burst", "strangers"]
"""Why a customer gets no more than the menu: they write too much, or too many new people write at once."""


class Moment(msgspec.Struct, frozen=True):
    """`now` in ms; `numbers` gives the next free ticket numbers; `look_up(text)` is the match of a text against the
    FAQ and the phrases of flows, or raises `MatchWanted` where the worker prefers to compute it outside the
    transaction; `abilities` are the channel's; `view` shows what turns seldom need,
    `links` what proves who is who. `reachable`: whether the operators can be told just now; `brake`: why the customer is to get nothing but the menu; `braked_until`: until when
    strangers get no more than that (once that is past they are heard)."""

    now: int
    script: Script
    business: Business
    numbers: Iterator[int]
    look_up: Callable[[str], Match]
    abilities: Abilities
    view: DeskView = NOTHING
    links: Links = NO_LINKS
    reachable: Callable[[], bool] = lambda: True
    brake: Brake = ""
    braked_until: int = 0
