"""What is attached to a message of VK: a file to fetch, or a line of text where there is none. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.vk.words import Words
from bot.model.message import Attachment, Location

Raw = Mapping[str, Any]
SITE = "https://vk.com"
_VIDEOS = frozenset({"mp4", "mov", "avi", "mkv", "webm"})


def files_and_lines(raw: Raw, words: Words) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """The attachments of a message, or of a comment: those that are files, and lines that tell of the others."""
    files, lines = [], []
    for one in raw.get("attachments") or ():
        kind = str(one.get("type", ""))
        inside = one.get(kind) or {}
        read = _FILES.get(kind)
        file = read(inside) if read is not None else None
        if file is not None and file.source:
            files.append(file)
        else:
            lines.append(_line(kind, inside, words))
    return tuple(files), tuple(lines)


def location(raw: Raw) -> Location | None:
    """The place that a message carries."""
    geo = raw.get("geo") or {}
    place = geo.get("coordinates")
    if isinstance(place, str):
        latitude, _, longitude = place.partition(" ")
        place = {"latitude": latitude, "longitude": longitude}
    if not isinstance(place, Mapping):
        return None
    title = str((geo.get("place") or {}).get("title") or "")
    return Location(float(place["latitude"]), float(place["longitude"]), title)


def _photo(photo: Raw) -> Attachment:
    original = photo.get("orig_photo")
    sizes = [*(photo.get("sizes") or ()), *([original] if original else [])]
    best: Raw = max(sizes, key=_area, default={})
    return Attachment("photo", "photo.jpg", "image/jpeg", source=_url(best))


def _area(size: Raw) -> int:
    return int(size.get("width") or 0) * int(size.get("height") or 0)


def _document(doc: Raw) -> Attachment:
    extension = str(doc.get("ext") or "").lower()
    name = str(doc.get("title") or "document")
    if extension and not name.lower().endswith(f".{extension}"):
        name = f"{name}.{extension}"
    return Attachment(
        "video" if extension in _VIDEOS else "document",
        name,
        size=int(doc.get("size") or 0),
        source=_url(doc),
    )


def _voice(voice: Raw) -> Attachment:
    source = str(voice.get("link_ogg") or voice.get("link_mp3") or "")
    mime = "audio/ogg" if voice.get("link_ogg") else "audio/mpeg"
    return Attachment("voice", "voice.ogg", mime, source=source)


def _sticker(sticker: Raw) -> Attachment:
    best: Raw = max(sticker.get("images") or (), key=_area, default={})
    return Attachment("sticker", "sticker.png", "image/png", source=_url(best))


def _graffiti(graffiti: Raw) -> Attachment:
    return Attachment("photo", "graffiti.png", "image/png", source=_url(graffiti))


def _url(raw: Raw) -> str:
    url = str(raw.get("url") or raw.get("src") or "")
    return url if url.startswith(("https://", "http://")) else ""


_FILES: Mapping[str, Callable[[Raw], Attachment]] = {
    "photo": _photo,
    "doc": _document,
    "audio_message": _voice,
    "sticker": _sticker,
    "graffiti": _graffiti,
}


def _line(kind: str, inside: Raw, words: Words) -> str:
    title = str(inside.get("title") or "")
    match kind:
        case "video":
            return _joined(words["video"], title, _page("video", inside))
        case "audio":
            return _joined(words["audio"], str(inside.get("artist") or ""), title)
        case "link" | "article":
            return _joined(title, str(inside.get("url") or inside.get("view_url") or ""))
        case "wall" | "wall_reply" | "market" | "poll":
            head = words["poll"] if kind == "poll" else ""
            question = str(inside.get("question") or title)
            return _joined(head, question, _page(kind.removesuffix("_reply"), inside))
        case _:
            return f"({words.get(kind, words['attachment'])})"


def _page(kind: str, inside: Raw) -> str:
    owner = inside.get("owner_id") or inside.get("to_id") or inside.get("from_id")
    number = inside.get("post_id") or inside.get("id")
    return f"{SITE}/{kind}{owner}_{number}" if owner and number else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
