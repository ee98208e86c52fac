"""How often we answered an address by ourselves within the last hour: a machine at the other end answers every time."""

import msgspec

from bot.channel import Door

HOUR = 3_600_000


class Sent:
    """Times of our automatic letters, kept by the channel under `sent:<address>`."""

    def __init__(self, door: Door, most: int) -> None:
        self._door = door
        self._most = most

    async def times(self, address: str, now: int) -> list[int]:
        """When, within the last hour; in ms."""
        known = await self._door.recall(f"sent:{address}")
        times = msgspec.json.decode(known, type=list[int]) if known else []
        return [time for time in times if now - HOUR < time <= now]

    async def full(self, address: str, now: int) -> bool:
        """Whether the hour's answers are used up."""
        return len(await self.times(address, now)) >= self._most

    async def note(self, address: str, now: int) -> None:
        """One more. Raises `NotSaved`."""
        times = [*await self.times(address, now), now][-self._most :]
        await self._door.keep({f"sent:{address}": msgspec.json.encode(times).decode()})
