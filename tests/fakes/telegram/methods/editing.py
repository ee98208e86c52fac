"""Messages changed, taken back, pinned, reacted to; presses answered."""

from typing import Any

from telegram.constants import ReactionEmoji
from tests.fakes.telegram import entities
from tests.fakes.telegram.methods import keyboards, media
from tests.fakes.telegram.methods.sending import caption_of, text_of
from tests.fakes.telegram.methods.table import message, method, needs, paced
from tests.fakes.telegram.places import Chat, Json, Post
from tests.fakes.telegram.refusal import bad
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World

FREE = frozenset(emoji.value for emoji in ReactionEmoji)
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _mine(world: World, account: Account, call: Call) -> tuple[Chat, Post]:
    """The bot's own message that is to be edited."""
    chat = world.chat_for(account, call.params.get("chat_id"))
    post = message(chat, call.params.get("message_id"), "message to edit not found")
    if post.author["id"] != account.id or post.notice:
        raise bad("message can't be edited")
    return chat, post


def _change(world: World, account: Account, call: Call, change: Json | None) -> Any:
    """Put new content (None: as it was) and the call's buttons into a message."""
    chat, post = _mine(world, account, call)
    markup = keyboards.checked(call.params.get("reply_markup"), chat)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad("message can't be edited: inline keyboard expected")
    if markup is not None and not any(markup["inline_keyboard"]):
        markup = None
    fresh = post.content if change is None else change
    if fresh == post.content and (markup or {}) == (post.markup or {}):
        raise bad(SAME)
    paced(world, account, chat)
    post.content, post.markup, post.edited = fresh, markup, int(world.clock())
    world.note("edit", chat, post, post.text)
    return world.shown(post, account)


@method("editMessageText")
def edit_message_text(world: World, account: Account, call: Call) -> Any:
    fresh = text_of(call.params)
    _, post = _mine(world, account, call)
    if "text" not in post.content:
        raise bad("there is no text in the message to edit")
    return _change(world, account, call, fresh)


@method("editMessageCaption")
def edit_message_caption(world: World, account: Account, call: Call) -> Any:
    fresh = caption_of(call.params)
    _, post = _mine(world, account, call)
    if not any(kind in post.content for kind in (*media.GROUPED, "voice", "animation")):
        raise bad("there is no caption in the message to edit")
    kept = {name: value for name, value in post.content.items() if not name.startswith("caption")}
    return _change(world, account, call, kept | fresh)


@method("editMessageMedia")
def edit_message_media(world: World, account: Account, call: Call) -> Any:
    item = call.params["media"]
    upload = media.attached(call, item["media"])
    kept = media.chosen(world, account, item["type"], item["media"], upload)
    return _change(world, account, call, media.content(kept) | caption_of(item))


@method("editMessageReplyMarkup")
def edit_message_reply_markup(world: World, account: Account, call: Call) -> Any:
    return _change(world, account, call, None)


@method("deleteMessage")
def delete_message(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    world.remove(_deletable(account, chat, call.params["message_id"]))
    return True


@method("deleteMessages")
def delete_messages(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    for number in call.params["message_ids"]:
        if number in chat.posts:
            world.remove(_deletable(account, chat, number))
    return True


def _deletable(account: Account, chat: Chat, number: int) -> Post:
    post = message(chat, number, "message to delete not found")
    mine = post.author["id"] == account.id
    if chat.kind == "private" or (mine and not post.notice):
        return post
    if not chat.members[account.id].may("can_delete_messages"):
        raise bad("message can't be deleted")
    if post.id in chat.topics:
        raise bad("message can't be deleted")
    return post


@method("pinChatMessage")
def pin_chat_message(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    post = message(chat, call.params["message_id"], "message to pin not found")
    needs(
        account, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat"
    )
    if post.notice:
        raise bad("message can't be pinned")
    paced(world, account, chat)
    if post.id in chat.pinned:
        return True
    chat.pinned.append(post.id)
    world.note("pin", chat, post, post.text)
    world.post(chat, account.user, {"pinned_message": post}, thread=post.thread, notice=True)
    return True


@method("unpinChatMessage")
def unpin_chat_message(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    needs(
        account, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat"
    )
    number = call.params.get("message_id", chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad("message to unpin not found")
    paced(world, account, chat)
    chat.pinned.remove(number)
    world.note("unpin", chat, chat.posts[number])
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    needs(
        account, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat"
    )
    chat.pinned.clear()
    world.note("unpin", chat)
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    post = message(chat, call.params["message_id"], "message to react not found")
    chosen: list[Json] = call.params.get("reaction") or []
    if len(chosen) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for reaction in chosen:
        emoji = reaction.get("emoji", "")
        if reaction["type"] != "emoji" or emoji not in FREE:
            raise bad("REACTION_INVALID")
        if chat.allowed_reactions is not None and emoji not in chat.allowed_reactions:
            raise bad("REACTION_INVALID")
    if post.notice:
        raise bad("MESSAGE_ID_INVALID")
    chat.reactions.setdefault(post.id, {})[account.id] = chosen
    world.note("react", chat, post, "".join(one["emoji"] for one in chosen))
    return True


@method("answerCallbackQuery")
def answer_callback_query(world: World, account: Account, call: Call) -> Any:
    query = world.queries.get(call.params["callback_query_id"])
    late = query is None or query.answer is not None or query.bot != account.id
    if query is None or late or world.clock() - query.at > world.query_lifetime:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if entities.units(call.params.get("text") or "") > 200:
        raise bad("MESSAGE_TOO_LONG")
    query.answer = dict(call.params)
    world.bell.ring()
    return True
