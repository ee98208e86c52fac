"""The files of a project, watched: what is done once is done again at every save."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from bot.config.load import load_config
from bot.config.settings import Config

WATCHED = {".yaml", ".yml", ".csv"}
DEBOUNCE = 400
_LOOK = 200


def folders(config: Config) -> list[Path]:
    """Where the files of a project lie. Not the whole tree below: the database writes there all the time."""
    own = (config.root, config.flows, config.root / "tables", config.faq.parent)
    found = [folder.resolve() for folder in own if folder.is_dir()]
    found += [folder.resolve() for folder in config.flows.rglob("*") if folder.is_dir()]
    return list(dict.fromkeys(found))


def is_of_project(path: str) -> bool:
    """Whether a file that changed is one that we read."""
    return Path(path).suffix in WATCHED or Path(path).name == ".env"


def again_and_again(root: Path, look: Callable[[], None]) -> None:
    """Call `look`, and call it again at every save, until Ctrl-C. Raises `NoProject`."""
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            _until_folders_change(root, look)


def _until_folders_change(root: Path, look: Callable[[], None]) -> None:
    from watchfiles import watch

    watched = folders(load_config(root).config)
    is_first = True
    # Silence is told too: the first of it means that the watch is set, and no save can be missed any more.
    seen = watch(
        *watched, debounce=DEBOUNCE, rust_timeout=_LOOK, yield_on_timeout=True, recursive=False
    )
    # Closed by us: a Ctrl-C that falls into the closing of a forgotten generator is lost.
    with contextlib.closing(seen):
        for changes in seen:
            if is_first or any(is_of_project(path) for _, path in changes):
                is_first = False
                look()
            if changes and folders(load_config(root).config) != watched:
                return
