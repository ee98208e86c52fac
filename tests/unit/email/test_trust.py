"""Who is believed to vouch for the sender."""

import pytest

from adapters.email.letter import Reading
from adapters.email.mime import read_letter
from tests.fakes.mail.letters import letter, vouched
from tests.unit.email.reading import read


def proven(result: str, *, server: str = "mx.example.ru", sender: str = "anna@example.org") -> bool:
    return read(vouched(letter(sender=sender), server, result)).proven


@pytest.mark.parametrize(
    "result",
    [
        "dmarc=pass header.from=example.org",
        "dmarc=pass (p=reject dis=none) header.from=example.org",
        "spf=fail smtp.mailfrom=other.net; dmarc=pass header.from=example.org",
        "dkim=pass header.d=example.org header.s=s1",
        "dkim=pass (1024-bit key; unprotected) header.i=@example.org",
        "spf=pass smtp.mailfrom=anna@example.org",
        "spf=pass smtp.mailfrom=example.org",
        "dkim=fail header.d=spam.net; dkim=pass header.d=example.org",
    ],
)
def test_a_verdict_for_the_senders_domain_proves(result: str) -> None:
    assert proven(result)


@pytest.mark.parametrize(
    "result",
    [
        "none",
        "dmarc=fail header.from=example.org",
        "dmarc=none header.from=example.org",
        "dmarc=pass header.from=evil.org",
        "dkim=pass header.d=evil.org",
        "dkim=pass header.d=org",
        "dkim=pass header.d=mail.example.org",
        "dkim=fail header.d=example.org",
        "spf=pass smtp.mailfrom=eve@evil.org",
        "spf=pass smtp.helo=example.org",
        "dkim=fail (dmarc=pass header.from=example.org)",
        'dkim=fail reason="; dmarc=pass header.from=example.org"',
        "dkim=fail (nested (; dmarc=pass header.from=example.org) still)",
        "x-dmarc=pass header.from=example.org",
        "dkim=pass header.d=notexample.org",
    ],
)
def test_anything_else_does_not(result: str) -> None:
    assert not proven(result)


def test_a_domain_above_the_senders_proves_too() -> None:
    assert proven("dkim=pass header.d=example.org", sender="anna@mail.example.org")


def test_a_server_that_is_not_trusted_proves_nothing() -> None:
    assert not proven("dmarc=pass header.from=example.org", server="mx.evil.org")
    assert not proven("dmarc=pass header.from=example.org", server="mx.example.ru.evil.org")


def test_nobody_is_trusted_where_nobody_is_named() -> None:
    assert not read_letter(Reading(vouched(letter()))).proven


def test_a_verdict_that_came_with_the_letter_does_not_count() -> None:
    forged = vouched(letter())
    ours = b"Authentication-Results: mx.example.ru;\r\n dmarc=fail header.from=example.org\r\nReceived: by mx; now\r\n"
    assert not read(ours + forged).proven


def test_below_the_verdict_of_another_server_nothing_counts() -> None:
    ours = b"Authentication-Results: mx.example.ru; spf=none smtp.mailfrom=x\r\n"
    other = b"Authentication-Results: relay.example.net; none\r\n"
    assert not read(ours + other + vouched(letter())).proven


def test_several_verdicts_of_one_server_count_together() -> None:
    raw = letter()
    first = (
        b"Authentication-Results: mx.example.ru; spf=none smtp.mailfrom=x\r\nReceived-SPF: none\r\n"
    )
    assert read(first + vouched(raw)).proven


def test_two_from_fields_are_proven_by_nobody() -> None:
    assert not read(vouched(b"From: eve@evil.org\r\n" + letter())).proven
