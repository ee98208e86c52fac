"""A message on its way to the terminal: as a JSON line, as plain lines for a pipe. Pure."""

from typing import Any, Literal

import msgspec

from bot.channel import Delivery
from bot.model.message import Attachment, Message

Side = Literal["customer", "operators"]

SPEAKERS = {
    "ru": {"customer": "Клиенту", "operators": "Операторам"},
    "en": {"customer": "To customer", "operators": "To operators"},
}
CHANGES = {
    "ru": {"edit": "изменено", "delete": "удалено"},
    "en": {"edit": "edited", "delete": "deleted"},
}


def as_json(delivery: Delivery, side: Side, *, addressed: bool = False) -> str:
    """One line: `to`, `text`, `buttons` (labels), `attachments`, and `change` where it is no new message.

    `addressed`: with `address` and `id`, where several people are spoken to.
    """
    line: dict[str, Any] = {
        "to": side,
        "text": delivery.message.text.plain,
        "buttons": labels(delivery.message),
        "attachments": [_attachment(one) for one in delivery.message.attachments],
    }
    if delivery.message.location is not None:
        place = delivery.message.location
        line["location"] = [place.latitude, place.longitude]
    if delivery.message.contact is not None:
        line["contact"] = delivery.message.contact.phone
    if delivery.kind != "send":
        line["change"] = delivery.kind
    if addressed:
        line |= {"address": delivery.address, "id": delivery.id}
    return msgspec.json.encode(line).decode()


def as_lines(delivery: Delivery, side: Side, language: str = "ru") -> str:
    """The speaker, the text, then what else it carries, each on lines of their own."""
    lead = f"{SPEAKERS[language][side]}: "
    if delivery.kind != "send":
        lead = f"{lead[:-2]} ({CHANGES[language][delivery.kind]}): "
    lines = [*delivery.message.text.plain.splitlines(), *extras(delivery.message)]
    if labels(delivery.message):
        lines.append(" ".join(f"[{label}]" for label in labels(delivery.message)))
    indent = " " * len(lead)
    return lead + "\n".join((indent + line).rstrip() for line in lines).lstrip()


def extras(message: Message) -> list[str]:
    """What a message carries beside text and buttons, a line each."""
    lines = [_described(one) for one in message.attachments]
    if message.location is not None:
        lines.append(f"({message.location.latitude}, {message.location.longitude})")
    if message.contact is not None:
        lines.append(f"({message.contact.name} {message.contact.phone})".replace("( ", "("))
    return lines


def labels(message: Message) -> list[str]:
    """The buttons' texts, row after row."""
    return [button.text for row in message.buttons for button in row]


def _attachment(attachment: Attachment) -> dict[str, Any]:
    known = {
        "kind": attachment.kind,
        "name": attachment.name,
        "size": attachment.size,
        "problem": attachment.problem,
    }
    return {key: value for key, value in known.items() if value}


def _described(attachment: Attachment) -> str:
    parts = [attachment.kind, attachment.name, attachment.problem]
    return "(" + ", ".join(part for part in parts if part) + ")"
