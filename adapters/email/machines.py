"""Letters that machines write: automatic answers, mailing lists, reports about letters of ours. Pure."""

import re
from email.message import Message as Mail

from adapters.email.charsets import decode, header
from adapters.email.letter import Bounce, Machine

_NOBODY = re.compile(
    r"^(?:mailer-daemon|postmaster|bounces?|no-?reply|do-?not-?reply|noreply|donotreply|nobody|auto-?reply"
    r"|notifications?|mailer|daemon|listserv|majordomo)(?:[+._-][^@]*)?@|[._+-](?:no-?reply|donotreply|bounces?)@",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"^(?:mailer-daemon|postmaster)(?:[+._-][^@]*)?@", re.IGNORECASE)
_ANSWERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponse",
    "x-auto-reply-from",
    "x-mail-autoreply",
)
_LISTS = ("list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "feedback-id")
_SUBJECT = re.compile(
    r"^(?:auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|автоответ\w{0,4}|автоматический ответ)\s?:",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver|delivery (?:status|failure|incomplete)|mail delivery|returned mail|failure notice|could not be delivered"
    r"|недоставлен|не доставлен|не удалось доставить|ошибка доставки",
    re.IGNORECASE,
)
_ID = re.compile(r"<([^<>\s@]{3,120}@[^<>\s]{1,120})>")
_CODE = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}")
LOOKED_AT = 100_000
"""Characters of a report that are searched."""


def nobody(address: str) -> bool:
    """Whether an address is one that no person reads."""
    return bool(_NOBODY.search(address))


def machine_of(mail: Mail, sender: str, own: tuple[str, ...]) -> Machine:
    """What kind of machine wrote a letter; empty for a person."""
    if sender in own or str(mail.get("x-loop", "")).strip().lower() in own:
        return "own"
    if _answers(mail):
        return "auto_reply"
    if _automatic(mail) or nobody(sender):
        return "automatic"
    return ""


def _answers(mail: Mail) -> bool:
    submitted = _word(mail, "auto-submitted")
    if submitted.startswith("auto-replied") or _word(mail, "precedence") in {
        "auto_reply",
        "auto-reply",
    }:
        return True
    return any(mail.get(name) for name in _ANSWERS)


def _automatic(mail: Mail) -> bool:
    submitted = _word(mail, "auto-submitted")
    if submitted and submitted != "no":
        return True
    if _word(mail, "precedence") in {"bulk", "list", "junk"}:
        return True
    if any(mail.get(name) for name in _LISTS):
        return True
    suppressed = {
        one.strip()
        for one in str(mail.get("x-auto-response-suppress", ""))[:200].lower().split(",")
    }
    if suppressed & {"all", "autoreply", "oof"} or _SUBJECT.match(
        header(mail.get("subject", ""), 200)
    ):
        return True
    returns = mail.get("return-path")
    return returns is not None and str(returns).strip() == "<>"


def _word(mail: Mail, name: str) -> str:
    """The first word of a header, in lower case."""
    words = str(mail.get(name, ""))[:200].lower().replace(";", " ").split()
    return words[0] if words else ""


def bounce_of(mail: Mail, words: str) -> Bounce | None:
    """What a report says of a letter; None for a letter that is no report."""
    if mail.get_content_type() == "multipart/report":
        told = str(mail.get_param("report-type", "")).lower()
        status = next(
            (one for one in mail.walk() if one.get_content_type() == "message/delivery-status"),
            None,
        )
        if told == "delivery-status" or status is not None:
            return _reported(mail, status, words)
        return None
    sender = header(mail.get("from", ""), 500)
    daemon = any(_DAEMON.match(one) for one in _ADDRESS.findall(sender))
    empty = str(mail.get("return-path", "")).strip() == "<>"
    if (daemon or empty) and _FAILED.search(header(mail.get("subject", ""), 300)):
        return _guessed(mail, words)
    return None


def _reported(mail: Mail, status: Mail | None, words: str) -> Bounce:
    fields = _status_fields(status)
    recipients = [
        _last_address(fields.get(one, "")) for one in ("original-recipient", "final-recipient")
    ]
    ids, to = _returned(mail)
    code = _CODE.search(fields.get("status", "") or words[:LOOKED_AT])
    reason = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("status", "")
    return Bounce(
        ids=ids,
        recipients=tuple(dict.fromkeys(one for one in (*to, *recipients) if one)),
        action=fields.get("action", "failed").lower().split()[0]
        if fields.get("action")
        else "failed",
        status=code[1] if code else "",
        reason=" ".join(reason.split())[:300],
    )


def _status_fields(status: Mail | None) -> dict[str, str]:
    """The fields of the recipient's block of a delivery status."""
    inner = status.get_payload() if status is not None else None
    found: dict[str, str] = {}
    for block in inner if isinstance(inner, list) else []:
        if isinstance(block, Mail):
            found |= {name.lower(): header(value) for name, value in block.items()}
    return found


def _returned(mail: Mail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Message-IDs and recipients of the letter that came back, or of its header."""
    for part in mail.walk():
        kind = part.get_content_type()
        inner = part.get_payload()
        if (
            kind == "message/rfc822"
            and isinstance(inner, list)
            and inner
            and isinstance(inner[0], Mail)
        ):
            return _head_of(str(inner[0].get("message-id", "")), header(inner[0].get("to", "")))
        if kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            content = part.get_payload(decode=True)
            text = decode(content if isinstance(content, bytes) else b"", None)[:LOOKED_AT]
            ids = re.search(r"^message-id:\s*(\S+)", text, re.IGNORECASE | re.MULTILINE)
            to = re.search(r"^to:\s*([^\n]+)", text, re.IGNORECASE | re.MULTILINE)
            return _head_of(ids[1] if ids else "", to[1] if to else "")
    return _head_of(str(mail.get("in-reply-to", "")), "")


def _head_of(message_id: str, to: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ids = tuple(f"<{one}>" for one in _ID.findall(message_id[:1000]))
    return ids, tuple(one.lower() for one in _ADDRESS.findall(to[:1000]))


def _last_address(value: str) -> str:
    found = _ADDRESS.findall(value[:1000])
    return found[-1].lower() if found else ""


def _guessed(mail: Mail, words: str) -> Bounce:
    """A report in words alone: every id and address in it may be what it is about."""
    whole = "\n".join([words[:LOOKED_AT], *(_returned_text(mail))])
    code = _CODE.search(whole)
    references = " ".join(str(mail.get(name, ""))[:2000] for name in ("references", "in-reply-to"))
    ids = tuple(dict.fromkeys(f"<{one}>" for one in _ID.findall(f"{references} {whole}")))[:40]
    recipients = dict.fromkeys(one.lower() for one in _ADDRESS.findall(whole))
    status = code[1] if code else ""
    return Bounce(
        ids, tuple(recipients)[:40], "failed", status, header(mail.get("subject", ""), 200)
    )


def _returned_text(mail: Mail) -> list[str]:
    ids, to = _returned(mail)
    return [" ".join((*ids, *to))]
