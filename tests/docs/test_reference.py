"""The reference is whole and invents nothing: what the code knows is documented, what is documented the code knows."""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from bot.check.catalogue import codes
from bot.cli import program
from bot.config.keys import CHANNELS, KEYS, Key
from bot.dialog.filters import FILTERS
from bot.dialog.loader import faq_file, words
from bot.dialog.loader.talks import Expected, LineKind
from bot.dialog.slots import TYPES
from bot.dialog.tables import OPERATORS
from bot.dialog.values import BUILT_IN
from tests.docs import tables as taken
from tests.docs.tables import PAGE, README, RUSSIAN, written

DOCS = PAGE.parent
FLOWS = PAGE.read_text(encoding="utf-8")
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
# Before any project's plugins add theirs.
BUILT_IN_TYPES = dict(TYPES)
Row = list[str]


def section(page: str, heading: str) -> str:
    """What stands under a heading, down to the next one."""
    found = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page, re.MULTILINE | re.DOTALL
    )
    assert found, f"no heading «{heading}»"
    return re.sub(r"^```.*?^```$", "", found[1], flags=re.MULTILINE | re.DOTALL)


def tables(text: str) -> Iterator[tuple[str, list[Row]]]:
    """Each table: the name of its first column, and its rows."""
    for table in re.findall(r"^\|.*(?:\n\|.*)*", text, re.MULTILINE):
        rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in table.splitlines()
        ]
        yield rows[0][0], rows[2:]


def rows(page: str, heading: str, column: str = "key") -> dict[str, Row]:
    """The rows of a section's table by what stands in backticks in the first column."""
    found = {
        re.sub(r"^`|`$", "", row[0]): row[1:]
        for name, table in tables(section(page, heading))
        if name == column
        for row in table
    }
    assert found, f"no table of «{column}» under «{heading}»"
    return found


def same(documented: Mapping[str, Row], known: object) -> None:
    assert sorted(documented) == sorted(known)  # type: ignore[call-overload]


KEYWORDS = [
    ("The file", words.FLOW_KEYS),
    ("Start", words.START_KEYS),
    ("Interrupts", words.INTERRUPT_KEYS),
    ("Actions", words.EVERYWHERE),
    ("Options", words.OPTION_KEYS),
    ("Buttons", words.BUTTON_KEYS),
    ("Reminders", words.REMIND_KEYS),
    ("Slots", words.SLOT_KEYS),
]


@pytest.mark.parametrize("heading, known", KEYWORDS, ids=lambda value: str(value)[:12])
def test_every_key_has_its_row(heading: str, known: tuple[str, ...]) -> None:
    same(rows(FLOWS, heading), known)


@pytest.mark.parametrize("word", words.ACTIONS)
def test_every_action_has_a_section_with_an_example_and_its_modifiers(word: str) -> None:
    text = section(FLOWS, word)
    known = words.MODIFIERS[word]
    assert sorted(rows(FLOWS, word) if known else ()) == sorted(known)
    assert f"### {word}\n" in FLOWS
    example = FLOWS.partition(f"\n### {word}\n")[2].partition("\n#")[0]
    assert re.search(rf"^ *(?:- )?{word}:", re.sub(r"^- ", "", example), re.MULTILINE), text


def test_no_action_is_invented() -> None:
    after = FLOWS.partition("\n## Actions\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (.+)$", after, re.MULTILINE) == list(words.ACTIONS)


def test_every_key_of_the_faq_is_documented() -> None:
    same(rows(FLOWS, "The FAQ"), faq_file.ENTRY_KEYS)
    same(rows(FLOWS, "The FAQ", "at the top"), faq_file.FILE_KEYS)


def test_snippets_have_their_word() -> None:
    same(rows(FLOWS, "Snippets"), ["insert"])


def test_every_event_is_documented() -> None:
    same(rows(FLOWS, "Start", "event"), [*words.EVENTS, "webhook:NAME"])


def test_every_verb_is_documented() -> None:
    same(rows(FLOWS, "action", "verb"), words.VERBS)


def test_every_method_is_documented() -> None:
    assert rows(FLOWS, "http")["method"][0].split(", ") == list(words.METHODS)


def test_every_operator_of_find_is_documented() -> None:
    same(rows(FLOWS, "find", "operator"), OPERATORS)


def test_every_slot_type_is_documented_with_its_parameters() -> None:
    documented = {
        name: sorted(re.findall(r"`(\w+)`", row[0]))
        for name, row in rows(FLOWS, "Slots", "type").items()
    }
    assert documented == {
        name: sorted(description.parameters) for name, description in BUILT_IN_TYPES.items()
    }


def test_every_variable_is_documented() -> None:
    same(rows(FLOWS, "Texts", "name"), BUILT_IN)


