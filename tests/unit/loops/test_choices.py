"""What people chose corrects the FAQ of the running program."""

from pathlib import Path

from bot.app import App
from bot.clock import ObedientClock
from bot.model.effect import Meant, Missed
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.engine.builder import BUSINESS, a_script, entry
from tests.unit.loops.playing import have

SCRIPT = a_script(
    faq=(
        entry("цена", "сколько стоит диагностика", "цена диагностики", "диагностика платная"),
        entry("адрес", "где вы находитесь", "ваш адрес", "как к вам проехать"),
    )
)
UNSURE = "диагностика денег стоит или нет"


async def score(app: App) -> float:
    return app.worker.stage.matches.compute(UNSURE).candidates[0].score


async def test_choices_of_the_last_weeks_are_learned_at_the_start(
    store: SqliteStore, clock: ObedientClock, tmp_path: Path
) -> None:
    app = App(SCRIPT, BUSINESS, store, {"telegram": FakeAdapter()}, clock, Files(tmp_path))
    before = await score(app)
    for word in ("у вас", "вообще", "сейчас", "там"):
        text = f"{UNSURE} {word}"
        await have(store, Missed(text, "цена", 0.5), Meant(text, "цена"))
    await app.start()
    try:
        assert await score(app) > before
    finally:
        await app.stop()
