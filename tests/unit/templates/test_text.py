"""Long texts in parts, texts joined, labels cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.text import Span, Text, cut, join, split, utf16_length

FAMILY = "👨\u200d👩\u200d👧"
FLAG = "🇷🇺"


@pytest.mark.parametrize(
    "plain, limit, parts",
    [
        ("short", 10, ["short"]),
        ("", 10, [""]),
        ("один абзац\n\nвторой абзац", 20, ["один абзац", "второй абзац"]),
        ("строка раз\nстрока два", 15, ["строка раз", "строка два"]),
        ("Первое дело. Второе дело.", 18, ["Первое дело.", "Второе дело."]),
        ("слово словечко", 8, ["слово", "словечко"]),
        ("слово словечко", 5, ["слово", "слове", "чко"]),
        ("абв" * 3, 4, ["абва", "бваб", "в"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        (f"{FAMILY}{FAMILY}", 9, [FAMILY, FAMILY]),
        (f"x{FLAG}{FLAG}", 7, [f"x{FLAG}", FLAG]),
        ("e\u0301e\u0301", 3, ["e\u0301", "e\u0301"]),
        ("   \n  ", 2, [""]),
    ],
)
def test_texts_are_split_where_it_hurts_least(plain: str, limit: int, parts: list[str]) -> None:
    assert [part.plain for part in split(Text(plain), limit)] == parts


def test_spans_go_on_in_the_next_part() -> None:
    text = Text("слово словечко", (Span("bold", 0, 14), Span("link", 6, 14, "https://x.ru")))
    assert split(text, 8) == [
        Text("слово", (Span("bold", 0, 5),)),
        Text("словечко", (Span("bold", 0, 8), Span("link", 0, 8, "https://x.ru"))),
    ]


LETTERS = st.text(st.sampled_from("aя .\n!😀\u0301\u200d🇷" + "👍🏽"), max_size=80)


@given(LETTERS, st.integers(1, 20), st.integers(0, 80), st.integers(0, 80))
def test_parts_hold_everything_but_white_space_and_fit(
    plain: str, limit: int, start: int, end: int
) -> None:
    start, end = sorted((min(start, len(plain)), min(end, len(plain))))
    spans = (Span("bold", start, end),) if start < end else ()
    limit = max(limit, 2)
    parts = split(Text(plain, spans), limit)
    assert all(utf16_length(part.plain) <= limit for part in parts)
    assert "".join("".join(part.plain.split()) for part in parts) == "".join(plain.split())
    bold = "".join(part.plain[span.start : span.end] for part in parts for span in part.spans)
    assert "".join(bold.split()) == ("".join(plain[start:end].split()) if spans else "")
    for part in parts:
        assert all(0 <= span.start < span.end <= len(part.plain) for span in part.spans)


def test_a_text_of_stacked_accents_is_split_all_the_same() -> None:
    parts = split(Text("a" + "\u0301" * 10_000), 100)
    assert all(utf16_length(part.plain) <= 100 for part in parts)


@given(st.text(max_size=30), st.integers(3, 12))
def test_what_is_cut_fits_and_begins_alike(plain: str, limit: int) -> None:
    short = cut(plain, limit)
    assert utf16_length(short) <= limit
    assert short == plain or (short.endswith("…") and plain.startswith(short[:-1]))


def test_joining_moves_spans() -> None:
    joined = join(
        [Text("ab", (Span("bold", 0, 2),)), Text(), Text("cd", (Span("code", 1, 2),))], "\n\n"
    )
    assert joined == Text("ab\n\ncd", (Span("bold", 0, 2), Span("code", 5, 6)))


@pytest.mark.parametrize("plain, units", [("ab", 2), ("яё", 2), ("😀a", 3), ("", 0)])
def test_utf16_length(plain: str, units: int) -> None:
    assert utf16_length(plain) == units == len(plain.encode("utf-16-le")) // 2
