"""Normalising, and what it must survive."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq import looks_like_question, near, normalise
from bot.faq.words import LIMIT, stem


@pytest.mark.parametrize(
    "typed, plain",
    [
        ("✅ Всё верно!", "все верно"),
        ("ВСЕ\u200b ВЕРНО", "все верно"),
        ("1\ufe0f\u20e3 Да", "1 да"),
        ("don’t   STOP", "dont stop"),
        ("Помогиииите", "помогите"),
        ("ﬁle №5", "file no5"),
        ("йогурт", "йогурт"),
        ("и\u0306огурт", "йогурт"),
        ("👍", ""),
        ("", ""),
        ("10000 рублей", "10000 рублей"),
    ],
)
def test_normalise(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == normalise(normalise(once))


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "з\u0315\u0300" * 300_000, "\u202e\ufdfa" * 500_000, "\x00\x1b" * 500_000],
)
def test_hostile_texts_are_cut_and_cheap(text: str) -> None:
    start = time.thread_time()
    assert len(normalise(text)) <= LIMIT
    assert time.thread_time() - start < 0.1


@pytest.mark.parametrize("a, b", [("телефоны", "телефону"), ("delivery", "deliveries")])
def test_stems_follow_the_script(a: str, b: str) -> None:
    assert stem(a) == stem(b)


@pytest.mark.parametrize("form, word", [("paid", "pay"), ("stolen", "stealing"), ("sent", "sends")])
def test_irregular_forms_have_the_stem_of_their_word(form: str, word: str) -> None:
    assert stem(form) == stem(word)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Сколько стоит доставка", True),
        ("доставка есть?", True),
        ("Это точно? 😊", True),
        ("how do I pay", True),
        ("Иван", False),
        ("завтра в 10", False),
        ("", False),
        ("!!!", False),
    ],
)
def test_looks_like_question(text: str, expected: bool) -> None:
    assert looks_like_question(text) is expected


@pytest.mark.parametrize(
    "a, b, expected",
    [
        ("да", "за", False),
        ("верно", "вернo", True),
        ("исправить", "испраавитт", True),
        ("исправить", "поправите", False),
        ("отмена", "отменк", True),
        ("отмена", "отмкнк", False),
        ("отмена", "отмнеа", True),
        ("", "", False),
    ],
)
def test_near(a: str, b: str, expected: bool) -> None:
    assert near(a, b) is expected
