"""Messages of text, places and contacts; forwards, copies, actions."""

from typing import Any

from tests.fakes.telegram import entities
from tests.fakes.telegram.methods import keyboards
from tests.fakes.telegram.methods.table import message, method, paced, thread_for
from tests.fakes.telegram.places import Chat, Json, Post
from tests.fakes.telegram.refusal import bad
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World

TEXT = 4096
CAPTION = 1024
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def text_of(params: Json) -> Json:
    """The content of a text message. Raises if it is empty or too long."""
    text, marks = entities.content(params.get("text"), params.get("entities"))
    if not text:
        raise bad("message text is empty")
    if entities.units(text) > TEXT:
        raise bad("message is too long")
    return {"text": text, **({"entities": marks} if marks else {})}


def caption_of(params: Json) -> Json:
    """The caption's part of a content, empty without one."""
    text, marks = entities.content(params.get("caption"), params.get("caption_entities"))
    if entities.units(text) > CAPTION:
        raise bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text, **({"caption_entities": marks} if marks else {})}


def say(
    world: World, account: Account, call: Call, contents: list[Json], chat: Chat | None = None
) -> list[Json]:
    """Put messages into a chat: where, as whose answer and with which buttons stands in the call."""
    params = call.params
    chat = chat or world.chat_for(account, params.get("chat_id"))
    answered = _answered(chat, params)
    thread = thread_for(account, chat, params, answered)
    if answered is not None and chat.forum and answered.thread != thread:
        answered = None
    markup = keyboards.checked(params.get("reply_markup"), chat)
    paced(world, account, chat, len(contents))
    posts = [
        world.post(
            chat,
            account.user,
            content,
            thread=thread,
            reply_to=answered.id if answered else None,
            markup=markup,
        )
        for content in contents
    ]
    _keyboard(chat, markup)
    return [world.shown(post, account) for post in posts]


def _answered(chat: Chat, params: Json) -> Post | None:
    reply = params.get("reply_parameters")
    if not reply:
        return None
    if reply.get("chat_id", chat.id) != chat.id:
        raise bad("message to be replied not found")
    post = chat.posts.get(reply["message_id"])
    if post is None and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return post


def _keyboard(chat: Chat, markup: Json | None) -> None:
    """A reply keyboard stands under everyone's line of writing until it is taken away."""
    if markup is None or "inline_keyboard" in markup:
        return
    people = [chat.id] if chat.kind == "private" else [int(one.user["id"]) for one in chat.people()]
    for person in people:
        if "keyboard" in markup:
            chat.keyboards[person] = markup
        elif markup.get("remove_keyboard"):
            chat.keyboards.pop(person, None)


@method("sendMessage")
def send_message(world: World, account: Account, call: Call) -> Any:
    return say(world, account, call, [text_of(call.params)])[0]


@method("sendLocation")
def send_location(world: World, account: Account, call: Call) -> Any:
    latitude, longitude = call.params["latitude"], call.params["longitude"]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("wrong location")
    content = {"location": {"latitude": latitude, "longitude": longitude}}
    return say(world, account, call, [content])[0]


@method("sendVenue")
def send_venue(world: World, account: Account, call: Call) -> Any:
    params = call.params
    location = {"latitude": params["latitude"], "longitude": params["longitude"]}
    venue = {"location": location, "title": params["title"], "address": params["address"]}
    return say(world, account, call, [{"venue": venue, "location": location}])[0]


@method("sendContact")
def send_contact(world: World, account: Account, call: Call) -> Any:
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: call.params[name] for name in names if call.params.get(name)}
    if "phone_number" not in contact or "first_name" not in contact:
        raise bad("contact must have a phone number and a first name")
    return say(world, account, call, [{"contact": contact}])[0]


@method("sendChatAction")
def send_chat_action(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    if call.params["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    if call.params.get("message_thread_id") is not None:
        thread_for(account, chat, call.params, None)
    world.note("action", chat, words=call.params["action"])
    return True


@method("forwardMessage")
def forward_message(world: World, account: Account, call: Call) -> Any:
    post = _source(world, account, call, "message to forward not found")
    shown = say(world, account, call, [dict(post.content)])[0]
    made = world.chat_for(account, call.params["chat_id"]).posts[shown["message_id"]]
    made.origin = {"type": "user", "sender_user": post.author, "date": post.date}
    return world.shown(made, account)


@method("copyMessage")
def copy_message(world: World, account: Account, call: Call) -> Any:
    post = _source(world, account, call, "message to copy not found")
    content = dict(post.content)
    if "caption" in call.params:
        content = {k: v for k, v in content.items() if not k.startswith("caption")}
        content |= caption_of(call.params)
    return {"message_id": say(world, account, call, [content])[0]["message_id"]}


def _source(world: World, account: Account, call: Call, words: str) -> Post:
    post = message(
        world.chat_for(account, call.params["from_chat_id"]), call.params["message_id"], words
    )
    if post.notice:
        raise bad("message can't be " + words.split()[2] + "ed")
    return post
