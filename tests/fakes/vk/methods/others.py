"""groups.*, users.*, utils.*, photos.*, docs.*"""

import json
from collections.abc import Callable
from typing import Any

from tests.fakes.vk.faults import Refusal
from tests.fakes.vk.schema import Json, schema
from tests.fakes.vk.world import World


def by_id(world: World, said: Json) -> Json:
    """Without a number: the community that the key belongs to."""
    group = {"id": world.group_id, "name": "Импульс", "screen_name": "impuls", "is_closed": 0}
    return {"groups": [group], "profiles": []}


def long_poll_server(world: World, said: Json) -> Json:
    """A fresh key each time; the old ones hold on."""
    _own_group(world, said)
    if not world.long_poll_on:
        raise Refusal(15)
    key = f"key{world.number()}"
    world.keys.add(key)
    return {"key": key, "server": f"{world.url}/wh{world.group_id}", "ts": str(len(world.events))}


def long_poll_settings(world: World, said: Json) -> Json:
    """Which events are told."""
    _own_group(world, said)
    names = schema()["definitions"]["groups_long_poll_events"]["properties"]
    told = {name: int(name in world.told_events) for name in names}
    told["message_event"] = int("message_event" in world.told_events)
    return {"is_enabled": world.long_poll_on, "api_version": "5.199", "events": told}


def rights(world: World, said: Json) -> Json:
    """What the key may do."""
    granted = [{"name": name, "setting": 1 << at} for at, name in enumerate(sorted(world.rights))]
    return {"mask": (1 << len(granted)) - 1, "permissions": granted}


def confirmation(world: World, said: Json) -> Json:
    """What the Callback API wants to read once."""
    _own_group(world, said)
    return {"code": world.confirmation}


def _own_group(world: World, said: Json) -> None:
    if said["group_id"] != world.group_id:
        raise Refusal(15)


def users(world: World, said: Json) -> list[Json]:
    """Those that there are."""
    names = ("id", "first_name", "last_name", "can_access_closed", "is_closed", "deactivated")
    shown = (*names, *said.get("fields", []))
    found = (world.people.get(int(one)) for one in said.get("user_ids", []))
    return [{name: one[name] for name in shown if name in one} for one in found if one]


def server_time(world: World, said: Json) -> int:
    """VK's clock."""
    return world.now()


def photo_server(world: World, said: Json) -> Json:
    """Where a photo is put."""
    place = world.number()
    url = f"{world.url}/upload/photo/{place}"
    return {"upload_url": url, "album_id": -64, "user_id": 0, "group_id": world.group_id}


def save_photo(world: World, said: Json) -> list[Json]:
    """A photo that was put becomes one that may be sent."""
    upload = world.uploads.pop(said.get("hash", ""), None)
    if upload is None or upload["photo"] != said["photo"]:
        raise Refusal(121)
    number, file = world.number(), json.loads(said["photo"])[0]["file"]
    photo = {
        "id": number,
        "album_id": -64,
        "owner_id": -world.group_id,
        "date": world.now(),
        "access_key": f"k{number}",
        "has_tags": False,
        "sizes": [
            {"type": "m", "width": 130, "height": 87, "url": f"{world.url}/files/{file}"},
            {"type": "x", "width": 604, "height": 403, "url": f"{world.url}/files/{file}"},
        ],
    }
    world.attachments[f"photo{-world.group_id}_{number}"] = {"type": "photo", "photo": photo}
    return [photo]


def document_server(world: World, said: Json) -> Json:
    """Where a document, or a voice message, is put."""
    kind = said.get("type", "doc")
    if kind not in {"doc", "audio_message", "graffiti"}:
        raise Refusal(100, "type is invalid")
    return {"upload_url": f"{world.url}/upload/{kind}/{world.number()}"}


def save_document(world: World, said: Json) -> Json:
    """A document that was put becomes one that may be sent."""
    upload = world.uploads.pop(said["file"], None)
    if upload is None:
        raise Refusal(105)
    number, owner = world.number(), -world.group_id
    url = f"{world.url}/files/{upload['name']}"
    if upload["kind"] == "audio_message":
        voice = {
            "id": number,
            "owner_id": owner,
            "duration": 1,
            "waveform": [0],
            "link_ogg": url,
            "link_mp3": url,
            "access_key": f"k{number}",
        }
        world.attachments[f"doc{owner}_{number}"] = {
            "type": "audio_message",
            "audio_message": voice,
        }
        return {"type": "audio_message", "audio_message": voice}
    document = {
        "id": number,
        "owner_id": owner,
        "title": said.get("title", upload["told"]),
        "size": upload["size"],
        "ext": upload["told"].rpartition(".")[2],
        "url": url,
        "date": world.now(),
        "type": 1,
        "access_key": f"k{number}",
    }
    world.attachments[f"doc{owner}_{number}"] = {"type": "doc", "doc": document}
    return {"type": "doc", "doc": document}


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "groups.getById": by_id,
    "groups.getLongPollServer": long_poll_server,
    "groups.getLongPollSettings": long_poll_settings,
    "groups.getTokenPermissions": rights,
    "groups.getCallbackConfirmationCode": confirmation,
    "users.get": users,
    "utils.getServerTime": server_time,
    "photos.getMessagesUploadServer": photo_server,
    "photos.saveMessagesPhoto": save_photo,
    "docs.getMessagesUploadServer": document_server,
    "docs.save": save_document,
}
