"""Reply markups, checked."""

from typing import Any

from tests.fakes.telegram.places import Chat, Json
from tests.fakes.telegram.refusal import bad

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def checked(markup: Any, chat: Chat) -> Json | None:
    """The markup, if Telegram would take it."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        _inline(markup["inline_keyboard"])
    elif "keyboard" in markup:
        _reply(markup["keyboard"], chat)
    elif markup.get("remove_keyboard") is not True and markup.get("force_reply") is not True:
        raise bad("can't parse reply keyboard markup JSON object")
    return markup


def _inline(rows: list[list[Json]]) -> None:
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if sum(action in button for action in ACTIONS) != 1:
            raise bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        if "url" in button and "." not in button["url"] and "localhost" not in button["url"]:
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _reply(rows: list[list[Any]], chat: Chat) -> None:
    if not rows or not any(rows):
        raise bad("can't parse keyboard button: at least one button is expected")
    if sum(map(len, rows)) > 300 or any(len(row) > 12 for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        if isinstance(button, str):
            continue
        if not button.get("text"):
            raise bad('can\'t parse keyboard button: Field "text" must be of type String')
        if chat.kind != "private" and (
            button.get("request_contact") or button.get("request_location")
        ):
            raise bad("phone number can be requested in private chats only")
