"""Letters of ours at a real SMTP server: what they look like, and what becomes of them when it is difficult."""

import hashlib
import ssl
from typing import Any

import msgspec
import pytest

from adapters.email.adapter import EmailAdapter
from adapters.email.inbound import Place, thread_of
from adapters.email.letter import Letter
from adapters.email.threads import thread_key
from bot.channel import Delivery, RetryLater, Undeliverable
from bot.model.message import Attachment, Button, Message, say
from bot.model.text import Span, Text
from tests.acceptance.email.conftest import channel
from tests.contract.adapter.door import Memory, WatchedDoor
from tests.fakes.mail.box import CERTIFICATE, KEY
from tests.fakes.mail.post import Post

ANNA = "anna@example.org"


class NoBox:
    """A mailbox that is not read in these tests."""

    def settings(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": 1, "security": "none"}


class Speaking:
    """An adapter that only delivers."""

    def __init__(self, adapter: EmailAdapter, door: WatchedDoor) -> None:
        self.adapter = adapter
        self.door = door

    async def says(self, message: Message | str, id: int = 7, **fields: Any) -> str:
        said = say(message) if isinstance(message, str) else message
        fields = {"address": ANNA, **fields}
        receipt = await self.adapter.deliver(Delivery(id, "mail", message=said, **fields))
        return receipt.external_ids[0]

    async def knows(self, letter: Letter, address: str = ANNA) -> None:
        thread = thread_of(letter, Place(1, 1, arrived=1_781_248_500_000))
        await self.door.keep({thread_key(address): msgspec.json.encode(thread).decode()})


@pytest.fixture
async def speaking(post: Post, memory: Memory) -> Speaking:
    return await speaks(post, memory)


async def speaks(post: Post, memory: Memory, **more: Any) -> Speaking:
    door = WatchedDoor(memory)
    settings = channel(NoBox(), post, **more)  # type: ignore[arg-type]
    adapter = EmailAdapter("mail", settings)
    await adapter.open(door)
    return Speaking(adapter, door)


ASKED = Letter(
    message_id="<q2@example.org>",
    sender=ANNA,
    sender_name="Анна Котова",
    subject="Re: Сломался ноутбук [#ABCDEFGH]",
    references=("<q1@example.org>", "<7.aa@example.ru>"),
    text="Сколько стоит\nдиагностика?",
    zone=180,
)


async def test_an_answer_looks_as_answers_do(post: Post, memory: Memory) -> None:
    one = await speaks(
        post, memory, name="Мастерская «Импульс»", signature="Импульс\n+7 495 000-00-00"
    )
    await one.knows(ASKED)
    id = await one.says("Диагностика бесплатна.")
    (sent,) = post.sent
    mail = sent.mail
    assert (sent.sender, sent.to) == ("help@example.ru", ANNA)
    assert mail["From"].addresses[0].display_name == "Мастерская «Импульс»"
    assert mail["To"].addresses[0].addr_spec == ANNA
    assert mail["Subject"].startswith("Re: Сломался ноутбук [#")
    assert mail["In-Reply-To"] == "<q2@example.org>"
    assert str(mail["References"]).split() == [
        "<q1@example.org>",
        "<7.aa@example.ru>",
        "<q2@example.org>",
    ]
    assert mail["Message-ID"] == id
    assert mail["Date"].datetime.tzinfo is not None
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Reply-To"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert sent.text.replace("\r\n", "\n") == (
        "Диагностика бесплатна.\n\n-- \nИмпульс\n+7 495 000-00-00\n\n"
        "12 июня 2026 г., 10:15, Анна Котова пишет:\n> Сколько стоит\n> диагностика?\n"
    )
    html = mail.get_body(("html",))
    assert html is not None
    assert "<blockquote" in html.get_content()
    assert sent.raw.isascii(), "not every server takes eight bits"


