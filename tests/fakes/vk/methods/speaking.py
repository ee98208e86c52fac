"""messages.*"""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.fakes.vk.faults import Refusal
from tests.fakes.vk.keyboards import as_told, faults_of
from tests.fakes.vk.schema import Json, error_text, faults_in
from tests.fakes.vk.world import Talk, World

LONGEST = 4096
MOST_FILES = 10
INT64 = 1 << 63
PRESS_LIVES = 60
_FILE = re.compile(r"(photo|doc|audio_message)(-?\d+)_(\d+)(?:_(\w+))?")


def send(world: World, said: Json) -> Any:
    """Says it; under a random id that was there before, says nothing and answers as it did."""
    targets = [name for name in ("user_id", "peer_id", "peer_ids", "chat_id") if name in said]
    if len(targets) != 1:
        raise Refusal(100, "one of user_id, peer_id, peer_ids is expected")
    if "random_id" not in said:
        raise Refusal(100, "random_id is undefined")
    if not -INT64 <= said["random_id"] < INT64:
        raise Refusal(100, "random_id should be int64")
    if targets[0] == "peer_ids":
        return [_to_one(world, peer, said) for peer in said["peer_ids"]]
    return _say(world, said[targets[0]], said)["id"]


def _to_one(world: World, peer: int, said: Json) -> Json:
    """With `peer_ids` what goes wrong with one person stands inside the answer."""
    try:
        message = _say(world, peer, said)
    except Refusal as refusal:
        if refusal.code < 900 or refusal.code in {911, 912, 914}:
            raise
        error = {"code": refusal.code, "description": error_text(refusal.code)}
        return {"peer_id": peer, "message_id": 0, "conversation_message_id": 0, "error": error}
    number = message["conversation_message_id"]
    return {"peer_id": peer, "message_id": message["id"], "conversation_message_id": number}


def _say(world: World, peer: int, said: Json) -> Json:
    talk = _open_talk(world, peer)
    key = (peer, said["random_id"])
    if said["random_id"] and key in world.sent:
        return world.sent[key]
    content = _content(world, talk, said)
    message = world.add_message(peer, -world.group_id, random_id=said["random_id"], **content)
    _show_keyboard(talk, content.get("keyboard"))
    world.sent[key] = message
    return message


def _show_keyboard(talk: Talk, keyboard: Json | None) -> None:
    """An ordinary keyboard stands under the line of writing until another one, or an empty one, comes."""
    if keyboard is not None and not keyboard.get("inline"):
        talk.keyboard = keyboard if keyboard["buttons"] else None


def _open_talk(world: World, peer: int) -> Talk:
    if peer not in world.people:
        raise Refusal(901)
    talk = world.talk(peer)
    if world.people[peer].get("deactivated"):
        raise Refusal(18)
    if talk.blacklisted:
        raise Refusal(900)
    if not talk.allowed:
        raise Refusal(901)
    return talk


def _content(world: World, talk: Talk, said: Json) -> Json:
    text = said.get("message", "")
    names = [one for one in said.get("attachment", "").split(",") if one]
    if not text and not names and "lat" not in said and "sticker_id" not in said:
        raise Refusal(100, "message is empty or invalid")
    if len(text) > LONGEST:
        raise Refusal(914)
    if len(names) > MOST_FILES:
        raise Refusal(100, "too many attachments")
    content: Json = {"text": text, "attachments": [_attachment(world, one) for one in names]}
    if "keyboard" in said:
        content["keyboard"] = _keyboard(world, said["keyboard"])
    if "lat" in said or "long" in said:
        content["geo"] = _place(said)
    if "forward" in said:
        content["reply_message"] = _answered(talk, said["forward"])
    return content


def _keyboard(world: World, text: str) -> Json:
    if not world.bots_on:
        raise Refusal(912)
    found = faults_of(text)
    if found:
        raise Refusal(911, ", ".join(found))
    keyboard: Json = as_told(json.loads(text))
    return {"one_time": False, **keyboard}


def _place(said: Json) -> Json:
    if "lat" not in said or "long" not in said:
        raise Refusal(100, "lat and long go together")
    if not (-90 <= said["lat"] <= 90 and -180 <= said["long"] <= 180):
        raise Refusal(100, "lat or long is out of its bounds")
    return {"type": "point", "coordinates": {"latitude": said["lat"], "longitude": said["long"]}}


def _answered(talk: Talk, text: str) -> Json:
    try:
        forward = json.loads(text)
    except ValueError:
        raise Refusal(100, "forward is no JSON") from None
    if isinstance(forward, dict) and isinstance(forward.get("conversation_message_ids"), int):
        # VK takes a single one without its list.
        forward["conversation_message_ids"] = [forward["conversation_message_ids"]]
    if faults_in(forward, "messages_forward") or not forward.get("is_reply"):
        raise Refusal(100, "forward is invalid")
    numbers = forward.get("conversation_message_ids", [])
    message = talk.numbered(numbers[0]) if len(numbers) == 1 else None
    if message is None or forward.get("peer_id") != talk.peer:
        raise Refusal(100, "there is no such message to answer")
    return foreign(message)


