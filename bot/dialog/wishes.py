"""«Позовите, пожалуйста, оператора»: the word for a person, asked for politely."""

import functools
import re

from bot.faq.words import stem

_LONGEST = 100
_NO_MACHINE = re.compile(r"(?<!\w)(?:а )?(?:не (?:ро)?бот\w*|not an? (?:ro)?bot)(?!\w)")
_AROUND = frozenset(
    """
    позовите позови позвать пригласите пригласить соедините соедини соединить соедините переведите переведи
    перевести переключите переключи переключить свяжите свяжи связать связаться подключите подключить дайте дай
    нужен нужна нужно надо хочу хотел хотела хотелось хотелось бы могу можно можете может требую где есть
    поговорить говорить пообщаться общаться обсудить мне меня нас вы я бы же а ну и с со на к ли
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
    if len(said) > _LONGEST or " " not in said:
        return any(stem(said) == one for one in _stems(known))
    stems = _stems(known)
    meant = [word for word in _NO_MACHINE.sub("", said).split() if word not in _AROUND]
    return 0 < len(meant) <= 2 and all(stem(word) in stems for word in meant)


@functools.lru_cache(maxsize=16)
def _stems(known: frozenset[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in known if " " not in word)
