"""The program as a process that is stopped, started twice, and left without room on the disk."""

import random
import resource
import subprocess
from pathlib import Path

from tests.acceptance.kills import (
    CUSTOMERS,
    PATIENCE,
    ROOT,
    Life,
    Messenger,
    Tell,
    command,
    project,
)

MORE_THAN_IS_TAKEN = 2_200
"""Lines that neither the pipe nor what the channel reads ahead holds."""


def check(messenger: Messenger, life: Life, tell: Tell) -> None:
    """Everything that was acknowledged was answered once, in order."""
    answered = messenger.wait_until_answered()
    assert answered, f"{messenger.waits}\n{life.complaints[-2000:]}"
    assert life.stop() == 0, life.complaints[-2000:]
    tell(f"{messenger.acknowledged} acknowledged, none lost, {messenger.doubled} said twice")
    assert messenger.handled_twice() == []
    assert messenger.out_of_order() == []
    assert messenger.doubled == 0


def test_a_stop_under_load_loses_nothing_and_ends_well(tmp_path: Path, tell: Tell) -> None:
    folder, messenger = project(tmp_path / "business"), Messenger(CUSTOMERS, random.Random(1))
    for _ in range(3):
        life = Life(folder, messenger)
        messenger.allow(400)
        assert messenger.wait_for(50), life.complaints
        assert life.stop() == 0, life.complaints[-2000:]
    check(messenger, Life(folder, messenger), tell)


def test_a_stop_while_more_is_typed_than_can_be_taken_is_no_fault(tmp_path: Path) -> None:
    messenger = Messenger(CUSTOMERS, random.Random(5))
    life = Life(project(tmp_path / "business"), messenger)
    messenger.allow(20_000)
    full = messenger.wait_until(lambda: messenger.unacknowledged > MORE_THAN_IS_TAKEN)
    assert full, f"{messenger.waits}\n{life.complaints}"
    assert life.stop() == 0, life.complaints
    assert "Traceback" not in life.complaints


def test_a_second_process_on_one_database_is_refused_and_the_first_goes_on(
    tmp_path: Path, tell: Tell
) -> None:
    folder, messenger = project(tmp_path / "business"), Messenger(CUSTOMERS, random.Random(2))
    life = Life(folder, messenger)
    messenger.allow(50)
    assert messenger.wait_for(10), life.complaints
    second = subprocess.run(
        command(folder),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 75
    assert "уже работает с этой базой" in second.stderr
    assert str(life.pid) in second.stderr
    assert "Traceback" not in second.stderr
    messenger.allow(50)
    check(messenger, life, tell)


def test_a_full_disk_acknowledges_nothing_and_work_goes_on_when_there_is_room(
    tmp_path: Path, tell: Tell
) -> None:
    folder, messenger = project(tmp_path / "business"), Messenger(CUSTOMERS, random.Random(3))
    life = Life(folder, messenger)
    messenger.allow(50)
    assert messenger.wait_for(30), life.complaints
    log = next(folder.rglob("*.db-wal"))
    full = log.stat().st_size + 100_000
    room, most = resource.prlimit(life.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (full, most))
    messenger.allow(2_000)
    assert messenger.wait_until(lambda: log.stat().st_size + 4_200 > full), "the disk is not full"
    assert messenger.wait_until(lambda: '"error"' in life.complaints), "nobody was told"
    before = messenger.acknowledged
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (room, most))
    assert messenger.wait_for(1), life.complaints[-2000:]
    assert messenger.acknowledged > before
    check(messenger, life, tell)


def test_bytes_that_are_no_text_cost_nobody_else_anything(tmp_path: Path, tell: Tell) -> None:
    folder, messenger = project(tmp_path / "business"), Messenger(CUSTOMERS, random.Random(4))
    life = Life(folder, messenger)
    life.scrawl(b'\xff\xfe\x00\n{"id": "1", "from": "", "text": "x"}\n[[[[\n\n')
    messenger.allow(50)
    check(messenger, life, tell)
