"""The content of attachments, beside the database: a file for each, named by its SHA-256."""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

DIGEST = re.compile(r"[0-9a-f]{64}")
_TOGETHER = 1 << 18


class Files:
    """Contents under `root/<first two digits>/<digest>`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def save(self, chunks: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
        """Keep a content, durably; its digest and its size in bytes. Raises `ValueError` if it is longer than
        `limit` bytes; then, and when `chunks` raises, nothing stays behind."""
        unfinished = self.root / f"{secrets.token_hex(8)}.unfinished"
        await asyncio.to_thread(self.root.mkdir, parents=True, exist_ok=True)
        file = await asyncio.to_thread(
            os.open, unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )
        try:
            try:
                digest, size = await _write(file, chunks, limit)
                await asyncio.to_thread(os.fsync, file)
            finally:
                os.close(file)
            await asyncio.to_thread(self._settle, unfinished, digest)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return digest, size

    def path(self, digest: str) -> Path:
        """Where a content lies, or would. Raises `ValueError` for what is no digest."""
        if DIGEST.fullmatch(digest) is None:
            raise ValueError("not a digest")
        return self.root / digest[:2] / digest

    def remove(self, digest: str) -> bool:
        """Delete a content; whether it was there."""
        path = self.path(digest)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def tidy(self) -> None:
        """Clear away what a killed process left unfinished. Only while nothing is being saved."""
        for unfinished in self.root.glob("*.unfinished"):
            unfinished.unlink(missing_ok=True)

    def _settle(self, unfinished: Path, digest: str) -> None:
        """Give a finished file its name, and have the folder know it for good."""
        path = self.path(digest)
        path.parent.mkdir(exist_ok=True)
        unfinished.replace(path)
        for folder in (path.parent, self.root):
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


async def _write(file: int, chunks: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
    summary, size, waiting = hashlib.sha256(), 0, bytearray()
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise ValueError(f"longer than {limit} bytes")
        waiting += chunk
        if len(waiting) >= _TOGETHER:
            summary.update(waiting)
            await asyncio.to_thread(_write_all, file, bytes(waiting))
            waiting.clear()
    summary.update(waiting)
    await asyncio.to_thread(_write_all, file, bytes(waiting))
    return summary.hexdigest(), size


def _write_all(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
