"""Projects made up at random: valid flows of every word of the language, as the YAML that a maintainer would write."""

import json
import random
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.project import Project, read_project

CONFIG: dict[str, Any] = {
    "name": "Выдумка",
    "language": "ru",
    "vars": {"город": "Тверь"},
    "http": {"allow": ["a.ru"]},
    "operators": {"queues": {"первая": {"title": "Первая"}, "вторая": {"title": "Вторая"}}},
}
FAQ = """
- id: цена
  questions: [Сколько стоит ремонт?, Какая цена?, почём починить]
  answer: От 500 рублей.
- id: адрес
  questions: [Где вы находитесь?, Какой у вас адрес?, как доехать]
  answer: В Твери.
"""
TYPES: list[dict[str, Any]] = [
    {"type": "text", "min": 2, "max": 40},
    {"type": "text"},
    {"type": "phone", "region": "RU"},
    {"type": "email"},
    {"type": "date"},
    {"type": "time"},
    {"type": "number", "min": 1, "max": 100},
    {"type": "number", "integer": True},
    {"type": "yesno"},
    {"type": "choice", "options": ["красный", "синий", "зелёный"]},
    {"type": "regex", "pattern": "[А-Я][0-9]{3}"},
    {"type": "file"},
]
FLOWS = ("меню", "первый", "второй", "третий")