def test_every_filter_is_documented_as_it_is_written() -> None:
    documented = {name: row[0].strip("`") for name, row in rows(FLOWS, "Texts", "filter").items()}
    assert documented == {name: filter.usage for name, filter in FILTERS.items()}


def test_every_line_of_a_talk_is_documented() -> None:
    same(rows(FLOWS, "Tests", "line"), get_args(LineKind))


def test_everything_that_may_be_expected_is_documented() -> None:
    known = set(Expected.__struct_fields__) - {"no_ticket"}
    same(rows(FLOWS, "Tests", "expected"), known)


def test_tables_taken_from_the_code_are_as_it_is_now() -> None:
    assert written(FLOWS) == FLOWS, "run: python -m tests.docs.tables"


def test_the_russian_readme_shows_what_the_english_one_shows() -> None:
    english, russian = README.read_text(encoding="utf-8"), RUSSIAN.read_text(encoding="utf-8")
    assert taken.shown(russian) == taken.shown(english), "run: python -m tests.docs.tables"
    named = re.compile(r"^(?:make|\.venv/bin/frontdesk) .*?(?=  |$)", re.MULTILINE)
    assert named.findall(russian) == named.findall(english)


def test_every_code_named_on_a_page_exists() -> None:
    for page in [*DOCS.glob("*.md"), *DOCS.parent.glob("*.md")]:
        named = re.findall(r"(?<![\w-])[EW]\d{3}(?!\w)", page.read_text(encoding="utf-8"))
        assert set(named) <= set(codes()), page.name


# the configuration


def keys_of(keys: Mapping[str, Key], before: str = "") -> Iterator[tuple[str, Key]]:
    """Every key by its path; what a `named` mapping holds stands under `*`."""
    for name, key in keys.items():
        path = before + name
        if key.kind != "group":
            yield path, key
        nested = key.of if key.kind == "named" and key.of else key
        if nested.keys:
            yield from keys_of(nested.keys, f"{path}.*." if nested is not key else f"{path}.")


_UNITS = (("h", 3_600_000), ("m", 60_000), ("s", 1_000))
_TAKES = {
    "text": "text", "secret": "secret", "integer": "integer", "number": "number",
    "duration": "time", "yes": "true, false", "texts": "list",
}  # fmt: skip


def shown(key: Key) -> str:
    """A default as the page writes it."""
    if key.default is None or key.default in ("", ()):
        return ""
    if key.kind == "duration":
        unit, length = next(
            ((unit, length) for unit, length in _UNITS if key.default and not key.default % length),
            ("s", 1_000),
        )
        return f"{key.default // length}{unit}"
    return str(key.default).lower() if key.kind == "yes" else str(key.default)


def takes(key: Key) -> str:
    """What a key takes as the page writes it; "" where the page says it in its own words."""
    kind = ", ".join(key.choices) if key.kind == "one_of" else _TAKES.get(key.kind, "")
    return f"{kind}, required" if key.required else kind


def all_keys() -> dict[str, dict[str, Key]]:
    channels = {f"{kind}.": keys for kind, keys in CHANNELS.items()}
    inside = {path: key for kind, keys in channels.items() for path, key in keys_of(keys, kind)}
    return {"Keys": dict(keys_of(KEYS)), "Channels": inside}


@pytest.mark.parametrize("heading", ["Keys", "Channels"])
def test_every_setting_is_documented_with_its_default(heading: str) -> None:
    documented = rows(CONFIGURATION, heading)
    known = all_keys()[heading]
    same(documented, known)
    assert {name: row[1] for name, row in documented.items()} == {
        name: shown(key) for name, key in known.items()
    }
    assert {name: documented[name][0] for name, key in known.items() if takes(key)} == {
        name: takes(key) for name, key in known.items() if takes(key)
    }


# the command line


def commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command with its options."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{before}{name} ")
        else:
            options = {option for each in command.params for option in each.opts}
            yield f"{before}{name}", {o for o in options if o.startswith("--")} - {"--help"}


def command_tree() -> dict[str, set[str]]:
    door = get_command(program)
    assert isinstance(door, TyperGroup)
    return dict(commands(door))


def told_commands() -> dict[str, set[str]]:
    """Every command of the page with the options that are named until the next command."""
    parts = re.split(r"\*\*`frontdesk ((?:faq )?[a-z]+)[^`]*`\*\*", COMMANDS)
    told: dict[str, set[str]] = {}
    for name, text, whole in zip(
        parts[1::2], parts[2::2], re.findall(r"\*\*`frontdesk [^`]*`\*\*", COMMANDS), strict=True
    ):
        named = re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", whole + text)
        told[name] = told.get(name, set()) | set(named)
    return told


def test_every_command_is_documented_with_its_options() -> None:
    assert told_commands() == command_tree()
