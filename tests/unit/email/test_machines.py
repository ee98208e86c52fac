"""Letters of machines are told from letters of people, and reports from both."""

import pytest

from adapters.email.letter import Machine
from tests.fakes.mail.letters import letter
from tests.unit.email.reading import OWN, read


@pytest.mark.parametrize(
    "headers, machine",
    [
        ({}, ""),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "first-class"}, ""),
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "auto_reply"),
        ({"Auto_Submitted": "auto-generated"}, "automatic"),
        ({"Precedence": "bulk"}, "automatic"),
        ({"Precedence": "list"}, "automatic"),
        ({"Precedence": "junk"}, "automatic"),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"List_Id": "<news.example.org>"}, "automatic"),
        ({"List_Unsubscribe": "<https://example.org/u>"}, "automatic"),
        ({"X_Auto_Response_Suppress": "All"}, "automatic"),
        ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "automatic"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"X_Autorespond": "yes"}, "auto_reply"),
        ({"Return_Path": "<>"}, "automatic"),
        ({"Return_Path": "<anna@example.org>"}, ""),
        ({"X_Loop": OWN}, "own"),
    ],
)
def test_headers_tell_a_machine(headers: dict[str, str], machine: Machine) -> None:
    assert read(letter(**headers)).machine == machine  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sender, machine",
    [
        ("anna@example.org", ""),
        ("noreply@example.org", "automatic"),
        ("no-reply@example.org", "automatic"),
        ("do-not-reply@example.org", "automatic"),
        ("shop.noreply@example.org", "automatic"),
        ("bounce+123@example.org", "automatic"),
        ("MAILER-DAEMON@example.org", "automatic"),
        ("postmaster@example.org", "automatic"),
        ("norey@example.org", ""),
        ("masha.bounceback@example.org", ""),
        (OWN, "own"),
    ],
)
def test_addresses_tell_a_machine(sender: str, machine: Machine) -> None:
    assert read(letter(sender=sender)).machine == machine


@pytest.mark.parametrize(
    "subject, machine",
    [
        ("Автоответ: Ремонт", "automatic"),
        ("Automatic reply: Repair", "automatic"),
        ("Out of office: Repair", "automatic"),
        ("Автоматический ответ: Ремонт", "automatic"),
        ("Я в отпуске с понедельника, успеете?", ""),
        ("Автоматические ворота не открываются", ""),
    ],
)
def test_a_subject_alone_hides_nothing_from_people(subject: str, machine: Machine) -> None:
    assert read(letter(subject=subject)).machine == machine


def report(
    action: str = "failed", status: str = "5.1.1", diagnostic: str = "smtp; 550 5.1.1 no such user"
) -> bytes:
    """What a mail server says of a letter of ours."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org
To: {OWN}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example.org>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; anna@example.org
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b
Content-Type: text/rfc822-headers

From: <{OWN}>
To: anna@example.org
Message-ID: <17.aabb@example.ru>
Subject: Re: x

--b--
""".replace("\n", "\r\n").encode()


def test_a_report_is_read() -> None:
    found = read(report())
    assert found.machine == "bounce"
    bounce = found.bounce
    assert bounce is not None
    assert bounce.ids == ("<17.aabb@example.ru>",)
    assert bounce.recipients == ("anna@example.org",)
    assert (bounce.action, bounce.status) == ("failed", "5.1.1")
    assert "no such user" in bounce.reason


def test_a_report_of_delay_is_told_from_one_of_failure() -> None:
    bounce = read(report("delayed", "4.4.1")).bounce
    assert bounce is not None
    assert bounce.action == "delayed"


def test_a_report_in_words_alone_names_what_it_may_be_about() -> None:
    words = "A message could not be delivered to:\n  anna@example.org\n550 5.1.1 no such user\n\nMessage-ID: <17.aabb@example.ru>\n"
    raw = letter(
        words,
        sender="Mailer-Daemon@mx.example.org",
        subject="Mail delivery failed: returning message to sender",
    )
    found = read(raw)
    assert found.bounce is not None
    assert "<17.aabb@example.ru>" in found.bounce.ids
    assert "anna@example.org" in found.bounce.recipients


def test_a_customer_who_writes_of_a_failure_is_no_report() -> None:
    assert read(letter(subject="Ошибка доставки заказа")).bounce is None


def test_a_receipt_of_reading_is_no_report() -> None:
    raw = report().replace(b"report-type=delivery-status", b"report-type=disposition-notification")
    raw = raw.replace(b"message/delivery-status", b"message/disposition-notification")
    assert read(raw).bounce is None
