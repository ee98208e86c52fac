"""How options become rows of buttons, or a numbered list where buttons cannot show them. Pure."""

from collections.abc import Sequence
from operator import is_not

import msgspec

from bot.model.abilities import Abilities
from bot.model.message import Button, Message
from bot.model.text import Text, cut, join, utf16_length

_NARROW, _MIDDLING = 9, 18
"""Letters of the longest label up to which three and two buttons stand in a row."""


def lay_out(
    text: Text,
    abilities: Abilities,
    options: Sequence[Button],
    beside: Sequence[Button] = (),
    columns: int = 0,
) -> Message:
    """A question's text with its options and the buttons beside them (skip, share, a link: a row each, below).

    `columns` 0: as many as the labels' lengths allow. The options are numbered in the text where there are no
    buttons or more options than buttons, and where a label is too long to be shown whole: then the buttons carry the
    numbers too. Where there are no buttons at all, those beside are listed without a number, and a shared phone or
    place is not asked for.
    """
    beside = [button for button in beside if button.share is None or _possible(button, abilities)]
    if not abilities.buttons:
        return Message(_listed(text, options, beside))
    below = [(_fitted(button, abilities.button_length),) for button in beside[: abilities.buttons]]
    if len(options) + len(below) > abilities.buttons:
        return Message(_listed(text, options), tuple(below))
    fitted = [_fitted(option, abilities.button_length) for option in options]
    if any(map(is_not, fitted, options)):
        text = _listed(text, options)
        numbered = [_numbered(number, option) for number, option in enumerate(options, 1)]
        fitted = [_fitted(option, abilities.button_length) for option in numbered]
    if not fitted:
        return Message(text, tuple(below))
    width = _width(fitted, columns, abilities, len(below))
    rows = [tuple(fitted[at : at + width]) for at in range(0, len(fitted), width)]
    return Message(text, (*rows, *below))


def _possible(button: Button, abilities: Abilities) -> bool:
    return abilities.share_phone if button.share == "phone" else abilities.share_location


def _width(options: Sequence[Button], columns: int, abilities: Abilities, below: int) -> int:
    """Buttons in a row: what was asked for, else by the labels; more where there would be too many rows."""
    width = columns
    if not width:
        longest = max([len(option.text) for option in options])
        width = 1 if longest > _MIDDLING else 2 if longest > _NARROW else 3
    # Messengers that bound the buttons bound the rows too, at about this many.
    most_rows = max(abilities.buttons // abilities.button_columns - below, 1)
    if len(options) > width * most_rows:
        width = -(-len(options) // most_rows)
    return min(width, abilities.button_columns)


def _fitted(button: Button, length: int) -> Button:
    """The button itself where its label fits."""
    if 2 * len(button.text) <= length or utf16_length(button.text) <= length:
        return button
    return msgspec.structs.replace(button, text=cut(button.text, length))


def _numbered(number: int, option: Button) -> Button:
    return msgspec.structs.replace(option, text=f"{number}. {option.text}")


def _listed(text: Text, options: Sequence[Button], others: Sequence[Button] = ()) -> Text:
    lines = [f"{number}. {_line(option)}" for number, option in enumerate(options, 1)]
    lines += [f"• {_line(button)}" for button in others]
    return join([text, Text("\n".join(lines))], "\n\n")


def _line(button: Button) -> str:
    return f"{button.text}: {button.url}" if button.url else button.text
