"""`frontdesk run` as a process: answers, reloads, stops cleanly, refuses company."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

FLOW = """\
flow: чай
start: {phrases: [привет]}
steps:
  - say: Чай готов.
  - end: всё
"""
PATIENCE = 60


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
