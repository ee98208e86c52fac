"""Buttons as Telegram's keyboards. Pure.

Buttons stand under a message (inline), unless one asks for a phone number or a place: only the keyboard in place of
the customer's own can do that, and its other buttons type their label.
"""

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.model.message import Button, Message

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def asks_to_share(message: Message) -> bool:
    """Whether the message needs the keyboard that stands in place of the customer's own."""
    return any(button.share for row in message.buttons for button in row)


def inline(message: Message, *, links: bool = True) -> InlineKeyboardMarkup | None:
    """The keyboard under a message, None without buttons. Without `links` only those that come back to us."""
    rows = [
        [_inline(button) for button in row if button.payload or (button.url and links)]
        for row in message.buttons
    ]
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None


def _inline(button: Button) -> InlineKeyboardButton:
    if button.payload:
        return InlineKeyboardButton(text=button.text, callback_data=button.payload)
    return InlineKeyboardButton(text=button.text, url=button.url)


def in_place(message: Message) -> ReplyKeyboardMarkup:
    """The keyboard in place of the customer's own, put away after one use. It has no links: see `links`."""
    rows = [[_typing(button) for button in row if not button.url] for row in message.buttons]
    return ReplyKeyboardMarkup(
        keyboard=[row for row in rows if row], resize_keyboard=True, one_time_keyboard=True
    )


def _typing(button: Button) -> KeyboardButton:
    if button.share == "phone":
        return KeyboardButton(text=button.text, request_contact=True)
    if button.share == "location":
        return KeyboardButton(text=button.text, request_location=True)
    return KeyboardButton(text=button.text)


def links(message: Message) -> list[str]:
    """The links as lines of text, for where no button can carry them."""
    return [
        f"{button.text}: {button.url}" for row in message.buttons for button in row if button.url
    ]
