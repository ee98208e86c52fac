"""Messages as bubbles, for a person at a terminal: the bot's on the left, the operators' side set apart."""

from rich.box import ROUNDED
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text as Styled

from adapters.console.outbound import CHANGES, SPEAKERS, Side, extras
from bot.channel import Delivery
from bot.model.message import Message
from bot.model.text import Text

_STYLES = {"bold": "bold", "italic": "italic", "code": "bright_black", "link": "underline blue"}
_FRAMES = {"customer": "cyan", "operators": "yellow"}
_INDENTS = {"customer": 0, "operators": 8}
_WIDEST = 72
_HEAD = 2


class Bubbles:
    """Shows one side's messages on a terminal."""

    def __init__(
        self, side: Side, language: str, title: str, console: Console | None = None
    ) -> None:
        self._side = side
        self._language = language
        self._title = title or SPEAKERS[language][side]
        self._console = console or Console(highlight=False)

    def show(self, delivery: Delivery) -> None:
        """Print a message, its buttons numbered beneath it."""
        title = self._title
        if delivery.kind != "send":
            title = f"{title} ({CHANGES[self._language][delivery.kind]})"
        indent = _INDENTS[self._side]
        inside = bubble(delivery.message, numbered=self._side == "customer")
        if delivery.kind == "edit" and self._side == "operators":
            inside = changed(delivery.message)
        panel = Panel(
            inside,
            title=title,
            title_align="left",
            box=ROUNDED,
            border_style=_FRAMES[self._side],
            expand=False,
        )
        width = min(self._console.width, _WIDEST + indent)
        self._console.print(Padding(panel, (0, 0, 0, indent)), width=width)


def changed(message: Message) -> Group:
    """A card that was edited: its head is enough, the whole stood there before."""
    head = "\n".join(message.text.plain.splitlines()[:_HEAD])
    rows = [Styled(row, style="bold green") for row in keyboard(message, numbered=False)]
    return Group(Styled(head), *rows)


def bubble(message: Message, *, numbered: bool = True) -> Group:
    """What stands inside: the text, attachments, and the buttons as `[1 label]`."""
    parts = [styled(message.text)] if message.text else []
    parts += [Styled(line, style="italic") for line in extras(message)]
    for row in keyboard(message, numbered=numbered):
        parts.append(Styled(row, style="bold green"))
    return Group(*parts)


def keyboard(message: Message, *, numbered: bool) -> list[str]:
    """The rows of buttons, numbered through where a number presses one."""
    rows, number = [], 0
    for row in message.buttons:
        cells = []
        for button in row:
            number += 1
            mark = " ↗" if button.url else ""
            label = f"{number} {button.text}" if numbered else button.text
            cells.append(f"[{label}{mark}]")
        rows.append("  ".join(cells))
    return rows


def styled(text: Text) -> Styled:
    """Our text in rich's form; personal spans show as they are, this is the customer's own screen."""
    result = Styled(text.plain)
    for span in text.spans:
        if span.kind in _STYLES:
            result.stylize(_STYLES[span.kind], span.start, span.end)
    return result
