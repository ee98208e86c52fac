"""A client from another world (grammY, on node) talks to the fake: both libraries of ours might share a mistake with it."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.fakes.telegram import FakeBot, FakeTelegram, Person

SCRIPT = Path(__file__).with_name("another_client.mjs")
GRAMMY = "grammy@1.46.0"

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(shutil.which("npm") is None, reason="node is not installed"),
]


async def run(folder: Path, *command: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_grammy_plays_a_bot(
    server: FakeTelegram, bot: FakeBot, anna: Person, tmp_path: Path
) -> None:
    installing = await run(tmp_path, "npm", "install", "--no-audit", "--no-fund", GRAMMY)
    _, complaints = await asyncio.wait_for(installing.communicate(), 300)
    if installing.returncode:
        pytest.skip(f"grammY cannot be installed here: {complaints.decode()[-200:]}")
    shutil.copy(SCRIPT, tmp_path / SCRIPT.name)
    group = server.forum("Операторы", members=[anna], bot=bot)
    client = await run(tmp_path, "node", SCRIPT.name, server.url, bot.token, str(group.id))
    try:
        await anna.starts(bot)
        await anna.waits_for("Чем помочь?")
        press = await anna.presses("Да")
        assert press
        assert await press.answered() == "Хорошо"
        await anna.waits_for("Вы сказали да")
        await anna.waits_for("Ваш номер?")
        await anna.presses("Мой номер")
        await anna.waits_for(anna.phone)
        await anna.sends_photo("экран")
        topic = await group.waits_for_topic("принято")
        assert topic.transcript() == ["Импульс: [фото] Прислали"]
        await server.until(lambda: anna.sees()[-1].reactions == "👍", "no reaction")
        await anna.edits("экран", "экран разбит")
        await anna.waits_for("Исправлено")
        await anna.reacts("🔥", "Вы сказали да")
        await anna.waits_for("Пока")
        await anna.writes("стоп")
        said, complaints = await asyncio.wait_for(client.communicate(), 60)
        assert client.returncode == 0, complaints.decode()
        assert json.loads(said) == ["🔥", "Bad Request: message thread not found"]
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
