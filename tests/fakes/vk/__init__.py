"""A VK of our own for tests: see `server.FakeVk`."""

from tests.fakes.vk.people import Person
from tests.fakes.vk.server import FakeVk

__all__ = ["FakeVk", "Person"]
