"""Updates as events, errors as verdicts, numbers that are never given twice: without any network."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.vk.idempotency import PARTS, random_id
from adapters.vk.inbound import translate
from adapters.vk.longpoll import read_cursor
from adapters.vk.media import files_and_lines, location
from adapters.vk.outbound import sayings, text_of
from adapters.vk.settings import read_settings
from adapters.vk.uploads import safe_name
from adapters.vk.verdicts import verdict
from adapters.vk.words import words_in
from bot.channel import RetryLater, Undeliverable
from bot.errors import ConfigurationError
from bot.model.event import ButtonPressed, MessageReceived
from bot.model.message import Attachment, Contact, Location, Message
from bot.model.text import Span, Text
from tests.fakes.vk.schema import schema

RU = words_in("ru")
PAYLOADS = Path(__file__).parents[2] / "payloads" / "vk"


def updates() -> list[Any]:
    return [
        pytest.param(json.loads(path.read_text(encoding="utf-8")), id=path.stem)
        for path in sorted(PAYLOADS.glob("*.json"))
    ]


@pytest.mark.parametrize("case", updates())
def test_an_update_becomes_the_event_that_stands_beside_it(case: dict[str, Any]) -> None:
    found = translate(case["update"], RU)
    if case["event"] is None:
        assert found is None
        return
    assert found is not None
    assert json.loads(msgspec.json.encode(found.incoming)) == case["event"]


def message(**more: Any) -> dict[str, Any]:
    inside = {"from_id": 5, "peer_id": 5, "conversation_message_id": 3, "date": 100, "text": "да"}
    return {"type": "message_new", "object": {"message": {**inside, **more}}}


@pytest.mark.parametrize(
    "payload, event",
    [
        ('{"b":"1.x.y"}', ButtonPressed("1.x.y", "да")),
        ('{"b":5}', MessageReceived(Message(Text("да")))),
        ('{"command":"other"}', MessageReceived(Message(Text("да")))),
        ("not json", MessageReceived(Message(Text("да")))),
        ("[1]", MessageReceived(Message(Text("да")))),
        ('"text"', MessageReceived(Message(Text("да")))),
        ("", MessageReceived(Message(Text("да")))),
    ],
)
def test_a_payload_of_ours_is_a_press_and_another_programs_is_its_text(
    payload: str, event: object
) -> None:
    found = translate(message(payload=payload), RU)
    assert found is not None
    assert found.incoming.event == event


@pytest.mark.parametrize(
    "more",
    [{"from_id": -5}, {"peer_id": 2_000_000_001}, {"out": 1}, {"peer_id": 6}],
    ids=str,
)
def test_what_no_customer_wrote_is_no_event(more: dict[str, Any]) -> None:
    assert translate(message(**more), RU) is None


@pytest.mark.parametrize("code", sorted(map(int, schema()["errors"])))
def test_every_error_that_vk_has_has_a_verdict_in_words(code: int) -> None:
    for language in ("ru", "en"):
        said = verdict(code, 0, words_in(language))
        assert isinstance(said, RetryLater | Undeliverable)
        assert str(said)
        assert "{" not in str(said)


def test_waiting_is_for_errors_that_pass_and_the_unreachable_are_told_apart() -> None:
    said = {code: verdict(code, 0, RU) for code in map(int, schema()["errors"])}
    later = {code for code, one in said.items() if isinstance(one, RetryLater)}
    gone = {code for code, one in said.items() if getattr(one, "unreachable", False)}
    assert later == {1, 5, 6, 9, 10, 13, 14, 27, 28, 29, 36}
    assert gone == {
        18, 113, 900, 901, 902, 917, 922, 927, 932, 935, 936, 945, 946, 962, 985, 987, 988,
    }  # fmt: skip


def test_a_captcha_is_waited_for_and_then_the_operator_hears_of_it() -> None:
    assert isinstance(verdict(14, 4, RU), RetryLater)
    assert isinstance(verdict(14, 5, RU), Undeliverable)


@pytest.mark.parametrize("start", [1, 77, 1 << 31, (1 << 32) - 1, 1 << 32])
def test_random_ids_are_32_bits_never_nothing_and_never_the_same(start: int) -> None:
    given = [random_id(start, row, part) for row in range(1, 2000) for part in range(PARTS)]
    assert len(set(given)) == len(given)
    assert all(-(1 << 31) <= one < 1 << 31 and one for one in given)
    assert given == [random_id(start, row, part) for row in range(1, 2000) for part in range(PARTS)]


def test_parts_beyond_the_counted_ones_have_ids_too() -> None:
    assert len({random_id(1, row, part) for row in range(50) for part in range(16, 40)}) == 50 * 24


@pytest.mark.parametrize(
    "attachment, line",
    [
        ({"type": "video", "video": {"owner_id": 1, "id": 2, "title": "Экран"}}, "Видео · Экран · https://vk.com/video1_2"),
        ({"type": "link", "link": {"url": "https://x.ru", "title": "Икс"}}, "Икс · https://x.ru"),
        ({"type": "wall", "wall": {"from_id": -1, "id": 2}}, "https://vk.com/wall-1_2"),
        ({"type": "market", "market": {"owner_id": -1, "id": 2, "title": "Чехол"}}, "Чехол · https://vk.com/market-1_2"),
        ({"type": "audio", "audio": {"artist": "А", "title": "Б"}}, "Аудиозапись · А · Б"),
        ({"type": "gift", "gift": {}}, "(Подарок)"),
        ({"type": "call"}, "(Звонок)"),
        ({"type": "photo", "photo": {"sizes": []}}, "(Вложение)"),
        ({"type": "new one"}, "(Вложение)"),
    ],
)  # fmt: skip
def test_what_has_no_file_is_told_in_a_line(attachment: dict[str, Any], line: str) -> None:
    assert files_and_lines({"attachments": [attachment]}, RU) == ((), (line,))


def test_addresses_that_are_no_web_addresses_are_never_fetched() -> None:
    doc = {"type": "doc", "doc": {"title": "x", "ext": "txt", "url": "file:///etc/passwd"}}
    assert files_and_lines({"attachments": [doc]}, RU)[0] == ()


@pytest.mark.parametrize("place", ["55.5 37.25", {"latitude": 55.5, "longitude": 37.25}])
def test_a_place_is_read_in_both_its_forms(place: object) -> None:
    assert location({"geo": {"coordinates": place}}) == Location(55.5, 37.25)


def test_a_link_is_written_out_and_a_contact_told() -> None:
    text = Text("наш сайт и y.ru", (Span("link", 0, 8, "https://x.ru"), Span("bold", 9, 10)))
    said = Message(text, contact=Contact("+79123456789", "Анна"))
    assert text_of(said, "", RU) == "наш сайт и y.ru\n\nнаш сайт: https://x.ru\nАнна +79123456789"


def test_nothing_to_say_is_no_call() -> None:
    assert sayings(Message(), RU).sayings == ()


def test_more_than_ten_files_go_in_several_messages() -> None:
    files = tuple(Attachment("photo", digest=f"{n}") for n in range(23))
    calls = sayings(Message(Text("вот"), attachments=files), RU).sayings
    assert [len(one.files) for one in calls] == [10, 10, 3]


@pytest.mark.parametrize(
    "name, mime, safe",
    [
        ("смета.PDF", "", "file.pdf"),
        ("без расширения", "image/png", "file.png"),
        ("x.тхт", "", "file.bin"),
        ("../../etc/passwd", "", "file.bin"),
    ],
)
def test_upload_servers_read_plain_names_only(name: str, mime: str, safe: str) -> None:
    assert safe_name(Attachment("document", name, mime)) == safe


@pytest.mark.parametrize("kept", [None, "", "17", "{", '{"ts": 5}', "[]"])
def test_a_cursor_that_cannot_be_read_is_a_first_start(kept: str | None) -> None:
    assert read_cursor(kept) is None


@pytest.mark.parametrize("said", [{}, {"token": "x"}, {"token": "x", "group_id": -1}])
def test_missing_settings_are_named(said: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"channels\.vk"):
        read_settings("vk", said)


def test_an_address_that_cannot_be_one_is_told_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match=r"channels\.vk\.api_url: .*https://"):
        read_settings("vk", {"token": "x", "group_id": 1, "api_url": "api.vk.ru"})


@pytest.mark.parametrize("proxy", ["proxy.example.ru:3128", "socks5://word:secret@h:1"])
def test_a_proxy_that_cannot_be_used_is_told_without_it(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="http://") as caught:
        read_settings("vk", {"token": "x", "group_id": 1, "proxy": proxy})
    assert proxy not in str(caught.value)
