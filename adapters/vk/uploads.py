"""Files on their way to VK: uploaded, saved, named as an attachment of a message."""

import re
from pathlib import Path
from typing import Any

from adapters.vk.api import Api
from adapters.vk.faults import Refused
from adapters.vk.words import Words
from bot.channel import Undeliverable
from bot.model.message import Attachment

PHOTOS = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp"})
PHOTO_SIZE = 50_000_000
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
}


async def upload(api: Api, peer: int, file: Attachment, path: Path, words: Words) -> str:
    """The name that VK knows the file by (`photo-1_2_key`). Raises `Undeliverable`, and as `Api` does."""
    if file.kind == "photo" and file.mime in PHOTOS and file.size <= PHOTO_SIZE:
        name = await _photo(api, peer, file, path)
        if name:
            return name
    kind = "audio_message" if file.kind == "voice" and file.mime == "audio/ogg" else "doc"
    return await _document(api, peer, file, path, kind, words)


async def _photo(api: Api, peer: int, file: Attachment, path: Path) -> str:
    """Empty where VK does not take it for a photo: then it goes as a document."""
    place = await api.call("photos.getMessagesUploadServer", peer_id=peer)
    put = await api.upload(place["upload_url"], "photo", path, safe_name(file), file.mime)
    if not isinstance(put, dict) or put.get("photo") in (None, "", "[]"):
        return ""
    values = {name: put[name] for name in ("photo", "server", "hash") if name in put}
    try:
        saved = await api.call("photos.saveMessagesPhoto", **values)
    except Refused as refusal:
        if refusal.code == 100:
            return ""
        raise
    return _name("photo", saved[0])


async def _document(
    api: Api, peer: int, file: Attachment, path: Path, kind: str, words: Words
) -> str:
    place = await api.call("docs.getMessagesUploadServer", type=kind, peer_id=peer)
    mime = file.mime or "application/octet-stream"
    put = await api.upload(place["upload_url"], "file", path, safe_name(file), mime)
    if not isinstance(put, dict) or not put.get("file"):
        raise Undeliverable(words["upload_refused"].format(name=file.name))
    # The name goes as a title: in the upload itself VK reads only plain ones.
    saved = await api.call("docs.save", file=put["file"], title=file.name or safe_name(file))
    inside = saved.get(saved["type"]) or {}
    return _name(str(saved["type"]), inside)


def safe_name(file: Attachment) -> str:
    """A file name that any upload server reads; VK tells the kind of a document by its end."""
    found = _EXTENSION.search(file.name)
    extension = found[1].lower() if found else _EXTENSIONS.get(file.mime, "bin")
    return f"file.{extension}"


def _name(kind: str, saved: Any) -> str:
    # A voice message is attached as the document that it is stored as.
    word = "doc" if kind in {"audio_message", "graffiti"} else kind
    key = f"_{saved['access_key']}" if saved.get("access_key") else ""
    return f"{word}{saved['owner_id']}_{saved['id']}{key}"
