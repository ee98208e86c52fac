"""Playing talks and telling how they went."""

import asyncio
import logging
import sys
from collections.abc import Sequence

from bot import logs
from bot.commands.terminal import speak
from bot.config.settings import Config
from bot.dialog.loader.talks import Talk
from bot.dialog.script import Script
from bot.sentences import sentences_of
from bot.talks import Coverage, Player, Verdict


def play_all(
    config: Config, script: Script, talks: Sequence[Talk], *, quiet: bool
) -> list[Verdict]:
    """Play them one after another, with a dot for each where a person watches."""
    logs.configure(logging.ERROR)
    player = Player(config.root, script, config.business, sentences=sentences_of(config))
    watched = sys.stderr.isatty() and not quiet

    async def play() -> list[Verdict]:
        verdicts = []
        for talk in talks:
            verdicts.append(await player.play(talk))
            if watched:
                sys.stderr.write("F" if verdicts[-1].failure else ".")
                sys.stderr.flush()
        return verdicts

    verdicts = asyncio.run(play())
    if watched:
        sys.stderr.write("\n")
    return verdicts


def told_coverage(flows: Sequence[Coverage]) -> str:
    """A line for each flow, and what no test reaches."""
    lines = []
    for flow in flows:
        whole = flow.steps + flow.options
        share = f"{whole - len(flow.missed)}/{whole}"
        lines.append(f"{flow.flow}: {share}")
        lines += [
            speak(f"    {place}: не достигнуто: {name}", f"    {place}: not reached: {name}")
            for name, place in zip(flow.missed, flow.places, strict=True)
        ]
    return "\n".join(lines)


def told_sum(verdicts: Sequence[Verdict]) -> str:
    """How many, how many failed, how long."""
    failed = sum(verdict.failure is not None for verdict in verdicts)
    seconds = sum(verdict.seconds for verdict in verdicts)
    return speak(
        f"Тестов: {len(verdicts)}, не прошло: {failed}, {seconds:.1f} с",
        f"Tests: {len(verdicts)}, failed: {failed}, {seconds:.1f} s",
    )
