"""Images and files that travel with a text."""

import hashlib
import mimetypes
from pathlib import Path

from bot.dialog.flow import Media
from bot.source import Report, Scalar, Tree, find, source_of

_LARGEST = 500_000_000


def read_media(node: Tree, report: Report, project: Path, *, image: bool) -> Media | None:
    """A file below the project, with the digest of its bytes; what is wrong with it is noted."""
    path = report.text(node, "image" if image else "file")
    if not path or not isinstance(node, Scalar):
        return None
    inner = Report(path, report.codes, source_of(path, ""))
    full = find(project, path, inner, _LARGEST)
    if full is None:
        report.add("E218", node, path=path, limit=_LARGEST // 1_000_000)
        return None
    mime = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if image and not mime.startswith("image/"):
        report.add("E232", node, path=path)
    return Media(
        "photo" if image else "document",
        path,
        _digest(full),
        Path(path).name,
        mime,
        full.stat().st_size,
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
