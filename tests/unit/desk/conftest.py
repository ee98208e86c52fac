"""A conversation that was handed over."""

import pytest

from tests.unit.desk.room_of_tests import Talk


@pytest.fixture
def talk() -> Talk:
    talk = Talk()
    talk.handover(reason="Нужен человек")
    return talk


@pytest.fixture
def taken(talk: Talk) -> Talk:
    talk.press("Взять")
    return talk
