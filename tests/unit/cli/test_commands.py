"""The command line: exit codes, what goes to stdout, what a newcomer reads."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot import cli
from bot.cli import _project_first, program
from bot.commands.init import copy_starter
from bot.commands.terminal import speak

TOP = Path(__file__).parents[3]
Run = Callable[..., Result]

FLOW = """\
flow: заказ
start: {commands: [start], phrases: [хочу заказать]}
slots:
  имя: {type: text, keep: customer}
steps:
  - ask: Как вас зовут?
    save: имя
    remind: [{after: 15m, say: Вы здесь?}]
  - choose: "{{ имя }}, что привезти?"
    save: что
    options:
      чай: {text: Чай}
      кофе: {text: Кофе}
  - end: принят
    say: Везём!
"""


@pytest.fixture(autouse=True)
def _russian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speak, "language", "ru")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "config.yaml").write_text("name: Чайная\n", "utf-8")
    (tmp_path / "flows" / "заказ.yaml").write_text(FLOW, "utf-8")
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    def invoke(*arguments: str, input: str = "") -> Result:
        return CliRunner().invoke(program, ["--project", str(project), *arguments], input=input)

    return invoke


def write(project: Path, name: str, text: str) -> None:
    (project / name).write_text(text, "utf-8")


# --project


@pytest.mark.parametrize(
    "given, wanted",
    [
        (["check", "--project", "d"], ["--project", "d", "check"]),
        (["faq", "ask", "--project=d", "x"], ["--project=d", "faq", "ask", "x"]),
        (["check"], ["check"]),
        (["faq", "ask", "--", "--project"], ["faq", "ask", "--", "--project"]),
        (["check", "--project"], ["check", "--project"]),
    ],
)
def test_the_project_may_be_named_anywhere(given: list[str], wanted: list[str]) -> None:
    assert _project_first(given) == wanted


def test_a_folder_without_a_project_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["frontdesk", "--project", str(tmp_path), "check"])

    with pytest.raises(SystemExit) as left:
        cli.main()

    assert left.value.code == 2
    told = capsys.readouterr().err
    assert "frontdesk init DIR" in told
    assert "здесь нет ни config.yaml" in told


# check


def test_a_project_without_mistakes_checks_fine(run: Run) -> None:
    result = run("check")

    assert (result.exit_code, result.stdout) == (0, "")


def test_a_mistake_is_shown_with_its_line_and_its_cure(run: Run, project: Path) -> None:
    write(project, "flows/заказ.yaml", FLOW.replace("    save: имя", "    sav: имя"))

    result = run("check")

    assert result.exit_code == 1
    assert "flows/заказ.yaml:7:5: E103" in result.stdout
    assert "как исправить" in result.stdout


def test_mistakes_can_be_read_by_programs(run: Run, project: Path) -> None:
    write(project, "config.yaml", "nmae: Чайная\n")

    result = run("check", "--json")

    (found,) = json.loads(result.stdout)
    assert (found["code"], found["path"], found["line"], found["column"]) == (
        "E601",
        "config.yaml",
        1,
        1,
    )
    assert run("check", "--format", "github").stdout.startswith("::error file=config.yaml,line=1")


def test_warnings_alone_pass_unless_the_check_is_strict(run: Run, project: Path) -> None:
    write(project, "config.yaml", "channels: {telegram: {token: '${NOWHERE_SET}'}}\n")

    assert run("check").exit_code == 0
    assert run("check", "--strict").exit_code == 1


def test_running_wants_every_name_of_the_environment(run: Run, project: Path) -> None:
    write(project, "config.yaml", "channels: {telegram: {token: '${NOWHERE_SET}'}}\n")

    result = run("run")

    assert result.exit_code == 2
    assert "NOWHERE_SET" in result.stderr


def test_a_code_is_explained_and_an_unknown_one_is_wrong_usage(run: Run) -> None:
    assert "E103" in run("explain", "e103").stdout
    assert "E103" in run("explain", "Е103").stdout
    assert run("explain", "E999").exit_code == 2


# chat


def test_a_piped_talk_prints_every_message_as_a_json_line(run: Run) -> None:
    result = run("chat", "--json", input="хочу заказать\nАнна\n:tap Чай\n")

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["text"] for line in lines] == [
        "Как вас зовут?",
        "Анна, что привезти?",
        "Везём!",
    ]
    assert lines[1] == {
        "to": "customer",
        "text": "Анна, что привезти?",
        "buttons": ["Чай", "Кофе"],
        "attachments": [],
    }
    assert result.exit_code == 0


def test_time_obeys_and_a_restart_is_not_noticed(run: Run) -> None:
    result = run("chat", input="/start\n:wait 14m\n:restart\n:wait 1m\nАнна\n:2\n")

    assert result.stdout.splitlines() == [
        "Клиенту: Как вас зовут?",
        "Клиенту: Вы здесь?",
        "Клиенту: Анна, что привезти?",
        "         [Чай] [Кофе]",
        "Клиенту: Везём!",
    ]


def test_an_operator_takes_over_and_gives_back(run: Run) -> None:
    talk = "/start\nоператор\n:press Взять\n:operator Слушаю!\n:press Вернуть боту\nАнна\n"

    result = run("chat", "--json", input=talk)

    said = [json.loads(line) for line in result.stdout.splitlines()]
    customer = [line["text"] for line in said if line["to"] == "customer"]
    assert "Слушаю!" in customer
    assert customer[-2:] == ["Как вас зовут?", "Анна, что привезти?"]
    card = next(line for line in said if line["to"] == "operators")
    assert {"Взять", "Закрыть", "Вернуть боту"} <= set(card["buttons"])


def test_a_channel_without_buttons_gets_numbers(run: Run) -> None:
    result = run("chat", "--channel", "email", input="/start\nАнна\n2\n")

    assert "1. Чай" in result.stdout
    assert "Везём!" in result.stdout


@pytest.mark.parametrize("line", [":tap Молоко", ":press Взять", ":wait", ":dance", ":9"])
def test_a_direction_that_cannot_be_followed_is_told_and_fails(run: Run, line: str) -> None:
    result = run("chat", input=f"/start\n{line}\nАнна\n")

    assert result.exit_code == 1
    assert result.stderr
    assert "Анна, что привезти?" in result.stdout


def test_a_smile_is_a_message(run: Run) -> None:
    assert ":), что привезти?" in run("chat", input="/start\n:)\n").stdout


def test_an_unknown_kind_of_channel_is_wrong_usage(run: Run) -> None:
    assert run("chat", "--channel", "pigeon").exit_code == 2


def test_the_version_is_told_without_a_project(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["--project", str(tmp_path / "nowhere"), "--version"])
    assert (result.exit_code, result.stdout) == (0, f"frontdesk {version('frontdesk')}\n")


# test


PASSING = "- test: Чай\n  talk: [{user: /start}, {user: Анна}, {tap: Чай}, {bot: Везём}]\n"
FAILING = "- test: Кофе\n  talk: [{user: /start}, {bot: Добрый день}]\n"


def test_tests_that_pass_and_fail(run: Run, project: Path) -> None:
    write(project, "flows/заказ.test.yaml", PASSING)
    assert run("test").exit_code == 0

    write(project, "flows/заказ.test.yaml", PASSING + FAILING)
    result = run("test", "--coverage", "--junit", str(project / "report.xml"))

    assert result.exit_code == 1
    assert "не сказано: «Добрый день»" in result.stdout
    assert "< клиенту: Как вас зовут?" in result.stdout
    assert re.findall(r"(\S+): не достигнуто: (\S+)", result.stdout) == [
        ("flows/заказ.yaml:9", "заказ/что/кофе")
    ]
    assert 'failures="1"' in (project / "report.xml").read_text("utf-8")


def test_an_option_and_the_way_that_it_goes_are_missed_once(run: Run, project: Path) -> None:
    write(project, "flows/заказ.yaml", FLOW.replace("{text: Кофе}", "{text: Кофе, goto: start}"))
    write(project, "flows/заказ.test.yaml", PASSING)
    assert re.findall(r"не достигнуто: (\S+)", run("test", "--coverage").stdout) == [
        "заказ/что/кофе"
    ]


ASKING = """\
flow: заказ
start: {commands: [start]}
steps:
  - http: https://crm.example.ru/state?key={{ secret.CRM }}
    on_error: {say: CRM молчит}
  - end: готово