class Author:
    """Writes flows with dice."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._count = 0

    def config(self) -> dict[str, Any]:
        config = dict(CONFIG)
        if self._maybe(0.3):
            config["consent"] = {"text": "Можно сохранить?", "version": 1}
        if self._maybe(0.3):
            config["hours"] = {"default": {"mon-fri": "09:00-19:00"}}
        return config

    def flow(self, name: str) -> dict[str, Any]:
        """One file."""
        dice = self._dice
        self._callable = FLOWS[FLOWS.index(name) + 1 :]
        self._slots = {
            f"с{number}": {
                **dice.choice(TYPES),
                **({"keep": "customer"} if self._maybe(0.3) else {}),
                **({"personal": True} if self._maybe(0.3) else {}),
            }
            for number in range(dice.randint(1, 4))
        }
        self._asked: list[str] = []
        flow: dict[str, Any] = {"flow": name, "title": name.capitalize(), "slots": self._slots}
        flow["start"] = {"phrases": [f"хочу {name}", f"давайте {name}"]}
        if name == "меню":
            flow["start"]["commands"] = ["start", "menu"]
            if self._maybe(0.3):
                flow["start"]["event"] = "first_contact"
        elif self._maybe(0.3):
            flow["start"]["event"] = "ticket_closed"
        steps: list[dict[str, Any]] = []
        for slot in self._slots:
            steps.append(self._ask(slot))
            self._asked.append(slot)
            steps += self._steps(dice.randint(0, 3), deep=0)
        if self._maybe(0.4):
            steps.append({"end": "готово", **({"say": "Конец."} if self._maybe(0.5) else {})})
        flow["steps"] = steps
        if self._maybe(0.5):
            flow["interrupts"] = {
                "faq": "answer_and_return",
                "operator": dice.choice([{"note": "Не закончено"}, {"confirm": "Позвать?"}]),
                "cancel": dice.choice([{"confirm": "Точно?"}, {"say": "Отменено."}]),
            }
        if self._maybe(0.3):
            flow["on_update"] = "restart"
        return flow

    def _steps(self, count: int, *, deep: int) -> list[dict[str, Any]]:
        return [self._step(deep) for _ in range(count)]

    def _step(self, deep: int) -> dict[str, Any]:
        makers = [self._say, self._choose, self._set, self._if, self._handoff, self._wait]
        makers += [self._http, self._action, self._goto, self._call, self._choose, self._if]
        step = self._dice.choice(makers)(deep)
        if "id" not in step and "end" not in step:
            self._count += 1
            step = {"id": f"ш{self._count}", **step}
        return step

    def _ask(self, slot: str) -> dict[str, Any]:
        step: dict[str, Any] = {"ask": f"Назовите {slot}", "save": slot}
        if self._maybe(0.3):
            step["optional"] = "Пропустить"
        if self._maybe(0.3):
            step["retry"] = ["Ещё раз?", "И ещё?"]
        if self._maybe(0.3):
            step["tries"] = self._dice.randint(1, 3)
        if self._maybe(0.3):
            step["on_fail"] = self._dice.choice(
                [{"handoff": "Не смог"}, [{"say": "Ладно."}], {"end": "сдался"}]
            )
        if self._maybe(0.3):
            step["remind"] = [{"after": "15m", "say": "Вы здесь?"}, {"after": "2h", "end": "ушёл"}]
        if self._maybe(0.2):
            step["hint"] = "Ждём ответа"
        return step

    def _say(self, deep: int) -> dict[str, Any]:
        slot = self._dice.choice(self._asked)
        words = [
            f"Вот {{{{ {slot} }}}}",
            "Так. {{ vars.город }}",
            "{% if open_now %}Да{% else %}Нет{% endif %}",
        ]
        step: dict[str, Any] = {"say": self._dice.choice([words[0], words[1], words[2], words])}
        if self._maybe(0.2) and self._callable:
            step["buttons"] = [{"text": "Туда", "call": self._dice.choice(self._callable)}]
        return step

    def _choose(self, deep: int) -> dict[str, Any]:
        options: dict[str, Any] = {}
        for key in self._dice.sample(
            ["один", "два", "три", "четыре", "пять"], self._dice.randint(2, 5)
        ):
            options[key] = self._option(deep)
        step: dict[str, Any] = {"choose": "Что дальше?", "options": options}
        if self._maybe(0.2):
            step["tries"] = 2
        if self._maybe(0.2):
            step["on_fail"] = [{"say": "Пойдём дальше."}]
        if self._maybe(0.2):
            step["remind"] = [{"after": "10m", "say": "Ау"}]
        return step

    def _option(self, deep: int) -> dict[str, Any]:
        kinds: list[dict[str, Any]] = [
            {"text": "Дальше"},
            {"cancel": True},
            {"handoff": "Из меню"},
            {"goto": "start"},
        ]
        kinds.append({"clear": self._dice.choice(self._asked)})
        if self._callable:
            kinds.append({"call": self._dice.choice(self._callable)})
        if deep < 2:
            kinds.append({"then": self._steps(1, deep=deep + 1)})
        self._count += 1
        return {**self._dice.choice(kinds), "text": f"Выбор {self._count}"}

    def _set(self, deep: int) -> dict[str, Any]:
        return {"set": {"итог": self._dice.choice(["1", "'да'", "open_now", "vars.город"])}}

    def _if(self, deep: int) -> dict[str, Any]:
        if deep >= 2:
            return self._say(deep)
        step: dict[str, Any] = {
            "if": self._dice.choice([*self._asked, "open_now"]),
            "then": self._steps(self._dice.randint(1, 2), deep=deep + 1),
        }
        if self._maybe(0.5):
            step["else"] = self._steps(1, deep=deep + 1)
        return step

    def _handoff(self, deep: int) -> dict[str, Any]:
        step: dict[str, Any] = {"handoff": "Нужен человек"}
        if self._maybe(0.4):
            step["queue"] = self._dice.choice(["первая", "вторая"])
        if self._maybe(0.4):
            step["say"] = "Зову человека."
        return step

    def _wait(self, deep: int) -> dict[str, Any]:
        step: dict[str, Any] = {"wait": self._dice.choice(["30m", "2h", "until 09:00"])}
        if self._maybe(0.3):
            step["on_message"] = [{"say": "Ещё ждём."}]
        return step

    def _http(self, deep: int) -> dict[str, Any]:
        step: dict[str, Any] = {"http": "GET https://a.ru/x", "timeout": "5s"}
        if self._maybe(0.5):
            step["on_error"] = self._dice.choice([[{"say": "Сбой."}], {"handoff": "Сбой"}])
        return step

    def _action(self, deep: int) -> dict[str, Any]:
        return self._dice.choice(
            [
                {"action": "ticket.create", "with": {"title": "Заявка"}},
                {"action": "tag.add", "with": {"tag": "vip"}},
            ]
        )

    def _goto(self, deep: int) -> dict[str, Any]:
        if deep == 0 or not self._maybe(0.3):
            return self._say(deep)
        return {"goto": "menu"}

    def _call(self, deep: int) -> dict[str, Any]:
        if not self._callable:
            return self._say(deep)
        return {"call": self._dice.choice([*self._callable, "faq"])}

    def _maybe(self, chance: float) -> bool:
        return self._dice.random() < chance


@lru_cache(maxsize=64)
def made_up(seed: int) -> Project:
    """The project that this seed comes to; JSON is YAML."""
    author = Author(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "flows").mkdir()
        config = json.dumps(author.config(), ensure_ascii=False)
        (root / "config.yaml").write_text(config, encoding="utf-8")
        (root / "faq.yaml").write_text(FAQ, encoding="utf-8")
        for name in FLOWS:
            text = json.dumps(author.flow(name), ensure_ascii=False, indent=1)
            (root / "flows" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return read_project(root)
