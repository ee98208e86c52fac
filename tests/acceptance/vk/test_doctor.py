"""The doctor, as a process, looks at a community."""

import asyncio
import sys
from pathlib import Path

from tests.acceptance.telegram.program import ROOT
from tests.acceptance.vk.kills import business
from tests.fakes.vk import FakeVk


async def test_the_doctor_names_what_vk_was_not_told_to_tell(tmp_path: Path) -> None:
    async with FakeVk() as vk:
        folder = business(tmp_path / "business", vk)
        vk.world.told_events -= {"message_event"}
        doctor = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "doctor", "--online", "--project", str(folder)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complaints = await doctor.communicate()
    told = printed.decode() + complaints.decode()
    assert "vk: сообщество «Импульс», ключ принят" in told
    assert "vk: ВКонтакте не сообщает о событиях: message_event" in told
    assert vk.world.token not in told
    assert doctor.returncode == 0
