"""The extra `frontdesk[semantic]`: sentence vectors for the FAQ, where the configuration asks for them."""

from collections.abc import Sequence

from bot.config.settings import Config
from bot.dialog.script import Script
from bot.errors import ConfigurationError
from bot.faq import Matcher
from bot.faq.evidence import SentenceEvidence, SentenceLearner


def sentences_of(config: Config) -> SentenceLearner | None:
    """What a matcher takes as `sentences`; None where `faq_semantic` is not on. Loads the model: about a second.

    Raises `ConfigurationError` where the package is not installed.
    """
    return load_sentences(config.business.language) if config.faq_semantic else None


def load_sentences(language: str) -> SentenceLearner:
    """The model, loaded. Raises `ConfigurationError` where the package is not installed."""
    try:
        from bot.faq.semantic import sentence_learner
    except ImportError:
        raise ConfigurationError(_missing(language)) from None
    return _remembering(sentence_learner())


def _missing(language: str) -> str:
    cure = "pip install 'frontdesk[semantic]'"
    if language == "ru":
        return f"для faq_semantic нужен пакет, который не установлен: {cure}"
    return f"faq_semantic needs a package that is not installed: {cure}"


def _remembering(learner: SentenceLearner) -> SentenceLearner:
    """Learns an FAQ once, however often flows around it are loaded again: that takes many seconds."""
    known: dict[tuple[tuple[str, ...], tuple[int, ...]], SentenceEvidence] = {}

    def learn(variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        faq = (tuple(variants), tuple(owners))
        evidence = known.get(faq)
        if evidence is None:
            evidence = learner(variants, owners)
            known.clear()
            known[faq] = evidence
        return evidence

    return learn


def matcher_of(config: Config, script: Script) -> Matcher:
    """The matcher that the running program would ask."""
    return Matcher(script.questions, script.settings, sentences_of(config))
