"""Files that look as if they belonged to the project, and that nobody reads: `menu.yaml.txt` of Notepad, `menu.YAML`."""

from collections.abc import Iterable
from pathlib import Path

from bot.dialog.loader.files import below, shown
from bot.source import Report

_TEXTS = (".txt", ".doc", ".docx", ".rtf", ".odt", ".yaml", ".yml")
_SHEETS = (".txt", ".xls", ".xlsx", ".ods", ".numbers", ".csv", ".yaml", ".yml")
_TOP = ("config.yaml", "faq.yaml", "replies.yaml", "faq.test.yaml")


def find_strays(project: Path, flows: str) -> list[Report]:
    """A report for each file that is not read because of how its name ends."""
    found = [
        *_unread(below(project, flows, ("",)), (".yaml", ".yml"), _TEXTS, "flow.yaml"),
        *_unread(
            below(project, "tables", ("",), deep=False),
            (".yaml", ".yml", ".csv"),
            _SHEETS,
            "table.csv",
        ),
    ]
    for name in _TOP:
        others = (
            f"{name}.txt",
            name.removesuffix("yaml") + "yml",
            name.removesuffix("yaml") + "txt",
        )
        if not (project / name).exists():
            found += [(other, name) for other in others if (project / other).is_file()]
    reports = []
    for path, wanted in found:
        reports.append(Report(shown(path)))
        reports[-1].mark("W014", name=Path(shown(path)).name, wanted=wanted)
    return reports


def _unread(
    paths: Iterable[str], read: tuple[str, ...], like: tuple[str, ...], example: str
) -> Iterable[tuple[str, str]]:
    for path in paths:
        low = path.lower()
        if not path.endswith(read) and low.endswith(like):
            stem = Path(path).name.split(".")[0]
            yield path, stem + Path(example).suffix
