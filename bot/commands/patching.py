"""What customers asked in vain, as a patch of faq.yaml."""

import difflib
import os
from collections.abc import Sequence

from bot.config.settings import Config
from bot.dialog.script import Script
from bot.faq import MissGroup
from bot.faq.patch import patch_faq, propose


def faq_patch(config: Config, script: Script, groups: Sequence[MissGroup]) -> str:
    """A unified diff that `patch -p1` and `git apply` take; "" where there is nothing to add."""
    name = os.path.relpath(config.faq, config.root)
    before = config.faq.read_text("utf-8")
    answers = {entry.id: entry.answer.default.source for entry in script.faq.values()}
    # Phrases of flows stand in other files.
    known = [
        one for one in groups if one.nearest is None or one.nearest.id in answers or one.answers
    ]
    after = patch_faq(before, propose(known, answers))
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm=""
    )
    return "\n".join(lines)
