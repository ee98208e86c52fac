"""What stands in the group already is not said again, whatever went wrong behind it."""

from pathlib import Path

import pytest

from bot.channel import RetryLater
from bot.errors import NotSaved
from bot.model.message import Attachment, Message
from bot.model.text import Text
from tests.contract.adapter.door import WatchedDoor
from tests.unit.telegram_desk.playing import Played
from tests.unit.telegram_desk.test_files_and_lengths import file


def photos(folder: Path, count: int) -> tuple[Attachment, ...]:
    return tuple(file(folder, "photo", bytes([number])) for number in range(count))


def shown(room: Played) -> int:
    """How many photos operators were sent."""
    return len(room.server.calls_of("sendPhoto"))


@pytest.mark.parametrize("restarted", [False, True])
async def test_files_of_a_refused_album_that_stand_there_are_not_said_again(
    tmp_path: Path, restarted: bool
) -> None:
    """The refused album and its files are more than the group may hear in a minute."""
    async with Played(tmp_path) as room:
        await room.shows_card()
        album = Message(Text("много"), attachments=photos(tmp_path, 10))
        room.server.fails("sendMediaGroup", "400", words="IMAGE_PROCESS_FAILED", times=9)
        with pytest.raises(RetryLater) as late:
            await room.delivers(message=album, id=90)
        assert 0 < shown(room) < 10
        if restarted:
            await room.ends()
            await room.begins()
        room.clock.advance(round((late.value.after or 0) * 1000))
        receipt = await room.delivers(message=album, id=90, attempts=1)
        assert shown(room) == len(receipt.external_ids) == 10
        assert [one.text for one in room.anna.sees()[1:]] == ["[фото] много", *["[фото]"] * 9]
        assert not [name for name in room.memory.kept if name.startswith("parts:")]


class Unreadable(WatchedDoor):
    """A database that cannot be read once something was said."""

    def __init__(self, room: Played) -> None:
        super().__init__(room.memory)
        self._room = room
        self._said = len(room.server.calls_of("sendMessage"))
        self.refused = 0

    async def recall(self, name: str) -> str | None:
        if len(self._room.server.calls_of("sendMessage")) > self._said and self.refused < 3:
            self.refused += 1
            raise NotSaved
        return await super().recall(name)


async def test_a_database_that_cannot_be_read_makes_no_second_card(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        await room.ends()
        room.door = door = Unreadable(room)
        await room.begins()
        for attempt in range(5):
            try:
                await room.shows_card("◐", id=91, attempts=attempt)
                break
            except RetryLater:
                continue
        assert len(room.server.calls_of("sendMessage")) == 2
        assert door.refused
