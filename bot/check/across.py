"""What flows, the FAQ and the channels must agree on."""

from collections.abc import Mapping, Sequence

from bot.check.drawn import Drawn, DrawnFaq
from bot.model.business import Business


def check_across(
    flows: Sequence[Drawn], faq: DrawnFaq, business: Business, channels: Mapping[str, str]
) -> None:
    """Note what two parts of a project disagree on."""
