"""The fake is kept honest by code that is not ours: vk-api's own long poll, uploads and calls work against it."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
import requests
from requests.adapters import HTTPAdapter
from vk_api.bot_longpoll import VkBotEventType, VkBotLongPoll
from vk_api.exceptions import ApiError
from vk_api.keyboard import VkKeyboard
from vk_api.upload import VkUpload
from vk_api.utils import get_random_id
from vk_api.vk_api import VkApiGroup

from tests.fakes.vk import FakeVk, Person
from tests.fakes.vk.people import JPEG, OGG
from tests.fakes.vk.world import World

T = TypeVar("T")


class There(HTTPAdapter):
    """vk-api knows one host only."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        assert request.url is not None
        request.url = self._url + request.url.removeprefix("https://api.vk.ru")
        return super().send(request, *args, **options)


@pytest.fixture
async def vk() -> AsyncIterator[FakeVk]:
    async with FakeVk() as server:
        server.idle = 0.5
        yield server


@pytest.fixture
def anna(vk: FakeVk) -> Person:
    return vk.person("Анна", "Котова")


@pytest.fixture
def client(vk: FakeVk) -> VkApiGroup:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://api.vk.ru", There(vk.url))
    return VkApiGroup(token=vk.world.token, api_version="5.199", session=session)


async def beside(work: Callable[[], T]) -> T:
    """In a thread: vk-api blocks."""
    return await asyncio.to_thread(work)


async def test_its_long_poll_hears_what_people_do(
    vk: FakeVk, client: VkApiGroup, anna: Person
) -> None:
    poll = await beside(lambda: VkBotLongPoll(client, vk.world.group_id, wait=1))
    poll.session.trust_env = False
    anna.says("привет")
    await anna.edits("привет", "привет!")
    await anna.blocks()
    heard = await beside(poll.check)
    assert [one.type for one in heard] == [
        VkBotEventType.MESSAGE_NEW,
        VkBotEventType.MESSAGE_EDIT,
        VkBotEventType.MESSAGE_DENY,
    ]
    assert heard[0].message["text"] == "привет!"
    assert heard[0].from_user
    assert await beside(poll.check) == []
    anna.says("ещё")
    assert [one.message["text"] for one in await beside(poll.check)] == ["ещё"]


async def test_its_long_poll_mends_itself_after_every_failed(
    vk: FakeVk, client: VkApiGroup, anna: Person
) -> None:
    poll = await beside(lambda: VkBotLongPoll(client, vk.world.group_id, wait=1))
    poll.session.trust_env = False
    for failed in ({"failed": 1, "ts": 0}, {"failed": 2}, {"failed": 3}):
        vk.world.polls.append(failed)
        assert await beside(poll.check) == []
    vk.world.keys.clear()
    assert await beside(poll.check) == []
    anna.says("после")
    assert [one.message["text"] for one in await beside(poll.check)] == ["после"]


async def test_its_uploads_put_photos_documents_and_voices(
    vk: FakeVk, client: VkApiGroup, anna: Person
) -> None:
    anna.says("привет")
    upload = VkUpload(client)
    upload.http.trust_env = False
    photo = (await beside(lambda: upload.photo_messages(io.BytesIO(JPEG), peer_id=anna.id)))[0]
    document = io.BytesIO(b"%PDF")
    document.name = "смета.pdf"
    doc = await beside(lambda: upload.document_message(document, "смета", peer_id=anna.id))
    voice = io.BytesIO(OGG)
    voice.name = "voice.ogg"
    said = await beside(lambda: upload.audio_message(voice, peer_id=anna.id))
    assert doc["doc"]["title"] == "смета"
    assert said["type"] == "audio_message"
    name = f"photo{photo['owner_id']}_{photo['id']}_{photo['access_key']}"
    await beside(
        lambda: client.method(
            "messages.send",
            {"peer_id": anna.id, "random_id": get_random_id(), "attachment": name},
        )
    )
    assert anna.talk.messages[-1]["attachments"][0]["photo"]["id"] == photo["id"]


async def test_its_keyboard_is_taken_and_seen(client: VkApiGroup, anna: Person) -> None:
    anna.says("привет")
    board = VkKeyboard(inline=True)
    board.add_callback_button("Да", payload={"b": "1"})
    board.add_openlink_button("Сайт", "https://example.ru")
    board.add_line()
    board.add_location_button()
    said = {
        "peer_id": anna.id,
        "random_id": 1,
        "message": "Да?",
        "keyboard": board.get_keyboard(),
    }
    await beside(lambda: client.method("messages.send", said))
    assert anna.buttons() == ["Да", "Сайт", "<location>"]


async def test_a_random_id_is_heard_once(client: VkApiGroup, anna: Person) -> None:
    anna.says("привет")
    said = {"peer_ids": str(anna.id), "random_id": 5, "message": "раз"}
    first = await beside(lambda: client.method("messages.send", said))
    assert await beside(lambda: client.method("messages.send", said)) == first
    assert anna.sees() == ["раз"]


