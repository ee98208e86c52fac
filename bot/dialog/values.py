"""The names that templates may use, looked up only when a template asks for them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from bot.dialog.dates import local
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.dialog import Dialog


class Surroundings(Protocol):
    """What all templates of one turn see beside their own slots."""

    business: Business
    conversation: Conversation
    customer: Customer
    dialog: Dialog
    now: int


class Values(Mapping[str, Any]):
    """Slots and saved results first, then what every template has. A name that is empty raises KeyError."""

    __slots__ = ("_around", "_slots")

    def __init__(self, slots: Mapping[str, Any], around: Surroundings) -> None:
        self._slots = slots
        self._around = around

    def __getitem__(self, name: str) -> Any:
        slots = self._slots
        if name in slots:
            return slots[name]
        return _BUILT_IN[name](self._around)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or `default` if it is empty."""
        slots = self._slots
        if name in slots:
            return slots[name]
        make = _BUILT_IN.get(name)
        return default if make is None else make(self._around)

    def __contains__(self, name: object) -> bool:
        return name in self._slots or name in _BUILT_IN

    def __iter__(self) -> Iterator[str]:
        yield from self._slots
        yield from (name for name in _BUILT_IN if name not in self._slots)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _customer(around: Surroundings) -> dict[str, Any]:
    customer: Customer = around.customer
    return {
        **customer.attributes,
        "id": customer.id,
        "name": customer.name,
        "username": customer.username,
        "language": customer.language,
        "tags": list(customer.tags),
    }


_BUILT_IN: dict[str, Callable[[Surroundings], Any]] = {
    "customer": _customer,
    "channel": lambda around: around.conversation.kind,
    "now": lambda around: local(around.now, around.business.timezone),
    "open_now": lambda around: around.business.hours.is_open(around.now),
    "vars": lambda around: around.business.vars,
    "start_argument": lambda around: around.dialog.start_argument,
}
BUILT_IN = frozenset({*_BUILT_IN, "secret"})
"""Names that every template may use (`secret` in `http` steps only)."""
