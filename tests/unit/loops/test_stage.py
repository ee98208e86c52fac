"""What a stage makes of a script, and makes only once."""

from collections.abc import Sequence

import msgspec

from bot.faq import Question
from bot.faq.evidence import SentenceEvidence
from bot.stage import Stage


class Learner:
    """Counts how often an FAQ was learned."""

    def __init__(self) -> None:
        self.learned = 0

    def __call__(self, variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        self.learned += 1
        return lambda _: [0.0] * (max(owners) + 1)


def test_an_faq_is_not_learned_again_for_the_next_start(stage: Stage) -> None:
    learner = Learner()
    for _ in range(3):
        Stage(stage.script, stage.business, sentences=learner)
    assert learner.learned == 1


def test_another_faq_is_learned(stage: Stage) -> None:
    learner = Learner()
    questions = (*stage.script.questions, Question("новый", ("Совсем другой вопрос?",)))
    for script in (stage.script, msgspec.structs.replace(stage.script, questions=questions)):
        Stage(script, stage.business, sentences=learner)
    assert learner.learned == 2
