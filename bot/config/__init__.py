"""The configuration: `config.yaml` and the environment, read into frozen values."""

from bot.config.settings import (
    Channel,
    Config,
    Http,
    Limits,
    Operators,
    Secret,
    Spam,
    Storage,
    Webhook,
)

__all__ = [
    "Channel",
    "Config",
    "Http",
    "Limits",
    "Operators",
    "Secret",
    "Spam",
    "Storage",
    "Webhook",
]
