"""FAQ entries that ask nearly the same: the customer would be offered both in place of an answer."""

from bot.check.drawn import DrawnFaq
from bot.check.sameness import normal
from bot.faq.words import stem
from bot.source import Scalar


def check_twins(faq: DrawnFaq) -> None:
    """Note a question of one entry that says the same words as another's, in another order or with other endings."""
    seen: dict[frozenset[str], tuple[str, str]] = {}
    for entry, fields in faq.entries:
        for node in fields.items("questions"):
            text = node.value if isinstance(node, Scalar) else ""
            stems = frozenset(map(stem, normal(text).split()))
            if len(stems) < 2:
                continue
            other, question = seen.setdefault(stems, (entry.id, text))
            if other != entry.id and normal(question) != normal(text):
                faq.report.add("W007", node, text=text, near=question, other=other)
