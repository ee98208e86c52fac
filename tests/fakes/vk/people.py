"""People, as tests speak of them: what they do, and what they see."""

import json
from typing import Any

from tests.fakes.vk.bell import PATIENCE
from tests.fakes.vk.methods.speaking import foreign
from tests.fakes.vk.schema import Json
from tests.fakes.vk.world import Talk, World

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(20)


class Person:
    """Somebody with VK in the pocket."""

    def __init__(self, world: World, number: int, name: str) -> None:
        self.world = world
        self.id = number
        self.name = name
        self._since = 0

    @property
    def address(self) -> str:
        """What the channel calls them."""
        return str(self.id)

    @property
    def talk(self) -> Talk:
        """The conversation with the community."""
        return self.world.talk(self.id)

    # ---- doing ------------------------------------------------------------------------------

    async def writes(self, text: str, **content: Any) -> Json:
        """A text; `reply_to` words of a message that it answers."""
        return self.says(text, **content)

    def says(self, text: str = "", *, reply_to: str = "", **content: Any) -> Json:
        """The same at once, for who is in no hurry to await."""
        if reply_to:
            content["reply_message"] = foreign(self._find(reply_to))
        self._since = self.world.number()
        return self.world.add_message(self.id, self.id, text=text, **content)

    async def starts(self, ref: str = "") -> Json:
        """Press «Начать», by a link with a mark if there is one."""
        more = {"ref": ref, "ref_source": ref} if ref else {}
        return self.says("Начать", payload='{"command":"start"}', **more)

    async def presses(self, label: str) -> Json:
        """The newest button with that label; what that came to: a press, or a message."""
        for message in reversed(self.talk.messages):
            button = _button(message.get("keyboard") or {}, label)
            if button is not None and message["out"] and message["keyboard"].get("inline"):
                return self._presses(message, button)
        button = _button(self.talk.keyboard or {}, label)
        assert button is not None, f"{self.name} sees no button «{label}»:\n" + self.transcript()
        if self.talk.keyboard is not None and self.talk.keyboard.get("one_time"):
            self.talk.keyboard = None
        return self._does(button["action"])

    def _presses(self, message: Json, button: Json) -> Json:
        action = button["action"]
        if action["type"] != "callback":
            return self._does(action)
        event_id = f"press{self.world.number()}"
        self.talk.pressed.append((self.talk.messages[-1]["id"], action["label"]))
        self._since = self.world.number()
        press: Json = {
            "user_id": self.id,
            "peer_id": self.id,
            "event_id": event_id,
            "payload": json.loads(action["payload"]),
            "conversation_message_id": message["conversation_message_id"],
        }
        self.world.presses[event_id] = {**press, "at": self.world.now()}
        self.world.tell("message_event", press)
        return self.world.presses[event_id]

    def _does(self, action: Json) -> Json:
        match action["type"]:
            case "text":
                return self.says(action["label"], payload=action["payload"])
            case "location":
                return self.shares_location(55.75, 37.62)
            case _:
                return action

    def shares_location(self, latitude: float, longitude: float) -> Json:
        """A place."""
        coordinates = {"latitude": latitude, "longitude": longitude}
        geo = {"type": "point", "coordinates": coordinates, "place": {"title": "Москва"}}
        return self.says(geo=geo)

    def sends(self, *attachments: Json, text: str = "") -> Json:
        """Attachments, as `photo`, `document`, `voice` and `sticker` make them."""
        return self.says(text, attachments=list(attachments))

    def photo(self, content: bytes = JPEG) -> Json:
        """A photo to be sent."""
        url, number = self._kept(content, "image/jpeg")
        sizes = [
            {"type": kind, "width": width, "height": width, "url": f"{url}?as={kind}"}
            for kind, width in (("s", 75), ("w", 2560), ("m", 130))
        ]
        photo = {
            "id": number,
            "owner_id": self.id,
            "album_id": -3,
            "date": self.world.now(),
            "has_tags": False,
            "access_key": "k",
            "sizes": sizes,
        }
        return {"type": "photo", "photo": photo}

    def document(self, name: str, content: bytes) -> Json:
        """A document to be sent."""
        url, number = self._kept(content, "application/octet-stream")
        doc = {
            "id": number,
            "owner_id": self.id,
            "title": name,
            "size": len(content),
            "ext": name.rpartition(".")[2],
            "url": url,
            "date": self.world.now(),
            "type": 1,
        }
        return {"type": "doc", "doc": doc}

    def voice(self, content: bytes = OGG) -> Json:
        """A voice message to be sent."""
        url, number = self._kept(content, "audio/ogg")
        voice = {
            "id": number,
            "owner_id": self.id,
            "duration": 2,
            "waveform": [1, 2],
            "link_ogg": url,
            "link_mp3": url,
        }
        return {"type": "audio_message", "audio_message": voice}

    def sticker(self) -> Json:
        """A sticker to be sent."""
        url, _ = self._kept(b"\x89PNG\r\n\x1a\n", "image/png")
        images = [{"url": url, "width": width, "height": width} for width in (64, 512, 128)]
        inner = {"inner_type": "base_sticker_new", "sticker_id": 9, "product_id": 1}
        return {"type": "sticker", "sticker": {**inner, "images": images}}

    def _kept(self, content: bytes, mime: str) -> tuple[str, int]:
        number = self.world.number()
        name = f"f{number}"
        self.world.files[name] = (content, mime)
        return f"{self.world.url}/files/{name}", number

    def forwards(self, *texts: str, text: str = "") -> Json:
        """Messages of somebody else's, and words beside."""
        forwarded = [
            {
                "id": 0,
                "date": self.world.now(),
                "from_id": 77,
                "peer_id": self.id,
                "conversation_message_id": at,
                "text": one,
                "attachments": [],
            }
            for at, one in enumerate(texts, 1)
        ]
        return self.says(text, fwd_messages=forwarded)

    async def edits(self, words: str, text: str) -> Json:
        """The own newest message with these words says something else now."""
        message = self._find(words, mine=True)
        message["text"] = text
        self.world.edited(message)
        return message

    async def blocks(self) -> None:
        """Forbid the community to write."""
        self.talk.allowed = False
        self.world.tell("message_deny", {"user_id": self.id})

    async def allows(self) -> None:
        """Let it write again."""
        self.talk.allowed = True
        self.world.tell("message_allow", {"user_id": self.id, "key": ""})

    async def comments(self, post: int, text: str, **content: Any) -> Json:
        """A line under a post."""
        comment = self._comment("wall", post, text, **content)
        inside = {**comment, "owner_id": -self.world.group_id, "post_id": post}
        self.world.tell("wall_reply_new", inside)
        return comment

    async def discusses(self, topic: int, text: str, **content: Any) -> Json:
        """A line in a discussion."""
        comment = self._comment("topic", topic, text, **content)
        inside = {**comment, "topic_id": topic, "topic_owner_id": -self.world.group_id}
        self.world.tell("board_post_new", inside)
        return comment

    def _comment(self, kind: str, place: int, text: str, **content: Any) -> Json:
        comment: Json = {
            "id": self.world.number(),
            "from_id": self.id,
            "date": self.world.now(),
            "text": text,
            **content,
        }
        self.world.comments[kind, place].append(comment)
        return comment

    # ---- seeing -----------------------------------------------------------------------------

    def sees(self) -> list[str]:
        """The texts of the community's messages, the oldest first."""
        return [one["text"] for one in self.talk.messages if one["out"]]

    def buttons(self) -> list[str]:
        """The labels that can be pressed: under the newest message, and under the line of writing."""
        keyboards = [one.get("keyboard") for one in self.talk.messages[-1:]]
        found = [self.talk.keyboard, *(one for one in keyboards if one and one.get("inline"))]
        return [_label(b) for one in found if one for row in one["buttons"] for b in row]

    def transcript(self, community: str = "сообщество") -> str:
        """Plain lines: what was said, with the buttons under it, and what was pressed."""
        lines = []
        for message in self.talk.messages:
            who = community if message["out"] else self.name
            changed = " (изменено)" if "update_time" in message else ""
            files = "".join(f"[{one['type']}] " for one in message["attachments"])
            lines.append(f"{who}{changed}: {files}{_indented(message['text'])}")
            rows = (message.get("keyboard") or {}).get("buttons", [])
            lines += ["  " + " ".join(f"[{_label(one)}]" for one in row) for row in rows]
            lines += [
                f"{self.name} нажимает [{label}]"
                for after, label in self.talk.pressed
                if after == message["id"]
            ]
        return "\n".join(lines)

    async def waits_for(self, words: str, patience: float = PATIENCE) -> Json:
        """The first message of the community's with these words that came, or was edited, after this person's last act."""
        return await self.world.bell.until(
            lambda: self._new(words),
            lambda: f"{self.name} waited in vain for «{words}»:\n{self.transcript()}",
            patience,
        )

    def _new(self, words: str) -> Json | None:
        fresh = (
            one
            for one in self.talk.messages
            if one["out"] and one["id"] > self._since and words in one["text"]
        )
        return next(fresh, None)

    def _find(self, words: str, *, mine: bool = False) -> Json:
        for message in reversed(self.talk.messages):
            if words in message["text"] and not (mine and message["out"]):
                return message
        raise AssertionError(f"there is no message with «{words}»:\n{self.transcript()}")


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _button(keyboard: Json, label: str) -> Json | None:
    buttons = (button for row in keyboard.get("buttons", []) for button in row)
    return next((one for one in buttons if _label(one) == label), None)


def _label(button: Json) -> str:
    return str(button["action"].get("label") or f"<{button['action']['type']}>")
