"""What happens in the group, as events: whose topic it is, which message is answered, who may not speak."""

from telegram import CallbackQuery, ChatMemberUpdated, Message, MessageReactionUpdated, Update

from adapters.telegram_desk import inbound
from adapters.telegram_desk.calling import Caller
from adapters.telegram_desk.group import Group
from adapters.telegram_desk.me import Me
from adapters.telegram_desk.pairing import Pairing
from adapters.telegram_desk.presses import Presses
from adapters.telegram_desk.topics import Topics
from adapters.telegram_desk.voice import Voice
from adapters.telegram_desk.whereabouts import Whereabouts
from bot.channel import Door
from bot.model import message as model
from bot.model.event import Incoming

NOBODYS = -1
"""A topic that operators opened for themselves."""
ANYWHERE = frozenset({"find", "who", "me", "operator", "help"})
"""Commands that are answered in General when they are written where no conversation is."""


class Listener:
    """Updates in, events out."""

    def __init__(
        self,
        group: Group,
        topics: Topics,
        places: Whereabouts,
        presses: Presses,
        pairing: Pairing,
        caller: Caller,
        voice: Voice,
        me: Me,
    ) -> None:
        self._group = group
        self._topics = topics
        self._places = places
        self._presses = presses
        self._pairing = pairing
        self._caller = caller
        self._voice = voice
        self._me = me
        self._door: Door | None = None

    def open(self, door: Door) -> None:
        """Where pairs are looked up."""
        self._door = door

    async def hear(self, update: Update) -> list[Incoming]:
        """One update's events. Raises as `Api.call`, and `NotSaved`."""
        number = update.update_id
        if update.message is not None:
            return await self._message(number, [update.message])
        if update.edited_message is not None:
            return await self._edited(number, update.edited_message)
        if update.callback_query is not None:
            return await self._pressed(number, update.callback_query)
        if update.message_reaction is not None:
            return await self._reaction(number, update.message_reaction)
        if update.my_chat_member is not None:
            self._membership(update.my_chat_member)
        return []

    async def hear_album(self, updates: list[Update]) -> list[Incoming]:
        """The parts of one album, as one line."""
        parts = [one.message for one in updates if one.message is not None]
        return await self._message(updates[0].update_id, parts)

    # lines

    async def _message(self, number: int, parts: list[Message]) -> list[Incoming]:
        message = next((one for one in parts if one.caption), parts[0])
        if inbound.for_another(message, self._me.username):
            return []
        found = inbound.command(message)
        if found is not None and found[0] == "connect":
            return await self._pairing.connect(number, message, found[2])
        if await self._moved(message) or message.chat.id != self._group.id:
            return []
        gone = message.left_chat_member
        if gone is not None and not gone.is_bot:
            return [inbound.left(number, message, gone)]
        if not _says_something(message):
            await self._tidy(message)
            return []
        thread = message.message_thread_id if message.is_topic_message else 0
        if inbound.anonymous(message):
            await self._voice.say("anonymous", thread=thread or 0, reply_to=message.message_id)
            return []
        user = message.from_user
        if user is None or user.is_bot or message.is_automatic_forward:
            return []
        await self._places.met(str(user.id), user.full_name)
        conversation = await self._where(message)
        if conversation <= 0:
            return await self._in_general(number, message, conversation)
        self._places.wrote(str(user.id), str(conversation), message.message_id)
        if not thread:
            # Where no topic tells, an edit or a /del of this line has to find the way too.
            numbers = [one.message_id for one in parts]
            await self._places.stands(numbers, str(conversation))
        if found is not None and found[0] == "operator":
            event = inbound.appointment(number, message)
            if event is not None:
                return [event]
        said = await self._said(parts, conversation, thread or 0)
        if said is None:
            return []
        return [inbound.line(number, message, said, conversation, self._me.username)]

    async def _in_general(self, number: int, message: Message, conversation: int) -> list[Incoming]:
        """Commands about no conversation. What operators say to each other is none of the desk's business."""
        found = inbound.command(message)
        if found is None:
            if conversation != NOBODYS:
                await self._explain(message)
            return []
        if conversation == NOBODYS and found[0] not in ANYWHERE:
            return []
        assert message.from_user is not None
        self._places.wrote(str(message.from_user.id), inbound.GENERAL, message.message_id)
        if found[0] == "operator":
            event = inbound.appointment(number, message)
            if event is not None:
                return [event]
        said = inbound.message_of(message, self._voice.language)
        return [inbound.line(number, message, said, 0, self._me.username)]

    async def _explain(self, message: Message) -> None:
        """A reply in General to what is about a customer does not reach the customer: say where it would."""
        assert self._door is not None
        other = inbound.replied(message)
        stands = await self._door.said(inbound.GENERAL, str(other)) if other else None
        thread = await self._topics.thread(stands.conversation) if stands is not None else 0
        if thread:
            link = self._group.link(thread)
            await self._voice.say("in_general", reply_to=message.message_id, link=link)

    async def _said(
        self, parts: list[Message], conversation: int, thread: int
    ) -> model.Message | None:
        """The message; a file that Telegram would not let us fetch is refused. None if nothing is left."""
        reply_to = await self._reply_to(parts[0], conversation)
        said = []
        for part in parts:
            file = inbound.attachment(part)
            one = inbound.message_of(part, self._voice.language, reply_to)
            if file is not None and file.size > inbound.DOWNLOAD_SIZE:
                await self._voice.say(
                    "too_big_in",
                    thread=thread,
                    reply_to=part.message_id,
                    name=file.name or self._voice.words(file.kind),
                )
                if not one.text:
                    continue
                one = model.Message(text=one.text, reply_to=reply_to)
            said.append(one)
        if len(said) < 2:
            return said[0] if said else None
        return inbound.gathered(said)

    async def _reply_to(self, message: Message, conversation: int) -> int | None:
        assert self._door is not None
        other = inbound.replied(message)
        if not other:
            return None
        stands = await self._door.said(inbound.address_of(conversation), str(other))
        return stands.message if stands is not None else None

    async def _where(self, message: Message) -> int:
        """Whose it is: the topic's conversation, or that of the message that is answered; 0 in General."""
        if message.is_topic_message and message.message_thread_id:
            return await self._topics.conversation(message.message_thread_id) or NOBODYS
        for number in (message.message_id, inbound.replied(message)):
            address = await self._places.address(number) if number else ""
            if address.isdecimal():
                return int(address)
        return 0

    async def _edited(self, number: int, message: Message) -> list[Incoming]:
        user = message.from_user
        if message.chat.id != self._group.id or user is None or user.is_bot:
            return []
        # A place that moves is edited every few seconds.
        if inbound.anonymous(message) or message.location is not None:
            return []
        conversation = await self._where(message)
        if conversation <= 0:
            return []
        said = inbound.message_of(message, self._voice.language)
        return [inbound.edit(number, message, said, conversation)]

    # presses and marks

    async def _pressed(self, number: int, query: CallbackQuery) -> list[Incoming]:
        message = query.message
        if message is None or message.chat.id != self._group.id:
            self._presses.nothing(query.id)
            return []
        conversation = await self._of_message(message.message_id)
        if not conversation and isinstance(message, Message):
            conversation = max(0, await self._where(message))
        event = inbound.press(number, query, conversation)
        if event is None:
            self._presses.nothing(query.id)
            return []
        operator = str(query.from_user.id)
        await self._places.met(operator, query.from_user.full_name)
        # What is said now answers the press, not a line of before.
        self._places.last_line(operator, inbound.address_of(conversation))
        self._presses.pressed(query.id, operator, inbound.address_of(conversation))
        return [event]

    async def _of_message(self, message: int) -> int:
        """Whose conversation a message of ours is about, wherever in the group it stands; 0 if that is not known."""
        assert self._door is not None
        address = await self._places.address(message)
        if address.isdecimal():
            return int(address)
        stands = await self._door.said(inbound.GENERAL, str(message)) if address else None
        # General's own list and answers belong to the desk's conversation, which has no topic.
        if stands is None or not await self._topics.thread(stands.conversation):
            return 0
        return stands.conversation

    async def _reaction(self, number: int, change: MessageReactionUpdated) -> list[Incoming]:
        if change.chat.id != self._group.id:
            return []
        address = await self._places.address(change.message_id)
        if not address.isdecimal():
            return []
        event = inbound.reaction(number, change, int(address))
        return [event] if event is not None else []

    # the group itself

    async def _moved(self, message: Message) -> bool:
        """Two service messages tell that the group became a supergroup: one in the old chat, one in the new."""
        new, old = message.migrate_to_chat_id, message.migrate_from_chat_id
        if new and message.chat.id == self._group.id:
            await self._caller.follow(new)
        elif old and old == self._group.id:
            await self._caller.follow(message.chat.id)
        return bool(new or old)

    async def _tidy(self, message: Message) -> None:
        """What Telegram says by itself. «… pinned a message» under every card is noise; a closed topic is remembered."""
        if message.message_thread_id and (
            message.forum_topic_closed or message.forum_topic_reopened
        ):
            closed = message.forum_topic_closed is not None
            await self._topics.shut(message.message_thread_id, closed=closed)
        mine = message.from_user is not None and message.from_user.id == self._me.id
        if mine and message.pinned_message is not None:
            await self._caller.quietly("delete_message", message_id=message.message_id)

    def _membership(self, change: ChatMemberUpdated) -> None:
        if change.chat.id == self._group.id:
            self._group.membership(change.new_chat_member.status)


def _says_something(message: Message) -> bool:
    return bool(message.text or message.caption or message.effective_attachment)
