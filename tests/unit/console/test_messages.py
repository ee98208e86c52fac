"""Messages at the terminal: JSON lines, plain lines, bubbles; lines of input as events."""

import io
import json

import msgspec
import pytest
from rich.console import Console

from adapters.console.adapter import ConsoleAdapter
from adapters.console.bubbles import Bubbles
from adapters.console.inbound import CUSTOMER, from_json, from_text
from adapters.console.outbound import as_json, as_lines
from bot.channel import Delivery, Undeliverable
from bot.model.abilities import CONSOLE, EMAIL
from bot.model.event import ButtonPressed, MessageReceived
from bot.model.message import Attachment, Button, Contact, Location, Message, say
from bot.model.text import Span, Text

MENU = say("Чем помочь?", (Button("Записаться", "o:1:0"),), (Button("Сайт", url="https://a.ru"),))


def delivery(message: Message, **more: object) -> Delivery:
    return Delivery(7, "console", "anna", message, **more)  # type: ignore[arg-type]


def test_a_json_line_has_what_scripts_rely_on() -> None:
    assert json.loads(as_json(delivery(MENU), "customer")) == {
        "to": "customer",
        "text": "Чем помочь?",
        "buttons": ["Записаться", "Сайт"],
        "attachments": [],
    }


def test_a_json_line_tells_of_files_places_contacts_and_changes() -> None:
    message = Message(
        attachments=(Attachment("photo", "a.png", size=10),),
        location=Location(55.7, 37.6),
        contact=Contact("+79123456789"),
    )

    line = json.loads(as_json(delivery(message, kind="edit"), "operators", addressed=True))

    assert line["attachments"] == [{"kind": "photo", "name": "a.png", "size": 10}]
    assert line["location"] == [55.7, 37.6]
    assert line["contact"] == "+79123456789"
    assert (line["to"], line["change"]) == ("operators", "edit")
    assert (line["address"], line["id"]) == ("anna", 7)


def test_plain_lines_hang_under_whom_they_are_for() -> None:
    message = msgspec.structs.replace(MENU, text=Text("Раз\nДва"))

    assert as_lines(delivery(message), "customer") == (
        "Клиенту: Раз\n         Два\n         [Записаться] [Сайт]"
    )
    assert (
        as_lines(delivery(say("Hi"), kind="edit"), "operators", "en") == "To operators (edited): Hi"
    )


def test_a_bubble_shows_formatting_and_numbers_for_buttons() -> None:
    screen = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard")
    message = Message(Text("Важно", (Span("bold", 0, 5),)), MENU.buttons)

    Bubbles("customer", "ru", "Импульс", screen).show(delivery(message))

    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1mВажно" in shown
    assert "[1 Записаться]" in shown
    assert "[2 Сайт ↗]" in shown
    assert "Импульс" in shown


def test_an_edited_card_shows_its_head_and_its_buttons() -> None:
    screen = Console(file=io.StringIO(), width=60)
    card = say("Заявка №1\nведёт Ольга\nимя: Анна", (Button("Закрыть", "t:1:close"),))

    Bubbles("operators", "ru", "", screen).show(delivery(card, kind="edit"))

    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "ведёт Ольга" in shown
    assert "[Закрыть]" in shown
    assert "имя" not in shown


def test_a_typed_line_is_a_message_of_the_one_at_the_keyboard() -> None:
    incoming = from_text("привет", "5")

    assert (incoming.address, incoming.external_id) == (CUSTOMER, "5")
    assert incoming.event == MessageReceived(say("привет"))


def test_a_json_line_of_input_names_its_sender_and_its_id() -> None:
    written = from_json('{"id": "17", "from": "anna", "name": "Анна", "text": "привет"}')
    pressed = from_json('{"id": "18", "from": "anna", "press": "o:1:0"}')

    assert (written.address, written.external_id, written.message_id) == ("anna", "17", "17")
    assert written.sender is not None
    assert written.sender.name == "Анна"
    assert pressed.event == ButtonPressed("o:1:0")


@pytest.mark.parametrize(
    "line",
    [
        "жжж",
        "[]",
        '{"text": "x"}',
        '{"id": 5}',
        '{"id": ""}',
        '{"id": "1", "from": ""}',
        '{"id": "1", "text": "\\ud800"}',
        '{"id": "1", "at": 99999999999999999999}',
    ],
)
def test_a_line_that_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        from_json(line)


async def test_the_adapter_prints_and_gives_each_message_an_id() -> None:
    output = io.StringIO()
    adapter = ConsoleAdapter("operators", {"format": "json"}, output)

    receipt = await adapter.deliver(delivery(MENU))
    await adapter.deliver(delivery(MENU, kind="typing"))

    assert receipt.external_ids == ("7",)
    (line,) = output.getvalue().splitlines()
    assert json.loads(line)["to"] == "operators"


async def test_the_adapter_has_the_abilities_that_it_is_told_to_have() -> None:
    assert ConsoleAdapter("a", {}).abilities == CONSOLE
    assert ConsoleAdapter("a", {"as": "email"}).abilities == EMAIL


async def test_a_terminal_brings_no_files() -> None:
    with pytest.raises(Undeliverable):
        ConsoleAdapter("a", {}).fetch(Attachment("photo"))
