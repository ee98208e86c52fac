"""The owner's own Python, from a folder."""

import asyncio
import threading
from pathlib import Path

import pytest

from bot import plugins
from bot.calls import CallFailed
from bot.dialog import slots
from bot.errors import ConfigurationError
from bot.plugins import PythonCalls, load_plugins
from bot.storage.store import WaitingCall

PLUGIN = '''
from bot.plugins import ActionFailed, action, slot_type
from bot.dialog.slots import build


@action("crm.lead")
async def lead(name, *, idempotency_key):
    return {"lead": name, "key": idempotency_key}


@action("crm.slow")
def slow(number):
    return number + 1


@action("crm.down")
def down():
    raise ActionFailed("CRM is down", again=True)


@action("crm.odd")
def odd():
    return object()


@slot_type("passport")
def passport():
    """Ten digits."""
    return build("regex", {"pattern": "[0-9]{10}"})
'''


def call(action: str, **values: object) -> WaitingCall:
    return WaitingCall("5-1", 5, "python", {"action": action, "with": values}, 1000, 0, 0)


@pytest.fixture
def calls(tmp_path: Path) -> PythonCalls:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "crm.py").write_text(PLUGIN, encoding="utf-8")
    return PythonCalls(load_plugins(tmp_path))


async def test_an_action_gets_its_values_by_name_and_the_key_of_its_call(
    calls: PythonCalls,
) -> None:
    assert await calls.carry(call("crm.lead", name="Анна")) == {"lead": "Анна", "key": "5-1"}


async def test_an_action_that_is_not_async_runs_too(calls: PythonCalls) -> None:
    assert await calls.carry(call("crm.slow", number=1)) == 2


async def test_an_action_says_whether_another_try_may_succeed(calls: PythonCalls) -> None:
    with pytest.raises(CallFailed, match="CRM is down") as caught:
        await calls.carry(call("crm.down"))
    assert caught.value.again


async def test_an_unknown_action_is_named(calls: PythonCalls) -> None:
    with pytest.raises(CallFailed, match=r"crm\.lost"):
        await calls.carry(call("crm.lost"))


async def test_a_result_that_cannot_be_kept_is_a_fault_of_the_action(calls: PythonCalls) -> None:
    with pytest.raises(TypeError):
        await calls.carry(call("crm.odd"))


def test_a_slot_type_of_the_owners_own_is_known_to_flows(calls: PythonCalls) -> None:
    assert slots.build("passport", {}).kind


def test_a_broken_plugin_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "bad.py").write_text("x = 1\ny = 1 / 0\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"plugins/bad\.py:2: ZeroDivisionError"):
        load_plugins(tmp_path)


@pytest.mark.parametrize(
    "text, told",
    [
        ("x = 1\n\ndef (\n", r"plugins/bad\.py:3: SyntaxError"),
        ("import json\njson.loads('{')\n", r"plugins/bad\.py:2: JSONDecodeError"),
    ],
)
def test_the_line_is_the_plugins_own(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "bad.py").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_plugins(tmp_path)


def test_a_project_without_plugins_has_none(tmp_path: Path) -> None:
    assert not load_plugins(tmp_path)


async def test_actions_that_hang_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "MOST", 40)
    over, begun = threading.Event(), threading.Semaphore(0)

    def hang() -> None:
        begun.release()
        over.wait(60)

    calls = PythonCalls({"crm.hang": hang})
    waiting = [asyncio.ensure_future(calls.carry(call("crm.hang"))) for _ in range(40)]
    try:
        await asyncio.sleep(0)
        assert await asyncio.wait_for(asyncio.to_thread(begun.acquire), 30)
        with pytest.raises(CallFailed, match="hang") as refused:
            await calls.carry(call("crm.hang"))
        assert refused.value.again
        hung = [one for one in threading.enumerate() if one.name == "action"]
        assert all(one.daemon for one in hung), "the end of the program would wait for them"
    finally:
        over.set()
    await asyncio.gather(*waiting)
    over.set()
    assert await calls.carry(call("crm.hang")) is None
