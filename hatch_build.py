"""Packs the example business into the wheel, where bot/starter.py looks for it.

A checkout keeps it at the top, so an editable install needs no copy.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StarterHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        for part in self.config["starter"]:
            if (Path(self.root) / part).exists():
                build_data["force_include"][part] = f"bot/starter_files/{part}"
