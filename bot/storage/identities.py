"""One customer on several channels: proofs and codes, and two customers becoming one."""

import secrets
import sqlite3
from collections.abc import Iterable

from msgspec.structs import replace

from bot.model.customer import Customer
from bot.model.effect import Link, OfferLink, Proved, TriedLink, Unlink
from bot.model.links import LinkOffer
from bot.model.message import Address
from bot.storage.codec import decode_customer, encode
from bot.storage.state import State

LinkEffect = Proved | OfferLink | TriedLink | Link | Unlink

_CODE_DIGITS = 8
_PROVED = """
    INSERT INTO proofs VALUES (?, ?) ON CONFLICT (phone) DO UPDATE SET customer = excluded.customer
"""
_OFFER = "INSERT OR REPLACE INTO link_offers VALUES (?, ?, ?, ?, ?)"
_MOVED = ("identities", "conversations", "consents", "proofs")
"""Tables that say whose a thing is; a customer who becomes another one takes it along."""
_DROPPED = ("link_offers", "link_tries")


class LinkView:
    """`bot.model.links.Links` on the writer's own connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def proven(self, phone: str) -> int | None:
        """See `Links.proven`."""
        found = self._connection.execute("SELECT customer FROM proofs WHERE phone = ?", (phone,))
        row = found.fetchone()
        return row[0] if row is not None else None

    def offer(self, code: str, now: int) -> LinkOffer | None:
        """See `Links.offer`."""
        row = self._connection.execute(
            "SELECT customer, channel, address FROM link_offers WHERE code = ? AND until > ?",
            (code, now),
        ).fetchone()
        return LinkOffer(row[0], Address(row[1], row[2])) if row is not None else None

    def tries(self, customer: int, since: int) -> int:
        """See `Links.tries`."""
        found = self._connection.execute(
            "SELECT count(*) FROM link_tries WHERE customer = ? AND at > ?", (customer, since)
        )
        return int(found.fetchone()[0])

    def new_code(self) -> str:
        """See `Links.new_code`."""
        return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"


def carry_out(
    connection: sqlite3.Connection,
    state: State,
    effects: Iterable[tuple[int, LinkEffect]],
    now: int,
) -> None:
    """What turns decided of the customers of these conversations; after everything else of the batch is written."""
    for conversation, effect in effects:
        customer, channel, address = connection.execute(
            "SELECT customer, channel, address FROM conversations WHERE id = ?", (conversation,)
        ).fetchone()
        match effect:
            case Proved(phone):
                connection.execute(_PROVED, (phone, customer))
            case OfferLink(code, until):
                connection.execute("DELETE FROM link_offers WHERE customer = ?", (customer,))
                connection.execute(_OFFER, (code, customer, channel, address, until))
            case TriedLink():
                connection.execute(
                    "INSERT INTO link_tries (customer, at) VALUES (?, ?)", (customer, now)
                )
            case Link(other):
                _link(connection, state, customer, other)
            case Unlink():
                _unlink(connection, state, customer, (channel, address))


def _link(connection: sqlite3.Connection, state: State, one: int, other: int) -> None:
    """Two customers are one person: the one who was known first stays, with what is known of both."""
    if one == other:
        return
    first, second = _read(connection, min(one, other)), _read(connection, max(one, other))
    if first is None or second is None:
        return
    for table in _MOVED:
        connection.execute(
            f"UPDATE {table} SET customer = ? WHERE customer = ?", (first.id, second.id)
        )
    for table in _DROPPED:
        connection.execute(f"DELETE FROM {table} WHERE customer IN (?, ?)", (first.id, second.id))
    connection.execute("DELETE FROM customers WHERE id = ?", (second.id,))
    _write(connection, _joined(first, second))
    state.customers_changed()


def _unlink(
    connection: sqlite3.Connection, state: State, customer: int, place: tuple[str, str]
) -> None:
    """This address is another person after all: a customer of its own, of whom only the name is known."""
    known = _read(connection, customer)
    if known is None or len(_identities(connection, customer)) < 2:
        return
    state.counters.customer += 1
    own = Customer(
        state.counters.customer, known.name, known.username, known.language, banned=known.banned
    )
    connection.execute("INSERT INTO customers VALUES (?, ?)", (own.id, encode(own)))
    for table in ("identities", "conversations"):
        connection.execute(
            f"UPDATE {table} SET customer = ? WHERE channel = ? AND address = ?", (own.id, *place)
        )
    _write(connection, known)
    state.customers_changed()


def _joined(first: Customer, second: Customer) -> Customer:
    consents = [one for one in (first.consent, second.consent) if one is not None]
    return replace(
        first,
        name=first.name or second.name,
        username=first.username or second.username,
        language=first.language or second.language,
        attributes={**second.attributes, **first.attributes},
        personal=tuple(dict.fromkeys((*first.personal, *second.personal))),
        tags=tuple(dict.fromkeys((*first.tags, *second.tags))),
        consent=max(consents, key=lambda one: one.at, default=None),
        banned=first.banned or second.banned,
    )


def _read(connection: sqlite3.Connection, id: int) -> Customer | None:
    row = connection.execute("SELECT body FROM customers WHERE id = ?", (id,)).fetchone()
    return decode_customer(row[0]) if row is not None else None


def _identities(connection: sqlite3.Connection, customer: int) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT channel, address FROM identities WHERE customer = ? ORDER BY channel, address",
        (customer,),
    ).fetchall()


def _write(connection: sqlite3.Connection, customer: Customer) -> None:
    """With the places where the customer is known, as long as there are several."""
    places = _identities(connection, customer.id)
    linked = tuple(f"{channel}:{address}" for channel, address in places)
    known = replace(customer, linked=linked if len(linked) > 1 else ())
    connection.execute("UPDATE customers SET body = ? WHERE id = ?", (encode(known), known.id))
