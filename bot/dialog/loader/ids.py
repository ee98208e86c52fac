"""Names that writers give: what may be one, and letters that only look right."""

import re

from bot.check.finding import Argument
from bot.source import Report, Scalar, Tree, composed
from bot.source.nearest import in_one_script, mixed_letters

_ID = re.compile(r"[^\W_][\w-]*")
_NAME = re.compile(r"[^\W\d_]\w*")


def check_id(node: Tree, report: Report, where: Argument = "") -> str:
    """An id in NFC: letters, digits, `_` and `-`. What is wrong with it is noted, and it is used all the same."""
    return _check(node, report, where, _ID, "E111")


def is_id(text: str) -> bool:
    """Whether a text will do for an id."""
    return _ID.fullmatch(text) is not None


def check_name(node: Tree, report: Report, where: Argument = "") -> str:
    """A name that templates use: letters, digits and `_`."""
    return _check(node, report, where, _NAME, "E113")


def _check(node: Tree, report: Report, where: Argument, form: re.Pattern[str], code: str) -> str:
    written = composed(report.text(node, where))
    if not written:
        return ""
    if not form.fullmatch(written):
        mended = re.sub(r"[\s.-]+" if code == "E113" else r"[\s.]+", "_", written)
        report.add(
            code, node, replacement=mended if _plain(node) and form.fullmatch(mended) else None,
            name=written, where=where,
        )  # fmt: skip
        return mended
    letters = mixed_letters(written)
    if letters:
        one = in_one_script(written)
        report.add(
            "E110", node, replacement=one if one and _plain(node) else None,
            name=written, letters=letters, near=one,
        )  # fmt: skip
    return written


def _plain(node: Tree) -> bool:
    return isinstance(node, Scalar) and not node.style
