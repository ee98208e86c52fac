"""What customers asked in vain, as a patch of faq.yaml, shown or written."""

import difflib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
from ruamel.yaml.error import YAMLError

from bot.commands.terminal import quoted, speak
from bot.config.settings import Config
from bot.dialog.script import Script
from bot.dialog.verbatim import verbatim
from bot.errors import FrontdeskError
from bot.faq import MissGroup, normalise
from bot.faq.patch import Addition, patch_faq, propose

_BOM = "\ufeff"


class Patch(msgspec.Struct, frozen=True):
    """What would change in faq.yaml. `reason` says why nothing would, "" where something does."""

    before: str
    after: str
    additions: tuple[Addition, ...]
    reason: str = ""


def faq_patch(config: Config, script: Script, groups: Sequence[MissGroup]) -> Patch:
    """What the misses add to the FAQ. Raises `FrontdeskError` where faq.yaml cannot be added to."""
    before = config.faq.read_bytes().decode("utf-8") if config.faq.exists() else ""
    answers = {entry.id: entry.answer.default.source for entry in script.faq.values()}
    # Phrases of flows stand in other files.
    known = [
        one for one in groups if one.nearest is None or one.nearest.id in answers or one.answers
    ]
    proposed = [_verbatim(one) for one in propose(known, answers)]
    additions = _new(proposed, script)
    if not additions:
        return Patch(before, before, (), _reason(groups, known, proposed))
    try:
        return Patch(before, _patched(before, additions), additions)
    except YAMLError:
        raise FrontdeskError(
            speak(
                f"{config.faq.name} написан так, что дописать в него не получается: внесите нужное сами",
                f"{config.faq.name} is written in a way that cannot be added to: add what you need yourself",
            )
        ) from None
    except ValueError:
        raise FrontdeskError(
            speak(
                f"в {config.faq.name} нет списка вопросов: начните его с «- id:» или с «entries:»",
                f"{config.faq.name} has no list of entries: begin it with “- id:” or “entries:”",
            )
        ) from None


def _verbatim(addition: Addition) -> Addition:
    """What an operator typed is text: no template, no markup."""
    if addition.answer is None:
        return addition
    return msgspec.structs.replace(addition, answer=verbatim(addition.answer))


def _new(additions: Sequence[Addition], script: Script) -> tuple[Addition, ...]:
    """The additions without what the FAQ or a flow's phrases have already."""
    asked = {normalise(one) for question in script.questions for one in question.variants}
    found = []
    for addition in additions:
        questions = tuple(one for one in addition.questions if normalise(one) not in asked)
        if questions:
            asked.update(map(normalise, questions))
            found.append(msgspec.structs.replace(addition, questions=questions))
    return tuple(found)


def _reason(
    groups: Sequence[MissGroup], known: Sequence[MissGroup], proposed: Sequence[Addition]
) -> str:
    if not groups:
        return speak("все вопросы получили ответ", "every question got an answer")
    if proposed:
        return speak("всё, о чём спрашивали, уже есть", "all that was asked is there already")
    if not known:
        return speak(
            "эти вопросы похожи только на фразы сценариев: допишите их в phrases нужного сценария",
            "these questions are like phrases of flows only: add them to the phrases of a flow",
        )
    return speak(
        "ни на один из этих вопросов не ответил оператор, и ни один не похож на вопрос из FAQ",
        "no operator answered any of these questions, and none is like an entry of the FAQ",
    )


def _patched(before: str, additions: Sequence[Addition]) -> str:
    """The text with the additions, its byte order mark and its line ends as they were."""
    mark = _BOM if before.startswith(_BOM) else ""
    text = before.removeprefix(_BOM)
    is_dos = "\r\n" in text and text.count("\r\n") == text.count("\n")
    after = patch_faq(text.replace("\r\n", "\n") if is_dos else text, additions)
    return mark + (after.replace("\n", "\r\n") if is_dos else after)


def diff(config: Config, patch: Patch) -> str:
    """A unified diff that `patch -p1` and `git apply` take; "" where there is nothing to add."""
    name = os.path.relpath(config.faq, config.root)
    before, after = patch.before.splitlines(), patch.after.splitlines()
    return "\n".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""))


def write_patch(config: Config, patch: Patch) -> None:
    """Put the patched FAQ in the place of the old one, whole or not at all.

    Raises `FrontdeskError`, and leaves the file as it was, where the project could not be played with it.
    """
    file = config.faq.resolve()
    new = file.with_name(f".{file.stem}.new.yaml")
    try:
        with new.open("wb") as written:
            written.write(patch.after.encode())
            written.flush()
            os.fsync(written.fileno())
        if file.exists():
            shutil.copymode(file, new)
        _prove(config, new)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def _prove(config: Config, new: Path) -> None:
    """Raise `FrontdeskError` with the mistakes that the new file would bring."""
    from bot.check.render import render
    from bot.project import read_project

    project = read_project(config.root, faq=new)
    if project.errors:
        told = render(project.errors, "text", speak.language)
        raise FrontdeskError(
            speak(
                f"{config.faq.name} не изменён: с добавленным он не прошёл бы проверку. "
                f"Внесите нужное сами, см. --patch.\n{told}",
                f"{config.faq.name} was not changed: with what would be added it would not pass the "
                f"check. Add what you need yourself, see --patch.\n{told}",
            )
        )


def told_additions(additions: Sequence[Addition], script: Script) -> str:
    """What was added, entry by entry."""
    lines = []
    for addition in additions:
        is_new = addition.id not in script.faq
        lines.append(addition.id + (speak(" (новая запись)", " (a new entry)") if is_new else ""))
        lines += [f"  + {quoted(question)}" for question in addition.questions]
    return "\n".join(lines)
