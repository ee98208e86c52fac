"""One customer on several channels. They are taken for one person only when that is proven: by a code that was given
on one channel and sent from another, or by the customer's own number, which two messengers themselves vouch for."""

from bot.dialog.current import again
from bot.dialog.slots import own_phone
from bot.dialog.work import Work
from bot.model.effect import Link, OfferLink, Proved, Send, TriedLink, Unlink
from bot.model.message import Message, say

COMMAND, UNDO = "/link", "/unlink"
GOOD_FOR = 10 * 60_000
"""So long a code is good, ms."""
TRIES, TRIES_IN = 5, 60 * 60_000
"""So many wrong codes a customer may send within so many ms."""


def vouched(work: Work, message: Message) -> None:
    """The messenger says that a number is the sender's own: whoever it vouched for before is the same person."""
    phone = own_phone(message)
    if phone is None:
        return
    known = work.moment.links.proven(phone)
    if known is not None and known != work.customer.id:
        work.decide("linked", "phone")
        work.effects.append(Link(known))
    elif known is None:
        work.effects.append(Proved(phone))


def command(work: Work) -> bool:
    """`/link` gives a code, `/link 12345678` from another channel takes it, `/unlink` undoes it. False for anything
    else."""
    head, _, code = work.text.partition(" ")
    if head.casefold() == UNDO:
        _undo(work)
    elif head.casefold() == COMMAND:
        if not work.conversation.proven:
            # Anybody may write in this address's name, and would have what is kept of the customer.
            again(work, work.own("not_understood"))
        elif code.strip():
            _take(work, "".join(code.split()))
        else:
            _give(work)
    else:
        return False
    return True


def _give(work: Work) -> None:
    code = work.moment.links.new_code()
    if not code:
        again(work, work.own("not_understood"))
        return
    work.decide("link_offered")
    work.effects.append(OfferLink(code, work.now + GOOD_FOR))
    work.say(work.own("link_code", code=f"{COMMAND} {code}"))
    again(work)


def _take(work: Work, code: str) -> None:
    links = work.moment.links
    if links.tries(work.customer.id, work.now - TRIES_IN) >= TRIES:
        again(work, work.own("link_too_often"))
        return
    offer = links.offer(code, work.now)
    if offer is None:
        work.decide("link_refused")
        work.effects.append(TriedLink())
        again(work, work.own("link_wrong"))
        return
    if offer.customer == work.customer.id:
        again(work, work.own("link_here"))
        return
    work.decide("linked", "code")
    work.effects.append(Link(offer.customer))
    # Who gave the code away without meaning to learns of it where they were given it.
    work.effects.append(Send(say(work.own("link_told", code=UNDO).plain), to=offer.at))
    again(work, work.own("link_done"))


def _undo(work: Work) -> None:
    if not work.customer.linked:
        again(work, work.own("link_none"))
        return
    work.decide("unlinked")
    work.effects.append(Unlink())
    again(work, work.own("link_undone"))