async def test_a_person_speaks_under_their_name_and_not_as_a_machine(
    post: Post, memory: Memory
) -> None:
    one = await speaks(post, memory, name="Импульс")
    await one.says(Message(Text("Здравствуйте"), signed="Мария"), key="reply:5")
    mail = post.sent[0].mail
    assert mail["From"].addresses[0].display_name == "Мария, Импульс"
    assert mail["Auto-Submitted"] is None
    assert mail["X-Auto-Response-Suppress"] is None


@pytest.mark.parametrize(
    "name", ["A, B <x@evil.org>, " * 5, "Мария, «Импульс» " * 8, 'x" <eve@evil.org>']
)
async def test_a_name_never_becomes_an_address(post: Post, memory: Memory, name: str) -> None:
    one = await speaks(post, memory, name=name)
    await one.says("x")
    (address,) = post.sent[0].mail["From"].addresses
    assert address.addr_spec == "help@example.ru"


async def test_the_same_row_has_the_same_id_over_restarts_and_others_have_others(
    post: Post, memory: Memory
) -> None:
    first = await (await speaks(post, memory)).says("раз", id=7)
    again = await (await speaks(post, memory)).says("раз", id=7)
    other = await (await speaks(post, memory)).says("два", id=8)
    assert first == again != other
    assert first.startswith("<7.")
    assert first.endswith("@example.ru>")


async def test_a_message_of_the_customer_that_is_answered_is_named(
    speaking: Speaking, post: Post
) -> None:
    await speaking.knows(ASKED)
    await speaking.says("Это о первом", reply_external_id="<q1@example.org>")
    mail = post.sent[0].mail
    assert mail["In-Reply-To"] == "<q1@example.org>"
    assert str(mail["References"]).split()[-1] == "<q1@example.org>"


async def test_the_words_of_a_customer_are_no_markup(speaking: Speaking, post: Post) -> None:
    nasty = "<script>alert(1)</script> & \"x\" 'y' {{ 7*7 }}\r\nBcc: eve@example.org"
    await speaking.knows(
        Letter(message_id="<a@b>", sender=ANNA, sender_name=nasty, subject=nasty, text=nasty)
    )
    await speaking.says(nasty)
    mail = post.sent[0].mail
    assert mail["Bcc"] is None
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "{{ 7*7 }}" in html.get_content()


async def test_formatting_is_in_the_html_and_links_are_in_both(
    speaking: Speaking, post: Post
) -> None:
    text = Text(
        "Цена здесь, https://example.ru/x.",
        (Span("bold", 0, 4), Span("link", 5, 10, "https://example.ru/p")),
    )
    await speaking.says(Message(text))
    html = post.sent[0].mail.get_body(("html",))
    assert html is not None
    assert "<b>Цена</b>" in html.get_content()
    assert '<a href="https://example.ru/p">здесь</a>' in html.get_content()
    assert '<a href="https://example.ru/x">' in html.get_content()
    assert "Цена здесь (https://example.ru/p)" in post.sent[0].text


async def test_buttons_are_lines(speaking: Speaking, post: Post) -> None:
    rows = (
        (Button("Да", "1.a"), Button("Нет", "1.b")),
        (Button("Сайт", url="https://example.ru"),),
    )
    await speaking.says(Message(Text("Начинать?"), rows))
    text = post.sent[0].text.replace("\r\n", "\n")
    assert "1. Да\n2. Нет" in text
    assert "Сайт: https://example.ru" in text


async def test_marks_are_asked_for_with_a_number(speaking: Speaking, post: Post) -> None:
    row = tuple(Button(str(mark), f"desk:mark:1:{mark}") for mark in range(1, 6))
    await speaking.says(Message(Text("Как мы помогли?"), (row,)))
    assert "Ответьте номером: 1, 2, 3, 4, 5" in post.sent[0].text


async def test_files_go_along(speaking: Speaking, post: Post) -> None:
    content = bytes(range(256)) * 1000
    digest = hashlib.sha256(content).hexdigest()
    (speaking.door.memory.folder / digest).write_bytes(content)
    file = Attachment("document", "счёт №5.pdf", "application/pdf", len(content), digest)
    await speaking.says(Message(Text("Счёт"), attachments=(file,)))
    (part,) = post.sent[0].mail.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("счёт №5.pdf", "application/pdf")
    assert part.get_payload(decode=True) == content


