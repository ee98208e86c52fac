"""What the shop's own system can do for flows."""

from bot.dialog.slots import Asking, Bad
from bot.dialog.slots.base import Simple
from bot.model.message import Message
from bot.plugins import ActionFailed, action, slot_type


@action("crm.lead")
async def lead(order: int, *, idempotency_key: str) -> dict[str, str]:
    """A new deal; called again with the same key it would find the one that it made."""
    if order < 1:
        raise ActionFailed("there is no such order")
    return {"id": f"D-{order}"}


@slot_type("promo")
class Promo(Simple, frozen=True):
    """A promotional code: КОД-123."""

    kind: str = "promo"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> str | Bad:
        """The code in capitals."""
        code = message.text.plain.strip().upper()
        return code if code.startswith("КОД-") else Bad("no_match")
