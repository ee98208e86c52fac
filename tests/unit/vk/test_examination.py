"""What the doctor sees."""

import pytest

from adapters.vk.adapter import VkAdapter
from bot.channel import Examined
from tests.fakes.vk import FakeVk
from tests.unit.vk.conftest import Doorway, Start


async def seen(adapter: VkAdapter, door: Doorway) -> list[tuple[str, str]]:
    assert isinstance(adapter, Examined)
    return [(one.state, one.what) for one in await adapter.examine(door)]


async def test_a_community_in_order(start: Start, door: Doorway) -> None:
    adapter = await start(reads=False)
    assert await seen(adapter, door) == [
        ("ok", "vk: сообщество «Импульс», ключ принят"),
        ("ok", "vk: прав у ключа достаточно"),
        ("ok", "vk: Long Poll API включён"),
    ]


async def test_a_key_that_is_not_accepted(vk: FakeVk, door: Doorway) -> None:
    adapter = VkAdapter("vk", vk.settings(token="vk1.a.wrong"))
    assert await seen(adapter, door) == [("failure", "vk: ключ доступа не принят")]
    await adapter.close()


async def test_a_key_of_another_community(vk: FakeVk, door: Doorway) -> None:
    adapter = VkAdapter("vk", vk.settings(group_id=7))
    assert await seen(adapter, door) == [
        ("failure", f"vk: ключ от другого сообщества: Импульс, {vk.world.group_id}")
    ]
    await adapter.close()


async def test_missing_rights_and_events_are_named_with_their_cure(
    vk: FakeVk, start: Start, door: Doorway
) -> None:
    adapter = await start(reads=False, comments=True)
    vk.world.rights = {"messages", "manage"}
    vk.world.told_events -= {"message_event", "board_post_new"}
    found = await adapter.examine(door)
    assert [(one.state, one.what) for one in found][1:] == [
        ("failure", "vk: ключу не хватает прав: photos, docs, wall"),
        ("ok", "vk: Long Poll API включён"),
        ("warning", "vk: ВКонтакте не сообщает о событиях: message_event, board_post_new"),
    ]
    assert all(one.cure for one in found if one.state != "ok")


async def test_long_poll_that_is_off(vk: FakeVk, start: Start, door: Doorway) -> None:
    adapter = await start(reads=False)
    vk.world.long_poll_on = False
    assert ("failure", "vk: Long Poll API выключен") in await seen(adapter, door)


@pytest.mark.parametrize("kind", ["502", "html", "empty", "cut"])
async def test_a_server_that_makes_no_sense(
    vk: FakeVk, start: Start, door: Doorway, kind: str
) -> None:
    adapter = await start(reads=False)
    vk.world.goes_wrong(kind, times=9)  # type: ignore[arg-type]
    found = await adapter.examine(door)
    assert [one.state for one in found] == ["failure"]
    assert "не отвечает" in found[0].what
