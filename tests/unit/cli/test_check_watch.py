"""`frontdesk check --watch` as a process: a mistake is named when it is saved, and its mending too."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

FLOW = """\
flow: чай
start: {phrases: [привет]}
steps:
  - say: Чай готов.
"""
PATIENCE = 60


class Watch:
    """The watching program and what it says, on both streams together."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def says(self, text: str) -> list[str]:
        """The lines up to one with this text."""
        assert self.process.stdout is not None
        lines: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while not lines or text not in lines[-1]:
                line = await self.process.stdout.readline()
                assert line, f"it ended: {lines}"
                lines.append(line.decode())
        return lines

    async def interrupted(self) -> tuple[int, str]:
        """The exit code, and what was said after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(PATIENCE):
                rest, _ = await self.process.communicate()
        except TimeoutError:
            # Where it hangs is told by the fault handler.
            self.process.send_signal(signal.SIGABRT)
            rest, _ = await self.process.communicate()
            pytest.fail(rest.decode())
        return await self.process.wait(), rest.decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "чай.yaml").write_text(FLOW, "utf-8")
    (tmp_path / "config.yaml").write_text("name: Чайная\n", "utf-8")
    return tmp_path


def _as_on_a_terminal() -> None:
    """What a shell starts in the background is deaf to Ctrl-C, and so is all that it starts: the tests, and the watch."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
async def watch(project: Path) -> AsyncIterator[Watch]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "--project",
        str(project),
        "check",
        "--watch",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "LANG": "C.UTF-8", "PYTHONFAULTHANDLER": "1"},
        preexec_fn=_as_on_a_terminal,
    )
    yield Watch(process)
    if process.returncode is None:
        process.kill()
        await process.wait()


async def test_every_save_is_checked_until_ctrl_c(watch: Watch, project: Path) -> None:
    flow = project / "flows" / "чай.yaml"
    assert (await watch.says("Ошибок нет"))[0].startswith("--- ")

    flow.write_text(FLOW.replace("say:", "sya:"), "utf-8")
    assert any("чай.yaml:4:5: E102" in line for line in await watch.says("Ошибок: 1"))

    flow.write_text(FLOW, "utf-8")
    assert any(line.startswith("--- ") for line in await watch.says("Ошибок нет"))

    more = project / "flows" / "ещё"
    more.mkdir()
    (more / "кофе.yaml").write_text(FLOW.replace("чай", "какао"), "utf-8")
    assert any("кофе.yaml:1:7: E118" in line for line in await watch.says("Ошибок:"))

    code, rest = await watch.interrupted()
    assert (code, "Traceback" in rest) == (0, False)
