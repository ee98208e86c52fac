"""A week of misses becomes a patch that raises the FAQ's own figures."""

import time

import yaml

from bot.faq import Matcher, Miss, Query, Question, evaluate, group_misses
from bot.faq.patch import patch_faq, propose

FAQ = """\
# Вопросы мастерской
- id: цена
  questions:
    - Сколько стоит диагностика?
    - цена диагностики
    - диагностика платная
  answer: Диагностика бесплатна, если вы ремонтируете у нас.
- id: адрес
  questions:
    - Где вы находитесь?
    - ваш адрес
    - как к вам проехать
  answer: Улица Мира, 1, вход со двора.
"""
LABELLED = [
    Query("почём у вас посмотреть аппарат", "цена"),
    Query("посмотреть аппарат почём будет", "цена"),
    Query("можно поставить машину рядом", "машину_поставить_у_вас_можно"),
    Query("ваш адрес подскажите", "адрес"),
    Query("какая завтра погода", None),
]
WEEK = [
    Miss("почём у вас глянуть аппарат", "диагностика бесплатна, если вы ремонтируете у нас"),
    Miss("Почём у вас глянуть аппарат?"),
    Miss("почём глянуть аппарат у вас"),
    Miss("можно поставить машину у вас", "Да, во дворе бесплатная парковка."),
    Miss("машину поставить у вас можно"),
]


def loaded(source: str) -> tuple[Matcher, dict[str, str]]:
    entries = yaml.safe_load(source)
    questions = [Question(entry["id"], tuple(entry["questions"])) for entry in entries]
    return Matcher(questions), {entry["id"]: entry["answer"] for entry in entries}


def test_a_week_of_misses_raises_the_figures() -> None:
    matcher, answers = loaded(FAQ)
    before = evaluate(matcher, LABELLED, time.perf_counter)
    additions = propose(group_misses(matcher, WEEK), answers)
    patched = patch_faq(FAQ, additions)
    after = evaluate(loaded(patched)[0], LABELLED, time.perf_counter)
    assert before.top1 is not None
    assert after.top1 is not None
    assert after.top1 > before.top1
    assert after.top1 == 1.0
    assert after.precision == 1.0
    assert (after.answered or 0) > (before.answered or 0)
    assert patched.startswith("# Вопросы мастерской\n- id: цена\n")
