"""What `frontdesk doctor --online` finds at the operators' bot."""

import asyncio
from pathlib import Path

from adapters.telegram_desk.adapter import TelegramDeskAdapter
from bot.channel import Finding
from tests.unit.telegram_desk.playing import TOKEN, Played


async def looks(room: Played) -> list[Finding]:
    await room.adapter.close()
    room.makes()
    return list(await room.adapter.examine(room.door))


def states(findings: list[Finding]) -> set[str]:
    return {one.state for one in findings}


def about(findings: list[Finding], words: str) -> Finding:
    return next(one for one in findings if words in one.what)


async def test_all_is_well_where_all_is_well(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        assert states(await looks(room)) == {"ok"}


async def test_a_token_that_telegram_does_not_know(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.bot.is_revoked()
        (finding,) = await looks(room)
        assert finding.state == "failure"
        assert "@BotFather" in finding.cure


async def test_no_group_yet(tmp_path: Path) -> None:
    async with Played(tmp_path, group=None) as room:
        assert "/connect" in about(await looks(room), "не подключена").cure


async def test_rights_that_are_missing_are_named_one_by_one(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.group.allows(room.bot, "can_pin_messages")
        findings = await looks(room)
        assert [one.what for one in findings if one.state == "failure"] == [
            "нет права «Управление темами»: темы клиентов не открыть",
            "нет права «Удаление сообщений»: служебные строки останутся",
        ]


async def test_topics_off_and_a_bot_that_hears_only_commands(tmp_path: Path) -> None:
    async with Played(tmp_path, kind="supergroup", admin=False) as room:
        findings = await looks(room)
        assert about(findings, "темы в группе выключены").state == "warning"
        assert about(findings, "режим приватности").state == "failure"
        room.bot.reads_everything()
        assert about(await looks(room), "слышит все").state == "ok"


async def test_a_webhook(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.bot.account.webhook = {"url": "https://example.org/hook"}
        assert about(await looks(room), "webhook").state == "failure"


async def test_a_second_reader(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.reads()
        settings = {"token": TOKEN, "api_url": room.server.url, "group": str(room.group.id)}
        second = TelegramDeskAdapter("operators", settings)
        looking = asyncio.create_task(second.examine(room.door))
        room.clock.advance_to(await room.clock.asleep())
        assert about(list(await looking), "ещё кто-то").state == "warning"
        await second.close()


async def test_a_group_that_cannot_be_reached(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        room.group.kicks(room.bot)
        finding = about(await looks(room), "недоступна")
        assert finding.state == "failure"
        assert "/connect" in finding.cure


async def test_a_telegram_that_does_not_answer(tmp_path: Path) -> None:
    async with Played(tmp_path) as room:
        await room.server.goes_down()
        (finding,) = await looks(room)
        assert "api_url" in finding.cure
        await room.server.comes_up()
