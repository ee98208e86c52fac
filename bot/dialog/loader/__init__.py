"""From the files of a project to its `Script`: the only part of the dialog that reads disk."""

from bot.dialog.loader.load import Loaded, load

__all__ = ["Loaded", "load"]
