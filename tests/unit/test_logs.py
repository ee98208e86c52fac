"""Logs tell what went wrong and where, and never what anybody said, nor a secret, however it got into a line."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import logs
from bot.config.load import load_config
from bot.config.secret import secrets_of

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _left_as_found() -> Iterator[None]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.configure(**before)
    root.handlers, root.level = handlers, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.StringIO:
    told = io.StringIO()
    logs.configure(logging.DEBUG, told, secrets=["пароль", "p@ss word", TOKEN, "abc"])
    return told


def test_a_line_is_json_with_its_fields(stream: io.StringIO) -> None:
    structlog.get_logger("x").warning("канал встал", channel="telegram", ms=5, names=["a"])
    (line,) = lines(stream)
    assert line.pop("timestamp")
    assert line == {
        "event": "канал встал",
        "level": "warning",
        "channel": "telegram",
        "ms": 5,
        "names": ["a"],
    }


def test_a_task_that_speaks_of_one_channel_need_not_say_so_in_every_line(
    stream: io.StringIO,
) -> None:
    with structlog.contextvars.bound_contextvars(channel="email"):
        structlog.get_logger("x").warning("mailbox not read")
        structlog.get_logger("x").warning("paused", channel="vk")
    structlog.get_logger("x").warning("saved")
    assert [line.get("channel") for line in lines(stream)] == ["email", "vk", None]


def test_on_a_terminal_a_line_is_for_people() -> None:
    told = Terminal()
    logs.configure(logging.INFO, told, secrets=["hidden"])
    structlog.get_logger("x").error("stopped", why="hidden thing")
    assert "stopped" in told.getvalue()
    assert "{" not in told.getvalue()
    assert "hidden" not in told.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"POST https://api.telegram.org/bot{TOKEN}/getUpdates",
        "https://api.telegram.org/file/bot1:x/photos/1.jpg",
        "https://api.vk.ru/method/a?access_token=qwertyuiop&v=5",
        "token vk1.a.abcdefghijklmnopqrstuvwxyz012345 is wrong",
        "socks5://user:qwertyuiop@proxy.example.ru:1080",
        "пароль",
        "https://x/?q=p%40ss%20word",
    ],
)
def test_secrets_are_masked_wherever_they_stand(stream: io.StringIO, text: str) -> None:
    hidden = [TOKEN, "bot1:x", "qwertyuiop", "vk1.a", "пароль", "p%40ss", "p@ss"]
    deep = {"a": [{"b": (text,)}], text: 1}
    structlog.get_logger("x").info(f"said {text}", reason=text, deep=deep, other=ValueError(text))
    told = stream.getvalue()
    assert logs.MASK in told
    assert not [one for one in hidden if one in told]


def test_what_is_no_secret_stays(stream: io.StringIO) -> None:
    text = "abc https://api.telegram.org/ at 10:30, conversation 12345:7"
    structlog.get_logger("x").info(text)
    assert lines(stream)[0]["event"] == text


def test_a_traceback_that_was_asked_for_is_a_class_and_a_place(stream: io.StringIO) -> None:
    log = structlog.get_logger("x")
    try:
        raise ValueError("слова клиента")
    except ValueError as problem:
        log.exception("not parsed")
        log.error("not parsed", exc_info=problem)
    for line in lines(stream):
        assert line["problem"] == "ValueError"
        assert line["where"].startswith(__file__)
    assert "слова" not in stream.getvalue()


def test_a_library_is_heard_without_what_it_was_filled_with(stream: io.StringIO) -> None:
    log = logging.getLogger("httpx")
    log.info('HTTP Request: POST "https://api.telegram.org/bot%s/getMe"', TOKEN)
    assert stream.getvalue() == ""
    log.warning("could not parse %s", "слова клиента")
    log.error(f"could not parse {'слова клиента'}")  # noqa: G004
    try:
        raise ValueError("слова клиента")
    except ValueError:
        log.exception("failed")
    first, second, third = lines(stream)
    assert (first["library"], first["words"], first["level"]) == (
        "httpx",
        "could not parse %s",
        "warning",
    )
    assert "words" not in second
    assert second["where"].startswith(__file__)
    assert third["problem"] == "ValueError"
    assert "слова" not in stream.getvalue()


async def test_what_a_forgotten_task_raised_is_told_without_its_words(stream: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(f"https://api.telegram.org/bot{TOKEN}/слова")

    loop = asyncio.get_running_loop()
    task = loop.create_task(fail())
    await asyncio.wait([task])
    loop.call_exception_handler(
        {
            "message": "Task exception was never retrieved",
            "exception": task.exception(),
            "future": task,
        }
    )
    (line,) = lines(stream)
    assert (line["library"], line["problem"]) == ("asyncio", "ValueError")
    assert line["words"] == "Task exception was never retrieved"
    assert TOKEN not in stream.getvalue()
    assert "слова" not in stream.getvalue()


def test_every_secret_of_a_configuration_is_known(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "mail").write_text("from-a-file\n", "utf-8")
    (tmp_path / "config.yaml").write_text(
        """\
channels:
  telegram: {token: tg-token, proxy: "socks5://u:proxy-word@h", webhook: {secret: hook-secret}}
  email:
    address: a@example.ru
    imap: {host: h, password_file: mail}
    smtp: {host: h, password: smtp-word}
  own: {kind: of_our_own, key: own-key}
operators: {telegram: {token: desk-token}}
secrets: {CRM: crm-key}
http: {webhooks: {paid: {secret: paid-secret}}}
storage: postgresql://user:word@host/db
""",
        "utf-8",
    )
    found = secrets_of(load_config(tmp_path).config)
    assert {
        "tg-token",
        "socks5://u:proxy-word@h",
        "hook-secret",
        "from-a-file",
        "smtp-word",
        "own-key",
        "desk-token",
        "crm-key",
        "paid-secret",
        "postgresql://user:word@host/db",
    } <= found
    assert "a@example.ru" not in found


def test_what_is_complained_of_again_and_again_is_counted_and_told_once_a_minute() -> None:
    clock = [0.0]
    spare = logs.Sparing(lambda: clock[0])

    def told(level: str = "error", **fields: object) -> dict[str, object] | None:
        try:
            return dict(spare(None, "", {"event": "not saved", "level": level, **fields}))
        except structlog.DropEvent:
            return None

    first = told(problem="the disk is full")
    assert first == {"event": "not saved", "level": "error", "problem": "the disk is full"}
    for seconds in (1.0, 30.0, 59.9):
        clock[0] = seconds
        assert told(problem="the disk is full") is None
    assert told(problem="the disk is gone") is not None
    assert told("warning", problem="the disk is full") is not None
    clock[0] = 60.0
    assert told(problem="the disk is full") == {**first, "repeated": 3}
    assert told(problem="the disk is full") is None
    assert told("info") == told("info") is not None, "what is no complaint is always told"


def test_what_is_remembered_of_complaints_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "COMPLAINTS", 10)
    spare = logs.Sparing(lambda: 0.0)
    for number in range(100):
        spare(None, "", {"event": "set aside", "level": "error", "inbox": number})
    assert len(spare._made) <= 10


def test_a_complaint_is_spared_in_the_log_itself(stream: io.StringIO) -> None:
    for _ in range(5):
        structlog.get_logger("x").error("не сохранено", problem="диск полон")
    assert len(lines(stream)) == 1
