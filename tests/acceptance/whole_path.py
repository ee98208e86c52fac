"""What the whole paths of the channels have in common: the example's form, and what both sides saw, kept line by line.

What they saw stands in a file beside each test. After a change that is meant, run the test with FRONTDESK_GOLDEN=write in
the environment, and read the difference.
"""

import contextlib
import difflib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.bell import NeverHappened


class Customer(Protocol):
    """Somebody at a messenger."""

    async def waits_for(self, words: str) -> Any: ...
    async def writes(self, text: str) -> Any: ...
    async def presses(self, label: str) -> Any: ...


async def ask_and_call(anna: Customer) -> None:
    """Anna, who has just come, walks half of a flow, asks a question in its middle, and calls a person."""
    await anna.waits_for("Чем помочь?")
    await anna.presses("🔧 Записаться на ремонт")
    await anna.waits_for("Что случилось?")
    await anna.writes("iPhone 12, разбит экран")
    await anna.waits_for("Как вас зовут?")
    await anna.writes("А сколько стоит диагностика?")
    await anna.waits_for("Диагностика бесплатна")
    await anna.waits_for("Как вас зовут?")
    await anna.writes("Анна")
    await anna.waits_for("нужно ваше согласие")
    await anna.presses("Согласен")
    await anna.waits_for("на какой номер")
    await anna.writes("оператор")
    await anna.waits_for("Зову оператора")


async def finish(anna: Customer) -> None:
    """The number is known: the other half."""
    await anna.waits_for("Когда вам удобно")
    await anna.presses("Пока не знаю")
    await anna.waits_for("Проверьте, пожалуйста")
    await anna.presses("✅ Всё верно")
    await anna.waits_for("Готово! Заявка №2")


def screens(parts: Mapping[str, Sequence[str]]) -> str:
    """What stands on all screens, each under its title, without times."""
    text = "\n\n".join("\n".join([f"## {title}", "", *lines]) for title, lines in parts.items())
    return re.sub(r"\b\d\d:\d\d\b", "ЧЧ:ММ", text) + "\n"


async def same(server: FakeTelegram, golden: Path, look: Callable[[], str]) -> None:
    """Wait until all is as it was written down: cards are edited a little later."""
    if os.environ.get("FRONTDESK_GOLDEN") == "write":
        with contextlib.suppress(NeverHappened):
            await server.until(lambda: None, patience=15)
        golden.write_text(look(), encoding="utf-8")  # noqa: ASYNC240  (nobody waits for us)
    wanted = golden.read_text(encoding="utf-8")  # noqa: ASYNC240
    with contextlib.suppress(NeverHappened):
        await server.until(lambda: look() == wanted, patience=60)
    seen = look()
    lines = difflib.unified_diff(wanted.splitlines(), seen.splitlines(), golden.name, "seen")
    assert seen == wanted, "\n".join(["it is not told as it was written down:", *lines])
