"""The bot itself: who it is, its commands."""

import re
from typing import Any

from tests.fakes.telegram.methods.table import method
from tests.fakes.telegram.places import Json
from tests.fakes.telegram.refusal import bad
from tests.fakes.telegram.wire import Call
from tests.fakes.telegram.world import Account, World


@method("getMe")
def get_me(world: World, account: Account, call: Call) -> Any:
    no = ("supports_inline_queries", "can_connect_to_business", "has_main_web_app")
    return {
        **account.user,
        "can_join_groups": True,
        "can_read_all_group_messages": not account.privacy,
        **dict.fromkeys(no, False),
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
        "supports_join_request_queries": False,
    }


@method("setMyCommands")
def set_my_commands(world: World, account: Account, call: Call) -> Any:
    commands: list[Json] = call.params["commands"]
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", one["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    account.commands[_scope(call.params)] = commands
    return True


@method("getMyCommands")
def get_my_commands(world: World, account: Account, call: Call) -> Any:
    return account.commands.get(_scope(call.params), [])


@method("deleteMyCommands")
def delete_my_commands(world: World, account: Account, call: Call) -> Any:
    account.commands.pop(_scope(call.params), None)
    return True


def _scope(params: Json) -> str:
    scope = params.get("scope") or {"type": "default"}
    return ":".join(str(value) for value in [*scope.values(), params.get("language_code", "")])
