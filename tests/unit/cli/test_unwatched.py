"""Files that cannot be watched: the desk goes on, says so, and plays what was saved once they can be."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from bot.commands import running as module
from bot.commands.project import load_project
from bot.commands.running import Running


async def test_files_that_cannot_be_watched_do_not_end_the_desk(
    tmp_path: Path, logged: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flows").mkdir()
    flow = "flow: чай\nstart: {phrases: [привет]}\nsteps:\n  - say: Чай.\n  - end: всё\n"
    (tmp_path / "flows" / "чай.yaml").write_text(flow, "utf-8")
    (tmp_path / "config.yaml").write_text("channels: {terminal: {kind: console}}\n", "utf-8")
    project = load_project(tmp_path)
    assert project.script is not None
    stop, tries = asyncio.Event(), [0]

    async def awatch(*_: Path, **__: object) -> AsyncIterator[set[Any]]:
        tries[0] += 1
        if tries[0] < 3:
            raise OSError(28, "inotify limit")
        await stop.wait()
        if not stop.is_set():
            yield set()

    played: list[bool] = []

    async def reload(*_: object) -> None:
        played.append(True)
        stop.set()

    monkeypatch.setattr(watchfiles, "awatch", awatch)
    monkeypatch.setattr(module, "WATCH_AGAIN", 0.001)
    desk = Running(tmp_path, project.config, project.script, ())
    monkeypatch.setattr(desk, "_reload", reload)
    await asyncio.wait_for(desk._watch(None, stop), 30)  # type: ignore[arg-type]
    assert [line["event"] for line in logged] == [
        "files are not watched, what changes is not played"
    ]
    assert tries == [3]
    assert played
