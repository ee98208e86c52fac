"""Two customers become one when they are proven to be one person, and can be parted again."""

import itertools
from collections.abc import Iterator

from bot.model.conversation import Conversation
from bot.model.effect import Consented, Link, OfferLink, Proved, Remember, Tag, TriedLink, Unlink
from bot.model.links import LinkOffer
from bot.model.message import Address
from bot.model.turn import Turn
from bot.storage.store import Store, Waiting
from tests.contract.store.saying import ANNA, BORIS, NOW, accept, doing, turns, wrote

_numbers = itertools.count(1)


async def of(store: Store, address: str) -> Conversation:
    found = await store.find_conversation("telegram", address)
    assert found is not None
    return found


async def has(store: Store, address: str, *effects: object) -> None:
    """A turn of this customer has these effects."""
    await accept(store, wrote(f"l{next(_numbers)}", address=address))
    await turns(store, doing(*effects))  # type: ignore[arg-type]


async def seen(store: Store) -> Waiting:
    """What a turn is given."""
    found: list[Waiting] = []

    def take(waiting: Waiting, numbers: Iterator[int]) -> Turn:
        phone, offer = waiting.links.proven("+7"), waiting.links.offer("11112222", NOW)
        tries = waiting.links.tries(waiting.conversation.customer.id, NOW - 1)
        looked.update(phone=phone, offer=offer, tries=tries, code=waiting.links.new_code())
        found.append(waiting)
        return Turn(waiting.conversation)

    await accept(store, wrote(f"l{next(_numbers)}"))
    await turns(store, take)
    return found[0]


looked: dict[str, object] = {}


async def test_who_is_proven_one_person_is_one_with_all_that_is_known_of_both(store: Store) -> None:
    await has(store, ANNA, Remember("город", "Омск"), Tag("vip"))
    await has(store, BORIS, Remember("город", "Томск"), Remember("имя", "Аня"), Tag("опт"))
    await has(store, BORIS, Consented(1, agreed=True))
    anna = (await of(store, ANNA)).customer.id
    await has(store, BORIS, Link(anna))
    one, other = await of(store, ANNA), await of(store, BORIS)
    assert one.customer == other.customer
    assert one.customer.id == anna
    assert one.customer.attributes == {"город": "Омск", "имя": "Аня"}
    assert one.customer.tags == ("vip", "опт")
    assert one.customer.consent is not None
    assert one.customer.linked == (f"telegram:{ANNA}", f"telegram:{BORIS}")
    assert one.id != other.id


async def test_what_is_kept_on_one_channel_is_known_on_the_other_at_once(store: Store) -> None:
    await has(store, ANNA)
    await has(store, BORIS, Link((await of(store, ANNA)).customer.id))
    await has(store, BORIS, Remember("город", "Омск"))
    assert (await of(store, ANNA)).customer.attributes == {"город": "Омск"}


async def test_parted_again_each_stands_alone_and_the_older_keeps_what_is_known(
    store: Store,
) -> None:
    await has(store, ANNA, Remember("город", "Омск"))
    await has(store, BORIS, Link((await of(store, ANNA)).customer.id))
    await has(store, BORIS, Unlink())
    one, other = (await of(store, ANNA)).customer, (await of(store, BORIS)).customer
    assert one.id != other.id
    assert (one.linked, other.linked) == ((), ())
    assert (one.attributes, other.attributes) == ({"город": "Омск"}, {})
    await has(store, BORIS, Remember("город", "Томск"))
    assert (await of(store, ANNA)).customer.attributes == {"город": "Омск"}


async def test_erasing_a_customer_of_two_channels_erases_both(store: Store) -> None:
    await has(store, ANNA, Proved("+7"))
    await has(store, BORIS, Link((await of(store, ANNA)).customer.id))
    await store.forget((await of(store, ANNA)).customer.id, dry_run=False)
    assert await store.find_conversation("telegram", ANNA) is None
    assert await store.find_conversation("telegram", BORIS) is None
    await seen(store)
    assert looked["phone"] is None


async def test_proofs_codes_and_tries_can_be_looked_up(store: Store) -> None:
    await has(store, BORIS, Proved("+7"), OfferLink("11112222", NOW + 1), TriedLink())
    boris = (await of(store, BORIS)).customer.id
    await seen(store)
    assert looked["phone"] == boris
    assert looked["offer"] == LinkOffer(boris, Address("telegram", BORIS))
    assert not looked["tries"]
    assert len(str(looked["code"])) == 8
    await has(store, ANNA, TriedLink())
    await seen(store)
    assert looked["tries"] == 1


async def test_a_new_code_takes_the_place_of_the_old_one_and_both_end(store: Store) -> None:
    await has(store, BORIS, OfferLink("11112222", NOW + 1))
    await has(store, BORIS, OfferLink("33334444", NOW + 1))
    await seen(store)
    assert looked["offer"] is None
    await has(store, BORIS, OfferLink("11112222", NOW))
    await seen(store)
    assert looked["offer"] is None
