"""How far a delivery of several calls has come: what stands there already is not said again."""

from adapters.telegram_desk.outbound import Step, one_by_one
from bot.channel import Door


class Progress:
    """Kept by the door under `parts:<delivery>` as `<done>:<ids>:<albums>`: so many calls are done, these messages stand
    there, and these albums of the plan go file by file. `ids` and `done` are what is known of it by now."""

    def __init__(self, door: Door, delivery: int, plan: list[Step]) -> None:
        self._door = door
        self._key = f"parts:{delivery}"
        self._plan = list(enumerate(plan))
        self._apart: list[int] = []
        self._kept = False
        self.done = 0
        self.ids: list[int] = []

    @property
    def step(self) -> Step | None:
        """What is said next; None when all is said."""
        return self._plan[self.done][1] if self.done < len(self._plan) else None

    async def recall(self) -> None:
        """Go on where an earlier try stopped, in this run or in another."""
        if len(self._plan) < 2 and all(step.kind != "album" for _, step in self._plan):
            return
        kept = await self._door.recall(self._key)
        done, ids, apart = ((kept or "0") + "::").split(":")[:3]
        for album in _numbers(apart):
            self._take_apart(album)
        self.done, self.ids, self._kept = int(done), _numbers(ids), kept is not None

    async def stands(self, ids: list[int]) -> None:
        """The next step is said, as these messages."""
        self.done += 1
        self.ids += ids
        if self.step is not None:
            await self._keep()

    async def take_apart(self) -> None:
        """The next step is an album that is not taken: its files go one by one."""
        self._take_apart(self._plan[self.done][0])
        await self._keep()

    async def forget(self) -> None:
        """All is said."""
        if self._kept:
            await self._door.keep({self._key: None})

    def _take_apart(self, album: int) -> None:
        self._apart.append(album)
        at = next(place for place, (origin, _) in enumerate(self._plan) if origin == album)
        self._plan[at : at + 1] = [(album, step) for step in one_by_one(self._plan[at][1])]

    async def _keep(self) -> None:
        self._kept = True
        ids, apart = (",".join(map(str, numbers)) for numbers in (self.ids, self._apart))
        await self._door.keep({self._key: f"{self.done}:{ids}:{apart}"})


def _numbers(kept: str) -> list[int]:
    return [int(one) for one in kept.split(",") if one]
