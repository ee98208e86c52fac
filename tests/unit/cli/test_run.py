"""`frontdesk run` as a process: answers, reloads, stops cleanly, refuses company."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

FLOW = """\
flow: чай
start: {phrases: [привет]}
steps:
  - say: Чай готов.
  - end: всё
"""
PATIENCE = 30


class Desk:
    """The program on a project, its input and its output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr

    async def write(self, **line: str) -> None:
        self._stdin.write((json.dumps(line) + "\n").encode())
        await self._stdin.drain()

    async def read(self, key: str) -> dict[str, Any]:
        """The next line of output that has this key."""
        async with asyncio.timeout(PATIENCE):
            while True:
                line: dict[str, Any] = json.loads(await self._stdout.readline())
                if key in line:
                    return line

    async def logged(self, event: str) -> dict[str, Any]:
        """The next log line about this."""
        async with asyncio.timeout(PATIENCE):
            while True:
                line: dict[str, Any] = json.loads(await self._stderr.readline())
                if line["event"].startswith(event):
                    return line

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "чай.yaml").write_text(FLOW, "utf-8")
    (tmp_path / "config.yaml").write_text(
        "channels: {terminal: {kind: console, format: json}}\n", "utf-8"
    )
    return tmp_path


async def start(project: Path) -> Desk:
    return Desk(
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "--project",
            str(project),
            "run",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "LANG": "C.UTF-8"},
        )
    )


@pytest.fixture
async def desk(project: Path) -> AsyncIterator[Desk]:
    running = await start(project)
    yield running
    if running.process.returncode is None:
        running.process.kill()
        await running.process.wait()


