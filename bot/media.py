"""Images and files of the project, kept beside what people attach: so adapters upload all files from one place."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import structlog

from bot.attachments import Files
from bot.dialog.flow import Media, Say
from bot.dialog.script import Script

log = structlog.get_logger("media")

PIECE = 1 << 20
LARGEST = 500_000_000
"""The most that a file of a project may have, in bytes; the loader refuses larger ones."""


async def keep_media(script: Script, root: Path, files: Files) -> None:
    """Copy what a script says with files, from the project's folder; what is kept already is not read again. A file
    that went away meanwhile is told and left out."""
    for media in media_of(script):
        if not media.digest or await asyncio.to_thread(files.path(media.digest).exists):
            continue
        try:
            await files.save(_content(root / media.path), LARGEST)
        except (OSError, ValueError) as problem:
            log.error("file of the project not kept", path=media.path, reason=str(problem))


def media_of(script: Script) -> Iterator[Media]:
    """Everything that steps and canned answers send, each content once."""
    steps = (step for flow in script.flows.values() for step in flow.steps.values())
    said = (media for step in steps if isinstance(step, Say) for media in step.media)
    canned = (media for reply in script.replies.values() for media in reply.files)
    yield from {media.digest: media for media in (*said, *canned)}.values()


async def _content(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
