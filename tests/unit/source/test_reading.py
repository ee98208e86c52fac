"""Files become trees with places; what a writer asks of them comes back usable."""

import re
from pathlib import Path

import pytest

from bot.check.finding import Finding
from bot.source import CONFIG, FLOW, Mapping, Report, Scalar, Sequence, parse, read, source_of
from bot.source.durations import clock, duration
from bot.source.nearest import in_one_script, mixed_letters, nearest
from bot.source.plain import plain


def report(text: str, path: str = "а.yaml") -> tuple[Report, object]:
    made = Report(path, CONFIG)
    made.source = source_of(path, text)
    return made, parse(text, made)


def test_places_count_characters_from_one() -> None:
    _, root = report('а: "😀 текст"\nб: [1, два]\n')
    assert isinstance(root, Mapping)
    value = root.get("а")
    assert isinstance(value, Scalar)
    assert (value.line, value.column, value.end_column) == (1, 4, 13)


@pytest.mark.parametrize(
    "text, offset, place",
    [
        ("say: привет", 3, (1, 9)),
        ('say: "привет"', 3, (1, 10)),
        ("say: |\n  раз\n  два три\n", 8, (3, 7)),
        ("- say: |\n    раз\n\n    два\n", 5, (4, 5)),
    ],
)
def test_a_character_of_a_text_is_found_in_the_file(
    text: str, offset: int, place: tuple[int, int]
) -> None:
    made, root = report(text)
    node = root.items[0] if isinstance(root, Sequence) else root
    assert isinstance(node, Mapping)
    value = node.get("say")
    assert isinstance(value, Scalar)
    assert made.source.within(value, offset) == place


def test_several_traps_of_prose_are_found_in_one_run() -> None:
    made, root = report("а: Итог: готово\nб: *важно*\nв: {{ имя }}\nг: хорошо\n")
    assert [finding.code for finding in made.findings] == ["E002", "E004", "E003"]
    assert isinstance(root, Mapping)
    assert plain(root) == {"а": "Итог: готово", "б": "*важно*", "в": "{{ имя }}", "г": "хорошо"}


def test_questions_to_fields_give_usable_answers_and_note_every_mistake() -> None:
    made, root = report("имя: Анна\nпорт: много\nвремя: 10\nязык: rus\nлишнее: 1\nпусто: null\n")
    fields = made.fields(root, ("имя", "порт", "время", "язык", "пусто"), "файл")  # type: ignore[arg-type]
    assert fields.text("имя") == "Анна"
    assert fields.integer("порт", 8080) == 8080
    assert fields.duration("время", 5) == 5
    assert fields.one_of("язык", ("ru", "en"), "ru") == "ru"
    assert "пусто" not in fields
    assert not fields.require("пусто")
    assert [finding.code for finding in made.findings] == ["E601", "E602", "E602", "E604", "E603"]


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    made = Report("нет.yaml", FLOW)
    assert read(tmp_path, "нет.yaml", made) is None
    assert [finding.code for finding in made.findings] == ["E015"]


def test_of_very_many_mistakes_the_first_ones_are_told() -> None:
    made, root = report("".join(f"ключ{i}: 1\n" for i in range(1_000)))
    made.fields(root, ("имя",))  # type: ignore[arg-type]
    assert len(made.findings) == 200


@pytest.mark.parametrize(
    "text, ms",
    [
        ("15m", 900_000),
        ("24h", 86_400_000),
        ("1h 30m", 5_400_000),
        ("30d", 2_592_000_000),
        ("500ms", 500),
        ("10", None),
        ("", None),
        ("m", None),
    ],
)
def test_lengths_of_time(text: str, ms: int | None) -> None:
    assert duration(text) == ms


@pytest.mark.parametrize(
    "text, minutes",
    [("09:00", 540), ("0:00", 0), ("23:59", 1439), ("24:00", None), ("9", None)],
)
def test_times_of_day(text: str, minutes: int | None) -> None:
    assert clock(text) == minutes


@pytest.mark.parametrize(
    "word, meant",
    [
        ("rety", "retry"),
        ("аsk", "ask"),
        ("on-fail", "on_fail"),
        ("Ask", "ask"),
        ("совсем", ""),
        ("x", ""),
    ],
)
def test_did_you_mean(word: str, meant: str) -> None:
    assert nearest(word, ("ask", "retry", "on_fail", "say")) == meant


@pytest.mark.parametrize(
    "word, letters, mended",
    [
        ("имя_клиентa", "a", "имя_клиента"),
        ("nаme", "а", "name"),
        ("iPhone_чехол", "", "iPhone_чехол"),
        ("кодx1ж", "x", "кодх1ж"),
    ],
)
def test_letters_of_two_alphabets_in_one_word(word: str, letters: str, mended: str) -> None:
    assert mixed_letters(word) == letters
    if letters:
        assert in_one_script(word) == mended


def test_findings_are_plain_values() -> None:
    made, _ = report("а: 1\nа: 2\n")
    (finding,) = made.findings
    assert isinstance(finding, Finding)
    assert (finding.code, finding.line, finding.source) == ("E023", 2, "а: 2")
    assert re.match(r"ключ «а» уже есть в строке 1", finding.sentence("ru"))
