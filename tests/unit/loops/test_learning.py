"""An FAQ that is learned beside the program: customers are answered meanwhile, and what was learned stays."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import sentences
from bot.app import App
from bot.clock import ObedientClock
from bot.config.load import load_config
from bot.faq.evidence import SentenceEvidence
from bot.stage import Stage
from bot.storage.files import Files
from bot.storage.sqlite import SqliteStore
from bot.testing import FakeAdapter
from tests.unit.engine.builder import BUSINESS, a_script, entry
from tests.unit.loops.playing import PATIENCE, until

Logged = list[dict[str, Any]]

FAQ = {
    "возврат": ("Как вернуть товар?", "хочу сдать вещь обратно", "возврат денег"),
    "вакансии": ("Есть ли работа?", "ищу вакансию", "хочу у вас работать"),
}
SCRIPT = a_script(faq=tuple(entry(id, *texts) for id, texts in FAQ.items()))
CHANGED = a_script(
    faq=(*(entry(id, *texts) for id, texts in FAQ.items()), entry("часы", "когда вы открыты"))
)
BY_MEANING = "устроиться на службу бы"


class SlowModel:
    """Knows that service is work; learns when it is allowed to."""

    def __init__(self) -> None:
        self.may_learn = threading.Event()
        self.asked = 0
        self.learned: list[int] = []
        self.problem: Exception | None = None

    def __call__(self, variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        self.asked += 1
        assert self.may_learn.wait(PATIENCE)
        self.learned.append(len(variants))
        if self.problem is not None:
            raise self.problem
        return lambda text: [30.0 * (i == 1 and "служб" in text) for i in range(max(owners) + 1)]


@pytest.fixture
def model() -> Iterator[SlowModel]:
    made = SlowModel()
    yield made
    made.may_learn.set()


@pytest.fixture
async def app(
    store: SqliteStore, clock: ObedientClock, adapter: FakeAdapter, tmp_path: Path, model: SlowModel
) -> AsyncIterator[App]:
    made = App(SCRIPT, BUSINESS, store, {"telegram": adapter}, clock, Files(tmp_path / "files"))
    made.sentences = sentences.Learning(lambda _: model)
    async with asyncio.timeout(PATIENCE):
        await made.start()
    yield made
    await made.stop()


def decision(app: App, text: str) -> str:
    match = app.worker.stage.matches.compute(text)
    return match.candidates[0].id if match.decision == "answer" else match.decision


async def test_customers_are_answered_by_words_until_the_faq_is_learned(
    app: App, adapter: FakeAdapter, model: SlowModel
) -> None:
    await adapter.write("anna", "ищу вакансию")
    await until(lambda: adapter.deliveries)
    assert adapter.texts() == ["Ответ: вакансии"]
    assert decision(app, BY_MEANING) != "вакансии"

    model.may_learn.set()
    async with asyncio.timeout(PATIENCE):
        await app.learned()

    assert decision(app, BY_MEANING) == "вакансии"


async def test_files_that_change_meanwhile_are_played_at_once_and_learned_then(
    app: App, model: SlowModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[str] = []
    follow = Stage.follow

    def following(stage: Stage, before: Stage) -> None:
        played.append(stage.script.hash)
        follow(stage, before)

    monkeypatch.setattr(Stage, "follow", following)
    await until(lambda: model.asked)
    async with asyncio.timeout(PATIENCE):
        await app.reload(CHANGED, BUSINESS)
    assert decision(app, "когда вы открыты") == "часы"

    model.may_learn.set()
    async with asyncio.timeout(PATIENCE):
        await until(lambda: len(model.learned) == 2)
        await app.learned()

    assert model.learned == [6, 7]
    assert played == [CHANGED.hash] * 2, "the old script does not come back"
    assert decision(app, "когда вы открыты") == "часы"
    assert decision(app, BY_MEANING) == "вакансии"


async def test_once_it_was_learned_a_changed_faq_is_played_when_it_is_learned_too(
    app: App, model: SlowModel
) -> None:
    model.may_learn.set()
    async with asyncio.timeout(PATIENCE):
        await app.learned()
        model.may_learn.clear()
        reloading = asyncio.create_task(app.reload(CHANGED, BUSINESS))
        await asyncio.sleep(0)
        assert decision(app, BY_MEANING) == "вакансии"
        model.may_learn.set()
        await reloading

    assert decision(app, "когда вы открыты") == "часы"
    assert decision(app, BY_MEANING) == "вакансии"


async def test_what_cannot_be_learned_is_told_and_tried_again_with_the_next_files(
    app: App, model: SlowModel, logged: Logged
) -> None:
    model.problem = MemoryError()
    model.may_learn.set()
    async with asyncio.timeout(PATIENCE):
        await app.learned()
    told = [line["event"] for line in logged if line["level"] == "error"]
    assert told == ["the FAQ goes by words alone until it is read again"]
    assert decision(app, "ищу вакансию") == "вакансии"

    model.problem = None
    async with asyncio.timeout(PATIENCE):
        await app.reload(CHANGED, BUSINESS)
        await app.learned()

    assert decision(app, BY_MEANING) == "вакансии"


# what is kept beside the database, with the real model


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model was given, in the order of asking."""
    semantic = pytest.importorskip("bot.faq.semantic")
    asked: list[str] = []
    encode = semantic._encoded

    def spying(texts: Sequence[str]) -> Any:
        asked.extend(texts)
        return encode(texts)

    monkeypatch.setattr(semantic, "_encoded", spying)
    return asked


