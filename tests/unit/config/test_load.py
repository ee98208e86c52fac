"""Reading config.yaml: every mistake at once, every default filled in, no secret shown."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.check.render import Format, render
from bot.config.keys import ADAPTERS, CHANNELS, KEYS, Key
from bot.config.load import Loaded, load_config
from bot.config.settings import Secret
from bot.errors import NoProject
from bot.model.abilities import TELEGRAM_DESK

TOP = Path(__file__).parents[3]
FORMS: tuple[Format, ...] = ("text", "json", "github")
MONDAY_NOON = 1_780_909_200_000  # 2026-06-08 12:00 in Moscow


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    (tmp_path / "flows").mkdir()
    return tmp_path


def load(project: Path, text: str) -> Loaded:
    (project / "config.yaml").write_text(text, "utf-8")
    return load_config(project)


def codes(loaded: Loaded) -> list[tuple[str, int, int]]:
    return [(one.code, one.line, one.column) for one in loaded.findings]


def test_a_folder_with_flows_alone_has_a_whole_configuration(project: Path) -> None:
    loaded = load_config(project)

    config = loaded.config
    assert loaded.findings == ()
    assert config.business.language == "ru"
    assert config.business.queues[0].id == "общая"
    assert config.business.hours.is_open(0)
    assert config.storage.path == project / "data/frontdesk.db"
    assert config.channels == {}


def test_a_folder_with_nothing_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        load_config(tmp_path)


def test_the_example_has_no_mistakes() -> None:
    assert load_config(TOP).findings == ()


def test_every_mistake_is_found_in_one_run_at_its_place(project: Path) -> None:
    loaded = load(
        project,
        "langage: ru\n"
        "channels:\n"
        "  telegram: {token: x, mode: poling}\n"
        "  vk: {group_id: abc}\n"
        "limits: {stop_timeout: 5x}\n",
    )

    assert codes(loaded) == [
        ("E601", 1, 1),
        ("E604", 3, 30),
        ("E603", 4, 8),
        ("E602", 4, 18),
        ("E602", 5, 24),
    ]
    assert loaded.findings[0].arguments["near"] == "language"
    assert loaded.config.limits.stop_timeout == 10_000


def test_a_name_is_taken_from_the_environment_before_the_env_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRST", "from outside")
    (project / ".env").write_text(
        "FIRST=from the file\nexport SECOND='two words'\n# note\n", "utf-8"
    )

    loaded = load(project, "vars: {a: '${FIRST}', b: 'so ${SECOND}'}\n")

    assert loaded.findings == ()
    assert loaded.config.business.vars == {"a": "from outside", "b": "so two words"}


def test_a_name_without_a_value_is_a_warning_and_stays_as_it_was_written(project: Path) -> None:
    loaded = load(project, "channels:\n  telegram:\n    token: ${TELEGRAM_TOKEN}\n")

    assert codes(loaded) == [("W610", 3, 12)]
    assert loaded.config.channels["telegram"].settings["token"] == "${TELEGRAM_TOKEN}"


def test_a_bad_line_of_the_env_file_is_named_but_not_shown(project: Path) -> None:
    (project / ".env").write_text("GOOD=1\nhunter2 is my password\n", "utf-8")

    finding = load(project, "name: x\n").findings[0]

    assert (finding.code, finding.path, finding.line, finding.source) == ("E611", ".env", 2, "")


def test_a_secret_may_lie_in_a_file_and_is_never_shown(project: Path) -> None:
    (project / "token.txt").write_text("123:abc\n", "utf-8")

    config = load(project, "channels: {telegram: {token_file: token.txt}}\n").config

    token = config.channels["telegram"].settings["token"]
    assert token == "123:abc"
    assert "123:abc" not in repr(config)


def test_a_secret_file_that_is_not_there_is_a_mistake(project: Path) -> None:
    assert codes(load(project, "channels: {telegram: {token_file: gone}}\n")) == [("E612", 1, 35)]


def test_nothing_of_an_unknown_kind_is_shown(project: Path) -> None:
    config = load(project, "channels: {sms: {kind: sms, key: hush, ports: [1, 2]}}\n").config

    assert config.channels["sms"].settings == {"kind": "sms", "key": "hush", "ports": [1, 2]}
    assert "hush" not in repr(config)


def test_the_password_of_a_database_is_not_shown(project: Path) -> None:
    config = load(project, "storage: postgresql://me:hush@host/base\n").config

    assert isinstance(config.storage.url, Secret)
    assert "hush" not in repr(config)


def test_a_database_that_is_none_is_a_mistake(project: Path) -> None:
    assert codes(load(project, "storage: mysql://x\n")) == [("E613", 1, 10)]


def test_hours_are_those_of_the_time_zone_and_know_holidays(project: Path) -> None:
    hours = load(
        project,
        'hours:\n  default: {mon-fri: "09:00-19:00"}\n  holidays: [2026-06-09]\n'
        "  moved: {2026-06-13: mon}\n",
    ).config.business.hours

    assert hours.is_open(MONDAY_NOON)
    assert not hours.is_open(MONDAY_NOON + 24 * 3_600_000)
    assert hours.is_open(MONDAY_NOON + 5 * 24 * 3_600_000)


def test_a_break_may_be_written_as_a_list(project: Path) -> None:
    hours = load(
        project, 'hours: {default: {mon: ["09:00-13:00", "14:00-19:00"]}}\n'
    ).config.business.hours

    assert hours.is_open(MONDAY_NOON)
    assert not hours.is_open(MONDAY_NOON + 3_600_000 + 1_800_000)
    assert hours.is_open(MONDAY_NOON + 3 * 3_600_000)


def test_holidays_alone_mean_always_open_but_then(project: Path) -> None:
    hours = load(project, "hours: {holidays: [2026-06-09]}\n").config.business.hours

    assert hours.is_open(MONDAY_NOON - 11 * 3_600_000)
    assert not hours.is_open(MONDAY_NOON + 24 * 3_600_000)


@pytest.mark.parametrize(
    "text, place",
    [
        ('hours:\n  default: {sat: "10:00-1600"}\n', ("E614", 2, 13)),
        ("timezone: Europe/Moskow\n", ("E616", 1, 11)),
        ("hours: {holidays: [tomorrow]}\n", ("E614", 1, 20)),
    ],
)
def test_wrong_hours_are_named_where_they_stand(
    project: Path, text: str, place: tuple[str, int, int]
) -> None:
    assert place in codes(load(project, text))


def test_a_queue_may_have_hours_of_its_own_by_their_name(project: Path) -> None:
    text = (
        'hours: {ночь: {mon-sun: "22:00-06:00"}}\n'
        "operators: {queues: {ремонт: {hours: ночь, first_reply: 10m}, склад: {hours: утро}}}\n"
    )
    loaded = load(project, text)

    repair, stock = loaded.config.business.queues
    assert repair.hours is not None
    assert not repair.hours.is_open(MONDAY_NOON)
    assert repair.first_reply == 600_000
    assert stock.title == "склад"
    assert [one.code for one in loaded.findings] == ["E604"]


def test_texts_replace_ours_and_unknown_ones_are_mistakes(project: Path) -> None:
    loaded = load(project, "texts: {did_you_mean: 'Может быть:', did_you_meen: x}\n")

    assert loaded.config.business.texts["did_you_mean"] == "Может быть:"
    assert [one.code for one in loaded.findings] == ["E601"]


def test_words_are_normalised_and_have_defaults(project: Path) -> None:
    words = load(project, "words: {menu: [ГЛАВНОЕ Меню!]}\n").config.business.words

    assert words.menu == {"главное меню"}
    assert "отмена" in words.cancel


def test_a_group_that_needs_more_is_none_where_it_is_not_written(project: Path) -> None:
    assert load(project, "name: x\n").config.business.consent is None
    assert load(project, "name: x\n").config.operators.telegram is None


def written_out() -> str:
    """config.example.yaml with its second half uncommented."""
    lines = (
        (TOP / "config.example.yaml").read_text("utf-8").split("# Дальше - ")[1].splitlines()[1:]
    )
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)


def names_of(keys: Mapping[str, Key]) -> set[str]:
    found: set[str] = set()
    for name, key in keys.items():
        found.add(name)
        found |= names_of(key.keys)
        if key.of is not None:
            found |= names_of(key.of.keys)
    return found


def test_the_example_shows_every_key_and_no_other(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = written_out()
    for name in re.findall(r"\$\{(\w+)\}", text):
        monkeypatch.setenv(name, "x")

    loaded = load(project, text)

    shown = set(re.findall(r"(\w+):", (TOP / "config.example.yaml").read_text("utf-8")))
    wanted = names_of(KEYS).union(*(names_of(keys) for keys in CHANNELS.values()))
    assert [(one.code, one.line, dict(one.arguments)) for one in loaded.findings] == []
    assert wanted - shown == set()


def test_the_example_shows_the_defaults(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = written_out()
    for name in re.findall(r"\$\{(\w+)\}", text):
        monkeypatch.setenv(name, "x")
    (project / "flows").mkdir(exist_ok=True)
    defaults = load_config(project).config

    shown = load(project, text).config

    assert shown.limits == defaults.limits
    assert shown.spam == defaults.spam
    assert shown.storage == defaults.storage
    assert shown.business.words == defaults.business.words
    assert shown.business.texts == defaults.business.texts
    assert (shown.business.reopen, shown.business.rate, shown.business.tries) == (
        defaults.business.reopen,
        defaults.business.rate,
        defaults.business.tries,
    )


def test_the_groups_budget_is_the_messengers_own_by_default() -> None:
    room = KEYS["operators"].keys["telegram"].keys
    for name in ("per_minute", "merge_after", "edit_every"):
        assert room[name].default == getattr(TELEGRAM_DESK, name)


def test_the_little_servers_keys_are_read(project: Path) -> None:
    loaded = load(project, "http: {listen: '127.0.0.1:1', deaf_after: 30s, body_limit: 5000}\n")
    assert loaded.findings == ()
    assert (loaded.config.http.deaf_after, loaded.config.http.body_limit) == (30_000, 5_000)


@pytest.fixture
def adapter_of_somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings an adapter is installed."""
    about = tmp_path / "site" / "of_somebody-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: of-somebody\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[{ADAPTERS}]\nof_somebody = of_somebody:make\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))


