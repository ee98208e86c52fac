"""Texts with variables: what they come to, what they refuse, and that values stay values."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.dialog.templates import FILTERS, TemplateError, compile_expression, compile_text
from bot.model.text import Span, Text

NAUGHTY: list[str] = json.loads(
    (Path(__file__).parents[2] / "data/naughty/blns.json").read_text(encoding="utf-8")
)
EVIL = "**x**[a](http://evil)"


def render(source: str, personal: tuple[str, ...] = (), **values: Any) -> Text:
    return compile_text(source).render(values, personal)


def test_the_example_of_the_language() -> None:
    source = "Проверьте:\n**{{ имя }}**, {{ телефон | phone }}{% if когда %}, {{ когда | date }}{% endif %}\n"
    values = {"имя": "Анна", "телефон": "+79123456789", "когда": "2026-06-15"}
    template = compile_text(source, {"имя", "телефон", "когда"})
    assert template.render(values, {"телефон"}) == Text(
        "Проверьте:\nАнна, +7 912 345-67-89, 15.06.2026",
        (Span("bold", 11, 15), Span("personal", 17, 33)),
    )
    assert template.render({}).plain == "Проверьте:\n, "
    assert template.names == {"имя", "телефон", "когда"}
    assert not template.static


def test_a_text_without_variables_is_parsed_once() -> None:
    template = compile_text("Как *вас* зовут?")
    assert template.static
    assert template.render({}) is template.render({})


@pytest.mark.parametrize(
    "source, values, plain",
    [
        ("{{ a or '-' }}", {}, "-"),
        ("{{ a or '-' }}", {"a": "x"}, "x"),
        ("{{ 'сегодня' if open_now else 'утром' }}", {"open_now": True}, "сегодня"),
        ("{{ 'сегодня' if open_now }}", {}, ""),
        ("{{ a.b.c }}", {"a": {"b": {"c": 7}}}, "7"),
        ("{{ a.b.c }}", {"a": {"b": None}}, ""),
        ("{{ a.b.c }}", {"a": "text"}, ""),
        ("{{ a['срок, дней'] }}", {"a": {"срок, дней": 3}}, "3"),
        ("{{ a[0].x }}{{ a[9].x }}", {"a": [{"x": "first"}]}, "first"),
        ("{{ a + 1 }}", {}, "1"),
        ("{{ a + 1 }}", {"a": "2"}, "3"),
        ("{{ a - 0.2 }}", {"a": 0.3}, "0.1"),
        ("{{ a + 1 }}", {"a": "text"}, ""),
        ("{{ -a }}", {"a": 5}, "-5"),
        ("{% if a > 5 %}big{% elif a %}small{% else %}none{% endif %}", {"a": "10"}, "big"),
        ("{% if a > 5 %}big{% elif a %}small{% else %}none{% endif %}", {"a": 2}, "small"),
        ("{% if a > 5 %}big{% elif a %}small{% else %}none{% endif %}", {}, "none"),
        ("{% if a in ['x', 'y'] %}in{% endif %}", {"a": "y"}, "in"),
        ("{% if 'vip' not in tags %}out{% endif %}", {"tags": ["vip"]}, ""),
        ("{% if 1 < a <= 3 %}in{% endif %}", {"a": 3}, "in"),
        ("{{ a }}", {"a": True}, "да"),
        ("{{ a }}", {"a": 12.0}, "12"),
        ("{{ a }}", {"a": ["x", None, "y"]}, "x, y"),
        ("{{ a }}", {"a": {"name": "scan.pdf", "size": 3}}, "scan.pdf"),
        ("{{ a }}{# a comment #}!", {"a": 1}, "1!"),
        ("{% raw %}{{ a }}{% endraw %}", {}, "{{ a }}"),
        ("{{ a|default('нет')|upper }}", {}, "НЕТ"),
        ("и\u0306 {{ и\u0306мя }}", {"\u0439мя": "x"}, "й x"),
    ],
)
def test_values_come_out_as_they_should(source: str, values: dict[str, Any], plain: str) -> None:
    assert compile_text(source).render(values).plain == plain


def test_now_is_a_moment_on_the_wall() -> None:
    now = dt.datetime(2026, 6, 10, 14, 5, tzinfo=dt.UTC)
    source = (
        "{{ now }} {{ now | date }} {{ now | time }} {{ now.weekday }} {{ now.hour - 12 }}"
        "{% if now < '2026-07-01' %} июль впереди{% endif %}{{ now.tzinfo }}"
    )
    expected = "2026-06-10 14:05 10.06.2026 14:05 3 2 июль впереди"
    assert render(source, now=now).plain == expected


def test_a_line_of_tags_only_leaves_no_line() -> None:
    source = "Состав:\n{% if a %}\n- {{ a }}\n  {% endif %}\n{# note #}\nВсё"
    assert render(source, a="чай").plain == "Состав:\n• чай\nВсё"
    assert render(source).plain == "Состав:\nВсё"
    assert render("a {% if x %}b{% endif %}\nc").plain == "a \nc"


@pytest.mark.parametrize(
    "source, key, offset",
    [
        ("Привет, {{ имя }", "syntax", 15),
        ("Привет, {{ имя", "unclosed", 8),
        ("{% if a %}x", "unclosed", 0),
        ("ab\n{{ zzz }}", "unknown_name", 6),
        ("{{ a | fone }}", "unknown_filter", 7),
        ("{{ a | plural('x') }}", "filter_arguments", 7),
        ("{{ a | date(form='long') }}", "filter_arguments", 7),
        ("{{ a.__class__ }}", "private", 5),
        ("{{ a['__class__'] }}", "private", 5),
        ("{{ __builtins__ }}", "private", 3),
        ("{{ a[b] }}", "not_allowed", 4),
        ("{{ a[1:2] }}", "not_allowed", 4),
        ("{{ 'a' * 10**9 }}", "not_allowed", 3),
        ("{{ a() }}", "not_allowed", 4),
        ("{{ a.format(b) }}", "not_allowed", 11),
        ("{{ 'x' + a }}", "not_allowed", 3),
        ("{{ a ~ b }}", "not_allowed", 3),
        ("{{ a is defined }}", "not_allowed", 5),
        ("{{ {'a': b} }}", "not_allowed", 3),
        ("x{% for i in a %}{% endfor %}", "not_allowed", 4),
        ("{% set a = 1 %}", "not_allowed", 3),
        ("{% include 'x' %}", "not_allowed", 3),
        ("{% import 'x' as y %}", "not_allowed", 3),
        ("{% macro f() %}{% endmacro %}", "not_allowed", 3),
        ("{% filter upper %}{% endfilter %}", "not_allowed", 3),
        ("{% foo %}", "syntax", 3),
        ("[жми](javascript:alert)", "link", 6),
        ("[жми](www.example.ru)", "link", 6),
        ("{{ " + "(" * 500 + "a" + ")" * 500 + " }}", "too_deep", 0),
        ("{{ " + "not " * 200 + "a }}", "too_deep", 0),
        ("x" * 60_000, "too_long", 50_000),
    ],
)
def test_mistakes_know_their_place(source: str, key: str, offset: int) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_text(source, {"a", "b"})
    error = caught.value
    assert error.key == key
    if key != "too_deep":
        assert error.offset == offset


@pytest.mark.parametrize(
    "source, offset", [("  zzz + 1", 2), ("{{ zzz }}", 3), (" {{ a or zzz }}", 9), ("a or zzz", 5)]
)
def test_mistakes_in_expressions_know_their_place_in_what_was_written(
    source: str, offset: int
) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_expression(source, {"a"})
    assert (caught.value.key, caught.value.offset) == ("unknown_name", offset)
    assert caught.value.arguments == {"name": "zzz", "known": ["a"]}


@pytest.mark.parametrize("source", ["", "a b", "a }} {{ b", "{% if a %}{% endif %}", "a }} text"])
def test_an_expression_is_one_expression(source: str) -> None:
    with pytest.raises(TemplateError):
        compile_expression(source)


def test_expressions_keep_types_and_tell_their_names() -> None:
    expression = compile_expression("{{ цена + 10 if vars.скидка else цена }}")
    assert expression.value({"цена": 5, "vars": {"скидка": 1}}) == 15
    assert expression.names == {"цена", "vars"}
    assert expression.attributes == {("цена",), ("vars",), ("vars", "скидка")}
    assert expression.sources == {"цена"}
    assert not compile_expression("a").true({})
    assert compile_expression("a == 5").true({"a": "5"})


def test_a_template_that_is_one_value_gives_the_value_itself() -> None:
    rows = [{"a": 1}]
    assert compile_text("{{ rows }}").value({"rows": rows}) is rows
    assert compile_text("x{{ n }}").value({"n": 5}) == "x5"


def test_plain_reads_no_markup_and_can_escape_values() -> None:
    template = compile_text("https://x.ru/a_b_c?q={{ q }}&*x*")
    assert template.plain({"q": "a b&c"}) == "https://x.ru/a_b_c?q=a b&c&*x*"
    assert template.plain({"q": "a b&c"}, escape=lambda value: f"<{value}>").startswith(
        "https://x.ru/a_b_c?q=<a b&c>&"
    )


@pytest.mark.parametrize(
    "source, marked",
    [
        ("{{ p }}", True),
        ("{{ p | phone }}", True),
        ("{{ q or p }}", True),
        ("{{ p if not q else q }}", True),
        ("{{ 'есть' if p else 'нет' }}", False),
        ("{{ p | mask }}", False),
        ("{{ p == '1' }}", False),
        ("{{ customer.p }}", True),
        ("{{ customer.q }}", False),
        ("{{ q }}", False),
        ("{% if q %}{% else %}{{ p }}{% endif %}", True),
    ],
)
def test_personal_values_are_marked_where_they_can_be_seen(source: str, marked: bool) -> None:
    values = {"p": "+79123456789", "customer": {"p": "+79123456789", "q": "x"}}
    spans = compile_text(source).render(values, {"p"}).spans
    assert (spans != ()) is marked


def test_what_a_value_holds_is_never_markup() -> None:
    text = render("**{{ a }}** [{{ a }}](https://x.ru) _{{ a }}_\n- {{ a }}", a=EVIL)
    length = len(EVIL)
    assert text.plain == f"{EVIL} {EVIL} {EVIL}\n• {EVIL}"
    assert text.spans == (
        Span("bold", 0, length),
        Span("link", length + 1, 2 * length + 1, "https://x.ru"),
        Span("italic", 2 * length + 2, 3 * length + 2),
    )


POSITIONS = [
    "{{ a }}",
    "{{ a }}{{ a }}",
    "**{{ a }}**",
    "*{{ a }}* _{{ a }}_",
    "`{{ a }}` **{{ a }}",
    "[{{ a }}](https://x.ru) [x {{ a }} **y**](tel:112)",
    "[x]({{ u }}) {{ a }}",
    "- {{ a }}\n- **{{ a }}** x",
    "*{{ a }} [{{ a }} _{{ a }} `",
    "{% if a %}x {{ a }}{% else %}{{ a }}{% endif %}",
    "**{% if b %}{{ b }}{% else %}{{ a }}{% endif %}**",
    "{{ a | default('x') }} {{ a if a else a }} {{ b or a }}",
    "\\*{{ a }}\\*",
]


@pytest.mark.parametrize("source", POSITIONS)
def test_naughty_values_stand_as_typed_in_every_position(source: str) -> None:
    template = compile_text(source)
    for naughty in NAUGHTY:
        if not naughty:
            continue
        text = template.render({"a": naughty, "u": "https://x.ru"}, {"a"})
        tame = template.render({"a": "x" * len(naughty), "u": "https://x.ru"}, {"a"})
        assert naughty in text.plain
        assert text.plain == tame.plain.replace("x" * len(naughty), naughty) or len(naughty) < 3
        assert text.spans == tame.spans
        assert all(
            text.plain[span.start : span.end] == naughty
            for span in text.spans
            if span.kind == "personal"
        )


@pytest.mark.parametrize("name", FILTERS)
def test_naughty_values_pass_every_filter(name: str) -> None:
    arguments = {"plural": "('a', 'b', 'c')", "default": "('x')"}.get(name, "")
    template = compile_text(f"*{{{{ a | {name}{arguments} }}}}*")
    for naughty in NAUGHTY:
        text = template.render({"a": naughty})
        if name in ("phone", "date", "time", "money") and not any(map(str.isdigit, naughty)):
            assert text.plain == naughty


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
EVERYTHING = compile_text(
    "{{ a }}{{ a.b }}{{ a[0] }}{{ a + b }}{{ a - b }}{{ -a }}{{ a < b }}{{ a == b }}{{ a in b }}"
    "{{ a | phone }}{{ a | date }}{{ a | date('long') }}{{ a | date('weekday') }}{{ a | time }}"
    "{{ a | money }}{{ a | money('$') }}{{ a | plural('x', 'y', 'z') }}{{ a | upper }}{{ a | mask }}"
    "{{ a | default(b) }}{{ [a, b] }}[{{ a }}]({{ b }}){% if a >= b and not a or b %}*{{ b }}*{% endif %}"
)


@given(json_values, json_values)
@example("2026-02-31", "9" * 400)
@example(10**5000, [[[[[[[[[[[[["deep"]]]]]]]]]]]]])
@example(float("nan"), float("inf"))
def test_rendering_never_raises(a: Any, b: Any) -> None:
    text = EVERYTHING.render({"a": a, "b": b}, {"a"})
    EVERYTHING.plain({"a": a, "b": b})
    assert isinstance(text.plain, str)


MARKUP = st.text("*_`[])\\- \nab1.", max_size=30)


@given(st.lists(MARKUP, min_size=1, max_size=4), st.text("*_`[]()ab \n", max_size=6))
def test_spans_are_sorted_nested_and_the_same_for_any_value(pieces: list[str], value: str) -> None:
    template = compile_text("{{ a }}".join(pieces) + "](https://x.ru)")
    text = template.render({"a": value}, {"a"})
    assert list(text.spans) == sorted(text.spans, key=lambda span: (span.start, -span.end))
    for number, outer in enumerate(text.spans):
        assert 0 <= outer.start < outer.end <= len(text.plain)
        for inner in text.spans[number + 1 :]:
            assert inner.start >= outer.end or inner.end <= outer.end
    assert template.render({"a": "x" * len(value)}, {"a"}).spans == text.spans


LETTERS = st.text("абвxyz .,!?№", max_size=5)
TYPES = {"s": st.text(max_size=4), "t": st.sampled_from(["", "да", "Ёж"]), "n": st.integers(0, 99)}


def _texts() -> st.SearchStrategy[str]:
    number = st.sampled_from(["n", "m", "7", "n + 1", "n - m", "m + n + 2", "-n"])
    text = st.sampled_from(
        ["s", "t", "'x'", "s|upper", "t|trim|lower", "gone", "gone|default('-')"]
    )
    test = st.one_of(
        st.builds(
            "{} {} {}".format, number, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), number
        ),
        st.builds("{} {} {}".format, text, st.sampled_from(["==", "!="]), text),
        st.sampled_from(["s in ['да', 'x']", "t not in s", "not gone", "s", "n"]),
    )
    tests = st.one_of(
        test, st.builds("({} {} {})".format, test, st.sampled_from(["and", "or"]), test)
    )
    shown = st.one_of(number, text, st.builds("({}) if {} else {}".format, text, tests, number))
    output = st.builds("{{{{ {} }}}}".format, shown)
    flat = st.lists(st.one_of(LETTERS, output), max_size=3).map("".join)
    block = st.builds(
        "{{% if {} %}}{}{{% elif {} %}}{}{{% else %}}{}{{% endif %}}".format,
        tests,
        flat,
        tests,
        flat,
        flat,
    )
    return st.lists(st.one_of(LETTERS, output, block), max_size=5).map("".join)


@given(_texts(), st.fixed_dictionaries(TYPES))
def test_what_jinja_itself_would_say_is_said(source: str, values: dict[str, Any]) -> None:
    environment = ImmutableSandboxedEnvironment(autoescape=False)
    values = {**values, "m": 5}
    expected = environment.from_string(source).render(values)
    assert compile_text(source).plain(values) == expected
