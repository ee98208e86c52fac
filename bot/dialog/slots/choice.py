"""One of some options, and yes or no."""

import re
from collections.abc import Mapping

from bot.dialog.slots.base import Asking, Bad, Parameter, Simple, TypeDescription, Value
from bot.faq import looks_like_question, near, normalise
from bot.model.message import Message

_LONGEST = 200
_LETTERS, _BESIDE = 2, 2
"""An option is found among other words if it has more letters than that, and these are no more."""
_DENYING = frozenset({"не", "ни", "нет", "not", "no"})
_DENIES = frozenset(
    "не нет ни кроме без или либо и но есть дорого not no or and but except without".split()  # noqa: SIM905
)
# Words read better than quotes.
_POLITE = frozenset("пожалуйста спасибо please thanks thank you".split())  # noqa: SIM905
_YES = frozenset(
    """да ага угу ок окей хорошо конечно давай давайте верно согласен согласна разумеется можно хочу точно
    правильно ладно естественно подходит пойдет
    yes y yep yeah ok okay sure da lf""".split()  # noqa: SIM905
)
_BESIDE_YES = frozenset({"ну", "все", "так"})
"""«ну да», «всё верно»: they say nothing alone."""
_NO = frozenset("нет неа не нету no n nope not net ytn".split())  # noqa: SIM905
_AFTER_NO = frozenset("надо нужно хочу буду конечно согласен согласна верно еще пока".split())  # noqa: SIM905
_WHOLE_NO = frozenset(
    {"никогда", "ни разу", "ни в коем случае", "конечно нет", "пока нет", "еще нет", "ни за что"}
)
_SAID_MORE = re.compile(r"(да|ага|угу|нет|неа|yes|no)\s*[,.!]\s*([^?]+)\Z", re.IGNORECASE)
"""«нет, не учила», «да, два года»: the word in front is the answer."""
_TURNS = frozenset(
    """но а если или либо только кроме зачем почему что как сколько когда где да нет оператор оператора
    человек человека
    but if or only why what how when where yes no""".split()  # noqa: SIM905
)
"""Words behind it that may take the answer back, or ask."""
_FEW = 5
_SIGNS = {"+": True, "👍": True, "✅": True, "-": False, "👎": False, "❌": False}


def means_nearly(name: str, words: str) -> bool:
    """Whether a normalised text is a near spelling of a name that does not turn its meaning round: by their letters «не
    верно» and «неверно» are near to «всё верно» and «верно»."""
    if not near(name, words):
        return False
    own = set(normalise(name).split())
    return not any(
        word not in own and (word in _DENYING or word.removeprefix("не") in own)
        for word in words.split()
    )


class ChoiceType(Simple, frozen=True):
    """`options`: each key with its label and other spellings."""

    options: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str]
    labels: tuple[str, ...]
    kind: str = "choice"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The key of the option: typed exactly, but for case and ё, or nearly, or by its number, or with a word beside."""
        text = message.text.plain
        if not text:
            return Bad("no_text")
        if len(text) > _LONGEST:
            return Bad("not_a_choice")
        plain = normalise(text) or text.strip()
        key = self.spellings.get(text) or self._like(plain) or self._within(text)
        return Bad("not_a_choice") if key is None else key

    def equal(self, value: Value, written: object) -> bool:
        """The same option, by its key or another spelling."""
        return bool(value == written) or self.spellings.get(normalise(str(written))) == value

    def _like(self, plain: str) -> str | None:
        key = self.spellings.get(plain)
        if key is not None:
            return key
        if plain.isascii() and plain.isdigit() and 1 <= int(plain) <= len(self.options):
            return list(self.options)[int(plain) - 1]
        keys = {key for spelling, key in self.spellings.items() if means_nearly(spelling, plain)}
        return keys.pop() if len(keys) == 1 else None

    def _within(self, text: str) -> str | None:
        """«хочу английский», «английский язык, пожалуйста»: one option and few words beside it, neither a question nor a
        denial."""
        words = [word for word in normalise(text).split() if word not in _POLITE]
        if looks_like_question(text) or not _DENIES.isdisjoint(words):
            return None
        said = f" {' '.join(words)} "
        found = [one for one in self.spellings if len(one) > _LETTERS and f" {one} " in said]
        longest = max(found, key=len, default="")
        keys = {
            self.spellings[one]
            for one in found
            if f" {one} " not in f" {longest} " or one == longest
        }
        few = len(words) - len(longest.split()) <= _BESIDE
        return keys.pop() if len(keys) == 1 and few else None


class YesNoType(Simple, frozen=True):
    """Yes or no, in Russian or English."""

    kind: str = "yesno"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """True or False."""
        text = message.text.plain.strip()
        if not text:
            return Bad("no_text")
        answer = yes_or_no(text)
        answer = _in_front(text) if answer is None else answer
        return Bad("not_yes_or_no") if answer is None else answer

    def show(self, value: Value, language: str = "ru") -> str:
        """`да` or `нет`, `yes` or `no`."""
        yes, no = ("yes", "no") if language == "en" else ("да", "нет")
        return "" if value is None else yes if value else no

    def equal(self, value: Value, written: object) -> bool:
        """The same truth: true and false in YAML, or a word."""
        said = {"true": True, "false": False}.get(str(written).lower())
        return value is (yes_or_no(str(written)) if said is None else said)


def yes_or_no(text: str) -> bool | None:
    """What a short answer means: «да, конечно», «нет, спасибо», «не надо», `ok`, 👍; None if neither."""
    if len(text) > 60:
        return None
    if text in _SIGNS:
        return _SIGNS[text]
    words = [word for word in normalise(text).split() if word not in _POLITE]
    if any(word in _YES for word in words) and _YES.union(_BESIDE_YES).issuperset(words):
        return True
    if words and words[0] in _NO and all(word in _NO or word in _AFTER_NO for word in words):
        return False
    return False if " ".join(words) in _WHOLE_NO else None


def _in_front(text: str) -> bool | None:
    said = _SAID_MORE.match(text)
    behind = normalise(said[2]).split() if said else []
    if said is None or len(behind) > _FEW or not _TURNS.isdisjoint(behind):
        return None
    return normalise(said[1]) in _YES


def _choice(options: Mapping[str, tuple[str, ...]]) -> ChoiceType:
    spellings: dict[str, str] = {}
    for key, others in options.items():
        for spelling in (key, *others):
            spellings.setdefault(normalise(spelling) or spelling.strip(), key)
            spellings.setdefault(spelling, key)
    return ChoiceType(options, spellings, tuple(each[0] for each in options.values()))


CHOICE = TypeDescription(
    "choice",
    "one of the options",
    "один из вариантов",
    {
        "options": Parameter(
            "options", "keys, or keys with labels", "ключи, или ключи с подписями", required=True
        )
    },
    _choice,
)
YESNO = TypeDescription("yesno", "yes or no", "да или нет", {}, YesNoType)
