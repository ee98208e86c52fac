"""A letter of any shape becomes words and files, or a stub; never an exception."""

import email
from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.email.letter import Reading
from adapters.email.mime import read_part
from tests.fakes.mail.letters import letter
from tests.unit.email.bombs import bombs, nested
from tests.unit.email.reading import read

TORTURE = sorted((Path(email.__file__).parents[1] / "test/test_email/data").glob("msg_*.txt"))


@pytest.mark.parametrize("path", TORTURE, ids=lambda path: path.stem)
def test_letters_that_come_with_python_are_taken_in(path: Path) -> None:
    found = read(path.read_bytes())
    assert found.id
    assert found.problem == ""
    for part in found.parts:
        assert len(read_part(Reading(path.read_bytes(), part=part.index))) == part.size


@pytest.mark.skipif(not TORTURE, reason="this Python came without its tests")
def test_there_are_many_of_them() -> None:
    assert len(TORTURE) > 40


@pytest.mark.parametrize(
    "name, raw", list(bombs()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_bombs_become_letters_or_stubs(name: str, raw: bytes) -> None:
    found = read(raw)
    assert found.id
    if b"eve@example.org" in raw[:100]:
        assert found.sender == "eve@example.org"


@pytest.mark.parametrize(
    "raw, problem",
    [(nested(31), "depth"), (nested(400), "parts"), (b"A: b\r\n\r\n", "")],
)
def test_what_is_beyond_a_limit_is_named(raw: bytes, problem: str) -> None:
    assert read(raw).problem == problem


def test_a_letter_within_all_limits_is_read_whole() -> None:
    files = tuple((f"{number}.bin", b"x" * number) for number in range(1, 100))
    found = read(letter("Вот файлы", files=files))
    assert found.problem == ""
    assert [(part.name, part.size) for part in found.parts] == [(n, len(c)) for n, c in files]


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r", "iso-8859-5", "cp866"])
def test_russian_is_read_in_the_charset_that_is_told(charset: str) -> None:
    mail = EmailMessage()
    mail["From"] = "anna@example.org"
    mail.set_content("Здравствуйте, сломался ноутбук", charset=charset)
    assert read(bytes(mail)).text == "Здравствуйте, сломался ноутбук"


@pytest.mark.parametrize(
    "told", ["us-ascii", "iso-8859-1", "utf-8", "x-unknown", "", "cp-1251", "base64"]
)
@pytest.mark.parametrize("real", ["utf-8", "windows-1251", "koi8-r"])
def test_russian_is_read_where_the_charset_is_told_wrongly(told: str, real: str) -> None:
    head = f"From: anna@example.org\r\nContent-Type: text/plain; charset={told}\r\n\r\n".encode()
    words = "Здравствуйте, у меня сломался ноутбук, что делать?"
    if (told, real) == ("cp-1251", "koi8-r"):
        pytest.skip("that is a valid text, of other letters")
    if (told, real) == ("cp-1251", "utf-8"):
        pytest.skip("that is a valid text, of other letters")
    assert read(head + words.encode(real)).text == words


def test_western_letters_stay_what_they_are() -> None:
    head = b"From: a@example.org\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"
    assert (
        read(head + "Grüße aus Köln, à bientôt".encode("latin-1")).text
        == "Grüße aus Köln, à bientôt"
    )


def test_an_encoded_subject_and_name_are_read() -> None:
    found = read(
        letter(name="Анна Котова", subject="Сломался ноутбук, не включается совсем, помогите")
    )
    assert (found.sender, found.sender_name) == ("anna@example.org", "Анна Котова")
    assert found.subject == "Сломался ноутбук, не включается совсем, помогите"


def test_raw_bytes_in_a_subject_are_read() -> None:
    raw = b"From: a@example.org\r\nSubject: " + "Ремонт телефона".encode("cp1251") + b"\r\n\r\nhi"
    assert read(raw).subject == "Ремонт телефона"


def test_a_name_with_an_address_in_it_does_not_become_the_sender() -> None:
    raw = b'From: "boss@bank.example" <eve@example.org>\r\n\r\nhi'
    assert read(raw).sender == "eve@example.org"
    encoded = b"From: =?utf-8?q?boss=40bank=2Eexample=2C?= <eve@example.org>\r\n\r\nhi"
    assert read(encoded).sender == "eve@example.org"


def test_two_senders_are_proven_by_nobody() -> None:
    raw = (
        b"Authentication-Results: mx.example.ru; dmarc=pass header.from=example.org\r\n"
        b"From: anna@example.org, eve@example.org\r\n\r\nhi"
    )
    assert not read(raw).proven


def test_of_alternatives_the_plain_one_is_read() -> None:
    assert read(letter("Простое", html="<p>Нарядное</p>")).text == "Простое"


def test_an_empty_plain_alternative_yields_to_the_other() -> None:
    assert read(letter(" \n", html="<p>Нарядное</p>")).text == "Нарядное"


HTML = """<html><head><title>Тема</title><style>p {color: red}</style>
<script>alert('x')</script></head><body>
<div style="display:none">Предзаголовок</div><div style="font-size:0;">Невидимка</div>
<span hidden>Спрятано</span><p style="visibility: hidden">Тоже</p>
<p>Здравствуйте,&nbsp;<b>мастер</b>!</p><ul><li>раз</li><li>два</li></ul>
<a href="javascript:alert(1)">ссылка</a><img src="https://spy.example/1.gif" alt=""></body></html>"""


def test_of_html_only_what_is_seen_is_read() -> None:
    mail = EmailMessage()
    mail["From"] = "anna@example.org"
    mail.set_content(HTML, subtype="html")
    text = read(bytes(mail)).text
    assert "Здравствуйте, мастер!" in text
    assert "раз" in text
    assert "ссылка" in text
    for hidden in (
        "Предзаголовок",
        "Невидимка",
        "Спрятано",
        "Тоже",
        "alert",
        "color",
        "javascript",
        "Тема",
        "spy",
    ):
        assert hidden not in text


def test_flowed_lines_are_joined() -> None:
    raw = (
        b"From: a@example.org\r\nContent-Type: text/plain; format=flowed\r\n\r\n"
        b"one long \r\nline\r\nanother\r\n\r\n-- \r\nAnna\r\n"
    )
    assert read(raw).text == "one long line\nanother"


def test_files_are_named_safely() -> None:
    raw = letter("x", files=(("../../etc/пароль:1.txt", b"1"), ("", b"22")))
    names = [part.name for part in read(raw).parts]
    assert names[0] == "_.._etc_пароль_1.txt".replace("_.._", "_.._")
    assert "/" not in names[0]
    assert names[1]


def test_a_forwarded_letter_is_a_file() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Счёт"
    inner.set_content("внутри")
    outer = EmailMessage()
    outer["From"] = "anna@example.org"
    outer.set_content("смотрите")
    outer.add_attachment(inner)
    found = read(bytes(outer))
    assert found.text == "смотрите"
    assert [(part.name, part.mime) for part in found.parts] == [("Счёт.eml", "message/rfc822")]
    assert b"Content-Type" in read_part(Reading(bytes(outer), part=found.parts[0].index))


def test_a_beacon_is_no_file() -> None:
    mail = EmailMessage()
    mail["From"] = "anna@example.org"
    mail.set_content("x")
    mail.add_attachment(b"GIF89a" + b"\0" * 30, maintype="image", subtype="gif", cid="<1@x>")
    mail.add_attachment(b"\x89PNG" + b"\0" * 9000, maintype="image", subtype="png", cid="<2@x>")
    found = read(bytes(mail))
    assert [part.size for part in found.parts] == [9004]
    assert found.cut


def test_characters_that_no_database_takes_are_dropped() -> None:
    raw = b"From: a@example.org\r\nSubject: a\0b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\0y\xed\xa0\x80z\r\n"
    found = read(raw)
    for words in (found.text, found.subject, found.sender_name):
        words.encode()
        assert "\0" not in words


def test_one_letter_seen_twice_is_one_and_two_of_one_id_are_two() -> None:
    first = letter("первое", id="<same@example.org>")
    assert read(first).id == read(b"Received: from x by y; 1\r\n" + first).id
    assert read(first).id == read(first.replace(b"\r\n", b"\n")).id
    assert read(first).id != read(letter("второе", id="<same@example.org>")).id
    assert read(first).id != read(letter("первое", id="<same@example.org>", subject="Другое")).id


def test_a_letter_without_an_id_has_one_all_the_same() -> None:
    assert read(b"From: a@example.org\r\n\r\none").id != read(b"From: a@example.org\r\n\r\ntwo").id
