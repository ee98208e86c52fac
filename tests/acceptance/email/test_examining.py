"""What `doctor --online` says of a mailbox."""

from typing import Any

import pytest

from adapters.email.adapter import EmailAdapter
from bot.channel import Finding
from bot.errors import ConfigurationError
from tests.acceptance.email.conftest import channel
from tests.contract.adapter.door import Memory, WatchedDoor
from tests.fakes.mail.box import Box
from tests.fakes.mail.post import Post


async def findings(settings: dict[str, Any], memory: Memory) -> list[Finding]:
    return list(await EmailAdapter("mail", settings).examine(WatchedDoor(memory)))


async def test_all_is_well(box: Box, post: Post, memory: Memory) -> None:
    found = await findings(channel(box, post), memory)
    assert [one.state for one in found] == ["ok"] * 4
    assert any("IDLE" in one.what for one in found)


@pytest.mark.parametrize("part", ["imap", "smtp"])
async def test_a_wrong_password_is_said_with_its_cure(
    box: Box, post: Post, memory: Memory, part: str
) -> None:
    settings = channel(box, post)
    settings[part] = {**settings[part], "password": "very-wrong"}
    found = await findings(settings, memory)
    (failure,) = [one for one in found if one.state == "failure"]
    assert "не принял логин" in failure.what
    assert f"{part}.password" in failure.cure
    assert not any("very-wrong" in one.what + one.cure for one in found)


@pytest.mark.parametrize("part", ["imap", "smtp"])
async def test_a_server_that_is_not_there_is_named(
    box: Box, post: Post, memory: Memory, part: str
) -> None:
    settings = channel(box, post)
    settings[part] = {**settings[part], "port": 1}
    (failure,) = [one for one in await findings(settings, memory) if one.state == "failure"]
    assert "127.0.0.1:1" in failure.what


async def test_a_folder_that_is_not_there_is_a_failure(
    box: Box, post: Post, memory: Memory
) -> None:
    settings = channel(box, post)
    settings["imap"] = {**settings["imap"], "folder": "Заявки"}
    (failure,) = [one for one in await findings(settings, memory) if one.state == "failure"]
    assert "imap.folder" in failure.cure


async def test_that_nobody_is_trusted_is_a_warning(box: Box, post: Post, memory: Memory) -> None:
    found = await findings(channel(box, post, trusted=[]), memory)
    assert [one.state for one in found].count("warning") == 1


async def test_a_wrong_password_stops_the_start_in_words(box: Box, memory: Memory) -> None:
    settings = channel(box)
    settings["imap"] = {**settings["imap"], "password": "very-wrong"}
    with pytest.raises(ConfigurationError, match=r"imap\.password") as refused:
        await EmailAdapter("mail", settings).open(WatchedDoor(memory))
    assert "very-wrong" not in str(refused.value)