async def test_it_answers_reloads_what_has_no_mistakes_and_stops(desk: Desk, project: Path) -> None:
    await desk.logged("started")
    flow = project / "flows" / "чай.yaml"

    await desk.write(id="1", **{"from": "anna"}, text="привет")
    assert (await desk.read("accepted"))["accepted"] == "1"
    assert (await desk.read("text"))["text"] == "Чай готов."

    flow.write_text(FLOW.replace("say:", "sya:"), "utf-8")
    assert (await desk.logged("not reloaded"))["mistakes"]
    await desk.write(id="2", **{"from": "anna"}, text="привет")
    assert (await desk.read("text"))["text"] == "Чай готов."

    flow.write_text(FLOW.replace("Чай готов.", "Кофе готов."), "utf-8")
    await desk.logged("script loaded")
    await desk.write(id="3", **{"from": "anna"}, text="привет")
    assert (await desk.read("text"))["text"] == "Кофе готов."

    with (project / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("texts: {nothing_to_cancel: Отменять-то нечего}\n")
    await desk.logged("script loaded")
    await desk.write(id="4", **{"from": "anna"}, text="отмена")
    assert (await desk.read("text"))["text"] == "Отменять-то нечего"

    assert await desk.stop() == 0


async def test_without_its_configuration_it_does_not_become_another_business(
    desk: Desk, project: Path
) -> None:
    await desk.logged("started")

    (project / "config.yaml").unlink()

    assert (await desk.logged("not reloaded"))["files"] == ["config.yaml"]
    await desk.write(id="1", **{"from": "anna"}, text="привет")
    assert (await desk.read("text"))["text"] == "Чай готов."


async def test_a_second_one_on_the_same_database_is_refused_for_now(
    desk: Desk, project: Path
) -> None:
    await desk.logged("started")

    second = await start(project)

    async with asyncio.timeout(PATIENCE):
        _, told = await second.process.communicate()
    assert second.process.returncode == 75
    assert b"Traceback" not in told
    assert await desk.stop() == 0


async def test_canned_answers_are_read_again_too_and_a_broken_file_changes_nothing(
    desk: Desk, project: Path
) -> None:
    await desk.logged("started")
    (project / "replies.yaml").write_text("- name: адрес\n  text: Ленина, 10\n", "utf-8")
    await desk.logged("script loaded")
    (project / "replies.yaml").write_text("- name: [адрес\n", "utf-8")
    assert (await desk.logged("not reloaded"))["mistakes"]
    (project / "flows" / "чай.yaml").write_bytes(b"\xff\xfe\x00")
    assert (await desk.logged("not reloaded"))["mistakes"]
    await desk.write(id="1", **{"from": "anna"}, text="привет")
    assert (await desk.read("text"))["text"] == "Чай готов."
    assert await desk.stop() == 0


async def test_what_lies_in_a_new_folder_is_watched_too(desk: Desk, project: Path) -> None:
    await desk.logged("started")
    deeper = project / "flows" / "напитки"
    deeper.mkdir()
    coffee = FLOW.replace("чай", "кофе").replace("привет", "здравствуйте")
    (deeper / "кофе.yaml").write_text(coffee, "utf-8")
    (project / "faq.yaml").write_text("[]\n", "utf-8")
    await desk.logged("script loaded")
    (deeper / "кофе.yaml").write_text(coffee.replace("Чай готов.", "Кофе готов."), "utf-8")
    await desk.logged("script loaded")
    await desk.write(id="1", **{"from": "anna"}, text="здравствуйте")
    assert (await desk.read("text"))["text"] == "Кофе готов."
    assert await desk.stop() == 0


async def test_keys_that_count_from_the_next_start_are_named(desk: Desk, project: Path) -> None:
    await desk.logged("started")
    with (project / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("http: {deaf_after: 5m}\n")
    assert (await desk.logged("these keys count"))["keys"] == ["http"]
    assert await desk.stop() == 0


async def test_it_tells_over_http_how_it_is_and_takes_events(project: Path) -> None:
    (project / "flows" / "оплата.yaml").write_text(
        """\
flow: оплата
start: {event: {webhook: оплата}}
steps:
  - say: Оплата получена.
  - end: всё
""",
        "utf-8",
    )
    with (project / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("http: {listen: '127.0.0.1:0', webhooks: {оплата: {secret: тайное}}}\n")
    running = await start(project)
    try:
        port = (await running.logged("listening"))["port"]
        await running.logged("started")
        await running.write(id="1", **{"from": "anna"}, text="привет")
        assert (await running.read("text"))["text"] == "Чай готов."
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/readyz") as answer:
                assert answer.status == 200
                assert (await answer.json())["channels"]["terminal"]["deaf"] is False
            async with session.post(
                "/webhooks/оплата",
                json={"customer": "terminal:anna"},
                headers={"X-Frontdesk-Secret": "тайное"},
            ) as answer:
                assert answer.status == 200
        assert (await running.read("text"))["text"] == "Оплата получена."
        assert await running.stop() == 0
    finally:
        if running.process.returncode is None:
            running.process.kill()
            await running.process.wait()


async def test_a_channel_that_waits_to_be_called_needs_a_listener(project: Path) -> None:
    (project / "config.yaml").write_text(
        "channels: {terminal: {kind: console, format: json}, vk: {token: x, group_id: 1, mode: callback}}\n",
        "utf-8",
    )
    running = await start(project)
    async with asyncio.timeout(PATIENCE):
        _, told = await running.process.communicate()
    assert running.process.returncode == 2
    assert "http.listen" in told.decode()
    assert b"Traceback" not in told


async def test_a_fault_at_the_start_is_told_without_its_words(project: Path) -> None:
    """Whatever is raised where nobody expected it may quote a token: a traceback is never printed."""
    token = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
    code = (
        "import sys; from bot.commands import running\n"
        f"def fail(*_): raise ValueError('https://api.telegram.org/bot{token}/getMe')\n"
        "running.Running.run = fail\n"
        "from bot.cli import main; sys.argv[1:] = ['--project', sys.argv[1], 'run']; main()"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        str(project),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    async with asyncio.timeout(PATIENCE):
        _, told = await process.communicate()
    assert process.returncode == 1
    assert json.loads(told)["problem"] == "ValueError"
    assert token.encode() not in told
