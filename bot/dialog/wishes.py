"""«Позовите, пожалуйста, оператора»: the word for a person, asked for politely."""

import functools
import re
from collections.abc import Mapping

from bot.faq.words import stem

_LONGEST, _MOST_MEANT = 100, 2
_NO_MACHINE = re.compile(r"(?<!\w)(?:а )?(?:не (?:ро)?бот\w*|not an? (?:ro)?bot)(?!\w)")
_AROUND = frozenset(
    """
    позовите позови позвать пригласите пригласить соедините соедини соединить соедините переведите переведи
    перевести переключите переключи переключить свяжите свяжи связать связаться подключите подключить дайте дай
    нужен нужна нужно надо хочу хотел хотела хотелось хотелось бы могу можно можете может требую где есть
    поговорить говорить пообщаться общаться обсудить мне меня нас вы вас я бы же а ну да уже наконец и с со на к ли
    живой живого живым живому реальный реального реальным настоящий настоящего настоящим нормальный нормального
    нормальным обычным пожалуйста пожалуста плиз прошу срочно быстрее сейчас лучше здравствуйте привет добрый день
    call get give connect transfer switch put need want wanna like would can could may i me you with to a an the
    speak talk chat real live please now hi hello let through is there any this
    """.split()  # noqa: SIM905 - words read better than quotes
)
"""What may stand around the word, all of it without another matter. Folded."""


def wants_person(said: str, known: frozenset[str]) -> bool:
    """Whether a whole message, normalised, is one of the `known` words for a person, in any case and politely."""
    if said in known:
        return True
    stems = _stems(known)
    if len(said) > _LONGEST or " " not in said:
        return _is_in(stems, said)
    asked = _NO_MACHINE.sub("", said) if "бот" in said or "bot" in said else said
    meant = 0
    for word in asked.split():
        if word not in _AROUND:
            meant += 1
            if meant > _MOST_MEANT or not _is_in(stems, word):
                return False
    return meant > 0


def _is_in(stems: Mapping[str, frozenset[str]], word: str) -> bool:
    # A stem begins as its word does: most words need none to be found.
    first = word[:1]
    return first in stems and stem(word) in stems[first]


@functools.lru_cache(maxsize=16)
def _stems(known: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """The stems of single words, by their first letter."""
    stems = {stem(word) for word in known if " " not in word}
    return {
        first: frozenset(one for one in stems if one[:1] == first)
        for first in {one[:1] for one in stems}
    }
