"""Files."""

import msgspec

from bot.dialog.slots.base import Asking, Bad, Parameter, Simple, SlotError, TypeDescription, Value
from bot.model.message import Attachment, Message

KINDS = {
    "image": ("image/",),
    "video": ("video/",),
    "audio": ("audio/",),
    "pdf": ("application/pdf",),
    "document": (
        "application/pdf", "application/msword", "application/rtf", "text/", "application/vnd.oasis.opendocument",
        "application/vnd.openxmlformats-officedocument", "application/vnd.ms-",
    ),
    "archive": (
        "application/zip", "application/x-7z-compressed", "application/x-rar", "application/vnd.rar",
        "application/gzip", "application/x-tar",
    ),
}  # fmt: skip
"""Beginnings of media types by the words that flows use."""
_BY_ATTACHMENT = {
    "photo": "image/jpeg",
    "video": "video/mp4",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
}


def content_type(head: bytes, otherwise: str = "application/octet-stream") -> str:
    """The media type by the first bytes of the content (262 are enough), whatever its name says."""
    import filetype

    found = filetype.guess(head)
    return str(found.mime) if found else otherwise


class FileType(Simple, frozen=True):
    """A file of some kinds. Until its content is fetched, what the channel says of it decides; `check` again then."""

    kinds: tuple[str, ...] = ()
    max_size: int = 0
    kind: str = "file"
    strict: bool = True

    def parse(self, message: Message, asking: Asking) -> Value | Bad:
        """The fields of the first attachment that fits; those of an album's other ones under `more`."""
        files = [one for one in message.attachments if not one.whole]
        if not files:
            return Bad("no_file")
        problems = [self.check(attachment) for attachment in files]
        fitting = [file for file, problem in zip(files, problems, strict=True) if problem is None]
        if not fitting:
            return problems[0] or Bad("no_file")
        first, *more = map(msgspec.to_builtins, fitting)
        return {**first, "more": more} if more else first

    def check(self, attachment: Attachment) -> Bad | None:
        """What is wrong with a file, None if nothing is."""
        mime = attachment.mime.lower() or _BY_ATTACHMENT.get(attachment.kind, "")
        fits = any(mime.startswith(KINDS.get(kind, (kind,))) for kind in self.kinds)
        if self.kinds and not fits:
            return Bad("wrong_kind", limits=True)
        if self.max_size and attachment.size > self.max_size:
            return Bad("file_too_big", limits=True)
        return None

    def show(self, value: Value, language: str = "ru") -> str:
        """The file's name, or its kind; of an album all of them."""
        if not isinstance(value, dict):
            return ""
        every = [value, *value.get("more", ())]
        return ", ".join(str(one.get("name") or one.get("kind") or "") for one in every)

    def equal(self, value: Value, written: object) -> bool:
        """The same fields, or a file of that name."""
        return bool(value == written) or self.show(value) == written


def _file(kinds: tuple[str, ...], max_size: int) -> FileType:
    for kind in kinds:
        if kind not in KINDS and "/" not in kind:
            raise SlotError(
                "bad_value", "kinds", name="kinds", value=kind[:100], expected=", ".join(KINDS)
            )
    return FileType(kinds, max_size)


FILE = TypeDescription(
    "file",
    "a file",
    "файл",
    {
        "kinds": Parameter(
            "list", "image, video, audio, pdf, document, archive, or a media type",
            "image, video, audio, pdf, document, archive или тип вроде image/png", default=(),
        ),
        "max_size": Parameter("size", "the biggest size: 5 MB", "наибольший размер: 5 МБ", default=0),
    },
    _file,
)  # fmt: skip
