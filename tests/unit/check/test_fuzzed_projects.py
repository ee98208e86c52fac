"""Whatever stands in the files of a project, checking it gives findings or a script: never an exception, never a hang."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.check.finding import Finding
from bot.check.render import render
from tests.unit.check.broken import check

FILES = (
    "flows/а.yaml",
    "flows/а.test.yaml",
    "faq.yaml",
    "replies.yaml",
    "config.yaml",
    "tables/т.yaml",
)
GOOD = {
    "flows/а.yaml": """\
flow: а
title: Заявка
start: {commands: [a], phrases: [нужен ремонт], channels: [telegram]}
slots:
  имя: {type: text, min: 2, keep: customer}
  телефон: {type: phone, region: RU, personal: true}
snippets:
  итог:
    - say: Итог
steps:
  - ask: Как вас зовут?
    save: имя
    retry: [Ещё раз, Ещё]
    remind: [{after: 15m, say: Вы здесь?}, {after: 1h, end: брошена}]
    on_fail: {handoff: Не вышло}
  - id: проверка
    choose: "Верно, {{ имя }}?"
    by_channel: {email: Проверьте}
    options:
      да: {text: ✅ Да, also: [ок]}
      нет: {clear: имя, goto: start, say: Жаль}
  - ask: Номер?
    save: телефон
    buttons: [{share: phone, text: Мой номер}]
  - insert: итог
  - find: т
    where: {цена: "<= 500"}
    save: строки
  - if: not строки
    then: [{say: Пусто}, {goto: проверка}]
    else: {say: Есть}
  - http: POST https://example.ru/x
    json: {a: [1, "{{ имя }}"]}
    save: ответ
    on_error: {say: Беда}
  - id: пауза
    wait: until 09:00
    on_message: {say: Ждём}
  - set: {счёт: 1 + 2}
  - call: faq
  - action: ticket.create
    with: {title: "{{ имя }}"}
  - end: готово
interrupts: {faq: off, cancel: {confirm: Отменить?}}
""",
    "flows/а.test.yaml": "- test: Т\n  talk:\n    - user: /a\n    - bot: [Как, вас]\n    - expect: {slots: {имя: Анна}}\n",
    "faq.yaml": "entries:\n  - id: б\n    topic: Т\n    questions: [Где вы?, Куда ехать?]\n    answer: На {{ channel }}\n    buttons: [{text: Да, call: а}]\n",
    "replies.yaml": "- {name: адрес, text: Ленина}\n",
    "config.yaml": "name: М\nhttp: {allow: [example.ru]}\nvars: {а: 1}\n",
    "tables/т.yaml": "- {название: Экран, цена: 500}\n",
}
WORDS = [
    "\t", "  ", "- ", ": ", ":", "{{", "}}", "{%", "%}", "[", "]", "{", "}", "&a ", "*a", "!", "!!int ", "|\n", ">", "#", " #", "\n",
    "\n---\n", '"', "'", "\\", "null", "~", "\x00", "\x07", "\ufeff", "\ud7ff", "\U0001f600", "е\u0301", "{{ имя }}", "{% if x %}",
    "имя", "goto: start", "insert: итог", "- call: а\n", "say:", "if:", "then:", "100000000000000000000", "1e999", "<<: *a", "? ", "@", "`",
]  # fmt: skip
QUIET = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)


def run(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "project"
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        look(check(folder))


def look(findings: tuple[Finding, ...]) -> None:
    """Every finding can be shown in every form, and its place is in its line."""
    for finding in findings:
        assert finding.line >= 1
        assert finding.column >= 1
        assert not finding.source or finding.column <= len(finding.source) + 2
        assert finding.end_column >= finding.column
    for language in ("ru", "en"):
        assert bool(render(findings, "text", language, colour=True)) is bool(findings)
        render(findings, "json", language)
        render(findings, "github", language)


def good() -> dict[str, bytes]:
    return {name: text.encode() for name, text in GOOD.items()}


def test_the_good_project_is_good() -> None:
    with tempfile.TemporaryDirectory() as made:
        for name, data in good().items():
            path = Path(made) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert check(Path(made)) == ()


mutations = st.lists(
    st.tuples(
        st.sampled_from(FILES),
        st.integers(0, 1500),
        st.integers(0, 12),
        st.one_of(st.sampled_from(WORDS), st.text(max_size=6)),
    ),
    min_size=1,
    max_size=4,
)


def mutate(changes: list[tuple[str, int, int, str]]) -> dict[str, bytes]:
    texts = dict(GOOD)
    for name, at, length, put in changes:
        text = texts[name]
        start = at % (len(text) + 1)
        texts[name] = text[:start] + put + text[start + length :]
    return {name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()}


@QUIET
@given(mutations)
@example([("replies.yaml", 17, 4, "|\n")])
def test_a_good_project_with_small_changes_never_breaks_the_checker(
    changes: list[tuple[str, int, int, str]],
) -> None:
    run(mutate(changes))


lines = st.builds(
    lambda indent, words: " " * indent + "".join(words),
    st.integers(0, 8),
    st.lists(
        st.sampled_from([*WORDS, "ask: ", "save: ", "choose: ", "options: ", "да", "flow: а"]),
        max_size=5,
    ),
)


@QUIET
@given(st.sampled_from(FILES), st.lists(lines, max_size=12))
def test_lines_that_look_like_yaml_never_break_the_checker(name: str, text: list[str]) -> None:
    run({**good(), name: "\n".join(text).encode("utf-8", "surrogatepass")})


@QUIET
@given(st.sampled_from(FILES), st.binary(max_size=300))
@example("flows/а.yaml", b"\xff\xfe\x00")
def test_any_bytes_never_break_the_checker(name: str, data: bytes) -> None:
    run({**good(), name: data})


KEYS = [
    "flow", "start", "slots", "steps", "interrupts", "snippets", "say", "ask", "choose", "find", "set", "if", "then", "else",
    "call", "goto", "action", "http", "handoff", "wait", "end", "options", "options_from", "option", "save", "type", "with",
    "where", "buttons", "retry", "on_fail", "on_error", "on_message", "remind", "after", "text", "also", "clear", "json",
    "headers", "url", "queue", "priority", "insert", "id", "by_channel", "telegram", "имя", "commands", "phrases", "share",
]  # fmt: skip
trees = st.recursive(
    st.sampled_from(
        [
            "",
            "имя",
            "start",
            "menu",
            "faq",
            "а",
            "{{ имя }}",
            "true",
            "3",
            "15m",
            "text",
            "phone",
            "GET https://example.ru/",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


@QUIET
@given(st.dictionaries(st.sampled_from(KEYS), trees, max_size=6))
def test_flows_of_any_structure_never_break_the_checker(tree: object) -> None:
    import msgspec

    run({**good(), "flows/а.yaml": msgspec.json.encode(tree)})
