"""Chats and their members, as a bot may ask about them."""

from typing import Any

from tests.fakes.telegram.methods.table import method
from tests.fakes.telegram.places import ADMIN_RIGHTS, Chat, Json, Member
from tests.fakes.telegram.refusal import bad
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World

NO_RIGHTS = (
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_manage_video_chats",
    "can_send_welcome_messages",
)
MAY_SEND = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def shown(member: Member) -> Json:
    """The ChatMember object."""
    about: Json = {"user": member.user, "status": member.status}
    match member.status:
        case "creator":
            return {**about, "is_anonymous": member.anonymous}
        case "administrator":
            rights = {right: right in member.rights for right in ADMIN_RIGHTS}
            none = dict.fromkeys(NO_RIGHTS, False)
            flags = {"can_be_edited": False, "is_anonymous": member.anonymous}
            return {**about, **flags, **rights, **none}
        case "kicked":
            return {**about, "until_date": 0}
        case "restricted":
            may = dict.fromkeys(MAY_SEND, False)
            return {**about, **may, "is_member": True, "until_date": 0}
    return about


def member_update(chat: Chat, by: Json, old: Json, new: Json, date: int) -> Json:
    """The ChatMemberUpdated object."""
    return {
        "chat": chat.brief(),
        "from": by,
        "date": date,
        "old_chat_member": old,
        "new_chat_member": new,
    }


@method("getChat")
def get_chat(world: World, account: Account, call: Call) -> Any:
    chat = _chat(world, account, call)
    types = {"gifts_from_channels": True, "limited_gifts": True, "unique_gifts": True}
    full = {
        **chat.brief(),
        "accent_color_id": 5,
        "max_reaction_count": 11,
        "accepted_gift_types": {**types, "unlimited_gifts": True, "premium_subscription": True},
    }
    if chat.kind == "private":
        return full
    full["permissions"] = dict.fromkeys(MAY_SEND, True)
    if chat.allowed_reactions is not None:
        full["available_reactions"] = [
            {"type": "emoji", "emoji": emoji} for emoji in chat.allowed_reactions
        ]
    if chat.pinned:
        full["pinned_message"] = world.shown(chat.posts[chat.pinned[-1]], account, deep=False)
    return full


def _chat(world: World, account: Account, call: Call) -> Chat:
    """A bot may ask about a private chat whose person has blocked it."""
    chat_id = call.params["chat_id"]
    if isinstance(chat_id, int) and (account.id, chat_id) in world.private:
        return world.private[account.id, chat_id]
    return world.chat_for(account, chat_id)


@method("getChatMember")
def get_chat_member(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    user_id = call.params["user_id"]
    if user_id not in world.users:
        raise bad("user not found")
    return shown(chat.members.get(user_id) or Member(world.users[user_id], "left"))


@method("getChatAdministrators")
def get_chat_administrators(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    return [
        shown(one)
        for one in chat.members.values()
        if one.rules and (not one.user["is_bot"] or call.params.get("return_bots"))
    ]


@method("getChatMemberCount")
def get_chat_member_count(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    return 2 if chat.kind == "private" else sum(one.inside for one in chat.members.values())


@method("leaveChat")
def leave_chat(world: World, account: Account, call: Call) -> Any:
    chat = world.chat_for(account, call.params["chat_id"])
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    member = chat.members[account.id]
    old = shown(member)
    member.status = "left"
    date = int(world.clock())
    update = member_update(chat, account.user, old, shown(member), date)
    world.tell(account, "my_chat_member", update)
    world.post(chat, account.user, {"left_chat_member": account.user}, notice=True)
    return True
