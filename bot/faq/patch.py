"""Edits of faq.yaml that a person could have made: text in, text out, comments and order kept."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rapidfuzz import fuzz
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from bot.faq.misses import MissGroup
from bot.faq.words import normalise

_SAME_ANSWER = 85
_LONGEST_ID = 40
_NOT_IN_YAML = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[^\W\d_][\w .!?()/«»;+-]*(?<! )")
_NAMED = re.compile(r"(?:[&!]\S+\s+(?:#[^\n]*\s+)?)+(?=-\s)")
_NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


class Addition(msgspec.Struct, frozen=True):
    """New ways to ask for an entry; with an answer, an entry that is made if it is missing."""

    id: str
    questions: tuple[str, ...]
    answer: str | None = None


def propose(
    groups: Iterable[MissGroup], answers: Mapping[str, str], least: float = 0.2
) -> tuple[Addition, ...]:
    """Return what the misses suggest to add; `answers` are the FAQ's, by entry id.

    What an operator answered tells most: an answer that the FAQ already has names the entry, a
    new one makes an entry. Next comes what customers chose themselves from what was offered. Without
    either the nearest entry gets the texts if its score is `least` or more; a group that nothing
    speaks for is left out.
    """
    found: list[Addition] = []
    for group in groups:
        said = group.answers[0] if group.answers else None
        chosen = next((id for id in group.meant if id in answers), None)
        known = entry_that_says(said, answers) if said else None
        if known is not None:
            found.append(Addition(known, group.texts))
        elif said is not None:
            found.append(Addition(_new_id(group.texts[0]), group.texts, said))
        elif chosen is not None:
            found.append(Addition(chosen, group.texts))
        elif _is_near(group, answers, least):
            assert group.nearest is not None
            found.append(Addition(group.nearest.id, group.texts))
    return tuple(found)


def entry_that_says(said: str, answers: Mapping[str, str]) -> str | None:
    """The entry whose answer an operator gave, in nearly the same words."""
    plain = normalise(said)
    likeness = {id: fuzz.ratio(plain, normalise(answer)) for id, answer in answers.items()}
    best = max(likeness, key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= _SAME_ANSWER else None


def _is_near(group: MissGroup, answers: Mapping[str, str], least: float) -> bool:
    nearest = group.nearest
    return nearest is not None and nearest.id in answers and nearest.score >= least


def _new_id(text: str) -> str:
    return normalise(text)[:_LONGEST_ID].strip().replace(" ", "_")


def patch_faq(source: str, additions: Iterable[Addition]) -> str:
    """Return faq.yaml with the additions in it; every other character stays as it was.

    Questions that an entry has already, in any spelling that normalises alike, are not repeated.
    An addition to an entry that is missing makes it, if it has an answer, and is left out if not.

    Raises:
        ruamel.yaml.error.YAMLError: `source` is not YAML.
        ValueError: `source` is neither a list of entries nor a mapping with `entries`.
    """
    # One at a time: each edit moves the places of what follows, and reading is quick.
    for addition in additions:
        questions = [plain for plain in map(_printable, addition.questions) if normalise(plain)]
        source = _patch(source, msgspec.structs.replace(addition, questions=tuple(questions)))
    return source


def _patch(source: str, addition: Addition) -> str:
    entries = _entries(source)
    for entry in entries.value if entries else ():
        if _scalar(_value(entry, "id")) == addition.id:
            return _with_questions(source, entry, addition)
    if addition.answer is None or not addition.questions:
        return source
    return _with_entry(source, entries, addition)


def _entries(source: str) -> SequenceNode | None:
    root = YAML().compose(source)
    found = _value(root, "entries") if isinstance(root, MappingNode) else root
    if found is not None and not isinstance(found, SequenceNode):
        raise ValueError("faq.yaml is neither a list of entries nor a mapping with `entries`")
    if found is None and root is not None:
        raise ValueError("faq.yaml has no `entries`")
    return found


def _value(node: Any, key: str) -> Any:
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if _scalar(name) == key), None)


def _scalar(node: Any) -> str | None:
    return str(node.value) if isinstance(node, ScalarNode) else None


def _with_questions(source: str, entry: Any, addition: Addition) -> str:
    known, questions = _value(entry, "questions"), addition.questions
    if isinstance(known, ScalarNode) and known.value and questions:
        # One question stands without a list, which it needs now.
        return _patch(_listed(source, entry, known), addition)
    if not isinstance(known, SequenceNode):
        return source
    spellings = {normalise(_scalar(node) or "") for node in known.value}
    new = {normalise(q): q for q in questions if normalise(q) not in spellings}
    # Inside brackets a question mark before a comma would start a key.
    write = _quoted if known.flow_style else _written
    return _append(source, known, [write(question) for question in new.values()])


def _listed(source: str, entry: Any, single: ScalarNode) -> str:
    start, end = single.start_mark.index, single.end_mark.index
    if entry.flow_style:
        return f"{source[:start]}[{source[start:end]}]{source[end:]}"
    margin = " " * (int(entry.start_mark.column) + 2)
    return f"{source[:start].rstrip()}\n{margin}- {source[start:]}"


def _with_entry(source: str, entries: SequenceNode | None, addition: Addition) -> str:
    written = [_written(question) for question in addition.questions]
    answer = "\n".join(map(_printable, (addition.answer or "").strip().splitlines()))
    if entries is not None and entries.flow_style:
        listed = ", ".join(map(_quoted, addition.questions))
        flow = f"{{id: {_written(addition.id)}, questions: [{listed}], answer: {_quoted(answer)}}}"
        return _append(source, entries, [flow])
    margin = " " * (_column(source, entries) if entries is not None else 0)
    lines = [
        f"id: {_written(addition.id)}",
        f"{margin}  questions:",
        *(f"{margin}    - {question}" for question in written),
        f"{margin}  answer: {_block(answer, margin)}",
    ]
    if entries is None:
        return source.rstrip() + "\n" * bool(source.strip()) + "- " + "\n".join(lines) + "\n"
    return _append(source, entries, ["\n".join(lines)], apart=True)


def _append(source: str, known: SequenceNode, items: list[str], *, apart: bool = False) -> str:
    """Return `source` with items at the end of a list; `apart` puts an empty line before each."""
    if not items:
        return source
    if known.flow_style:
        at = known.end_mark.index - 1
        last = known.value[-1].end_mark.index if known.value else at
        between = ", " * bool(known.value)
        if source[last:at].partition("#")[0].strip() == ",":
            # The last one has its comma already, and no comment of its line may swallow ours.
            at, between = source.index(",", last) + 1, " "
        return source[:at] + between + ", ".join(items) + source[at:]
    # A list ends where its last item does; what follows on that line is a comment.
    end = len(source[: known.value[-1].end_mark.index].rstrip())
    at = source.find("\n", end)
    at = len(source) if at < 0 else at
    margin = "\n" * apart + "\n" + " " * _column(source, known) + "- "
    return source[:at] + "".join(margin + item for item in items) + source[at:]


def _column(source: str, known: SequenceNode) -> int:
    """Where the dashes of a list stand, behind an anchor that names it."""
    at = known.start_mark.index
    found = _NAMED.match(source, at)
    at = found.end() if found else at
    return int(at - source.rfind("\n", 0, at) - 1)


def _block(text: str, margin: str) -> str:
    """Return an answer as a YAML scalar of one line, or of as many as it has."""
    if "\n" not in text:
        return _written(text)
    return "|-" + "".join(f"\n{margin}    {line}" if line else "\n" for line in text.split("\n"))


def _written(text: str) -> str:
    """Return the text as a YAML scalar: plain where nobody could misread it, else quoted."""
    is_plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _NOT_TEXT
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    # JSON's strings are YAML's.
    return msgspec.json.encode(text).decode()


def _printable(text: str) -> str:
    """Return a customer's text on one line, without characters that YAML cannot hold."""
    return " ".join(_NOT_IN_YAML.sub(" ", text).split())
