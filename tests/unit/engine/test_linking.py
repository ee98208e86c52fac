"""One customer on several channels: only what is proven links them."""

from msgspec.structs import replace

from bot.dialog.moment import Moment
from bot.model.effect import Link, OfferLink, Proved, Send, TriedLink, Unlink
from bot.model.event import MessageReceived
from bot.model.links import LinkOffer
from bot.model.message import Address, Contact, Message
from bot.model.text import Text
from tests.unit.engine.builder import CUSTOMER, Talk, a_flow, a_script, do

SCRIPT = a_script(a_flow("заявка", do.ask("имя", "Как вас зовут?"), commands=("new",)))
MINE = "+79123456789"
ELSEWHERE = LinkOffer(77, Address("vk", "5"))


class Known:
    """What was proven and offered before."""

    def __init__(self) -> None:
        self.phones: dict[str, int] = {}
        self.offers = {"12345678": ELSEWHERE}
        self.wrong = 0

    def proven(self, phone: str) -> int | None:
        return self.phones.get(phone)

    def offer(self, code: str, now: int) -> LinkOffer | None:
        return self.offers.get(code)

    def tries(self, customer: int, since: int) -> int:
        return self.wrong

    def new_code(self) -> str:
        return "00001111"


class Linked(Talk):
    """A talk that can look at proofs."""

    known = Known()

    @property
    def moment(self) -> Moment:
        return replace(super().moment, links=self.known)

    def shares_contact(self, phone: str, *, own: bool) -> "Linked":
        self.hear(MessageReceived(Message(Text(), contact=Contact(phone, own=own))))
        return self


def a_talk() -> Linked:
    talk = Linked(SCRIPT)
    talk.known = Known()
    return talk


def test_a_code_is_given_and_what_was_asked_is_asked_again() -> None:
    talk = a_talk()
    talk.user("/new").user("/link")
    assert talk.got(OfferLink) == [OfferLink("00001111", talk.now + 10 * 60_000)]
    assert "/link 00001111" in talk.said[0]
    assert talk.said[-1] == "Как вас зовут?"


def test_the_code_from_another_channel_links_and_is_told_on_both() -> None:
    talk = a_talk()
    talk.user("/link 1234 5678")
    assert talk.got(Link) == [Link(77)]
    told = [one for one in talk.got(Send) if one.to is not None]
    assert [one.to for one in told] == [ELSEWHERE.at]
    assert "/unlink" in told[0].message.text.plain


def test_a_wrong_code_links_nobody_and_is_counted() -> None:
    talk = a_talk()
    talk.user("/link 99999999")
    assert talk.got(Link) == []
    assert talk.got(TriedLink) == [TriedLink()]


def test_after_too_many_wrong_codes_even_a_right_one_is_not_looked_at() -> None:
    talk = a_talk()
    talk.known.wrong = 5
    talk.user("/link 12345678")
    assert talk.got(Link) == []


def test_a_code_sent_where_it_was_given_says_where_to_send_it() -> None:
    talk = a_talk()
    talk.known.offers["12345678"] = LinkOffer(CUSTOMER.id, Address("telegram", "42"))
    assert "другого канала" in talk.user("/link 12345678").said[0]
    assert talk.got(Link) == []


def test_the_first_time_a_messenger_vouches_for_a_number_it_is_kept() -> None:
    talk = a_talk().shares_contact("79123456789", own=True)
    assert talk.got(Proved) == [Proved(MINE)]


def test_whoever_is_vouched_for_twice_is_one_person() -> None:
    talk = a_talk()
    talk.known.phones[MINE] = 77
    assert talk.shares_contact(MINE, own=True).got(Link) == [Link(77)]


def test_somebody_elses_contact_and_a_typed_number_prove_nothing() -> None:
    talk = a_talk()
    talk.known.phones[MINE] = 77
    talk.shares_contact(MINE, own=False)
    assert talk.got(Link) == []
    assert talk.user(MINE).got(Link) == []


def test_channels_can_be_parted_again() -> None:
    talk = a_talk()
    assert talk.user("/unlink").got(Unlink) == []
    customer = replace(CUSTOMER, linked=("telegram:42", "vk:5"))
    parted = Linked(SCRIPT, customer=customer).user("/unlink")
    assert parted.got(Unlink) == [Unlink()]
