"""A small business behind the adapter: the program's own loops and database, Telegram over the wire."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App, Limits, Pace
from bot.clock import SystemClock
from bot.project import read_project
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from tests.contract.adapter.naughty import NAUGHTY
from tests.fakes.telegram import FakeBot, FakeTelegram, Person
from tests.unit.telegram.conftest import Runs

FLOW = """
flow: знакомство
start: {commands: [start]}
slots:
  имя: {type: text, min: 1, max: 4000}
  цвет: {type: text}
steps:
  - ask: "Как вас зовут?"
    save: имя
    always: true
  - choose: "{{ имя }}, какой цвет?"
    save: цвет
    options: [Красный, Синий]
  - say: "{{ имя }}: {{ цвет }}. Откуда: {{ start_argument }}"
"""


@pytest.fixture
async def program(runs: Runs, tmp_path: Path) -> AsyncIterator[App]:
    folder = tmp_path / "desk"
    (folder / "flows").mkdir(parents=True)
    (folder / "config.yaml").write_text("name: Цвета\nlanguage: ru\n", "utf-8")
    (folder / "flows" / "знакомство.yaml").write_text(FLOW, "utf-8")
    read = read_project(folder)
    assert read.script is not None, read.findings
    store = SqliteStore(folder / "frontdesk.db", synchronous="NORMAL")
    await store.open()
    app = App(
        read.script,
        read.config.business,
        store,
        {"telegram": runs.adapter()},
        SystemClock(),
        Files(folder / "files"),
        limits=Limits(stop=2_000, paces={"telegram": Pace(1000.0, 1000.0)}),
    )
    await app.start()
    yield app
    await app.stop()
    await store.close()


async def test_a_deep_link_reaches_the_flow(bot: FakeBot, anna: Person, program: App) -> None:
    await anna.starts(bot, "campaign42")
    await anna.waits_for("Как вас зовут?")
    await anna.writes("Анна")
    await anna.waits_for("какой цвет?")
    await anna.presses("Синий")
    await anna.waits_for("Анна: Синий. Откуда: campaign42")


async def test_a_name_of_markup_and_templates_is_said_exactly(
    server: FakeTelegram, bot: FakeBot, program: App
) -> None:
    # More strangers in a minute would be held for a flood.
    names = [name for name in NAUGHTY if "\n" not in name and not name.startswith("/")][-25:]
    for number, name in enumerate(names):
        person = server.person(f"Клиент {number}")
        await person.starts(bot)
        await person.waits_for("Как вас зовут?")
        await person.writes(name)
        await server.until(lambda one=person: len(one.reads()) >= 2, f"no answer to {name!r}")
        assert person.reads()[1] == f"{name}, какой цвет?"
    assert not any("parse_mode" in call.params for call in server.calls)


@pytest.mark.parametrize("payload", ["old-program", "3.aaaaaaaa.cccccccc", "1.x"])
async def test_a_button_of_an_old_menu_shows_the_present_question(
    bot: FakeBot, anna: Person, program: App, payload: str
) -> None:
    await anna.starts(bot)
    await anna.waits_for("Как вас зовут?")
    await anna.writes("Анна")
    question = await anna.waits_for("какой цвет?")
    press = await anna.presses_old(question, payload)
    await anna.waits_for("Эта кнопка от прошлого вопроса")
    await press.answered()
    await anna.presses("Красный")
    await anna.waits_for("Анна: Красный")


async def test_a_changed_answer_is_not_taken_again_and_that_is_said(
    server: FakeTelegram, bot: FakeBot, anna: Person, program: App
) -> None:
    await anna.starts(bot)
    await anna.waits_for("Как вас зовут?")
    await anna.writes("Аннна")
    await anna.waits_for("Аннна, какой цвет?")
    await anna.edits("Аннна", "Анна")
    await anna.waits_for("записано то, что было сначала")
    await server.until(lambda: not bot.unconfirmed, "never confirmed")
    await anna.presses("Синий")
    await anna.waits_for("Аннна: Синий")
    await program.quiet()
    assert len(anna.reads()) == 4
