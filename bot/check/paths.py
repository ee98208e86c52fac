"""What can be told of one flow without walking it: unreachable steps, loops that never wait, empty names."""

from bot.check.drawn import Drawn


def check_paths(drawn: Drawn) -> None:
    """Note what is wrong with the ways through a flow."""
