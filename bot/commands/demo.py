"""`frontdesk demo`: the example business in this terminal, with nothing to set up and nothing left behind."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import note

GREETING = """\
Это демонстрация: мастерская «Импульс», как её увидит клиент. Токены и настройки не нужны.
(A demo of a desk in Russian: you play the customer; every message runs through the real program.)

Попробуйте по порядку:
  меню                             главное меню; кнопки - :1, :2 … или Tab
  нужен ремонт                     форма: бот спросит, что случилось, имя и телефон
  а сколько стоит диагностика?     вопрос посреди формы: бот ответит и вернётся к ней
  :share phone +79123456789        отправить номер кнопкой; :wait 15m - подождать и получить напоминание
  оператор                         позвать человека; справа появится карточка для операторов
  :press Взять                     оператор берёт заявку
  :operator Здравствуйте!          …пишет клиенту
  :press Вернуть боту              …и возвращает разговор боту: форма продолжится с того же места
  :help                            всё остальное; выход - :quit или Ctrl-D
"""


def command(
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the demo's project in this folder.")
    ] = None,
) -> None:
    """Talk to the example business: no tokens, nothing to configure."""
    from bot.commands.chat import run_chat
    from bot.commands.init import copy_starter
    from bot.commands.project import playable

    with tempfile.TemporaryDirectory(prefix="frontdesk-demo-") as temporary:
        folder = keep or Path(temporary) / "demo"
        copy_starter(folder)
        config, script = playable(folder)
        note(GREETING)
        run_chat(config, script, kind="console", opening=True)
