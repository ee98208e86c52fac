"""What people chose: customers from what was offered, operators by their answers. Pure."""

from collections.abc import Iterable, Mapping

from bot.faq.correction import Choice
from bot.faq.misses import Miss
from bot.faq.patch import entry_that_says


def choices_of(misses: Iterable[Miss], answers: Mapping[str, str]) -> tuple[Choice, ...]:
    """What misses tell; `answers` are the FAQ's, by entry id. A customer's own choice tells most, then an operator's
    answer that the FAQ has; a text that was answered and asked again, or not helped, tells what it did not ask."""
    found = []
    for miss in misses:
        said = entry_that_says(miss.answer, answers) if miss.answer else None
        if miss.meant or said:
            found.append(Choice(miss.text, miss.meant or said or ""))
        elif miss.refused:
            found.append(Choice(miss.text, miss.refused, right=False))
    return tuple(found)
