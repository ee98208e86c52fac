"""FAQ entries that lag behind the others: they have so few ways to ask that they will hardly be recognised."""

from bot.check.drawn import DrawnFaq

ENOUGH = 3
_FROM = 10
"""A FAQ of fewer entries is being begun, and nobody wants to be told that it is small."""


def check_variety(faq: DrawnFaq) -> None:
    """Note entries with too few ways to ask, in a FAQ where most have enough."""
    poor = [one for one in faq.entries if 0 < len(one[0].questions) < ENOUGH]
    if len(faq.entries) < _FROM or 2 * len(poor) > len(faq.entries):
        return
    for entry, fields in poor:
        faq.report.add("W514", fields.at("questions"), name=entry.id, count=len(entry.questions))
