"""The table of methods, and what most of them need."""

from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.places import GENERAL, Chat, Json, Post, Topic
from tests.fakes.telegram.refusal import bad, too_many
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World

Method = Callable[[World, Account, Call], Any]

METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Puts a function into the table."""

    def put(function: Method) -> Method:
        METHODS[name] = function
        return function

    return put


def paced(world: World, account: Account, chat: Chat, cost: int = 1) -> None:
    """Count against the limits, or raise 429. Called when everything else is known to be right."""
    if account.pace is None:
        return
    wait = account.pace.retry_after(chat.id, group=chat.kind != "private", cost=cost)
    if wait:
        raise too_many(wait)


def needs(account: Account, chat: Chat, right: str, words: str) -> None:
    """Raise unless the bot has a right of an administrator."""
    if chat.kind != "private" and not chat.members[account.id].may(right):
        raise bad(words)


def topic_of(chat: Chat, thread: int) -> Topic:
    """The topic with a number, for calls about topics."""
    if not chat.forum:
        raise bad("the chat is not a forum")
    topic = chat.topics.get(thread)
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    if topic.deleted:
        raise bad("TOPIC_DELETED" if thread != GENERAL else "TOPIC_ID_INVALID")
    return topic


def thread_for(account: Account, chat: Chat, params: Json, answered: Post | None) -> int | None:
    """Where a message goes: the topic named, or that of the message it answers; None is General or no forum."""
    asked = params.get("message_thread_id")
    if asked is None:
        if chat.forum and answered is not None:
            asked = answered.thread
        if asked is None:
            _writable(account, chat, chat.topics.get(GENERAL))
            return None
    if not chat.forum:
        if chat.kind != "supergroup" or asked not in chat.posts:
            raise bad("message thread not found")
        return int(asked)
    topic = chat.topics.get(asked)
    if topic is not None and topic.deleted and topic.silent:
        return None
    if topic is None or topic.deleted or topic.id == GENERAL:
        raise bad("message thread not found")
    _writable(account, chat, topic)
    return topic.id


def _writable(account: Account, chat: Chat, topic: Topic | None) -> None:
    if topic is not None and topic.closed and not chat.members[account.id].may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")


def message(chat: Chat, number: Any, words: str) -> Post:
    """A message that the call is about, or 400 "message to … not found"."""
    post = chat.posts.get(number) if isinstance(number, int) else None
    if post is None:
        raise bad(words)
    return post