"""


def test_of_a_system_that_a_talk_does_not_ask_it_is_said(run: Run, project: Path) -> None:
    write(project, "config.yaml", "http: {allow: [crm.example.ru]}\nsecrets: {CRM: тайна}\n")
    write(project, "flows/заказ.yaml", ASKING)
    write(project, "flows/заказ.test.yaml", "- test: x\n  talk: [{user: /start}, {bot: Да}]\n")

    talk = run("chat", input="/start\n")
    assert "CRM молчит" in talk.stdout
    assert "crm.example.ru" in talk.stderr
    assert ":http 200" in talk.stderr
    assert "crm.example.ru: ответ не приготовлен" in run("test").stdout
    assert "тайна" not in talk.stderr + run("test").stdout
    assert "crm.example.ru" not in run("chat", input=":http 200\n/start\n").stderr


def test_a_mistake_in_a_test_is_found_by_the_check_and_stops_no_talk(
    run: Run, project: Path
) -> None:
    write(project, "flows/заказ.test.yaml", "- test: x\n  talk: [{usre: /start}]\n")

    assert "flows/заказ.test.yaml:2:" in run("check").stdout
    assert run("chat", input="/start\n").exit_code == 0
    assert run("test").exit_code == 1


def test_only_the_named_tests_are_played(run: Run, project: Path) -> None:
    write(project, "flows/заказ.test.yaml", FAILING)
    write(project, "flows/другой.test.yaml", PASSING)

    assert run("test", "flows/другой.test.yaml").exit_code == 0
    assert run("test", "flows/нет.test.yaml").exit_code == 2
    assert json.loads(run("test", "--json").stdout)["tests"][1]["ok"] is False


# the database


def test_a_talk_is_traced_exported_and_forgotten(run: Run, project: Path) -> None:
    (project / "data").mkdir()
    database = str(project / "data" / "frontdesk.db")
    assert run("chat", "--database", database, input="хочу заказать\nАнна\n").exit_code == 0

    assert "что" in run("trace", "1").stdout
    assert run("trace", "77").exit_code == 1
    kept = json.loads(run("export", "console:customer").stdout)
    assert kept["customer"]["attributes"] == {"имя": "Анна"}
    assert json.loads(run("forget", "1", "--dry-run", "--json").stdout)["messages"] > 0
    assert run("export", "1").exit_code == 0
    assert run("forget", "1").exit_code == 0
    assert run("export", "1").exit_code == 1
    assert run("backup", str(project / "copy.db")).exit_code == 0
    assert (project / "copy.db").stat().st_size > 0
    assert run("backup", str(project / "copy.db")).exit_code == 2


def test_what_a_customer_wrote_does_not_command_the_terminal(run: Run, project: Path) -> None:
    (project / "data").mkdir()
    database = str(project / "data" / "frontdesk.db")
    run("chat", "--database", database, input="/start\nАн\x1b]0;title\x07на\n")

    traced = run("trace", "1").stdout
    assert "«Ан]0;titleна»" in traced
    assert "\x1b" not in traced


# init


def test_a_new_project_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "new"

    assert CliRunner().invoke(program, ["init", str(folder)]).exit_code == 0

    assert (folder / "config.yaml").is_file()
    assert (folder / "flows" / "заявка.test.yaml").is_file()
    assert (
        CliRunner().invoke(program, ["--project", str(folder), "check", "--strict"]).exit_code == 0
    )
    assert CliRunner().invoke(program, ["init", str(folder)]).exit_code == 2


def test_what_init_says_to_type_works_whatever_the_folder_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "Моя клиника «Улыбка»"

    said = CliRunner().invoke(program, ["init", str(folder)]).stdout

    line = next(line for line in said.splitlines() if line.endswith(" check"))
    typed = shlex.split(line.partition(" frontdesk ")[2])
    assert typed == ["--project", str(folder), "check"]


def test_the_demo_greets_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    result = CliRunner().invoke(program, ["demo"], input="меню\n")

    assert "Чем помочь?" in result.stdout
    assert ":operator" in result.stderr
    assert list(tmp_path.iterdir()) == []


# pictures and the rest


def test_flows_are_drawn(run: Run, project: Path) -> None:
    text = run("graph", "заказ").stdout

    assert "flowchart TD" in text
    assert '"Чай' in text
    assert run("graph", "нет").exit_code == 2
    run("graph", "заказ", "-o", str(project / "flows.svg"))
    assert "Как вас зовут" in (project / "flows.svg").read_text("utf-8")


def test_the_doctor_names_what_is_missing_and_the_cure(run: Run, project: Path) -> None:
    write(project, "config.yaml", "channels: {telegram: {token: '${NOWHERE_SET}'}}\n")

    result = run("doctor", "--json")

    failures = [line for line in json.loads(result.stdout) if line["state"] == "failure"]
    assert any("NOWHERE_SET" in line["what"] and ".env" in line["cure"] for line in failures)
    assert result.exit_code == 1


def test_a_check_imports_no_messenger_and_no_loop() -> None:
    code = (
        "import sys; sys.argv = ['frontdesk', '--project', sys.argv[1], 'check']\n"
        "from bot.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'aiogram', 'telegram', 'vk_api', 'aiohttp', 'asyncio', 'sqlite3', 'structlog'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(TOP)], capture_output=True, text=True, check=True, cwd=TOP
    )

    assert ended.stdout.strip() == "[]"


def test_what_was_asked_in_vain_becomes_a_patch_of_the_faq(tmp_path: Path) -> None:
    def run(*arguments: str, input: str = "") -> Result:
        return CliRunner().invoke(program, ["--project", str(tmp_path), *arguments], input=input)

    copy_starter(tmp_path)
    (tmp_path / "data").mkdir()
    database = str(tmp_path / "data" / "frontdesk.db")
    run("chat", "--database", database, input="аванс вносить надо?\n")

    assert "аванс вносить надо?" in run("faq", "misses").stdout
    assert "+    - аванс вносить надо?" in run("faq", "misses", "--patch").stdout.splitlines()
    assert run("faq", "misses", "--since", "вчера").exit_code == 2


def test_the_faq_answers_in_the_form_that_scripts_rely_on() -> None:
    def ask(text: str) -> dict[str, Any]:
        result = CliRunner().invoke(program, ["--project", str(TOP), "faq", "ask", "--json", text])
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    sure, unknown = ask("скока стоит диогностика"), ask("расскажи анекдот")

    assert (sure["decision"], sure["id"]) == ("answer", "диагностика")
    assert list(sure["candidates"][0]) == ["id", "question", "score"]
    assert len(sure["candidates"]) <= 5
    assert sure["score"] == sure["candidates"][0]["score"]
    assert (unknown["decision"], unknown["id"]) == ("none", None)


def test_the_faq_is_measured_on_labelled_questions(tmp_path: Path) -> None:
    queries, details = tmp_path / "queries.jsonl", tmp_path / "details.jsonl"
    queries.write_text(
        '{"text": "цена диагностики", "id": "диагностика"}\n{"text": "анекдот", "id": null}\n',
        "utf-8",
    )
    faq = str(TOP / "faq.yaml")

    result = CliRunner().invoke(
        program,
        [
            "faq",
            "eval",
            "--faq",
            faq,
            "--queries",
            str(queries),
            "--details",
            str(details),
            "--json",
        ],
    )

    figures = json.loads(result.stdout)
    assert {
        "top1",
        "top3",
        "answered",
        "precision",
        "coverage_at_95",
        "auroc",
        "p50_ms",
        "p95_ms",
    } == (set(figures))
    assert (figures["top1"], figures["auroc"]) == (1.0, 1.0)
    first = json.loads(details.read_text("utf-8").splitlines()[0])
    assert list(first) == ["text", "expected", "decision", "id", "score"]


@pytest.mark.parametrize(
    "line, said",
    [
        ("graph -o nowhere/x.svg", "нет такого файла или папки"),
        ("graph -o picture.png", "рисую только .svg и .mmd"),
        ("graph --database nowhere.db", "базы nowhere.db ещё нет"),
        ("faq eval --queries nowhere.jsonl", "нет такого файла или папки"),
        ("faq eval --faq nowhere.yaml", "такого файла нет"),
        ("faq misses --since вчера", "не промежуток времени: вчера"),
        ("explain 103", "есть E103\n"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_projects_language(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, line: str, said: str
) -> None:
    monkeypatch.setattr(speak, "language", "en")
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["frontdesk", *line.split()])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code in (1, 2)
    assert said in capsys.readouterr().err
    assert not (project / "picture.png").exists()


def test_who_is_not_there_is_forgotten_without_making_a_database(run: Run, project: Path) -> None:
    assert run("forget", "1").exit_code == 1
    assert not (project / "data").exists()
