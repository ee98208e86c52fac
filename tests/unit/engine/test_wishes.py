"""A person is called by whoever asks for one, not only by the bare word."""

import pytest

from bot.dialog.wishes import wants_person
from bot.faq import normalise
from bot.faq.words import stem
from tests.unit.engine.test_interrupts import form

KNOWN = frozenset({"оператор", "человек", "human"})


@pytest.mark.parametrize(
    "text",
    [
        "Позовите оператора, пожалуйста!",
        "можно поговорить с человеком?",
        "Хочу поговорить с живым человеком",
        "Здравствуйте, соедините с оператором",
        "нужен живой человек, а не бот",
        "оператора",
        "ДА ПОЗОВИТЕ ВЫ УЖЕ ЧЕЛОВЕКА",
        "I want to talk to a human, not a bot",
    ],
)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert wants_person(normalise(text), KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "не надо оператора",
        "за меня заберёт другой человек",
        "на 2 человека",
        "сколько стоит на человека",
        "вы человек или бот?",
        "позовите, пожалуйста",
        "оператор сказал, что готово",
        "",
    ],
)
def test_another_matter_is_no_wish_for_a_person(text: str) -> None:
    assert not wants_person(normalise(text), KNOWN)


WORDS = """
оператора человеком ёлками ещё наилучшему вылечившись йодом humans agents operators yes yearly
skis skies dying lying tying idly gently ugly early only singly news innings outing herring
"""
"""The last line: what the English stemmer has in a list of exceptions."""


@pytest.mark.parametrize("word", WORDS.split())
def test_a_stem_begins_as_its_word_does(word: str) -> None:
    """By their first letters words are told apart before they are stemmed."""
    assert stem(normalise(word))[0] == normalise(word)[0]


def test_in_the_middle_of_a_form_a_person_comes() -> None:
    assert form().user("позовите, пожалуйста, оператора").handover is not None


@pytest.mark.parametrize("word", ["отмена", "стоп", "да, отмена"])
def test_who_insists_on_leaving_is_not_asked_again(word: str) -> None:
    talk = form().user("отмена").user(word)

    assert talk.said == ["Заявка отменена."]
    assert talk.conversation.dialog.ended == "cancelled"
