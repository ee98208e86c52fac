"""`faq.yaml`: a list of entries, or a mapping with `entries:` and settings; and `replies.yaml` beside it."""

from pathlib import Path

from bot.check.drawn import DrawnFaq
from bot.check.finding import Word
from bot.check.sameness import normal
from bot.dialog.flow import FaqEntry, Phrase, Reply
from bot.dialog.loader import words
from bot.dialog.loader.asking import read_buttons
from bot.dialog.loader.draft import Draft
from bot.dialog.loader.ids import check_id
from bot.dialog.loader.known import Known
from bot.dialog.loader.media import read_media
from bot.dialog.loader.outline import Outline
from bot.dialog.loader.wording import Wording
from bot.dialog.templates import compile_text
from bot.faq import Settings
from bot.faq.words import words as split
from bot.source import Fields, Report, Scalar, Tree, composed
from bot.source import Mapping as Pairs
from bot.source.nearest import nearest

ENTRY_KEYS = ("id", "topic", "questions", "answer", "buttons", "channels", "by_channel", "comment")
FILE_KEYS = ("entries", "answer_from", "suggest_from", "synonyms", "ask_helped", "comment")


def read_faq(root: Tree | None, report: Report, known: Known) -> tuple[DrawnFaq, Settings]:
    """The entries of the FAQ, and the matcher's settings."""
    settings = Settings()
    nodes: list[Tree] = []
    if isinstance(root, Pairs):
        fields = report.fields(root, FILE_KEYS, Word("faq_file"))
        fields.require("entries")
        settings = Settings(
            _share(fields, "answer_from", settings.answer),
            _share(fields, "suggest_from", settings.suggest),
            _synonyms(fields),
            fields.yes("ask_helped"),
        )
        nodes = fields.items("entries")
    elif root is not None:
        nodes = report.items(root)
    wording = Wording(report, (), known.business, known.kinds, known.kept)
    draft = Draft(report, wording, known, Outline(report, {}), {}, {})
    entries = [(entry, fields) for node in nodes for entry, fields in _entry(node, draft)]
    return DrawnFaq(report, tuple(entries)), settings


def _share(fields: Fields, key: str, default: float) -> float:
    """A probability: 0.9."""
    text = fields.text(key)
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if 0 <= value <= 1:
        return value
    fields.report.add(
        fields.report.codes.size, fields.at(key), value=text, where=key, low="0", high="1"
    )
    return default


def _synonyms(fields: Fields) -> tuple[tuple[str, ...], ...]:
    """Groups of words that mean the same: `- [телефон, смартфон, мобильник]`."""
    report = fields.report
    groups = []
    for node in fields.items("synonyms"):
        if isinstance(node, Pairs):
            wanted, found = Word("list"), Word("mapping")
            report.add("E502", node, expected=wanted, where="synonyms", found=found)
            continue
        if isinstance(node, Scalar):
            report.add("E512", node, text=node.value)
            continue
        texts = [(item, report.text(item, "synonyms")) for item in node.items]
        for item, text in texts:
            if text and len(split(text)) != 1:
                report.add("E513", item, text=text)
        group = tuple(dict.fromkeys(word for _, text in texts for word in split(text)))
        if len(group) < 2 and all(text for _, text in texts):
            report.add("E512", node, text=", ".join(group))
        groups.append(group)
    return tuple(groups)


def _entry(node: Tree, draft: Draft) -> list[tuple[FaqEntry, Fields]]:
    report = draft.report
    fields = report.fields(node, ENTRY_KEYS, Word("faq_entry"))
    if fields.node is None:
        return []
    fields.require("id", "questions", "answer")
    own = fields.get("id")
    entry_id = check_id(own, report, "id") if own is not None else ""
    for place in fields.items("questions"):
        if isinstance(place, Scalar) and place.value and not normal(place.value):
            report.add("E509", place, text=place.value)
        draft.wording.look_for_cut(place)
    if "questions" in fields and not fields.items("questions"):
        report.add(
            "E504",
            fields.key("questions") or fields.place,
            value="[]",
            where="questions",
            near="",
            allowed="",
        )
    for place in fields.items("channels"):
        name = composed(report.text(place, "channels"))
        if name and name not in draft.known.channels:
            near = nearest(name, draft.known.channels)
            report.add(
                "E209", place, replacement=near or None,
                name=name, near=near, known=", ".join(draft.known.channels),
            )  # fmt: skip
    allowed = tuple(key for key in words.BUTTON_KEYS if key != "goto")
    entry = FaqEntry(
        id=entry_id,
        topic=fields.text("topic"),
        questions=fields.texts("questions"),
        answer=draft.phrase(fields, "answer", by_channel=True) or Phrase(compile_text("")),
        buttons=read_buttons(draft, fields.get("buttons"), None, allowed),
        channels=tuple(composed(text) for text in fields.texts("channels")),
        line=fields.place.line,
    )
    return [(entry, fields)]


def read_replies(root: Tree, report: Report, known: Known, project: Path) -> dict[str, Reply]:
    """The canned answers of the operators: a list with `name` and `text`, or a mapping of names to texts."""
    wording = Wording(report, (), known.business, known.kinds, known.kept)
    replies: dict[str, Reply] = {}
    if isinstance(root, Pairs):
        for key, node in root.entries:
            replies[composed(key.value)] = Reply(
                composed(key.value), wording.template(node, key.value)
            )
        return replies
    for item in report.items(root):
        fields = report.fields(item, ("name", "text", "files", "comment"), Word("reply"))
        fields.require("name", "text")
        name, text = composed(fields.text("name")), fields.get("text")
        if name in replies:
            report.add("E246", fields.at("name"), name=name)
        found = [read_media(node, report, project, image=False) for node in fields.items("files")]
        replies[name] = Reply(
            name,
            wording.template(text, "text") if text is not None else compile_text(""),
            tuple(media for media in found if media is not None),
        )
    return replies
