"""The methods of the API, by name."""

from collections.abc import Callable
from typing import Any

from tests.fakes.vk.methods import others, public, speaking
from tests.fakes.vk.schema import Json
from tests.fakes.vk.world import World

Method = Callable[[World, Json], Any]

METHODS: dict[str, Method] = {**speaking.METHODS, **others.METHODS, **public.METHODS}