async def test_files_beyond_what_a_letter_takes_are_refused_in_words(speaking: Speaking) -> None:
    path = speaking.door.memory.folder / "big"
    with path.open("wb") as big:
        big.truncate(25_000_000)
    file = Attachment("video", "v.mp4", "video/mp4", 25_000_000, "big")
    with pytest.raises(Undeliverable, match="25 MB"):
        await speaking.says(Message(attachments=(file,)))


async def test_an_unproven_customer_is_answered_at_the_same_address(
    speaking: Speaking, post: Post
) -> None:
    await speaking.says("Здравствуйте", address=f"?{ANNA}")
    assert post.sent[0].to == ANNA


@pytest.mark.parametrize("address", ["?", "?@example.org", "x", "anna@"])
async def test_what_is_no_address_is_undeliverable(speaking: Speaking, address: str) -> None:
    with pytest.raises(Undeliverable):
        await speaking.says("x", address=address)


async def test_an_address_in_russian_works(speaking: Speaking, post: Post) -> None:
    await speaking.says("Здравствуйте", address="анна@пример.рф")
    assert "анна@" in post.sent[0].to


# the server is difficult


async def test_a_grey_list_is_waited_for_and_gets_the_same_letter(
    speaking: Speaking, post: Post
) -> None:
    post.grey = 1
    with pytest.raises(RetryLater) as later:
        await speaking.says("Терпение")
    assert later.value.after == 1
    assert not later.value.everywhere
    id = await speaking.says("Терпение", attempts=1)
    assert [one.id for one in post.sent] == [id]


async def test_an_address_that_is_put_off_for_days_is_given_up(
    speaking: Speaking, post: Post
) -> None:
    post.grey = 1000
    with pytest.raises(RetryLater) as later:
        await speaking.says("Терпение", attempts=20)
    assert later.value.after == 3600
    with pytest.raises(Undeliverable):
        await speaking.says("Терпение", attempts=60)


async def test_a_lost_answer_brings_the_same_letter_again(speaking: Speaking, post: Post) -> None:
    post.lose = 1
    with pytest.raises(RetryLater):
        await speaking.says("Дошло ли?")
    await speaking.says("Дошло ли?", attempts=1)
    first, second = post.sent
    assert first.id == second.id
    assert first.text == second.text


async def test_a_letter_whose_answer_is_lost_each_time_is_sent_twice_and_no_more(
    speaking: Speaking, post: Post
) -> None:
    post.lose = 9
    with pytest.raises(RetryLater):
        await speaking.says("Дошло ли?")
    with pytest.raises(Undeliverable, match="may have arrived"):
        await speaking.says("Дошло ли?", attempts=1)
    assert len(post.sent) == 2


async def test_a_server_that_thinks_for_long_gets_a_letter_once(post: Post, memory: Memory) -> None:
    speaking = await speaks(post, memory, timeout=100)
    post.thinks = 0.5
    await speaking.says("Проверяют на вирусы")
    assert len(post.sent) == 1


async def test_lines_that_begin_with_a_dot_arrive_as_they_are(
    speaking: Speaking, post: Post
) -> None:
    words = ".\n..две\n.три."
    await speaking.says(words)
    assert post.sent[0].text.replace("\r\n", "\n").startswith(words)


@pytest.mark.parametrize(
    "answer, unreachable",
    [
        ("550 5.1.1 No such user", True),
        ("550 No such user", True),
        ("550 5.7.1 Message rejected as spam", False),
        ("552 5.2.2 Mailbox full", False),
    ],
)
async def test_a_refusal_for_good_is_told_with_its_reason(
    speaking: Speaking, post: Post, answer: str, *, unreachable: bool
) -> None:
    post.refuse[ANNA] = answer
    with pytest.raises(Undeliverable, match=answer[:3]) as refused:
        await speaking.says("x")
    assert refused.value.unreachable is unreachable


