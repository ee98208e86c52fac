"""Writes the tables of docs/flows.md that are taken from the code: `python -m tests.docs.tables`."""

import re
from pathlib import Path

from bot.check.catalogue import codes
from bot.dialog.trace import RULES

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"


def code_table() -> str:
    """Every code with its sentence, the values left open."""
    rows = ["| code | means |", "|---|---|"]
    for code, entry in codes().items():
        sentence = entry["en"]["sentence"]
        general = sentence if isinstance(sentence, str) else sentence[-1]
        open_ = re.sub(r"\{(\w+)\}", "…", general).replace("|", "\\|")
        rows.append(f"| `{code}` | {open_} |")
    return "\n".join(rows)


def rule_table() -> str:
    """Every rule of a trace with what it means."""
    rows = ["| rule | means |", "|---|---|"]
    return "\n".join([*rows, *(f"| `{rule}` | {means} |" for rule, (_, means) in RULES.items())])


TABLES = {"codes": code_table, "rules": rule_table}


def written(text: str) -> str:
    """A page with its tables as they must be."""
    for name, make in TABLES.items():
        before, mark, rest = text.partition(f"<!-- table: {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}{make()}\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