def refused(client: VkApiGroup, method: str, **values: Any) -> int:
    with pytest.raises(ApiError) as raised:
        client.method(method, values)
    return int(raised.value.code)


REFUSED = [
    (100, {"message": "x"}),
    (100, {"random_id": 1}),
    (100, {"random_id": 1 << 63, "message": "x"}),
    (100, {"random_id": 1, "message": "x", "format": "y"}),
    (100, {"random_id": "x", "message": "x"}),
    (100, {"random_id": 1, "message": "x", "disable_mentions": "yes"}),
    (100, {"random_id": 1, "message": "x", "attachment": "photo1_1"}),
    (100, {"random_id": 1, "message": "x", "forward": "{}"}),
    (100, {"random_id": 1, "message": "x" * 9001}),
    (914, {"random_id": 1, "message": "x" * 4097}),
    (911, {"random_id": 1, "message": "x", "keyboard": "{"}),
    (911, {"random_id": 1, "message": "x", "keyboard": '{"buttons":[[{"action":{}}]]}'}),
]


@pytest.mark.parametrize("code, values", REFUSED)
async def test_calls_that_vk_would_refuse_are_refused(
    client: VkApiGroup, anna: Person, code: int, values: dict[str, Any]
) -> None:
    anna.says("привет")
    said = {"peer_id": anna.id, **values}
    assert await beside(lambda: refused(client, "messages.send", **said)) == code


def keyboard(rows: list[list[dict[str, Any]]], **more: Any) -> str:
    import json

    return json.dumps({"inline": True, "buttons": rows, **more})


def button(label: str = "Да", payload: str = "{}", kind: str = "callback") -> dict[str, Any]:
    return {"action": {"type": kind, "label": label, "payload": payload}}


BOARDS = [
    keyboard([[button()] * 6]),
    keyboard([[button()]] * 7),
    keyboard([[button()] * 4] * 3),
    keyboard([[button("ы" * 41)]]),
    keyboard([[button("")]]),
    keyboard([[button(payload="x")]]),
    keyboard([[button(payload='"' + "x" * 254 + '"')]]),
    keyboard([[button(kind="text", payload='"' + "x" * 999 + '"')]]),
    keyboard([[button()]], one_time=True),
    keyboard([[{"action": {"type": "location"}}, button()]]),
    keyboard([[{"action": {"type": "open_link", "label": "x", "link": "ftp://x"}}]]),
    keyboard([[]]),
    keyboard([[button()]] * 11, inline=False),
    keyboard([[button()] * 5] * 9, inline=False),
]


@pytest.mark.parametrize("board", BOARDS, ids=range(len(BOARDS)))
async def test_keyboards_beyond_a_limit_are_refused(
    client: VkApiGroup, anna: Person, board: str
) -> None:
    anna.says("привет")
    said = {"peer_id": anna.id, "random_id": 1, "message": "x", "keyboard": board}
    assert await beside(lambda: refused(client, "messages.send", **said)) == 911


async def test_strangers_unknown_methods_and_other_keys_are_refused(
    vk: FakeVk, client: VkApiGroup
) -> None:
    boris = vk.person("Борис")
    say = {"random_id": 1, "message": "x"}
    assert await beside(lambda: refused(client, "messages.send", peer_id=boris.id, **say)) == 901
    assert await beside(lambda: refused(client, "messages.sent")) == 3
    assert await beside(lambda: refused(client, "groups.getLongPollServer")) == 100
    assert await beside(lambda: refused(client, "groups.getLongPollServer", group_id=1)) == 15
    assert (
        await beside(lambda: refused(client, "board.createComment", group_id=1, topic_id=1)) == 27
    )
    assert await beside(lambda: refused(client, "users.get", v="5.92")) == 8
    client.token = {"access_token": "other"}
    assert await beside(lambda: refused(client, "users.get")) == 5


async def test_more_than_twenty_calls_in_a_second_are_refused(
    vk: FakeVk, client: VkApiGroup
) -> None:
    client.error_handlers = {}
    vk.world.per_second = 5
    client.RPS_DELAY = 0

    def many() -> int:
        for _ in range(6):
            try:
                client.method("utils.getServerTime")
            except ApiError as refusal:
                return int(refusal.code)
        return 0

    assert await beside(many) == 6


async def test_what_the_fake_tells_that_breaks_the_schema_is_found() -> None:
    world = World(1, "", "")
    world.tell("message_allow", {"user_id": "x"})
    world.add_message(5, 5, text=None)
    assert any("user_id" in mistake for mistake in world.mistakes)
    assert any("text" in mistake for mistake in world.mistakes)


def test_no_thread_is_left_behind() -> None:
    assert not [one for one in threading.enumerate() if one.name.startswith("vk")]
