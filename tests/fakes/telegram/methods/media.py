"""Files: sent, sent again by their id, asked for."""

import mimetypes
from functools import partial
from typing import Any

from tests.fakes.telegram.methods.sending import caption_of, say
from tests.fakes.telegram.methods.table import method
from tests.fakes.telegram.places import Json, StoredFile
from tests.fakes.telegram.refusal import Refusal, bad
from tests.fakes.telegram.wire import Call, Upload
from tests.fakes.telegram.world import Account, World

MB = 1024 * 1024
UPLOAD, PHOTO, DOWNLOAD = 50 * MB, 10 * MB, 20 * MB
GROUPED = frozenset({"photo", "video", "audio", "document"})


def body(kept: StoredFile, extra: Json | None = None) -> Any:
    """The object that stands in a message for a file of its kind: a list of sizes for a photo."""
    ids: Json = {
        "file_id": kept.unique,
        "file_unique_id": f"u{kept.unique}",
        "file_size": kept.size,
    }
    named: Json = {"file_name": kept.name, "mime_type": kept.mime}
    size: Json = {"width": 1280, "height": 853}
    match kept.kind:
        case "photo":
            small = {**ids, "file_unique_id": f"s{kept.unique}", "file_size": min(kept.size, 1200)}
            return [{**small, "width": 90, "height": 60}, {**ids, **size}]
        case "video" | "animation":
            return {**ids, **size, **named, "duration": 3, **(extra or {})}
        case "voice":
            return {**ids, "duration": 3, "mime_type": kept.mime, **(extra or {})}
        case "video_note":
            return {**ids, "length": 240, "duration": 3}
        case "audio":
            return {**ids, **named, "duration": 180, **(extra or {})}
        case "sticker":
            flags = {"is_animated": False, "is_video": False, "type": "regular"}
            return {**ids, **flags, "width": 512, "height": 512, "emoji": "👍"}
    return {**ids, **named}


def content(kept: StoredFile, extra: Json | None = None) -> Json:
    """The content of a message with one file."""
    made = {kept.kind: body(kept, extra)}
    if kept.kind == "animation":
        made["document"] = _document(kept)
    return made


def _document(kept: StoredFile) -> Json:
    ids = {"file_id": kept.unique, "file_unique_id": f"u{kept.unique}", "file_size": kept.size}
    return {**ids, "file_name": kept.name, "mime_type": kept.mime}


def chosen(
    world: World, account: Account, kind: str, value: Any, upload: Upload | None
) -> StoredFile:
    """The file of a call: an upload, or the id of one that this bot knows and that was of the same kind."""
    if upload is not None:
        return _uploaded(world, kind, upload)
    if not isinstance(value, str) or not value:
        raise bad(f"there is no {kind} in the request")
    kept = world.file_for(account, value)
    if kept.kind != kind:
        raise bad(f"can't use file of type {kept.kind.title()} as {kind.title()}")
    return kept


def _uploaded(world: World, kind: str, upload: Upload) -> StoredFile:
    if len(upload.data) > UPLOAD:
        raise Refusal(413, "Request Entity Too Large")
    if not upload.data:
        raise bad("file must be non-empty")
    if kind == "photo" and len(upload.data) > PHOTO:
        raise bad("file is too big")
    mime = upload.mime
    if mime in ("", "application/octet-stream"):
        mime = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    return world.keep_file(kind, upload.name or "file", mime, upload.data)


def attached(call: Call, value: Any) -> Upload | None:
    """The upload that `attach://name` means."""
    if isinstance(value, str) and value.startswith("attach://"):
        name = value.removeprefix("attach://")
        if name not in call.files:
            raise bad(f"wrong parameter {name} in request: no such file attached")
        return call.files[name]
    return None


def _one(world: World, account: Account, call: Call, kind: str) -> Any:
    upload = call.files.get(kind) or attached(call, call.params.get(kind))
    caption = caption_of(call.params)
    kept = chosen(world, account, kind, call.params.get(kind), upload)
    return say(world, account, call, [{**content(kept), **caption}])[0]


for _name, _kind in {
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendVideoNote": "video_note",
    "sendDocument": "document",
    "sendSticker": "sticker",
}.items():
    method(_name)(partial(_one, kind=_kind))


@method("sendMediaGroup")
def send_media_group(world: World, account: Account, call: Call) -> Any:
    items: list[Json] = call.params["media"]
    if not 2 <= len(items) <= 10:
        raise bad("album must contain 2-10 items")
    kinds = {item["type"] for item in items}
    if not kinds <= GROUPED or (len(kinds) > 1 and kinds != {"photo", "video"}):
        raise bad("can't mix these kinds of media in an album")
    album = str(len(world.journal) + 13_000_000_000)
    contents = []
    for item in items:
        upload = attached(call, item["media"])
        kept = chosen(world, account, item["type"], item["media"], upload)
        contents.append({**content(kept), **caption_of(item), "media_group_id": album})
    return say(world, account, call, contents)


@method("getFile")
def get_file(world: World, account: Account, call: Call) -> Any:
    kept = world.file_for(account, call.params["file_id"])
    if kept.size > DOWNLOAD:
        raise bad("file is too big")
    return {
        "file_id": call.params["file_id"],
        "file_unique_id": f"u{kept.unique}",
        "file_size": kept.size,
        "file_path": kept.path,
    }
