"""Whether VK would take a keyboard: https://dev.vk.com/ru/api/bots/development/keyboard"""

import json
from typing import Any

from tests.fakes.vk.schema import faults_in

LABEL, TEXT_PAYLOAD, CALLBACK_PAYLOAD = 40, 1000, 255
# Buttons that take a row of their own.
_WIDE = frozenset({"location", "open_app", "vkpay"})
_COLORS = frozenset({"primary", "secondary", "negative", "positive"})


def faults_of(text: str) -> list[str]:
    """What is wrong with a keyboard."""
    try:
        keyboard = json.loads(text)
    except ValueError:
        return ["not JSON"]
    found = faults_in({"one_time": False, **as_told(keyboard)}, "messages_keyboard")
    return found or _limits(keyboard)


def as_told(value: Any) -> Any:
    """The schema tells how VK shows a keyboard: without nothings, and the ordinary colour called `default`."""
    if isinstance(value, dict):
        kept = {name: as_told(one) for name, one in value.items() if one is not None}
        return {**kept, "color": "default"} if kept.get("color") == "secondary" else kept
    return [as_told(one) for one in value] if isinstance(value, list) else value


def _limits(keyboard: dict[str, Any]) -> list[str]:
    rows, inline = keyboard["buttons"], bool(keyboard.get("inline"))
    found = []
    if inline and keyboard.get("one_time"):
        found.append("inline and one_time")
    if len(rows) > (6 if inline else 10):
        found.append(f"{len(rows)} rows")
    if sum(map(len, rows)) > (10 if inline else 40):
        found.append("too many buttons")
    for row in rows:
        if not 1 <= len(row) <= 5:
            found.append(f"{len(row)} buttons in a row")
        for button in row:
            found += _button_faults(button, alone=len(row) == 1)
    return found


def _button_faults(button: dict[str, Any], *, alone: bool) -> list[str]:
    action, found = button["action"], []
    label = action.get("label")
    if "color" in button and (
        button["color"] not in _COLORS or action["type"] not in {"text", "callback"}
    ):
        found.append("color")
    if label is not None and not 1 <= len(label) <= LABEL:
        found.append(f"label of {len(label)}")
    if action["type"] in _WIDE and not alone:
        found.append("a wide button beside others")
    if action["type"] == "open_link" and not action["link"].startswith(("https://", "http://")):
        found.append("link")
    payload = action.get("payload")
    if payload is not None:
        most = CALLBACK_PAYLOAD if action["type"] == "callback" else TEXT_PAYLOAD
        try:
            json.loads(payload)
        except ValueError:
            found.append("payload is no JSON")
        if len(payload) > most:
            found.append("payload is too long")
    return found
