"""Topics of a forum: opened, named, closed, opened again, deleted."""

from typing import Any

from tests.fakes.telegram import entities
from tests.fakes.telegram.methods.table import method, needs, paced, topic_of
from tests.fakes.telegram.places import GENERAL, Chat, Json, Topic
from tests.fakes.telegram.refusal import bad
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World

COLORS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})
NAME = 128
ICONS = {
    "5312536423851630001": "💡",
    "5309832892262654231": "🤖",
    "5312016608254762256": "⚡️",
    "5377316857231450742": "❓",
    "5379748062124056162": "❗️",
    "5368324170671202286": "👍",
    "5237699328843200968": "✅",
    "5350452584119279096": "🔥",
    "5357121491508928442": "👀",
    "5411138633765757782": "🕊",
    "5312241539987020022": "🔥",
    "5417915203100613993": "💬",
    "5433614043006903194": "📆",
}
"""The icons that are free in this fake. Telegram's own list changes: ask getForumTopicIconStickers."""


def _forum(world: World, account: Account, call: Call, words: str) -> Chat:
    chat = world.chat_for(account, call.params["chat_id"])
    if not chat.forum:
        raise bad("the chat is not a forum")
    needs(account, chat, "can_manage_topics", f"not enough rights to {words}")
    return chat


def _name(params: Json) -> str:
    name = (params.get("name") or "").strip()
    if not name or entities.units(name) > NAME:
        raise bad("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
    return name


def _icon(params: Json) -> str:
    icon = params.get("icon_custom_emoji_id") or ""
    if icon and icon not in ICONS:
        raise bad("DOCUMENT_INVALID")
    return str(icon)


def open_topic(world: World, chat: Chat, opener: Json, topic: Json) -> Topic:
    """A new topic, with the message that says so: its number is the topic's."""
    number = chat.last_id + 1
    made = Topic(number, topic["name"], topic["icon_color"], topic.get("icon_custom_emoji_id", ""))
    chat.topics[number] = made
    world.post(chat, opener, {"forum_topic_created": topic}, thread=number, notice=True)
    world.note("topic", chat, words=made.name)
    return made


@method("createForumTopic")
def create_forum_topic(world: World, account: Account, call: Call) -> Any:
    chat = _forum(world, account, call, "create a topic")
    color = call.params.get("icon_color", 7322096)
    if color not in COLORS:
        raise bad("TOPIC_ICON_COLOR_INVALID")
    topic: Json = {"name": _name(call.params), "icon_color": color}
    icon = _icon(call.params)
    if icon:
        topic["icon_custom_emoji_id"] = icon
    paced(world, account, chat)
    made = open_topic(world, chat, account.user, topic)
    return {"message_thread_id": made.id, **topic}


@method("editForumTopic")
def edit_forum_topic(world: World, account: Account, call: Call) -> Any:
    chat = _forum(world, account, call, "edit the topic")
    topic = topic_of(chat, call.params["message_thread_id"])
    name = _name(call.params) if call.params.get("name") else topic.name
    icon = _icon(call.params) if "icon_custom_emoji_id" in call.params else topic.icon
    if (name, icon) == (topic.name, topic.icon):
        raise bad("TOPIC_NOT_MODIFIED")
    paced(world, account, chat)
    change: Json = {}
    if name != topic.name:
        change["name"] = name
    if icon != topic.icon:
        change["icon_custom_emoji_id"] = icon
    topic.name, topic.icon = name, icon
    _tell(world, account, chat, topic, {"forum_topic_edited": change})
    return True


def _tell(world: World, account: Account, chat: Chat, topic: Topic, content: Json) -> None:
    thread = None if topic.id == GENERAL else topic.id
    world.post(chat, account.user, content, thread=thread, notice=True)
    world.note("topic", chat, words=topic.name)


def _shut(world: World, account: Account, call: Call, closed: bool, thread: int) -> Any:
    chat = _forum(world, account, call, "close the topic" if closed else "reopen the topic")
    topic = topic_of(chat, thread)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    paced(world, account, chat)
    topic.closed = closed
    said: Json = {"forum_topic_closed": {}} if closed else {"forum_topic_reopened": {}}
    _tell(world, account, chat, topic, said)
    return True


@method("closeForumTopic")
def close_forum_topic(world: World, account: Account, call: Call) -> Any:
    return _shut(world, account, call, True, call.params["message_thread_id"])


@method("reopenForumTopic")
def reopen_forum_topic(world: World, account: Account, call: Call) -> Any:
    return _shut(world, account, call, False, call.params["message_thread_id"])


@method("closeGeneralForumTopic")
def close_general_forum_topic(world: World, account: Account, call: Call) -> Any:
    return _shut(world, account, call, True, GENERAL)


@method("reopenGeneralForumTopic")
def reopen_general_forum_topic(world: World, account: Account, call: Call) -> Any:
    return _shut(world, account, call, False, GENERAL)


@method("editGeneralForumTopic")
def edit_general_forum_topic(world: World, account: Account, call: Call) -> Any:
    chat = _forum(world, account, call, "edit the topic")
    topic, name = chat.topics[GENERAL], _name(call.params)
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    paced(world, account, chat)
    topic.name = name
    _tell(world, account, chat, topic, {"forum_topic_edited": {"name": name}})
    return True


def drop_topic(world: World, chat: Chat, topic: Topic) -> None:
    """A topic is gone with everything in it. Nobody is told."""
    topic.deleted = True
    for post in [one for one in chat.posts.values() if one.thread == topic.id]:
        chat.posts.pop(post.id)
        if post.id in chat.pinned:
            chat.pinned.remove(post.id)
    world.note("topic", chat, words=topic.name)


@method("deleteForumTopic")
def delete_forum_topic(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    needs(account, chat, "can_delete_messages", "not enough rights to delete the topic")
    topic = topic_of(chat, call.params["message_thread_id"])
    if topic.id == GENERAL:
        raise bad("TOPIC_ID_INVALID")
    drop_topic(world, chat, topic)
    return True


@method("unpinAllForumTopicMessages")
def unpin_all_forum_topic_messages(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    needs(
        account, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat"
    )
    thread = topic_of(chat, call.params["message_thread_id"]).id
    chat.pinned = [one for one in chat.pinned if chat.posts[one].thread != thread]
    world.note("unpin", chat)
    return True


@method("getForumTopicIconStickers")
def get_forum_topic_icon_stickers(world: World, account: Account, call: Call) -> Any:
    flags = {"type": "custom_emoji", "is_animated": True, "is_video": False}
    return [
        {
            "file_id": f"BQAC-{account.id}-icon{icon}",
            "file_unique_id": f"icon{icon}",
            "width": 512,
            "height": 512,
            "emoji": emoji,
            "custom_emoji_id": icon,
            **flags,
        }
        for icon, emoji in ICONS.items()
    ]
