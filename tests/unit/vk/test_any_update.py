"""Whatever comes from VK's address, reading it raises nothing and says nothing in a customer's name that is not theirs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.vk.api import Api
from adapters.vk.intake import Intake
from adapters.vk.settings import Settings
from bot.model.event import Incoming

KINDS = [
    "message_new",
    "message_edit",
    "message_event",
    "message_allow",
    "message_deny",
    "wall_reply_new",
    "wall_reply_edit",
    "board_post_new",
    "never heard of",
]
NAMES = [
    "message",
    "from_id",
    "peer_id",
    "user_id",
    "conversation_message_id",
    "date",
    "text",
    "payload",
    "attachments",
    "fwd_messages",
    "reply_message",
    "geo",
    "coordinates",
    "id",
    "post_id",
    "owner_id",
    "event_id",
    "type",
    "photo",
    "sizes",
    "is_cropped",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 1 << 40) | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8)
    ),
    max_leaves=30,
)
updates = st.one_of(
    anything,
    st.fixed_dictionaries(
        {"type": st.sampled_from(KINDS), "object": anything, "event_id": st.text(max_size=5)}
    ),
)


@pytest.fixture(scope="module")
def intake() -> Intake:
    settings = Settings("x", 1, comments=True)
    return Intake("vk", settings, Api(settings))


@given(st.lists(updates, max_size=5))
def test_no_update_raises(intake: Intake, given_updates: list[Any]) -> None:
    for found in intake.read(given_updates):
        incoming = found.incoming
        assert isinstance(incoming, Incoming)
        assert incoming.external_id
        assert found.person > 0
        assert incoming.address.endswith(str(found.person))
