"""One customer, two operators, everything from the first code to the closing question, as both sides saw it.

What they saw stands in `whole_path.txt`, which the documentation quotes.
"""

import re
from pathlib import Path

from tests.acceptance.telegram.program import Program, bots, example, leaked
from tests.acceptance.whole_path import ask_and_call, finish, same, screens
from tests.fakes.telegram import FakeBot, FakeGroup, FakeTelegram, Limits, Person

GOLDEN = Path(__file__).with_name("whole_path.txt")
PLENTY = Limits(chat_burst=100, group_a_minute=400)
"""Wider than Telegram's, and the program is told so: the path is the same, the waits are shorter."""


async def test_the_whole_path_is_told_line_by_line(tmp_path: Path) -> None:
    async with FakeTelegram(limits=PLENTY) as server:
        bot, desk = bots(server)
        anna = server.person("Анна", "Котова", phone="+79161234567")
        oleg, maria = server.person("Олег"), server.person("Мария")
        group = server.forum("Операторы", members=[oleg, maria], bot=desk)
        folder = example(
            tmp_path / "business",
            server,
            telegram=", pace_per_address: 20",
            operators=", edit_every: 1s, per_minute: 400, gentle_start: 0s",
        )
        async with Program(folder) as program:
            await pair(program, group, oleg, maria)
            await anna.starts(bot)
            await ask_and_call(anna)
            await help_and_give_back(group, anna, maria)
            await finish_and_close(group, anna, maria)
            await same(server, GOLDEN, lambda: told(group, anna, bot))
            assert await program.stop() == 0
        refusals = [one for one in server.refusals() if "message is not modified" not in one]
        assert refusals == []
        assert [call for call in server.calls if "parse_mode" in call.params] == []
        assert leaked(program.printed, "разбит экран", "9161234567") == []


async def pair(program: Program, group: FakeGroup, oleg: Person, maria: Person) -> None:
    """Oleg connects the group and makes Maria an operator."""
    await oleg.writes(f"/connect {await program.code()}", in_=group.general)
    await oleg.waits_for("группа связана")
    await maria.writes("Я на месте", in_=group.general)
    await oleg.replies("/operator", "Я на месте", in_=group.general)
    await oleg.waits_for("Мария: теперь оператор")
    await group.world.bell.until(lambda: group.general.pinned, "no list was pinned")


async def help_and_give_back(group: FakeGroup, anna: Person, maria: Person) -> None:
    """Maria takes the ticket, keeps a note, answers with a photo, mends the answer, gives the talk back."""
    topic = await group.waits_for_topic("Анна")
    await maria.waits_for("Заявка №1", in_=topic)
    take = await maria.presses("Взять", in_=topic)
    assert take
    assert "заявка №1 ваша" in await take.answered()
    await maria.writes("// похоже на A2172, такой экран есть", in_=topic)
    await anna.writes("А как выглядит новый экран?")
    await maria.waits_for("А как выглядит")
    await maria.sends_photo("Вот такой, оригинал", to=topic)
    await anna.waits_for("Вот такой, оригинал")
    await maria.edits("Вот такой", "Вот такой, с гарантией на год")
    await anna.waits_for("с гарантией на год")
    await anna.writes("Спасибо! Беру")
    await maria.waits_for("Спасибо! Беру")
    back = await maria.presses("Вернуть боту", in_=topic)
    assert back
    assert await back.answered() == "Разговор возвращён боту."


async def finish_and_close(group: FakeGroup, anna: Person, maria: Person) -> None:
    """The flow goes on where it was; the ticket that it files is closed, and Anna says how it was."""
    topic = group.topic("Анна")
    await anna.waits_for("на какой номер")
    await anna.presses("📱 Отправить мой номер")
    await finish(anna)
    await maria.waits_for("Заявка №2", in_=topic)
    await anna.writes("оператор")
    await maria.waits_for("Заявка №3", in_=topic)
    await maria.presses("Взять")
    await maria.writes("Что-то ещё?")
    await anna.waits_for("Что-то ещё?")
    await anna.writes("Нет, всё понятно")
    await maria.waits_for("всё понятно")
    await maria.presses("Закрыть")
    await maria.waits_for("С какой причиной закрыть?")
    await maria.presses("Решено")
    await anna.waits_for("Как мы помогли?")
    await anna.presses("5")
    await anna.waits_for("Спасибо за оценку!")


def told(group: FakeGroup, anna: Person, bot: FakeBot) -> str:
    """What stands on both sides' screens, without times and codes. The pinned list comes when there is a quiet second, so
    that its place among the messages is nobody's promise."""
    pinned = group.general.pinned
    said = [one for one in group.general.sees() if one not in pinned]
    parts = {
        "Что видит клиент": anna.transcript(bot),
        "Что видят операторы в General": [line for one in said for line in one.lines()],
        "Что закреплено в General": [line for one in pinned for line in one.lines()],
        "Что видят операторы в теме клиента": group.topic("Анна").transcript(),
    }
    return re.sub(r"/connect \d{6}", "/connect 123456", screens(parts))
