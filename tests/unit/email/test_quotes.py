"""What the customer wrote is found in answers of every common mail program, and nothing of it is lost."""

import time

import pytest

from adapters.email.markup import text_of
from adapters.email.quotes import LONGEST, cut
from tests.unit.email.replies import Sample, samples

SAMPLES = samples()


def found(sample: Sample) -> str:
    return cut(text_of(sample.html) if sample.html else sample.letter).text


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_nothing_that_the_customer_wrote_is_lost(sample: Sample) -> None:
    left = found(sample).split()
    for word in sample.reply.split():
        assert word in left, f"«{word}» is lost"
        left.remove(word)


def test_nearly_every_sample_is_cut_exactly() -> None:
    wrong = [one.name for one in SAMPLES if found(one) != one.reply]
    assert len(SAMPLES) >= 60
    assert len(wrong) * 20 <= len(SAMPLES), wrong
    assert wrong == []


HOSTILE = [
    ">" * 1_000_000,
    "> \n" * 333_333,
    "\n" * 1_000_000,
    " " * 1_000_000,
    "From: a\n" * 125_000,
    "On 1 Jan <\n" * 90_000,
    "a@b.c " * 170_000,
    "С уважением\n" * 80_000,
    "--\n" * 333_333,
    "-- \n" * 250_000,
    "x:\n" * 333_333,
    "1.1.2026 10:15 пишет:\n" * 45_000,
    "-" * 1_000_000,
    "_____\n" * 160_000,
    "Отправлено с " * 75_000,
    "12 июня " * 120_000 + ":",
    "<" * 1_000_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:10]))
def test_a_megabyte_made_to_hang_us_takes_less_than_a_second(text: str) -> None:
    began = time.process_time()
    cut(text)
    assert time.process_time() - began < 1


def test_what_lies_behind_the_longest_text_is_said_to_be_cut() -> None:
    assert cut("а" * LONGEST).cut is False
    assert cut("а" * (LONGEST + 1)).cut is True
