"""The extra `frontdesk[semantic]`: sentence vectors for the FAQ, where the configuration asks for them."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bot.config.settings import Config
from bot.dialog.script import Script
from bot.errors import ConfigurationError
from bot.faq import Matcher
from bot.faq.evidence import SentenceEvidence, SentenceLearner
from bot.storage.vectors import VectorFile

VECTORS = "faq.vectors"
_ONE_AT_A_TIME = threading.Lock()
"""Two FAQs learned at once would take twice as long each, and load the model twice."""


class LearningStopped(Exception):
    """Whoever wanted to know is gone."""


class Learning:
    """What a matcher takes as `sentences`. An FAQ is learned once, however often flows around it are loaded again."""

    def __init__(self, make: Callable[[Callable[[], None]], SentenceLearner]) -> None:
        """`make` is given what a learner calls now and then, and lets end it."""
        self._stopped = threading.Event()
        self._learner = make(self._go_on)
        self._last: tuple[object, SentenceEvidence] | None = None

    def __call__(self, variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        """Learn, which takes seconds: off the event loop. Raises `LearningStopped`."""
        faq = (tuple(variants), tuple(owners))
        with _ONE_AT_A_TIME:
            if self._last is None or self._last[0] != faq:
                self._last = (faq, self._learner(variants, owners))
            return self._last[1]

    def stop(self) -> None:
        """The program ends, and waits for its threads: one that encodes a large FAQ gives up."""
        self._stopped.set()

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise LearningStopped


def sentences_of(config: Config) -> Learning | None:
    """What a matcher takes as `sentences`; None where `faq_semantic` is not on. The model is loaded when it learns.
    The vectors of the FAQ's own texts are kept beside the database.

    Raises `ConfigurationError` where the package is not installed.
    """
    if not config.faq_semantic:
        return None
    return load_sentences(config.business.language, config.attachments.with_name(VECTORS))


def load_sentences(language: str, kept: Path | None = None) -> Learning:
    """Learns FAQs by what their variants mean; the model comes with the first one. `kept` is a file of vectors that
    were made before, where its folder is there. Raises `ConfigurationError` where the package is not installed."""
    try:
        from bot.faq.semantic import model_identity, sentence_learner
    except ImportError:
        raise ConfigurationError(_missing(language)) from None
    shelf = VectorFile(kept, model_identity()) if kept else None
    return Learning(lambda go_on: sentence_learner(shelf, go_on))


def _missing(language: str) -> str:
    cure = "pip install 'frontdesk[semantic]'"
    if language == "ru":
        return f"для faq_semantic нужен пакет, который не установлен: {cure}"
    return f"faq_semantic needs a package that is not installed: {cure}"


def matcher_of(config: Config, script: Script, *, semantic: bool = False) -> Matcher:
    """The matcher that the running program would ask; with `semantic` as if the configuration asked for the extra."""
    asked = msgspec.structs.replace(config, faq_semantic=config.faq_semantic or semantic)
    return Matcher(script.questions, script.settings, sentences_of(asked))
