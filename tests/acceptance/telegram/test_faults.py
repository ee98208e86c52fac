"""What goes wrong between Telegram and the whole program, and what people notice of it: a wait at most."""

import asyncio
import resource
import socket
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.telegram.program import Program, example
from tests.acceptance.telegram.shop import LOUD, shop
from tests.fakes.telegram import FakeTopic, Limits

MEMORY = 500_000_000
"""Bytes that the program may hold at most while it works off a backlog."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return int(plug.getsockname()[1])


def memory(pid: int) -> int:
    """What a process holds, in bytes."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


async def test_a_backlog_is_worked_off_in_order_and_one_flood_delays_nobody_else(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge) as here:
        here.settles(pace=1)
        flood = [f"слово{number}" for number in range(2_000)]
        for word in flood:
            await here.anna.writes(word, to=here.bot)
        others = [here.server.person(f"Гость{number}") for number in range(20)]
        for other in others:
            await other.starts(here.bot)
        await here.program.start()
        await asyncio.gather(*(other.waits_for("Слово?") for other in others))
        await here.server.until(lambda: not here.bot.unconfirmed, "not all was read")
        assert memory(here.program.pid) < MEMORY
        said = here.said_to(here.anna)
        assert said == [f"Есть {word}." for word in flood[1 : len(said) + 1]]
        assert len(said) < 500
        assert await here.program.stop() == 0


async def test_a_second_reader_is_told_of_and_the_first_goes_on(tmp_path: Path, forge: str) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        another = example(tmp_path / "other", here.server, operators=f', group: "{here.group.id}"')
        async with Program(another, forge) as second:
            told = [one.prints("somebody else reads") for one in (here.program, second)]
            done, waiting = await asyncio.wait(
                map(asyncio.ensure_future, told), return_when=asyncio.FIRST_COMPLETED
            )
            for one in waiting:
                one.cancel()
            line = done.pop().result()
            assert "stop it, or take a new token" in line
            assert here.bot.token not in line
            await second.kill()
        await here.talks(here.anna, "дальше")


async def test_a_webhook_that_is_called_three_times_at_once_is_answered_once(
    tmp_path: Path, forge: str
) -> None:
    port = free_port()
    async with shop(tmp_path, forge) as here:
        hook = f', mode: webhook, webhook: {{url: "http://127.0.0.1:{port}", secret: s3cret}}'
        here.settles(telegram=hook, http=f", listen: 127.0.0.1:{port}")
        here.server.hooks.repeat = 3
        await here.opens()
        words = [f"раз{number}" for number in range(10)]
        for word in words:
            await here.anna.writes(word)
        await here.anna.waits_for("Есть раз9.")
        await here.server.until(lambda: not here.bot.unconfirmed, "not all was called")
        assert here.said_to(here.anna) == [f"Есть {word}." for word in words]
        assert len(here.server.hooks.attempts) == 33
        url = f"http://127.0.0.1:{port}/hooks/telegram"
        async with aiohttp.ClientSession() as stranger, stranger.post(url, json={}) as answer:
            assert answer.status in (401, 403)


async def test_twenty_taps_in_a_breath_are_one_request(tmp_path: Path, forge: str) -> None:
    async with shop(tmp_path, forge) as here:
        operators = f', group: "{here.group.id}", trust_group: true, per_minute: 1000'
        folder = example(tmp_path / "example", here.server, operators=operators, more=LOUD)
        anna = here.anna
        async with Program(folder, forge) as program:
            await anna.writes("нужен ремонт", to=here.bot)
            for question, answer in (
                ("Что случилось", "разбит экран"),
                ("Как вас зовут", "Анна"),
            ):
                await anna.waits_for(question)
                await anna.writes(answer)
            await anna.waits_for("согласие")
            await anna.presses("Согласен")
            await anna.waits_for("на какой номер")
            await anna.writes("89123456789")
            await anna.waits_for("Когда вам удобно")
            await anna.presses("Пока не знаю")
            await anna.waits_for("Проверьте")
            presses = [await anna.presses("✅ Всё верно") for _ in range(20)]
            await asyncio.gather(*(press.answered() for press in presses if press))
            await here.server.until(here.tickets, "no ticket was filed")
            await anna.writes("меню")
            await anna.waits_for("Чем помочь?")
            assert len(here.tickets()) == 1
            assert len([one for one in anna.reads(here.bot) if "Готово! Заявка" in one]) == 1
            assert await program.stop() == 0


