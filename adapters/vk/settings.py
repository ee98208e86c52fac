"""What `config.yaml` says of a VK channel."""

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.vk.words import words_in
from bot.errors import ConfigurationError

API_VERSION = "5.199"
API_URL = "https://api.vk.ru"
PER_SECOND = 20.0
"""Calls a second that VK allows a community's key (https://dev.vk.com/ru/api/api-requests)."""


class Settings(msgspec.Struct, frozen=True):
    """A channel's settings. `comments`: posts' comments and discussions are answered too; `admin_token` is the key of
    an administrator, for the few methods that refuse a community's key."""

    token: str
    group_id: int
    api_url: str = API_URL
    proxy: str = ""
    callback: bool = False
    confirmation: str = ""
    secret: str = ""
    comments: bool = False
    admin_token: str = ""
    language: str = "ru"
    pace: float = PER_SECOND


def read_settings(name: str, said: Mapping[str, Any]) -> Settings:
    """The settings of a channel. Raises `ConfigurationError`."""
    token, group = said.get("token"), said.get("group_id")
    words = words_in(str(said.get("language") or "ru"))
    if not token:
        raise ConfigurationError(f"channels.{name}.token: {words['want_token']}")
    if not isinstance(group, int) or isinstance(group, bool) or group <= 0:
        raise ConfigurationError(f"channels.{name}.group_id: {words['want_group']}")
    callback = said.get("callback") or {}
    calls = said.get("mode", "long_poll") == "callback"
    if calls and not callback.get("secret"):
        raise ConfigurationError(f"channels.{name}.callback.secret: {words['want_secret']}")
    proxy = str(said.get("proxy") or "")
    if proxy and not proxy.startswith(("http://", "https://")):
        raise ConfigurationError(f"channels.{name}.proxy: {words['want_proxy']}")
    api_url = str(said.get("api_url") or API_URL)
    if not api_url.startswith(("http://", "https://")):
        raise ConfigurationError(f"channels.{name}.api_url: {words['want_address']}")
    return Settings(
        token=str(token),
        group_id=group,
        api_url=api_url.rstrip("/"),
        proxy=proxy,
        callback=calls,
        confirmation=str(callback.get("confirmation") or ""),
        secret=str(callback.get("secret") or ""),
        comments=bool(said.get("comments", False)),
        admin_token=str(said.get("admin_token") or ""),
        language="en" if said.get("language") == "en" else "ru",
        pace=min(float(said.get("pace") or PER_SECOND), PER_SECOND),
    )
