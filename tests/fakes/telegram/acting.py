"""What people do, put into the world: messages, presses, reactions. `people` gives it a voice."""

from typing import Any

from tests.fakes.telegram import entities
from tests.fakes.telegram.methods.chats import member_update, shown
from tests.fakes.telegram.places import ANONYMOUS, GENERAL, Chat, Json, Member, Post
from tests.fakes.telegram.world import Query, World


def start(world: World, chat: Chat) -> None:
    """A private chat is opened, or opened again after a block."""
    chat.started = True
    if chat.blocked:
        unblock(world, chat)


def say(
    world: World,
    person: Json,
    chat: Chat,
    content: Json,
    *,
    thread: int | None = None,
    reply_to: Post | None = None,
    anonymous: bool = False,
) -> Post:
    """A person's message. In a supergroup without topics an answer carries the first message as its thread."""
    if chat.kind == "private":
        start(world, chat)
    if chat.moved_to is not None:
        chat = world.groups[chat.moved_to]
    if thread == GENERAL:
        thread = None
    if thread is None and reply_to is not None:
        thread = reply_to.thread
        if chat.kind == "supergroup" and not chat.forum:
            thread = reply_to.thread or reply_to.id
    return world.post(
        chat,
        ANONYMOUS if anonymous else person,
        content,
        thread=thread,
        reply_to=reply_to.id if reply_to else None,
        sender_chat=chat.brief() if anonymous else None,
    )


def text(words: str, marks: list[Json] | None) -> Json:
    """The content of a text: what a person marked, or what Telegram finds by itself."""
    found = entities.checked(words, marks) if marks is not None else entities.found(words)
    return {"text": words, **({"entities": found} if found else {})}


def press(world: World, person: Json, post: Post, data: str, bot: Json) -> Query:
    """A callback query to a bot, from below a message. The query waits for its answer."""
    account = world.by_id(int(bot["id"]))
    number = str(4_382_000_000_000 + len(world.queries))
    labels = (one["text"] for row in post.inline for one in row if one.get("callback_data") == data)
    query = Query(
        account.id,
        world.clock(),
        post.chat,
        post.chat.last_id,
        post.thread,
        str(person["first_name"]),
        next(labels, data),
    )
    post.chat.presses.append(query)
    world.queries[number] = query
    message: Any = world.shown(post, account)
    if post.id not in post.chat.posts:
        message = {"chat": post.chat.brief(), "message_id": post.id, "date": 0}
    body = {
        "id": number,
        "from": person,
        "message": message,
        "chat_instance": str(abs(post.chat.id) * 7919),
        "data": data,
    }
    world.tell(account, "callback_query", body)
    return query


def react(world: World, person: Json, post: Post, emoji: list[str]) -> None:
    """A person's reactions to a message are now these."""
    chat = post.chat
    old = chat.reactions.setdefault(post.id, {}).get(int(person["id"]), [])
    new = [{"type": "emoji", "emoji": one} for one in emoji]
    chat.reactions[post.id][int(person["id"])] = new
    body = {
        "chat": chat.brief(),
        "message_id": post.id,
        "user": person,
        "date": int(world.clock()),
        "old_reaction": old,
        "new_reaction": new,
    }
    for account in world.listeners(chat):
        if chat.kind == "private" or chat.members[account.id].rules:
            world.tell(account, "message_reaction", body)
    world.note("react", chat, post, "".join(emoji))


def block(world: World, chat: Chat) -> None:
    """The person stops the bot."""
    _stop(world, chat, blocked=True)


def unblock(world: World, chat: Chat) -> None:
    """The person starts the bot again."""
    _stop(world, chat, blocked=False)


def _stop(world: World, chat: Chat, *, blocked: bool) -> None:
    account = world.owner(chat)
    assert account is not None
    assert chat.person is not None
    inside, out = shown(Member(account.user)), shown(Member(account.user, "kicked"))
    chat.blocked = blocked
    old, new = (inside, out) if blocked else (out, inside)
    update = member_update(chat, chat.person, old, new, int(world.clock()))
    world.tell(account, "my_chat_member", update)