async def test_twenty_messages_in_a_breath_are_answered_in_order(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        words = [f"раз{number}" for number in range(20)]
        for word in words:
            await here.anna.writes(word)
        await here.server.until(lambda: len(here.said_to(here.anna)) >= 20, "not all answered")
        assert here.said_to(here.anna) == [f"Есть {word}." for word in words]


async def test_an_album_whose_parts_come_slowly_and_across_a_kill_is_one_message_for_people(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        topic = await here.hands_over(here.anna, here.oleg)
        for number in range(10):
            here.anna.sends_part("13777", number, f"часть {number}" if not number else "", here.bot)
            if number == 4:
                await here.server.until(lambda: not here.bot.unconfirmed, "not read")
                await here.program.kill()
        await here.program.start()
        await here.server.until(lambda: photos(topic) >= 10, "not all photos arrived")
        await here.talks_to_operators("всё", topic)
        assert photos(topic) == 10
        groups = {
            post.content["media_group_id"]
            for post in here.group.chat.posts.values()
            if "photo" in post.content
        }
        assert len(groups) == 1


def photos(topic: FakeTopic) -> int:
    """How many photos stand in a topic."""
    return sum("[фото]" in one.text for one in topic.sees())


async def test_what_was_sent_before_people_were_called_is_seen_and_heard_once(
    tmp_path: Path, forge: str
) -> None:
    """All of it came in one go, while the program was down; later the same ticket is opened once more."""
    async with shop(tmp_path, forge) as here:
        await here.opens()
        await here.program.stop()
        await here.anna.sends_photo("Сломалось вот тут", to=here.bot)
        await here.anna.sends("voice", b"OggS" + bytes(900), "voice.ogg", to=here.bot)
        await here.program.start()
        topic = await here.hands_over(here.anna, here.oleg)
        await here.server.until(lambda: len(sent(topic)) > 1, "nobody heard the voice message")
        seen = [one.text for one in topic.sees()]
        card = next(number for number, text in enumerate(seen) if "Последние сообщения" in text)
        assert "Клиент: [фото] Сломалось вот тут" in seen[card]
        assert seen.index("[фото] Сломалось вот тут") > card
        assert sent(topic) == ["[фото] Сломалось вот тут", "[голосовое]"]
        await here.oleg.presses("Вернуть боту", in_=topic)
        await here.stands(topic, "возвращена боту")
        await here.talks(here.anna, "ещё")
        await here.hands_over(here.anna, here.oleg)
        await here.talks_to_operators("всё", topic)
        assert sent(topic) == ["[фото] Сломалось вот тут", "[голосовое]"]


def sent(topic: FakeTopic) -> list[str]:
    """What customers' files stand in a topic."""
    return [one.text for one in topic.sees() if one.text.startswith(("[фото]", "[голосовое]"))]


async def test_a_group_that_becomes_a_supergroup_goes_on_with_its_history(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge, "group") as here:
        await here.opens()
        await here.anna.writes("оператор")
        await here.oleg.waits_for("Заявка №1", in_=here.group)
        await here.takes_in_plain_group(here.oleg)
        new = here.group.migrates()
        await here.anna.writes("вы здесь?")
        await here.oleg.waits_for("вы здесь?", in_=here.group)
        await here.desk_has_settled()
        await here.oleg.replies("да, здесь", "вы здесь?", in_=here.group)
        await here.anna.waits_for("да, здесь")
        assert here.group.id == new
        await here.program.kill()
        await here.program.start()
        await here.anna.writes("и после перезапуска?")
        await here.oleg.waits_for("и после перезапуска?", in_=here.group)


async def test_while_telegram_is_away_nothing_is_lost_and_all_comes_in_order(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        words = [f"раз{number}" for number in range(10)]
        refused = here.server.fails("sendMessage", "502", times=10_000, chat=here.anna.id)
        for word in words:
            await here.anna.writes(word)
        await here.server.until(lambda: refused.happened >= 2, "nobody tried")
        await here.server.goes_down()
        await here.program.prints("Telegram was not read, trying again")
        here.server.mends()
        await here.server.comes_up()
        await here.server.until(lambda: len(here.said_to(here.anna)) >= 10, "lost", 120)
        assert here.said_to(here.anna) == [f"Есть {word}." for word in words]


@pytest.mark.parametrize("silently", [False, True])
async def test_a_deleted_topic_is_replaced_and_the_talk_goes_on(
    tmp_path: Path, forge: str, *, silently: bool
) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        topic = await here.hands_over(here.anna, here.oleg)
        await here.talks_to_operators("первое", topic)
        topic.is_deleted(silently=silently)
        await here.anna.writes("второе", to=here.bot)
        await here.server.until(lambda: here.group.topics, "no new topic", 60)
        (fresh,) = here.group.topics
        await here.stands(fresh, "второе")
        await here.stands(fresh, "первое")
        await here.oleg.writes("отвечаю", in_=fresh)
        await here.anna.waits_for("отвечаю")
        assert [one.text for one in here.group.general.sees() if "второе" in one.text] == []


async def test_of_two_who_answer_at_once_one_is_heard_and_the_other_told(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        topic = await here.hands_over(here.anna, here.oleg)
        await here.maria.writes("отвечу я", in_=topic)
        await here.oleg.writes("нет, я", in_=topic)
        await here.anna.waits_for("нет, я")
        await here.stands(topic, "Не отправлено: заявку №1 ведёт Олег")
        await here.oleg.presses("Закрыть", in_=topic)
        await here.stands(topic, "С какой причиной")
        await here.anna.writes("подождите!", to=here.bot)
        await here.oleg.presses("Решено", in_=topic)
        await here.stands(topic, "подождите!")
        assert "отвечу я" not in here.anna.reads(here.bot)


@pytest.mark.torture
async def test_telegrams_own_limits_are_never_passed(tmp_path: Path, forge: str) -> None:
    async with shop(tmp_path, forge, limits=Limits()) as here:
        here.settles_as_it_comes()
        await here.program.start()
        people = [here.server.person(f"Гость{number}") for number in range(8)]
        for person in people:
            await person.starts(here.bot)
            for word in ("раз", "два", "три", "оператор"):
                await person.writes(word)
        for person in people:
            topic = await here.group.waits_for_topic(person.name, 300)
            await here.stands(topic, "Заявка №", 300)
            await here.server.until(lambda who=person: len(here.said_to(who)) == 3, "not all said")
        assert [one for one in here.server.refusals() if "Too Many Requests" in one] == []


@pytest.mark.torture
async def test_a_revoked_token_is_told_of_and_nothing_is_dropped(
    tmp_path: Path, forge: str
) -> None:
    async with shop(tmp_path, forge) as here:
        await here.opens()
        topic = await here.hands_over(here.anna, here.oleg)
        here.bot.is_revoked()
        line = await here.program.prints("the token is not accepted", 60)
        assert here.bot.token not in line
        await here.oleg.writes("вы где?", in_=topic)
        await here.anna.writes("я здесь", to=here.bot)
        here.bot.is_back()
        await here.stands(topic, "я здесь", 120)
        await here.server.until(lambda: "вы где?" in here.anna.reads(here.bot), "lost", 120)


@pytest.mark.torture
async def test_a_read_that_hangs_turns_health_red_and_ends_by_itself(
    tmp_path: Path, forge: str
) -> None:
    port = free_port()
    async with shop(tmp_path, forge) as here:
        here.settles(http=f", listen: 127.0.0.1:{port}, deaf_after: 30s")
        await here.opens()
        hanging = here.server.fails("getUpdates", "hang", bot=here.bot, times=1)
        await here.anna.writes("раз")
        await here.server.until(lambda: hanging.happened, "it did not read")
        await here.anna.writes("два")
        async with aiohttp.ClientSession() as doctor:
            await ready(doctor, port, 503)
            await here.server.until(lambda: "Есть два." in here.said_to(here.anna), "deaf", 90)
            await ready(doctor, port, 200)
        assert here.said_to(here.anna) == ["Есть раз.", "Есть два."]


async def ready(doctor: aiohttp.ClientSession, port: int, wanted: int) -> None:
    """Look at /readyz until it answers so."""
    async with asyncio.timeout(90):
        while True:
            async with doctor.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == wanted:
                    return
            await asyncio.sleep(0.25)
