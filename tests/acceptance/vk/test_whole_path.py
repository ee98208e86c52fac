"""The example's form walked on VK by a process, with a question in its middle and an operator in a Telegram group.

What both sides saw stands in `whole_path.txt`.
"""

import re
from pathlib import Path

from tests.acceptance.telegram.program import CONSENT, DESK_TOKEN, Program, example, leaked
from tests.acceptance.whole_path import ask_and_call, finish, same, screens
from tests.fakes.telegram import FakeGroup, FakeTelegram, Limits
from tests.fakes.telegram import Person as Operator
from tests.fakes.vk import FakeVk, Person

GOLDEN = Path(__file__).with_name("whole_path.txt")
CONFIG = """
name: Мастерская «Импульс»
language: ru
timezone: Europe/Moscow
vars: {{телефон_офиса: +7 495 000-00-00, адрес: "улица Ленина, 10, вход со двора"}}
channels:
  vk: {{token: "{token}", group_id: {group}, api_url: "{vk}", pace_per_address: 20, comments: true}}
operators:
  telegram: {{token: "{desk}", api_url: "{telegram}", edit_every: 1s, per_minute: 400, gentle_start: 0s}}
  queues:
    ремонт: {{title: Ремонт}}
    качество: {{title: Жалобы и возвраты}}
http: {{allow: [api.example.ru]}}
"""


def business(folder: Path, vk: FakeVk, telegram: FakeTelegram) -> Path:
    """The example, on VK."""
    example(folder, telegram)
    text = CONFIG.format(
        token=vk.world.token,
        group=vk.world.group_id,
        vk=vk.url,
        desk=DESK_TOKEN,
        telegram=telegram.url,
    )
    (folder / "config.yaml").write_text(text + CONSENT, encoding="utf-8")
    return folder


async def test_the_form_is_walked_with_a_question_and_an_operator(tmp_path: Path) -> None:
    async with FakeVk() as vk, FakeTelegram(limits=Limits(speed=20)) as telegram:
        desk = telegram.bot(DESK_TOKEN, "Стойка", "impulse_desk_bot")
        anna, maria = vk.person("Анна", "Котова"), telegram.person("Мария")
        group = telegram.forum("Операторы", members=[maria], bot=desk)
        async with Program(business(tmp_path / "business", vk, telegram)) as program:
            await maria.writes(f"/connect {await program.code()}", in_=group.general)
            await maria.waits_for("группа связана")
            await anna.starts()
            await ask_and_call(anna)
            await help_and_give_back(anna, group, maria)
            await anna.writes("8 916 123-45-67")
            await finish(anna)
            await answer_in_public(vk, vk.person("Борис"), group, maria)
            await same(telegram, GOLDEN, lambda: told(anna, group))
            assert await program.stop() == 0
        assert leaked(program.printed, vk.world.token, "разбит экран", "9161234567") == []
        assert vk.world.rate_hits == 0


async def help_and_give_back(anna: Person, group: FakeGroup, maria: Operator) -> None:
    """Maria takes the ticket, answers, mends the answer, sends a photo and gives the talk back."""
    topic = await group.waits_for_topic("Анна")
    await maria.waits_for("Заявка №1", in_=topic)
    await maria.presses("Взять", in_=topic)
    await anna.writes("Стекло оригинальное?")
    await maria.waits_for("Стекло оригинальное?", in_=topic)
    await maria.writes("Да, орегинал", in_=topic)
    await anna.waits_for("Да, орегинал")
    await maria.edits("Да, орегинал", "Да, оригинал")
    await anna.waits_for("Да, оригинал")
    await maria.sends_photo("Вот такое", to=topic)
    await anna.waits_for("Вот такое")
    await maria.edits("Вот такое", "Вот такое, новое", in_=topic)
    await anna.waits_for("Вот такое, новое")
    anna.sends(anna.photo(), text="У меня вот так")
    await maria.waits_for("У меня вот так", in_=topic)
    await maria.presses("Вернуть боту", in_=topic)
    await anna.waits_for("на какой номер")


async def answer_in_public(vk: FakeVk, boris: Person, group: FakeGroup, maria: Operator) -> None:
    """A comment under a post is shown to the operators, and answered there by them alone."""
    post = vk.post()
    await boris.comments(post, "А ноутбуки чините?")
    topic = await group.waits_for_topic("Борис")
    await maria.waits_for("А ноутбуки чините?", in_=topic)
    await maria.presses("Взять", in_=topic)
    await maria.writes("Чиним, приносите!", in_=topic)
    stood = vk.world.comments["wall", post]
    await vk.world.bell.until(lambda: len(stood) > 1, lambda: "the comment was not answered")
    assert [one["text"] for one in stood] == ["А ноутбуки чините?", "Чиним, приносите!"]


def told(anna: Person, group: FakeGroup) -> str:
    """What stands on both sides' screens, without times and codes."""
    parts = {
        "Что видит клиент": [anna.transcript("Импульс")],
        "Что видит оператор": group.topic("Анна").transcript(),
        "Что видит оператор о комментарии": group.topic("Борис").transcript(),
    }
    return re.sub(r"_\d+\?reply=\d+", "_1?reply=2", screens(parts))
