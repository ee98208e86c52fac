"""Rows of buttons as VK's keyboard, within its limits, or as a numbered list where they cannot be kept. Pure.

Limits: https://dev.vk.com/ru/api/bots/development/keyboard
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from adapters.vk.inbound import PAYLOAD
from bot.model.message import Button
from bot.model.text import utf16_length

COLUMNS = 5
ROWS, BUTTONS = 10, 40
INLINE_ROWS, INLINE_BUTTONS = 6, 10
LABEL = 40
CALLBACK_PAYLOAD = 255
"""Characters of a callback button's payload; a text button's may have 1000."""
EMPTY = '{"one_time":false,"buttons":[]}'
"""Takes an ordinary keyboard away."""

Rows = Sequence[Sequence[Button]]


class Keyboard(msgspec.Struct, frozen=True):
    """`code` is what VK takes, empty for none. `listed` are lines for the text, where buttons cannot say all.
    `ordinary`: it stands under the input field, and stays there when it is not pressed."""

    code: str = ""
    listed: str = ""
    ordinary: bool = False


def keyboard(rows: Rows, *, inline_only: bool = False) -> Keyboard:
    """The keyboard for rows of buttons. `inline_only`: for a message that is edited."""
    rows = [
        [button for button in row if button.text.strip() and button.share != "phone"]
        for row in rows
    ]
    rows = [row for row in rows if row]
    if not rows:
        return Keyboard()
    if any(_is_unfit(button) for row in rows for button in row):
        return Keyboard(listed=listed(rows))
    lines = ""
    if any(utf16_length(button.text) > LABEL for row in rows for button in row):
        lines, rows = listed(rows), _numbers(rows)
    inline = _fitted(rows, INLINE_ROWS, INLINE_BUTTONS)
    if inline is not None:
        return Keyboard(_code(inline, inline=True), lines)
    ordinary = None if inline_only else _fitted(rows, ROWS, BUTTONS)
    if ordinary is not None:
        return Keyboard(_code(ordinary, inline=False), lines, ordinary=True)
    return Keyboard(listed=lines or listed(rows))


def listed(rows: Rows) -> str:
    """The buttons as lines: options with the number that picks them, links with their address."""
    lines, number = [], 0
    for button in (button for row in rows for button in row):
        if button.url:
            lines.append(f"• {button.text}: {button.url}")
        elif button.payload:
            number += 1
            lines.append(f"{number}. {button.text}")
    return "\n".join(lines)


def _is_unfit(button: Button) -> bool:
    return len(_payload(button)) > CALLBACK_PAYLOAD


def _numbers(rows: Rows) -> list[list[Button]]:
    """The same buttons with their numbers in the list as labels."""
    result, number = [], 0
    for row in rows:
        fresh = []
        for button in row:
            number += bool(button.payload)
            label = str(number) if button.payload else button.text[:LABEL]
            fresh.append(msgspec.structs.replace(button, text=label))
        result.append(fresh)
    return result


def _fitted(rows: Rows, most_rows: int, most: int) -> list[list[Button]] | None:
    """The rows as they are where they fit, laid out more narrowly where that helps, None where nothing does."""
    if sum(map(len, rows)) > most:
        return None
    split = _split(rows)
    if len(split) <= most_rows:
        return split
    buttons = [button for row in rows for button in row]
    whole = [[button] for button in buttons if button.share]
    rest = [button for button in buttons if not button.share]
    room = most_rows - len(whole)
    if room < 1:
        return None
    width = -(-len(rest) // room)
    if width > COLUMNS:
        return None
    return [*(rest[at : at + width] for at in range(0, len(rest), width)), *whole]


def _split(rows: Rows) -> list[list[Button]]:
    """Rows of at most five; a button for the place takes a row of its own."""
    result: list[list[Button]] = []
    for row in rows:
        open_row: list[Button] = []
        for button in row:
            if button.share:
                result += [open_row, [button]] if open_row else [[button]]
                open_row = []
                continue
            open_row.append(button)
            if len(open_row) == COLUMNS:
                result.append(open_row)
                open_row = []
        if open_row:
            result.append(open_row)
    return result


def _code(rows: Rows, *, inline: bool) -> str:
    buttons = [[{"action": _action(button, inline=inline)} for button in row] for row in rows]
    body: dict[str, Any] = {"inline": True} if inline else {"one_time": True}
    return _json({**body, "buttons": buttons})


def _action(button: Button, *, inline: bool) -> dict[str, str]:
    if button.url:
        return {"type": "open_link", "label": button.text, "link": button.url}
    if button.share:
        return {"type": "location", "payload": "{}"}
    # A callback button answers without a line in the talk; an ordinary keyboard types its label, as people expect.
    kind = "callback" if inline else "text"
    return {"type": kind, "label": button.text, "payload": _payload(button)}


def _payload(button: Button) -> str:
    return _json({PAYLOAD: button.payload})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
