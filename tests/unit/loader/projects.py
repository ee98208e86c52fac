"""Small projects on disk."""

from pathlib import Path

from bot.config.load import load_config
from bot.dialog.flow import Flow
from bot.dialog.loader import Loaded, load
from bot.dialog.script import Script


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "flows").mkdir(exist_ok=True)
    return folder


def loaded(folder: Path, files: dict[str, str]) -> Loaded:
    write(folder, files)
    config = load_config(folder)
    return load(folder, config.config.business, config_findings=config.findings)


def script(folder: Path, files: dict[str, str]) -> Script:
    result = loaded(folder, files)
    assert result.script is not None, result.findings
    return result.script


def flow(folder: Path, steps: str, top: str = "") -> Flow:
    """A flow named `а` of these steps."""
    indented = "".join(f"  {line}\n" for line in steps.strip("\n").split("\n"))
    text = f"flow: а\nstart: {{commands: [a, menu]}}\n{top}\nsteps:\n{indented}"
    return script(folder, {"flows/а.yaml": text}).flows["а"]
