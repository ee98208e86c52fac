"""Everything with one customer on one channel."""

import msgspec

from bot.model.customer import Customer
from bot.model.dialog import Dialog
from bot.model.ticket import Ticket

PUBLIC = "public:"
"""An address that begins so is a place that everybody reads, as the comments under a post are: people answer there, and
the bot never speaks."""
UNPROVEN = "?"
"""An address that begins so is one whose owner nobody vouches for: of them nothing personal is kept, so none is shown."""


class Conversation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a turn is given and gives back. `ticket` is the one that holds the conversation or was closed last
    (None if there never was one). `kind` is the channel's kind (`telegram`), `channel` its configured name."""

    id: int
    channel: str
    address: str
    kind: str
    customer: Customer
    dialog: Dialog = Dialog()
    ticket: Ticket | None = None
    unreachable: bool = False

    @property
    def held(self) -> bool:
        """Whether a ticket holds the conversation, so that the bot is silent."""
        return self.ticket is not None and self.ticket.holds and self.ticket.state != "closed"

    @property
    def proven(self) -> bool:
        """Whether the channel vouches for whoever writes from this address."""
        return not self.address.startswith(UNPROVEN)