def test_a_kind_of_channel_that_nothing_brings_is_a_mistake(project: Path) -> None:
    assert codes(load(project, "channels:\n  viber: {token: x}\n")) == [("E604", 2, 3)]


@pytest.mark.parametrize(
    "written",
    [
        "telegram: {token: x, mode: webhook, webhook: {url: 'https://a.example'}}",
        "vk: {token: x, group_id: 1, mode: callback, callback: {secret_file: word}}",
        "telegram: {token: x, mode: polling}",
        "own: {kind: of_somebody, mode: webhook}",
    ],
)
def test_a_channel_that_is_called_and_heard_is_right(
    project: Path, written: str, adapter_of_somebody: None
) -> None:
    (project / "word").write_text("тайное", "utf-8")
    heard = f"channels:\n  {written}\nhttp: {{listen: '127.0.0.1:1'}}\n"
    assert codes(load(project, heard)) == []


def test_of_each_channel_that_nobody_would_hear_it_is_said(
    project: Path, adapter_of_somebody: None
) -> None:
    called = "token: x, mode: webhook, webhook: {url: 'https://a.example'}"
    text = f"channels:\n  telegram: {{{called}}}\n  shop: {{kind: telegram, {called}}}\n  own: {{kind: of_somebody, mode: callback}}\n"
    assert codes(load(project, text)) == [("E615", 2, 30), ("E615", 3, 42), ("E615", 4, 34)]


def test_a_database_that_is_not_in_this_version_is_a_mistake_and_its_password_is_not_shown(
    project: Path,
) -> None:
    read = load(project, "storage: postgresql://me:hush@host/base\n")
    assert codes(read) == [("E618", 1, 10)]
    shown = "".join(render(read.findings, form, "ru") for form in FORMS)
    assert "hush" not in shown
    assert "postgresql://me:••••@host/base" in shown


def test_the_line_of_a_mistake_is_shown_without_the_token_in_it(project: Path) -> None:
    token = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
    read = load(project, f"channels: {{telegram: {{tokn: '{token}'}}}}\n")
    shown = render(read.findings, "text", "ru")
    assert "tokn: '123456789:•" in shown
    assert token[10:] not in shown
