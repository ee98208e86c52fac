"""What a kind of channel can show: the brain needs it to lay out buttons, adapters promise it."""

import msgspec

_HOUR = 3_600_000


class Abilities(msgspec.Struct, frozen=True):
    """Lengths in UTF-16 units, sizes in bytes, `pace` in messages a second; `buttons` 0: none, number the options.

    `per_minute`: at most so many calls in any 60 seconds on the whole channel (0: no such limit); `merge_after`: lines
    of one author that wait longer than so many ms may be said as one message (0: never); `edit_every`: the least
    important messages are edited at most once in so many ms. `edit_within`, `delete_within`: for so many ms after it was
    said a message can still be changed, and taken back (0: for ever). `gather`: what the bot says in one turn is one
    message.
    """

    kind: str
    text_length: int = 4096
    buttons: int = 100
    button_columns: int = 8
    button_length: int = 64
    share_phone: bool = False
    share_location: bool = False
    edit: bool = False
    delete: bool = False
    reactions: bool = False
    typing: bool = False
    upload_size: int = 50_000_000
    download_size: int = 20_000_000
    pace: float = 30.0
    pace_per_address: float = 1.0
    per_minute: int = 0
    merge_after: int = 0
    edit_every: int = 0
    edit_within: int = 0
    delete_within: int = 0
    gather: bool = False


TELEGRAM = Abilities(
    "telegram",
    share_phone=True,
    share_location=True,
    edit=True,
    delete=True,
    reactions=True,
    typing=True,
    # core.telegram.org/bots/api#deletemessage
    delete_within=48 * _HOUR,
)
VK = Abilities(
    "vk",
    buttons=40,
    button_columns=5,
    button_length=40,
    share_location=True,
    edit=True,
    delete=True,
    typing=True,
    pace=20.0,
    # dev.vk.com/method/messages.edit and messages.delete
    edit_within=24 * _HOUR,
    delete_within=24 * _HOUR,
)
EMAIL = Abilities(
    "email",
    text_length=1_000_000,
    buttons=0,
    upload_size=20_000_000,
    download_size=30_000_000,
    pace=5.0,
    gather=True,
)
CONSOLE = Abilities(
    "console",
    share_phone=True,
    share_location=True,
    edit=True,
    pace=100_000.0,
    pace_per_address=100_000.0,
)

TELEGRAM_DESK = Abilities(
    "telegram_desk",
    edit=True,
    delete=True,
    reactions=True,
    pace_per_address=30.0,
    # Telegram lets a bot say 20 messages a minute in a group, all topics together.
    per_minute=18,
    merge_after=10_000,
    edit_every=30_000,
)

KINDS = {abilities.kind: abilities for abilities in (TELEGRAM, TELEGRAM_DESK, VK, EMAIL, CONSOLE)}
"""The built-in kinds, known without importing their adapters (`check`, `test` and `chat` need them)."""
