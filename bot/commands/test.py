"""`frontdesk test`: play the conversation tests that stand beside the flows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.terminal import FAILED, FINE, MISUSED, note, out, out_json, speak

if TYPE_CHECKING:
    from bot.dialog.loader.talks import Talks
    from bot.project import Project
    from bot.talks import Coverage, Verdict


def command(
    call: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]…", help="Test files or folders; all.")
    ] = None,
    covered: Annotated[
        bool, typer.Option("--coverage", help="Tell which steps and options no test reaches.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a JUnit report for CI.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The results as JSON.")] = False,
) -> None:
    """Run the conversation tests; a failure is shown as the talk it was."""
    from bot.commands.playing import play_all
    from bot.commands.project import load_project
    from bot.talks import coverage

    project = load_project(call.obj)
    talks = _talks(project, paths or [])
    if project.script is None or project.errors or talks.findings:
        _refuse(project, talks)
    assert project.script is not None
    verdicts = play_all(project.config, project.script, talks.talks, quiet=as_json)
    reached = frozenset[str]().union(*(verdict.reached for verdict in verdicts))
    missed = coverage(project.script, reached) if covered else ()
    _report(verdicts, missed, covered=covered, as_json=as_json)
    if junit is not None:
        from bot.commands.junit import junit_report

        junit.write_text(junit_report(verdicts), "utf-8")
    raise typer.Exit(FAILED if any(verdict.failure for verdict in verdicts) else FINE)


def _talks(project: "Project", paths: list[str]) -> "Talks":
    from bot.dialog.loader.talks import find_talks, read_talks

    config = project.config
    found = find_talks(config.root, config.flows.relative_to(config.root).as_posix())
    wanted = [_below(config.root, path) for path in paths]
    for path in wanted:
        if not any(_within(one, path) for one in found):
            note(speak(f"нет тестов: {path}", f"no tests: {path}"))
            raise typer.Exit(MISUSED)
    chosen = [one for one in found if not wanted or any(_within(one, path) for path in wanted)]
    return read_talks(config.root, chosen, config.business)


def _below(root: Path, path: str) -> str:
    """A path as the project names it, whether it was written from here or from there."""
    here = Path(path).resolve()
    return here.relative_to(root).as_posix() if here.is_relative_to(root) else path


def _within(file: str, path: str) -> bool:
    return file == path or file.startswith(f"{path.rstrip('/')}/") or path == "."


def _refuse(project: "Project", talks: "Talks") -> None:
    from bot.check.render import render

    note(render((*project.errors, *talks.findings), "text", speak.language))
    raise typer.Exit(FAILED)


def _report(
    verdicts: "list[Verdict]", missed: "tuple[Coverage, ...]", *, covered: bool, as_json: bool
) -> None:
    from bot.commands.playing import told_coverage, told_sum
    from bot.talks import told

    if as_json:
        out_json(_as_json(verdicts, missed))
        return
    for verdict in verdicts:
        if verdict.failure is not None:
            out(told(verdict, speak.language))
    if covered:
        out(told_coverage(missed))
    out(told_sum(verdicts))


def _as_json(verdicts: "list[Verdict]", missed: "tuple[Coverage, ...]") -> dict[str, object]:
    return {
        "tests": [
            {
                "test": verdict.talk.name,
                "path": verdict.talk.path,
                "line": verdict.failure.line if verdict.failure else verdict.talk.line,
                "ok": verdict.failure is None,
                "problem": verdict.failure.problem if verdict.failure else "",
                "seconds": round(verdict.seconds, 3),
            }
            for verdict in verdicts
        ],
        "coverage": missed,
    }
