"""For our tests and for those of whoever runs Frontdesk: a channel that is played, a clock that obeys, a talk in a line."""

from pathlib import Path
from textwrap import dedent, indent

from bot.check.render import render
from bot.clock import ObedientClock
from bot.dialog.loader.talks import CODES, read_talk_file
from bot.errors import ScriptError
from bot.fake import FakeAdapter, unhurried
from bot.project import read_project
from bot.sentences import sentences_of
from bot.source import Report, parse, source_of
from bot.talks import Player, told

__all__ = ["FakeAdapter", "ObedientClock", "talk", "unhurried"]


async def talk(project: Path, lines: str, *, channel: str = "telegram", now: str = "") -> None:
    """Play a conversation with a project's flows, written as the `talk:` of a test file.

        await talk(Path("."), "- user: нужен ремонт\\n- bot: Что случилось")

    Raises `AssertionError` with the talk as it went, `ScriptError` where the project or the lines have mistakes.
    """
    head = f"- test: talk\n  channel: {channel}\n" + (f"  now: {now}\n" if now else "")
    text = f"{head}  talk:\n" + indent(dedent(lines).strip("\n"), "    ")
    read = read_project(project)
    report = Report("talk", CODES, source_of("talk", text))
    root = parse(text, report)
    talks = read_talk_file(root, report, read.config.business) if root is not None else []
    problems = [*read.errors, *report.findings]
    if problems or read.script is None:
        raise ScriptError(render(problems, "text", read.config.business.language))
    config = read.config
    player = Player(config.root, read.script, config.business, sentences=sentences_of(config))
    for one in talks:
        verdict = await player.play(one)
        assert verdict.failure is None, told(verdict, read.config.business.language)