VECTORS = "faq.vectors"
with_the_model = pytest.mark.xdist_group("sentences")
"""On one worker, so that one loads the model."""


@pytest.fixture(scope="session")
def house_texts(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The vectors of what every FAQ is learned with, encoded once: that alone takes seconds."""
    project = tmp_path_factory.mktemp("house")
    (project / "config.yaml").write_text("faq_semantic: true\n", "utf-8")
    (project / "data").mkdir()
    learn(project, "Иное?")
    return (project / "data" / VECTORS).read_bytes()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("faq_semantic: true\n", "utf-8")
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def known(project: Path, house_texts: bytes) -> Path:
    """A project in which something was learned before."""
    (project / "data" / VECTORS).write_bytes(house_texts)
    return project


def learn(project: Path, *texts: str) -> list[float]:
    """What a program that starts now learns, and finds for a question."""
    learner = sentences.sentences_of(load_config(project).config)
    assert learner is not None
    evidence = learner(texts, range(len(texts)))
    return evidence("во сколько вы открываетесь")


@with_the_model
def test_a_second_start_encodes_nothing_but_the_question(known: Path, encoded: list[str]) -> None:
    first = learn(known, "Где вы?", "Когда открыто?")
    assert {"Где вы?", "где вы", "Когда открыто?", "когда открыто"} < set(encoded)
    encoded.clear()

    assert learn(known, "Где вы?", "Когда открыто?") == first
    assert encoded == ["во сколько вы открываетесь"]


@with_the_model
def test_of_a_changed_variant_only_itself_is_encoded(known: Path, encoded: list[str]) -> None:
    learn(known, "Где вы?", "Когда открыто?")
    encoded.clear()
    learn(known, "Где вы?", "Во сколько открытие?")

    assert encoded[:-1] == ["Во сколько открытие?", "во сколько открытие"]


@with_the_model
def test_questions_of_customers_are_kept_nowhere(known: Path, encoded: list[str]) -> None:
    learn(known, "Где вы?", "Когда открыто?")
    before = (known / "data" / "faq.vectors").read_bytes()
    encoded.clear()
    learn(known, "Где вы?", "Когда открыто?")
    learn(known, "Где вы?", "Когда открыто?")

    assert encoded == ["во сколько вы открываетесь"] * 2
    assert (known / "data" / "faq.vectors").read_bytes() == before


@with_the_model
def test_vectors_of_another_model_or_of_a_broken_file_are_made_again(
    project: Path, encoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.faq import semantic

    first = learn(project, "Где вы?", "Когда открыто?")
    with monkeypatch.context() as patched:
        patched.setattr(semantic, "model_identity", lambda: "the next version")
        encoded.clear()
        assert learn(project, "Где вы?", "Когда открыто?") == first
        assert "Где вы?" in encoded
    (project / "data" / "faq.vectors").write_bytes(b"not ours")
    encoded.clear()
    assert learn(project, "Где вы?", "Когда открыто?") == first
    assert "Где вы?" in encoded


@with_the_model
def test_two_projects_keep_their_own(known: Path, encoded: list[str], house_texts: bytes) -> None:
    other = known / "other"
    (other / "data").mkdir(parents=True)
    (other / "data" / VECTORS).write_bytes(house_texts)
    (other / "config.yaml").write_text("faq_semantic: true\n", "utf-8")
    mine = learn(known, "Где вы?", "Когда открыто?")
    learn(other, "Сколько стоит доставка?", "Где вы?")
    encoded.clear()

    assert learn(known, "Где вы?", "Когда открыто?") == mine
    assert encoded == ["во сколько вы открываетесь"]


@with_the_model
def test_a_project_without_data_learns_and_gets_no_folder(project: Path) -> None:
    (project / "data").rmdir()
    learn(project, "Где вы?", "Когда открыто?")

    assert not (project / "data").exists()


@with_the_model
def test_a_program_that_ends_waits_for_no_encoding(project: Path, encoded: list[str]) -> None:
    learner = sentences.sentences_of(load_config(project).config)
    assert learner is not None
    learner.stop()
    with pytest.raises(sentences.LearningStopped):
        learner(["Где вы?", "Когда открыто?"], [0, 1])

    assert encoded == []
    assert not (project / "data" / "faq.vectors").exists()


@with_the_model
def test_the_model_is_loaded_once_in_a_process(known: Path) -> None:
    semantic = pytest.importorskip("bot.faq.semantic")
    learn(known, "Где вы?", "Когда открыто?")
    before = semantic._model()
    learn(known, "Где вы?", "Другое")

    assert semantic._model() is before
