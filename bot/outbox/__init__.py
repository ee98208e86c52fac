"""The way out: deliveries in order per address, at the messenger's pace, marked in the store as they end."""

from collections.abc import Sequence
from operator import attrgetter

from bot.channel import Delivery
from bot.outbox.channel import ChannelOutbox

__all__ = ["ChannelOutbox", "Outbox"]

_channel = attrgetter("channel")


class Outbox:
    """The outboxes of all channels."""

    def __init__(self, channels: dict[str, ChannelOutbox]) -> None:
        self.channels = channels

    def offer(self, deliveries: Sequence[Delivery]) -> None:
        """Hand each delivery to its channel; one for a channel that is not running waits in the store."""
        names = dict.fromkeys(map(_channel, deliveries))
        for name in names:
            channel = self.channels.get(name)
            if channel is not None:
                alone = len(names) == 1
                channel.offer(
                    deliveries if alone else [one for one in deliveries if one.channel == name]
                )

    @property
    def busy(self) -> bool:
        """Whether any channel has something to deliver now."""
        return any(channel.busy for channel in self.channels.values())
