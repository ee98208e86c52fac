"""Conversation tests become plain data."""

from pathlib import Path

import pytest

from bot.config.load import load_config
from bot.dialog.loader.talks import Expected, find_talks, read_talks
from tests.unit.loader.projects import write

MONDAY_NOON_IN_MOSCOW = 1_780_909_200_000


def test_every_kind_of_line_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "flows/а.test.yaml": """
- test: Всё сразу
  channel: vk
  now: 2026-06-10 14:00
  talk:
    - user: привет
    - bot: [Раз, Два]
    - bot: Три
    - tap: Да
    - wait: 1h 30m
    - operator: Здравствуйте
    - press: Взять
    - edit: {to: пока}
    - share: {phone: "+79123456789"}
    - share: {location: [55.7, 37.6]}
    - send: {file: files/a.png, text: вот}
    - http: {status: 503}
    - http: {json: {a: 1, b: "1"}}
    - event: ticket_closed
    - restart: true
    - silent: true
    - expect: {slots: {имя: Анна, дата: 2026-01-01}, ticket: {queue: ремонт}, ended: готово, tags: [а]}
    - expect: {ticket: none}
""",
        },
    )
    talks = read_talks(tmp_path, find_talks(tmp_path), load_config(tmp_path).config.business)
    assert talks.findings == ()
    (talk,) = talks.talks
    assert (talk.name, talk.channel, talk.now, talk.line) == (
        "Всё сразу",
        "vk",
        1_781_089_200_000,
        2,
    )
    assert [(line.kind, line.value) for line in talk.lines] == [
        ("user", "привет"),
        ("bot", ("Раз", "Два")),
        ("bot", ("Три",)),
        ("tap", "Да"),
        ("wait", 5_400_000),
        ("operator", "Здравствуйте"),
        ("press", "Взять"),
        ("edit", "пока"),
        ("share", {"phone": "+79123456789"}),
        ("share", {"location": (55.7, 37.6)}),
        ("send", {"file": "files/a.png", "text": "вот"}),
        ("http", {"status": 503}),
        ("http", {"json": {"a": 1, "b": "1"}}),
        ("event", "ticket_closed"),
        ("restart", True),
        ("silent", True),
        (
            "expect",
            Expected(
                {"имя": "Анна", "дата": "2026-01-01"},
                {"queue": "ремонт"},
                ended="готово",
                tags=("а",),
            ),
        ),
        ("expect", Expected(no_ticket=True)),
    ]


def test_without_channel_and_time_it_is_telegram_on_monday_noon(tmp_path: Path) -> None:
    write(tmp_path, {"flows/а.test.yaml": "- test: Т\n  talk: [{user: привет}]\n"})
    (talk,) = read_talks(
        tmp_path, find_talks(tmp_path), load_config(tmp_path).config.business
    ).talks
    assert (talk.channel, talk.now) == ("telegram", MONDAY_NOON_IN_MOSCOW)


@pytest.mark.parametrize("line", ["usre: привет", "wait: долго", "bot: []", "now: вчера"])
def test_a_talk_with_a_mistake_is_left_out_and_told(tmp_path: Path, line: str) -> None:
    where = (
        "  now: вчера\n  talk: [{user: а}]" if line.startswith("now") else f"  talk: [{{{line}}}]"
    )
    write(
        tmp_path, {"flows/а.test.yaml": f"- test: А\n{where}\n- test: Б\n  talk: [{{user: а}}]\n"}
    )
    talks = read_talks(tmp_path, find_talks(tmp_path), load_config(tmp_path).config.business)
    assert [talk.name for talk in talks.talks] == ["Б"]
    assert len(talks.findings) == 1
