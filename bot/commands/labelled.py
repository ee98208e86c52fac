"""What `faq eval` measures with: the questions of a FAQ file, and labelled texts."""

from pathlib import Path

import msgspec
import typer

from bot.check.render import render
from bot.commands.terminal import FAILED, MISUSED, note, speak
from bot.config.load import default_config, load_config
from bot.dialog.loader.faq_file import read_faq
from bot.dialog.loader.known import Known
from bot.faq import Query, Question, Settings
from bot.model.abilities import KINDS
from bot.source import FAQ, Report, read


def questions_of(faq: Path) -> tuple[tuple[Question, ...], Settings]:
    """The questions of a FAQ file that stands alone, and its settings."""

    folder, name = faq.resolve().parent, faq.name
    report = Report(name, FAQ)
    config = default_config(folder)
    known = Known(folder, config.business, {}, {}, tuple(KINDS), tuple(KINDS))
    entries, settings = read_faq(read(folder, name, report), report, known)
    # Flows and channels that an entry names belong to a project that is not here.
    errors = [one for one in report.findings if one.code[:2] in {"E0", "E5"}]
    if errors:
        note(render(errors, "text", speak.language))
        raise typer.Exit(FAILED)
    return tuple(Question(entry.id, entry.questions) for entry, _ in entries.entries), settings


def queries_of(path: Path) -> list[Query]:
    """Labelled questions, one JSON object a line."""

    decoder = msgspec.json.Decoder(Query)
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        note(
            speak(
                f"{path}: файл сохранён не в UTF-8 или это не текст",
                f"{path}: this is no text in UTF-8",
            )
        )
        raise typer.Exit(MISUSED) from None
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(decoder.decode(line))
            except msgspec.DecodeError as problem:
                note(f'{path}:{number}: {problem}; {{"text": "…", "id": "…" | null}}')
                raise typer.Exit(MISUSED) from None
    return found


def own_queries(project: Path) -> list[Query]:
    """Those of `faq.test.yaml` beside the FAQ: `question: entry id`, or `none`."""

    config = load_config(project).config
    path = config.faq.with_suffix(".test.yaml")
    report = Report(path.relative_to(config.root).as_posix(), FAQ)
    tree = read(config.root, report.source.path, report)
    fields = report.fields(tree, None)
    entries = fields.node.entries if fields.node else []
    asked = [(key.value, report.text(value, key.value)) for key, value in entries]
    if report.findings:
        note(render(report.findings, "text", speak.language))
        raise typer.Exit(FAILED)
    return [Query(text, None if id == "none" else id) for text, id in asked]