async def test_a_letter_that_is_refused_is_told_with_its_reason(
    speaking: Speaking, post: Post
) -> None:
    post.refuse_data = "554 5.6.0 Message looks odd"
    with pytest.raises(Undeliverable, match="554"):
        await speaking.says("x")


async def test_a_server_that_is_down_stops_the_channel_and_not_the_address(
    speaking: Speaking, post: Post
) -> None:
    post.stop()
    with pytest.raises(RetryLater) as later:
        await speaking.says("x")
    assert later.value.everywhere
    post.start()
    await speaking.says("x")


async def test_a_login_that_is_refused_loses_no_letter_and_shows_no_password(
    post: Post, memory: Memory
) -> None:
    settings = {**post.settings(), "password": "very-wrong"}
    one = await speaks(post, memory, smtp=settings)
    with pytest.raises(RetryLater) as later:
        await one.says("x")
    assert later.value.everywhere
    assert "very-wrong" not in f"{later.value!r} {later.value.__cause__!r}"


async def test_our_own_sender_that_is_refused_loses_no_letter(
    speaking: Speaking, post: Post
) -> None:
    post.refuse_sender = "553 5.7.1 Sender address rejected"
    with pytest.raises(RetryLater) as later:
        await speaking.says("x")
    assert later.value.everywhere


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_letters_go_out_protected(memory: Memory, security: str) -> None:
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(CERTIFICATE, KEY)
    post = Post()
    post.start(
        starttls=trust if security == "starttls" else None, tls=trust if security == "tls" else None
    )
    try:
        settings = {**post.settings(), "security": security, "ca_file": str(CERTIFICATE)}
        await (await speaks(post, memory, smtp=settings)).says("тайно")
        assert len(post.sent) == 1
        naive = {**settings, "ca_file": ""}
        with pytest.raises(RetryLater):
            await (await speaks(post, memory, smtp=naive)).says("никому")
        assert len(post.sent) == 1
    finally:
        post.stop()


async def test_a_server_without_starttls_gets_no_letter_in_clear(
    post: Post, memory: Memory
) -> None:
    one = await speaks(post, memory, smtp={**post.settings(), "security": "starttls"})
    with pytest.raises(RetryLater):
        await one.says("никому")
    assert post.sent == []


# automatic answers


@pytest.mark.parametrize(
    "address", ["noreply@example.org", "MAILER-DAEMON@example.org", "help@example.ru"]
)
async def test_the_bot_never_writes_to_a_machine_but_a_person_may(
    speaking: Speaking, post: Post, address: str
) -> None:
    with pytest.raises(Undeliverable):
        await speaking.says("x", address=address)
    await speaking.says("x", address=address, key="reply:1")
    assert len(post.sent) == 1


async def test_the_bot_writes_thirty_letters_an_hour_to_one_address_and_people_as_many_as_they_like(
    speaking: Speaking, post: Post, memory: Memory
) -> None:
    for id in range(30):
        await speaking.says("x", id=id)
    with pytest.raises(Undeliverable, match="too often"):
        await speaking.says("x", id=30)
    with pytest.raises(Undeliverable, match="too often"):
        await (await speaks(post, memory)).says("x", id=31)
    await speaking.says("x", id=32, key="reply:1")
    await speaking.says("x", id=33, address="oleg@example.org")
    assert len(post.sent) == 32


async def test_a_sign_of_typing_is_no_letter_and_a_letter_cannot_be_changed(
    speaking: Speaking, post: Post
) -> None:
    await speaking.adapter.deliver(Delivery(1, "mail", ANNA, say(""), "typing"))
    for kind in ("edit", "delete"):
        with pytest.raises(Undeliverable):
            await speaking.adapter.deliver(Delivery(1, "mail", ANNA, say("x"), kind))
    assert post.sent == []
