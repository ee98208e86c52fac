"""Our small Markdown: what is a mark, and what is just a character."""

import pytest

from bot.dialog.templates import compile_text
from bot.model.text import Span, Text


def shape(source: str, **values: str) -> list[str]:
    """The plain text, then each span as its kind and what lies under it."""
    text = compile_text(source).render(values)
    return [text.plain, *(f"{s.kind}: {text.plain[s.start : s.end]}" for s in text.spans)]


@pytest.mark.parametrize(
    "source, expected",
    [
        ("**важно**", ["важно", "bold: важно"]),
        ("*раз* и _два_", ["раз и два", "italic: раз", "italic: два"]),
        ("`*код*` **x**", ["*код* x", "code: *код*", "bold: x"]),
        ("**a *b* c**", ["a b c", "bold: a b c", "italic: b"]),
        ("сло**во**та", ["словота", "bold: во"]),
        ("[сайт](https://x.ru/a_b_c)!", ["сайт!", "link: сайт"]),
        ("**[сайт](https://x.ru)**", ["сайт", "bold: сайт", "link: сайт"]),
        ("[**a** b](mailto:a@b.ru)", ["a b", "link: a b", "bold: a"]),
        ("[a [b](tel:112)", ["[a b", "link: b"]),
        ("- раз\n- **два**\n  - три", ["• раз\n• два\n  • три", "bold: два"]),
        ("раз - два\n-три", ["раз - два\n-три"]),
        ("2 * 3 * 4, 2*3*4", ["2 * 3 * 4, 2*3*4"]),
        ("snake_case_name", ["snake_case_name"]),
        ("*вот*так", ["*вот*так"]),
        ("так*вот*", ["так*вот*"]),
        ("** не то **", ["** не то **"]),
        ("*не закрыто", ["*не закрыто"]),
        ("**a *b**", ["a *b", "bold: a *b"]),
        ("`не закрыто *a*", ["`не закрыто a", "italic: a"]),
        (
            r"\*звёзды\* \_x\_ \`y\` \[z\](https://x.ru) \\",
            [r"*звёзды* _x_ `y` [z](https://x.ru) \ ".strip()],
        ),
        (r"\- не список", ["- не список"]),
        (r"C:\dir", [r"C:\dir"]),
        ("[примечание](см. ниже)", ["[примечание](см. ниже)"]),
        ("[a](", ["[a]("]),
        ("[a]()", ["[a]()"]),
        ("a](https://x.ru)", ["a](https://x.ru)"]),
        ("****", ["****"]),
        (r"\` `a *b*", ["` `a b", "italic: b"]),
        ("``a`` **b**", ["``a`` b", "bold: b"]),
        (r"`C:\` **b**", ["C:\\ b", "code: C:\\", "bold: b"]),
        (r"`a \*b\*` \` *c*", [r"a \*b\* ` c", r"code: a \*b\*", "italic: c"]),
        ("**`**`**", ["**", "bold: **", "code: **"]),
        ("\n\nтекст \n", ["текст"]),
    ],
)
def test_marks(source: str, expected: list[str]) -> None:
    assert shape(source) == expected


@pytest.mark.parametrize(
    "source, expected",
    [
        ("[{{ a }}", ["[x"]),
        ("*{{ a }}*{{ a }}", ["*x*x"]),
        ("{{ a }}*{{ a }}*", ["x*x*"]),
        ("{{ a }}- b\n{{ a }}\n- c", ["x- b\nx\n• c"]),
        ("{{ a }}**{{ a }}**{{ a }}", ["xxx", "bold: x"]),
        ("{% if a %}**{% endif %}b**", ["b", "bold: b"]),
        ("{% if b %}**{% endif %}b**", ["b**"]),
        ("**{{ b }}** c", [" c"]),
    ],
)
def test_marks_beside_values(source: str, expected: list[str]) -> None:
    assert shape(source, a="x") == expected


@pytest.mark.parametrize(
    "source, value, url",
    [
        ("[жми]({{ u }})", "https://x.ru/?a=b c", None),
        ("[жми]({{ u }})", "https://x.ru/?a=b", "https://x.ru/?a=b"),
        ("[жми]({{ u }})", "HTTPS://x.ru", "HTTPS://x.ru"),
        ("[жми]({{ u }})", "javascript:alert(1)", None),
        ("[жми]({{ u }})", "https://x.ru\njavascript:", None),
        (
            "[жми](https://x.ru/?q={{ u }}&z=1)",
            "a&b=/../ )ж",
            "https://x.ru/?q=a%26b%3D%2F..%2F%20%29%D0%B6&z=1",
        ),
        ("[жми](tel:{{ u }})", "+7", "tel:%2B7"),
    ],
)
def test_values_in_links(source: str, value: str, url: str | None) -> None:
    text = compile_text(source).render({"u": value})
    if url is None:
        assert text == Text(f"жми ({value})")
    else:
        assert text == Text("жми", (Span("link", 0, 3, url),))


def test_a_link_to_nothing_is_its_label() -> None:
    assert compile_text("[жми]({{ u }})").render({}) == Text("жми")
