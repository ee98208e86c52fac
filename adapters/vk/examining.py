"""The look at a channel for `frontdesk doctor --online`."""

from collections.abc import Mapping
from typing import Any

from adapters.vk.api import Api
from adapters.vk.faults import Refused, Unreached
from adapters.vk.settings import API_VERSION, Settings
from bot.channel import Finding

NEEDED = ("message_new", "message_edit", "message_event", "message_allow", "message_deny")
COMMENTS = ("wall_reply_new", "wall_reply_edit", "board_post_new", "board_post_edit")
RIGHTS = ("messages", "manage", "photos", "docs")


async def examine(name: str, settings: Settings, api: Api) -> list[Finding]:
    """Whether the key is accepted and the community's own, what it may do, and which events are told."""
    try:
        return await _Look(name, settings, api).all()
    except Unreached as problem:
        return [_say(name, settings, "failure", "unreached", problem=problem)]
    except Refused as refusal:
        return [_say(name, settings, "failure", "refused", code=refusal.code)]
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        return [_say(name, settings, "failure", "odd", problem=type(problem).__name__)]


class _Look:
    def __init__(self, name: str, settings: Settings, api: Api) -> None:
        self._name = name
        self._settings = settings
        self._api = api

    async def all(self) -> list[Finding]:
        try:
            answer = await self._api.call("groups.getById")
        except Refused as refusal:
            if refusal.code in {5, 27, 28}:
                return [_say(self._name, self._settings, "failure", "key")]
            raise
        group = answer["groups"][0]
        if int(group["id"]) != self._settings.group_id:
            return [
                _say(
                    self._name,
                    self._settings,
                    "failure",
                    "other",
                    id=group["id"],
                    title=group["name"],
                )
            ]
        found = [_say(self._name, self._settings, "ok", "group", title=group.get("name", ""))]
        found.append(await self._rights())
        found += [] if self._settings.callback else await self._long_poll()
        return found

    async def _rights(self) -> Finding:
        answer = await self._api.call("groups.getTokenPermissions")
        has = {str(one["name"]) for one in answer["permissions"]}
        wanted = (*RIGHTS, "wall") if self._settings.comments else RIGHTS
        missing = [name for name in wanted if name not in has]
        if missing:
            return _say(self._name, self._settings, "failure", "rights", missing=", ".join(missing))
        return _say(self._name, self._settings, "ok", "rights_fine")

    async def _long_poll(self) -> list[Finding]:
        answer = await self._api.call(
            "groups.getLongPollSettings", group_id=self._settings.group_id
        )
        if not answer["is_enabled"]:
            return [_say(self._name, self._settings, "failure", "long_poll_off")]
        found = [_say(self._name, self._settings, "ok", "long_poll_on")]
        events: Mapping[str, Any] = answer["events"]
        wanted = (*NEEDED, *COMMENTS) if self._settings.comments else NEEDED
        missing = [name for name in wanted if not events.get(name)]
        if missing:
            state = "failure" if "message_new" in missing else "warning"
            found.append(
                _say(self._name, self._settings, state, "events", missing=", ".join(missing))
            )
        version = str(answer.get("api_version") or API_VERSION)
        if version != API_VERSION:
            found.append(_say(self._name, self._settings, "warning", "version", version=version))
        return found


def _say(name: str, settings: Settings, state: Any, key: str, **values: Any) -> Finding:
    what, cure = (_RU if settings.language == "ru" else _EN)[key]
    return Finding(state, f"{name}: {what.format(**values)}", cure)


_RU = {
    "unreached": ("ВКонтакте не отвечает ({problem})", "проверьте сеть, proxy и api_url"),
    "refused": ("ВКонтакте отказал: ошибка {code}", "https://dev.vk.com/ru/reference/errors"),
    "odd": ("ВКонтакте ответил непонятно ({problem})", "проверьте api_url и proxy"),
    "key": (
        "ключ доступа не принят",
        "создайте новый: Управление, Работа с API, Ключи доступа; впишите его в .env",
    ),
    "other": ("ключ от другого сообщества: {title}, {id}", "исправьте group_id или ключ"),
    "group": ("сообщество «{title}», ключ принят", ""),
    "rights": (
        "ключу не хватает прав: {missing}",
        "создайте ключ заново и отметьте эти права",
    ),
    "rights_fine": ("прав у ключа достаточно", ""),
    "long_poll_off": (
        "Long Poll API выключен",
        "Управление, Работа с API, Long Poll API: включено, версия 5.199",
    ),
    "long_poll_on": ("Long Poll API включён", ""),
    "events": (
        "ВКонтакте не сообщает о событиях: {missing}",
        "Управление, Работа с API, Long Poll API, Типы событий: отметьте их",
    ),
    "version": (
        "Long Poll API версии {version}, нужна 5.199",
        "Управление, Работа с API, Long Poll API: версия 5.199",
    ),
}
_EN = {
    "unreached": ("VK does not answer ({problem})", "look at the network, proxy and api_url"),
    "refused": ("VK refused: error {code}", "https://dev.vk.com/en/reference/errors"),
    "odd": ("VK's answer makes no sense ({problem})", "look at api_url and proxy"),
    "key": (
        "the access key is not accepted",
        "create a new one: Manage, API usage, Access tokens; put it into .env",
    ),
    "other": ("the key is another community's: {title}, {id}", "mend group_id or the key"),
    "group": ("community “{title}”, the key is accepted", ""),
    "rights": ("the key lacks rights: {missing}", "create the key anew and tick these rights"),
    "rights_fine": ("the key has the rights it needs", ""),
    "long_poll_off": (
        "Long Poll API is off",
        "Manage, API usage, Long Poll API: enabled, version 5.199",
    ),
    "long_poll_on": ("Long Poll API is on", ""),
    "events": (
        "VK does not tell of: {missing}",
        "Manage, API usage, Long Poll API, Event types: tick them",
    ),
    "version": (
        "Long Poll API is of version {version}, 5.199 is needed",
        "Manage, API usage, Long Poll API: version 5.199",
    ),
}
