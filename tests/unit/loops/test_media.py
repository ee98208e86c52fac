"""Files of the project: kept under their content's hash, as adapters look for them."""

import hashlib
import json
from pathlib import Path
from typing import Any

from bot.media import keep_media
from bot.project import Project, read_project
from bot.storage.files import Files

FLOW = "flow: menu\nstart: {commands: [start]}\nsteps: [{say: Схема., image: plan.png}]\n"
REPLIES = [{"name": "прайс", "text": "Вот он.", "files": ["docs/price.txt", "plan.png"]}]


def project(folder: Path) -> Project:
    (folder / "flows").mkdir()
    (folder / "docs").mkdir()
    (folder / "flows" / "menu.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "replies.yaml").write_text(json.dumps(REPLIES), encoding="utf-8")
    (folder / "plan.png").write_bytes(b"\x89PNG plan")
    (folder / "docs" / "price.txt").write_text("100", encoding="utf-8")
    return read_project(folder)


async def test_what_steps_and_canned_answers_send_is_there_to_be_uploaded(tmp_path: Path) -> None:
    read, files = project(tmp_path), Files(tmp_path / "data")
    assert read.script is not None, read.findings
    await keep_media(read.script, tmp_path, files)
    for content in (b"\x89PNG plan", b"100"):
        assert files.path(hashlib.sha256(content).hexdigest()).read_bytes() == content


async def test_what_is_kept_is_not_read_again_and_a_missing_file_costs_nobody_else(
    tmp_path: Path, logged: list[dict[str, Any]]
) -> None:
    read, files = project(tmp_path), Files(tmp_path / "data")
    assert read.script is not None
    (tmp_path / "plan.png").unlink()
    await keep_media(read.script, tmp_path, files)
    assert [line["path"] for line in logged] == ["plan.png"]
    (tmp_path / "docs" / "price.txt").unlink()
    await keep_media(read.script, tmp_path, files)
    assert [line["path"] for line in logged] == ["plan.png", "plan.png"]
