"""What the product ships for tests: a channel that is played, a talk in a line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.channel import Delivery, RetryLater, Undeliverable
from bot.errors import ScriptError
from bot.model.abilities import TELEGRAM
from bot.model.event import Incoming, MessageReceived
from bot.model.message import Attachment, say
from bot.testing import FakeAdapter, talk

FLOW = """\
flow: заказ
start: {commands: [start]}
slots:
  сколько: {type: number, min: 1, max: 9}
steps:
  - ask: Сколько чашек?
    save: сколько
  - say: Несём!
  - end: принят
"""


TEA = """\
flow: чай
start: {commands: [tea]}
steps:
  - find: чай
    save: все
  - choose: Какой?
    options_from: все
    option: "{{ row.сорт }}, {{ row.цена | money }}"
    save: чаи
    multiple: true
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "заказ.yaml").write_text(FLOW, "utf-8")
    return tmp_path


async def test_a_talk_that_goes_as_it_is_written_says_nothing(project: Path) -> None:
    await talk(project, "- user: /start\n- bot: Сколько чашек\n- user: '2'\n- bot: Несём\n")


@pytest.mark.parametrize(
    "line, problem",
    [
        ("- bot: Добрый день", "не сказано: «Добрый день»"),
        ("- silent: true", "бот должен молчать"),
        ("- tap: Сахар", "нет кнопки «Сахар»"),
        ("- expect: {slots: {сколько: '3'}}", "слот сколько: ожидалось «3»"),
        ("- expect: {ended: отменён}", "сценарий заказ ещё идёт"),
        ("- expect: {flow: другой}", "ожидалось «другой», а там «заказ»"),
        ("- expect: {step: другой}", "шаг: ожидалось «другой»"),
        ("- expect: {ticket: {queue: общая}}", "заявки нет"),
        ("- expect: {tags: [vip]}", "метки: ожидалось «vip»"),
        ("- expect: {customer: {город: Тверь}}", "клиент, город"),
    ],
)
async def test_every_way_to_be_wrong_is_told(project: Path, line: str, problem: str) -> None:
    with pytest.raises(AssertionError, match="клиенту: Сколько чашек") as raised:
        await talk(project, f"- user: /start\n{line}\n")

    assert problem in str(raised.value)


async def test_a_ticket_is_compared_field_by_field(project: Path) -> None:
    await talk(
        project,
        "- user: оператор\n- expect: {ticket: {queue: общая, state: waiting, holds: true}}\n",
    )
    with pytest.raises(AssertionError, match="заявки не должно быть, а есть №1"):
        await talk(project, "- user: оператор\n- expect: {ticket: none}\n")
    with pytest.raises(AssertionError, match="у заявки нет «цвет»"):
        await talk(project, "- user: оператор\n- expect: {ticket: {цвет: красный}}\n")


async def test_rows_that_were_chosen_are_expected_as_they_read(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "чай.csv").write_text("сорт;цена\nУлун;300\nПуэр;500\n", "utf-8")
    (tmp_path / "flows" / "чай.yaml").write_text(TEA, "utf-8")
    lines = "- user: /tea\n- user: 1 и 2\n- expect: {slots: {чаи: %s}}\n"
    await talk(tmp_path, lines % '"Улун, Пуэр"')
    with pytest.raises(AssertionError, match="ожидалось «Улун», а там «Улун, Пуэр»"):
        await talk(tmp_path, lines % "Улун")


def test_in_a_chat_a_file_is_sent_with_what_is_said_of_it(project: Path) -> None:
    (project / "фото.txt").write_text("экран", "utf-8")
    said = f"/start\n:send {project / 'фото.txt'} 2\n"
    chat = ["--project", str(project), "chat", "--channel", "telegram", "--json"]
    told = CliRunner().invoke(cli.program, chat, input=said)
    assert "Несём!" in told.stdout


async def test_lines_with_mistakes_are_refused(project: Path) -> None:
    with pytest.raises(ScriptError, match="usre"):
        await talk(project, "- usre: /start\n")


class OpenDoor:
    """Keeps what comes in."""

    def __init__(self) -> None:
        self.accepted: list[Incoming] = []
        self.reads = 0

    async def accept(self, incoming: tuple[Incoming, ...], cursor: str | None = None) -> None:
        self.accepted += incoming

    async def cursor(self) -> str | None:
        return None

    def alive(self) -> None:
        self.reads += 1


async def test_the_fake_brings_what_a_test_pushes() -> None:
    import asyncio

    fake, door = FakeAdapter(), OpenDoor()
    reading = asyncio.create_task(fake.receive(door))  # type: ignore[arg-type]

    await fake.write("anna", "привет", name="Анна")
    await fake.write("anna", "ещё")

    first, second = door.accepted
    assert first.event == MessageReceived(say("привет"))
    assert first.sender is not None
    assert first.external_id != second.external_id
    assert door.reads == 3
    reading.cancel()


async def test_the_fake_fails_when_it_is_told_to() -> None:
    fake = FakeAdapter()
    fake.failures.extend([RetryLater("busy"), None])
    delivery = Delivery(1, "fake", "anna", say("привет"))

    with pytest.raises(RetryLater):
        await fake.deliver(delivery)
    await fake.deliver(delivery)

    assert fake.texts("anna") == ["привет"]
    assert fake.texts("boris") == []


async def test_the_fake_has_the_files_that_a_test_gave() -> None:
    fake = FakeAdapter()
    fake.files["a"] = b"bytes"

    assert [chunk async for chunk in fake.fetch(Attachment("photo", source="a"))] == [b"bytes"]
    with pytest.raises(Undeliverable):
        [chunk async for chunk in fake.fetch(Attachment("photo", source="b"))]


def test_the_fake_is_not_slowed_by_a_messengers_pace() -> None:
    fake = FakeAdapter.factory("telegram", {})

    assert fake.abilities.kind == TELEGRAM.kind
    assert fake.abilities.pace > 1000
