"""A bot, as tests speak of it."""

from tests.fakes.telegram.places import Json
from tests.fakes.telegram.world import Account, World


class FakeBot:
    """What Telegram knows of one token, and what can be done to it."""

    def __init__(self, world: World, account: Account) -> None:
        self.world = world
        self.account = account

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def token(self) -> str:
        return self.account.token

    @property
    def name(self) -> str:
        return str(self.account.user["first_name"])

    @property
    def username(self) -> str:
        return str(self.account.user["username"])

    @property
    def unconfirmed(self) -> list[Json]:
        """The updates that wait for it."""
        return [update for _, update in self.account.queue.waiting]

    def reads_everything(self) -> None:
        """Privacy mode is off: it hears all messages in groups."""
        self.account.privacy = False

    def is_revoked(self) -> None:
        """Its token means nothing any more: 401."""
        self.account.revoked = True
        self.world.bell.ring()

    def is_back(self) -> None:
        """Its token works again."""
        self.account.revoked = False

    def gets(self, update: Json) -> int:
        """An update as it is: unknown kinds, broken fields. Its id."""
        number = self.account.queue.add_raw(update)
        self.world.bell.ring()
        return number

    def repeats_updates(self, times: int = 1) -> None:
        """The next getUpdates that would confirm something is answered as if it had no offset."""
        self.account.queue.ignore_offset += times

    def shuffles_updates(self, shuffle: bool = True) -> None:
        """Updates of one answer come in wrong order."""
        self.account.queue.shuffle = shuffle

    def numbers_updates_from(self, number: int) -> None:
        """The next update has this id, lower than before if need be."""
        self.account.queue.next_id = number
