"""Which group it is: a code, what is missing there, and groups that move."""

from pathlib import Path

import pytest

from adapters.telegram_desk.adapter import TelegramDeskAdapter
from bot.channel import RetryLater
from bot.errors import ConfigurationError
from bot.model.event import OperatorActed
from tests.unit.telegram_desk.playing import TOKEN, Played


def code_of(printed: list[str]) -> str:
    words = printed[-1].split()
    return words[words.index("/connect") + 1]


async def reading(room: Played) -> str:
    await room.reads()
    await room.server.until(lambda: room.printed, "no code was printed")
    assert "@desk_bot" in room.printed[0]
    return code_of(room.printed)


async def test_a_group_is_connected_by_the_code_on_the_terminal(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None) as room:
        code = await reading(room)
        with pytest.raises(RetryLater) as waits:
            await room.delivers("Здравствуйте")
        assert waits.value.everywhere
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        heard = await room.hears(OperatorActed, verb="connected")
        assert heard.event == OperatorActed(
            str(room.ivan.id), "connected", "ivan", operator_name="Иван Петров"
        )
        assert heard.address == "general"
        await room.shows_card()
        await room.ends()
        await room.begins()
        await room.delivers("После перезапуска")
        assert room.anna.transcript()[-1] == "Операторская: После перезапуска"


async def test_what_is_missing_in_the_group_is_said_and_the_code_stays(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None, kind="supergroup", admin=False) as room:
        code = await reading(room)
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        said = await room.ivan.waits_for("Ещё не подключено")
        assert "темы выключены" in said.text
        assert "бот не администратор" in said.text
        room.group.turns_topics(on=True)
        room.group.allows(room.bot, "can_manage_topics", "can_delete_messages")
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        said = await room.ivan.waits_for("Ещё не подключено")
        assert "Закрепление" in said.text
        assert "темы выключены" not in said.text
        room.group.allows(room.bot)
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        await room.hears(OperatorActed, verb="connected")
        assert len(room.printed) == 1


async def test_a_group_without_topics_is_connected_if_that_is_asked_for(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None, kind="supergroup") as room:
        room.group.allows(room.bot, "can_pin_messages", "can_delete_messages")
        code = await reading(room)
        await room.ivan.writes(f"/connect {code} plain", in_=room.group)
        await room.hears(OperatorActed, verb="connected")


async def test_five_wrong_codes_and_that_code_is_void(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None) as room:
        code = await reading(room)
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for left in (4, 3, 2, 1, 0):
            await room.ivan.writes(f"/connect {wrong}", in_=room.group)
            await room.ivan.waits_for(f"Осталось попыток: {left}")
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        await room.ivan.waits_for("Слишком много неверных кодов")
        assert room.memory.events == []
        room.clock.advance(600_000)
        await room.server.until(lambda: len(room.printed) == 2)
        assert code_of(room.printed) != code
        await room.ivan.writes(f"/connect {code_of(room.printed)}", in_=room.group)
        await room.hears(OperatorActed, verb="connected")


async def test_a_code_of_ten_minutes_ago_is_followed_by_another(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None) as room:
        old = await reading(room)
        room.clock.advance(599_999)
        assert len(room.printed) == 1
        room.clock.advance(1)
        await room.server.until(lambda: len(room.printed) == 2)
        await room.ivan.writes(f"/connect {old}", in_=room.group)
        await room.ivan.waits_for("Код не подошёл")


async def test_the_code_is_no_use_in_private_and_no_try_is_spent(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None) as room:
        code = await reading(room)
        await room.ivan.writes(f"/connect {code}", to=room.bot)
        await room.ivan.waits_for("пишут в группе")
        assert room.memory.events == []


async def test_another_group_takes_over_with_a_code_of_its_own(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None) as room:
        code = await reading(room)
        await room.ivan.writes(f"/connect {code}", in_=room.group)
        await room.hears(OperatorActed, verb="connected")
        await room.shows_card()
        other = room.server.forum("Новая", members=(room.ivan,), bot=room.bot)
        await room.ivan.writes(f"/connect {code}", in_=other)
        await room.ivan.waits_for("только что напечатала", in_=other)
        assert len(room.printed) == 2
        await room.ivan.writes(f"/connect {code_of(room.printed)}", in_=other)
        await room.door.until(lambda: len(room.memory.events) == 2)
        await room.shows_card()
        assert other.topic("Анна").transcript()[0].startswith("Операторская: Заявка №5")


async def test_a_group_named_in_the_configuration_is_not_moved(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.reads()
        other = room.server.forum("Чужая", members=(room.olga,), bot=room.bot)
        await room.olga.writes("/connect 123456", in_=other)
        await room.olga.waits_for("задана в config.yaml", in_=other)
        assert room.printed == []


def test_a_group_id_that_is_no_number_is_told_in_words() -> None:
    with pytest.raises(ConfigurationError, match="/connect"):
        TelegramDeskAdapter("operators", {"token": TOKEN, "group": "@our_group"})


@pytest.mark.parametrize(
    "proxy", ["proxy.example.ru:3128", "tg://proxy?server=a", "socks5://word:secret@h:1"]
)
def test_a_proxy_that_cannot_be_used_is_told_without_it(proxy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        TelegramDeskAdapter("operators", {"token": TOKEN, "proxy": proxy})
    assert "http://" in str(caught.value)
    assert proxy not in str(caught.value)


@pytest.mark.parametrize("address", ["api.telegram.org", "ftp://api.telegram.org"])
def test_an_address_that_cannot_be_one_is_told_at_the_start(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"operators\.telegram\.api_url"):
        TelegramDeskAdapter("operators", {"token": TOKEN, "api_url": address})


async def test_a_group_that_becomes_a_supergroup_is_followed_by_its_service_message(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path, kind="group", admin=True) as room:
        await room.reads()
        room.group.migrates(topics=True)
        await room.door.until(lambda: room.memory.kept.get("group") == str(room.group.id))
        await room.shows_card()
        assert room.anna.transcript()[0].startswith("Операторская: Заявка №5")
        await room.ends()
        await room.begins()
        await room.delivers("После перезапуска")
        assert len(room.group.topics) == 1


async def test_a_group_that_became_a_supergroup_unheard_is_followed_by_the_refusal(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path, kind="group", admin=True) as room:
        await room.delivers("До", to="general")
        room.group.migrates()
        await room.delivers("После", to="general")
        assert room.group.transcript()[-1] == "Операторская: После"
        assert room.memory.kept["group"] == str(room.group.id)


async def test_a_bot_that_was_thrown_out_waits_and_goes_on_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.group.kicks(room.bot)
        for _ in range(3):
            with pytest.raises(RetryLater) as waits:
                await room.delivers("Вы тут?", id=50)
            assert waits.value.everywhere
        room.group.takes_in_bot(room.bot, admin=True)
        await room.delivers("Вы тут?", id=50)
        assert room.anna.transcript()[-1] == "Операторская: Вы тут?"


async def test_a_group_that_is_gone_makes_messages_wait(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        room.group.disappears()
        with pytest.raises(RetryLater) as waits:
            await room.delivers("Вы тут?")
        assert waits.value.everywhere


async def test_no_right_to_write_makes_messages_wait(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.shows_card()
        words = "not enough rights to send text messages to the chat"
        room.server.fails("sendMessage", "400", words=words)
        with pytest.raises(RetryLater) as waits:
            await room.delivers("Вы тут?")
        assert waits.value.everywhere