def foreign(message: Json) -> Json:
    """A message as it stands inside another one."""
    kept = ("id", "date", "from_id", "peer_id", "conversation_message_id", "text", "attachments")
    return {name: message[name] for name in kept}


def _attachment(world: World, name: str) -> Json:
    found = _FILE.fullmatch(name)
    known = world.attachments.get(f"{found[1]}{found[2]}_{found[3]}") if found else None
    if known is None:
        raise Refusal(100, f"attachment {name} is invalid")
    inside = known[known["type"]]
    if found is not None and inside.get("access_key", found[4]) != found[4]:
        raise Refusal(15)
    return known


def edit(world: World, said: Json) -> int:
    """A message of the community's says something else now."""
    message = _own(world, said["peer_id"], said.get("cmid", 0))
    if world.now() - message["date"] > 24 * 3600:
        raise Refusal(909)
    talk = _open_talk(world, said["peer_id"])
    content = _content(world, talk, said)
    if not said.get("keep_forward_messages"):
        content["fwd_messages"] = []
    message.pop("keyboard", None)
    message.update(content)
    message["update_time"] = world.now()
    world.tell("message_edit", message)
    return 1


def _own(world: World, peer: int, cmid: int) -> Json:
    message = world.talk(peer).numbered(cmid)
    if message is None:
        raise Refusal(100, "there is no such message")
    if not message["out"]:
        raise Refusal(15)
    return message


def delete(world: World, said: Json) -> list[Json]:
    """Messages of the community's disappear, for the person too if that is asked for within a day."""
    peer = said.get("peer_id", 0)
    answers = []
    for cmid in said.get("cmids", []):
        message = _own(world, peer, cmid)
        answer: Json = {"peer_id": peer, "conversation_message_id": cmid}
        if said.get("delete_for_all") and world.now() - message["date"] > 24 * 3600:
            answer["error"] = {"code": 924, "description": error_text(924)}
        else:
            world.talk(peer).messages.remove(message)
            answer["response"] = 1
        answers.append(answer)
    world.bell.ring()
    return answers


def answer_press(world: World, said: Json) -> int:
    """A press is heard; once, and within a minute."""
    press = world.presses.get(said["event_id"])
    if press is None or (press["user_id"], press["peer_id"]) != (said["user_id"], said["peer_id"]):
        raise Refusal(100, "event_id is invalid")
    if press.get("answered") or world.now() - press["at"] > PRESS_LIVES:
        raise Refusal(100, "event_id is invalid")
    press["answered"] = True
    world.bell.ring()
    return 1


def set_activity(world: World, said: Json) -> int:
    """The community is typing."""
    _open_talk(world, said["peer_id"]).typing += 1
    return 1


def conversations(world: World, said: Json) -> Json:
    """The newest first."""
    talks = [one for one in world.talks.values() if one.messages]
    if said.get("filter") == "unanswered":
        talks = [one for one in talks if not one.answered]
    talks.sort(key=lambda talk: -talk.messages[-1]["id"])
    at, count = said.get("offset", 0), said.get("count", 20)
    return {"count": len(talks), "items": [_listed(one) for one in talks[at : at + count]]}


def _listed(talk: Talk) -> Json:
    last = talk.messages[-1]
    return {
        "conversation": {
            "peer": {"id": talk.peer, "type": "user", "local_id": talk.peer},
            "last_message_id": last["id"],
            "last_conversation_message_id": last["conversation_message_id"],
            "in_read": 0,
            "out_read": 0,
            "unanswered": not talk.answered,
            "version": 1,
        },
        "last_message": last,
    }


def history(world: World, said: Json) -> Json:
    """The newest first, unless `rev` is 1."""
    messages = world.talk(said.get("peer_id") or said["user_id"]).messages
    ordered = messages if said.get("rev") == 1 else messages[::-1]
    at, count = said.get("offset", 0), said.get("count", 20)
    return {"count": len(messages), "items": ordered[at : at + count]}


def by_number(world: World, said: Json) -> Json:
    """Messages by their numbers in the conversation, never cropped."""
    talk = world.talk(said["peer_id"])
    found = [talk.numbered(one) for one in said["conversation_message_ids"]]
    items = [one for one in found if one is not None]
    return {"count": len(items), "items": items}


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "messages.send": send,
    "messages.edit": edit,
    "messages.delete": delete,
    "messages.sendMessageEventAnswer": answer_press,
    "messages.setActivity": set_activity,
    "messages.getConversations": conversations,
    "messages.getHistory": history,
    "messages.getByConversationMessageId": by_number,
}
