"""Vectors of the FAQ's own texts: encoded once, kept as long as they stand there, given back as they were."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

np = pytest.importorskip("numpy")
kept = pytest.importorskip("bot.faq.kept")


class Encoder:
    """Turns a text into three numbers, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.asked.append(list(texts))
        return np.array([[len(text), ord(text[0]), 1.5] for text in texts], np.float32)


class Shelf:
    """A shelf of memory."""

    def __init__(self, content: bytes | None = None) -> None:
        self.content = content
        self.writes = 0

    def read(self) -> memoryview | None:
        return None if self.content is None else memoryview(self.content)

    def write(self, parts: Iterable[bytes]) -> None:
        self.content = b"".join(parts)
        self.writes += 1


@pytest.fixture
def encoder() -> Encoder:
    return Encoder()


def test_a_text_is_encoded_once_however_often_it_is_kept(encoder: Encoder) -> None:
    vectors = kept.KeptVectors(encoder)
    vectors.keep(["а", "бб", "а"])
    vectors.keep(["бб", "а"])

    assert encoder.asked == [["а", "бб"]]
    assert vectors.rows(["бб", "а", "бб"]).tolist() == encoder(["бб", "а", "бб"]).tolist()


def test_of_a_changed_faq_only_what_is_new_is_encoded(encoder: Encoder) -> None:
    vectors = kept.KeptVectors(encoder)
    vectors.keep(["а", "бб", "ввв"])
    vectors.keep(["а", "другое", "ввв"])

    assert encoder.asked == [["а", "бб", "ввв"], ["другое"]]
    wanted = encoder(["другое", "ввв", "а"])
    assert vectors.rows(["другое", "ввв", "а"]).tolist() == wanted.tolist()


def test_what_left_the_faq_is_forgotten_on_the_shelf_too(encoder: Encoder) -> None:
    shelf = Shelf()
    vectors = kept.KeptVectors(encoder, shelf)
    vectors.keep(["а", "бб", "ввв"])
    assert shelf.content is not None
    before = len(shelf.content)
    vectors.keep(["а"])

    with pytest.raises(KeyError):
        vectors.rows(["бб"])
    assert len(shelf.content) < before / 2


def test_the_next_process_finds_the_vectors_on_the_shelf_and_writes_nothing(
    encoder: Encoder,
) -> None:
    shelf = Shelf()
    kept.KeptVectors(encoder, shelf).keep(["а", "бб"])
    next_encoder = Encoder()
    vectors = kept.KeptVectors(next_encoder, shelf)
    vectors.keep(["бб", "а"])

    assert next_encoder.asked == []
    assert shelf.writes == 1
    assert vectors.rows(["а", "бб"]).tolist() == encoder(["а", "бб"]).tolist()


def test_a_shelf_holds_neither_texts_nor_more_than_their_vectors(encoder: Encoder) -> None:
    shelf = Shelf()
    kept.KeptVectors(encoder, shelf).keep([f"вопрос {number}" for number in range(1000)])

    assert shelf.content is not None
    assert "вопрос".encode() not in shelf.content
    assert len(shelf.content) == 8 + 1000 * (16 + 3 * 4)


@pytest.mark.parametrize("harm", [b"", b"\x01", b"\xff" * 8, b"\xff" * 1000])
def test_what_is_no_content_of_a_shelf_is_made_again(encoder: Encoder, harm: bytes) -> None:
    shelf = Shelf(harm)
    vectors = kept.KeptVectors(encoder, shelf)
    vectors.keep(["а"])

    assert encoder.asked == [["а"]]
    assert shelf.writes == 1


def test_a_cut_content_is_made_again(encoder: Encoder) -> None:
    shelf = Shelf()
    kept.KeptVectors(encoder, shelf).keep(["а", "бб"])
    assert shelf.content is not None
    shelf.content = shelf.content[:-1]
    again = Encoder()
    kept.KeptVectors(again, shelf).keep(["а", "бб"])

    assert again.asked == [["а", "бб"]]


def test_an_encoder_that_fails_leaves_what_was_known(encoder: Encoder) -> None:
    def broken(texts: Sequence[str]) -> Any:
        if "вниз" in texts:
            raise MemoryError
        return encoder(texts)

    vectors = kept.KeptVectors(broken)
    vectors.keep(["а"])
    with pytest.raises(MemoryError):
        vectors.keep(["вниз"])

    assert vectors.rows(["а"]).tolist() == encoder(["а"]).tolist()


def test_many_texts_are_encoded_in_parts_and_can_be_given_up_between_them(encoder: Encoder) -> None:
    def go_on() -> None:
        if len(encoder.asked) == 2:
            raise InterruptedError

    texts = [f"{number}" for number in range(1000)]
    vectors = kept.KeptVectors(encoder, None, go_on)
    with pytest.raises(InterruptedError):
        vectors.keep(texts)
    assert max(map(len, encoder.asked)) < 200

    vectors = kept.KeptVectors(encoder)
    vectors.keep(texts)
    assert vectors.rows(texts).tolist() == encoder(texts).tolist()


def test_half_a_letter_pair_is_a_text_like_any_other(encoder: Encoder) -> None:
    vectors = kept.KeptVectors(encoder)
    vectors.keep(["\ud83d"])

    assert len(vectors.rows(["\ud83d"])) == 1
