"""How many people an edit touches."""

from pathlib import Path

from bot.check.edits import against_db
from tests.unit.loader.projects import script

FLOW = "flow: а\nstart: {commands: [a]}\nsteps:\n  - ask: Имя?\n    save: имя\n  - ask: Номер?\n    save: номер\n"


def test_people_at_changed_and_missing_steps_are_counted(tmp_path: Path) -> None:
    now = script(tmp_path, {"flows/а.yaml": FLOW})
    shape = now.flows["а"].steps["имя"].shape
    findings = against_db(
        {
            ("а", "имя", shape): 5,
            ("а", "номер", "прежний"): 3,
            ("а", "адрес", "прежний"): 2,
            ("б", "имя", "прежний"): 1,
            ("", "", ""): 9,
        },
        now,
    )
    told = {finding.code: finding.arguments["people"] for finding in findings}
    assert told == {"W301": 1, "W302": 2, "W303": 3}
    for finding in findings:
        assert all(
            finding.sentence(language) and finding.cure(language) for language in ("ru", "en")
        )
    assert next(f.line for f in findings if f.code == "W303") == 6
