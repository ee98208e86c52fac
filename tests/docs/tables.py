"""Writes what pages take from elsewhere: `python -m tests.docs.tables`.

Tables of docs/flows.md come from the code; what README.ru.md shows of files and talks comes from README.md.
"""

import re
from pathlib import Path

from bot.check.catalogue import codes
from bot.dialog.trace import RULES

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "flows.md"
README, RUSSIAN = TOP / "README.md", TOP / "README.ru.md"
_SHOWN = re.compile(r"(?<=^```(?:yaml|text)\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


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


def shown(text: str) -> list[str]:
    """What the blocks of files and talks hold."""
    return _SHOWN.findall(text)


def in_russian(russian: str, english: str) -> str:
    """The Russian page with the blocks of the English one, in their order."""
    blocks = iter(shown(english))
    return _SHOWN.sub(lambda _: next(blocks), russian)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
    RUSSIAN.write_text(in_russian(RUSSIAN.read_text("utf-8"), README.read_text("utf-8")), "utf-8")
