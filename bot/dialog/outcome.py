"""What the dialog came to: the new state, effects, decisions, and whether people are wanted."""

import msgspec

from bot.model.message import Attachment
from bot.model.text import Text
from bot.model.turn import Turn


class Handover(msgspec.Struct, frozen=True):
    """The dialog wants people. `reason` says why, `say` and `offline` what the customer reads then (rendered;
    None: the business's own texts), `note` and `fields` what the operators see, `personal` the values in them that
    viewers must not see, `files` what the customer sent as answers."""

    queue: str
    reason: str
    priority: int = 0
    say: Text | None = None
    offline: Text | None = None
    note: str = ""
    fields: dict[str, str] = {}
    title: str = ""
    personal: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = ()


class Outcome(Turn, frozen=True, gc=False):
    """A turn as far as the dialog takes it. `filed`: there are tickets among its effects. `heard` is False for an event
    that is none of the dialog's business."""

    handover: Handover | None = None
    filed: bool = False
    heard: bool = True
