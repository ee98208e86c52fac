"""The command line: `frontdesk COMMAND`, in a project's folder or with `--project DIR`."""

import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import (
    backup,
    chat,
    check,
    demo,
    doctor,
    explain,
    export,
    faq,
    forget,
    graph,
    init,
    migrate,
    run,
    schema,
    test,
    trace,
)
from bot.commands.terminal import FAILED, MISUSED, TEMPORARY, note, out, speak
from bot.errors import ConfigurationError, FrontdeskError, NoProject, NotSaved, StoreInUse

program = typer.Typer(
    name="frontdesk",
    help="One support desk for customers who write on Telegram, VK and e-mail.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out(f"frontdesk {version('frontdesk')}")
        raise typer.Exit


@program.callback()
def _project(
    call: typer.Context,
    project: Annotated[Path, typer.Option(help="The project's folder.", metavar="DIR")] = Path(),
    version: Annotated[  # noqa: ARG001  (its callback tells it and leaves)
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Which version."),
    ] = False,
) -> None:
    call.obj = project


_MODULES = (
    init,
    demo,
    chat,
    check,
    test,
    run,
    doctor,
    trace,
    graph,
    export,
    forget,
    migrate,
    backup,
    schema,
    explain,
)
for _module in _MODULES:
    program.command(_module.__name__.rpartition(".")[2])(_module.command)
program.add_typer(faq.program, name="faq")


def main() -> None:
    """Run a command; a person's mistake ends in a sentence, never in a traceback."""
    try:
        program(_project_first(sys.argv[1:]), prog_name="frontdesk")
    except NoProject as problem:
        folder = problem.folder
        said = speak(
            f"{folder}: здесь нет ни config.yaml, ни папки flows",
            f"{folder}: there is no config.yaml and no flows/ here",
        )
        cure = speak(
            "перейдите в папку проекта, назовите её (--project DIR) или создайте новый: frontdesk init DIR",
            "go to a project's folder, name it (--project DIR), or make one: frontdesk init DIR",
        )
        note(f"frontdesk: {said}\n{cure}")
        raise SystemExit(MISUSED) from None
    except ConfigurationError as problem:
        _leave(problem, MISUSED)
    except (StoreInUse, NotSaved) as problem:
        _leave(problem, TEMPORARY)
    except FrontdeskError as problem:
        _leave(problem, FAILED)
    except BrokenPipeError:
        # Whoever read our output (`head`) has seen enough; nothing is left to flush to.
        sys.stderr.close()
        raise SystemExit(FAILED) from None
    except OSError as problem:
        # A report, a picture, a copy that was to be written where nothing can be.
        if problem.filename is None:
            raise
        note(f"frontdesk: {problem.filename}: {_reason(problem)}")
        raise SystemExit(TEMPORARY if problem.errno == errno.ENOSPC else FAILED) from None


_REASONS = {
    errno.ENOENT: "нет такого файла или папки",
    errno.EACCES: "нет права на этот файл или папку",
    errno.EPERM: "нет права на этот файл или папку",
    errno.EROFS: "сюда нельзя писать",
    errno.EISDIR: "это папка, а не файл",
    errno.ENOTDIR: "папка в этом пути - на самом деле файл",
    errno.ENOSPC: "на диске нет места",
    errno.EEXIST: "такой файл уже есть",
}


def _reason(problem: OSError) -> str:
    said = problem.strerror or type(problem).__name__
    return speak(_REASONS.get(problem.errno or 0, said), said)


def _leave(problem: FrontdeskError, code: int) -> None:
    note(f"frontdesk: {speak(problem.ru or str(problem), str(problem))}")
    raise SystemExit(code)


def _project_first(arguments: list[str]) -> list[str]:
    """`--project DIR` may stand anywhere before `--`: click wants it in front of the command."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    first: list[str] = []
    rest: list[str] = []
    at = 0
    while at < end:
        if arguments[at] == "--project" and at + 1 < end:
            first += arguments[at : at + 2]
            at += 1
        elif arguments[at].startswith("--project="):
            first.append(arguments[at])
        else:
            rest.append(arguments[at])
        at += 1
    return first + rest + arguments[end:]
