"""A handled event in words for whoever wrote the flows: who did what, which rule took it, what was walked."""

from typing import TYPE_CHECKING

from bot.commands.terminal import quoted, speak
from bot.dialog.trace import RULES
from bot.model.event import (
    ActionFinished,
    AttachmentFetched,
    ButtonPressed,
    CustomerBlocked,
    CustomerUnblocked,
    DeliveryFailed,
    Event,
    Happened,
    MessageDeleted,
    MessageDelivered,
    MessageEdited,
    MessageReceived,
    OperatorActed,
    OperatorEdited,
    OperatorReplied,
    ReactionChanged,
    TimerFired,
)
from bot.model.turn import Decision

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.store import TracedTurn

_WHO: dict[type, tuple[str, str]] = {
    MessageReceived: ("клиент пишет", "the customer writes"),
    MessageEdited: ("клиент исправил сообщение", "the customer edited a message"),
    MessageDeleted: ("клиент удалил сообщение", "the customer deleted a message"),
    ButtonPressed: ("клиент нажал", "the customer pressed"),
    ReactionChanged: ("клиент отметил сообщение", "the customer reacted"),
    CustomerBlocked: ("клиент заблокировал бота", "the customer blocked the bot"),
    CustomerUnblocked: ("клиент разблокировал бота", "the customer unblocked the bot"),
    OperatorReplied: ("оператор пишет", "an operator writes"),
    OperatorEdited: ("оператор исправил сообщение", "an operator edited a message"),
    OperatorActed: ("оператор нажал", "an operator pressed"),
    TimerFired: ("прошло время", "time has passed"),
    ActionFinished: ("закончено действие", "an action has finished"),
    DeliveryFailed: ("не доставлено", "not delivered"),
    MessageDelivered: ("строка оператора доставлена", "an operator's line arrived"),
    AttachmentFetched: ("получен файл", "a file was fetched"),
    Happened: ("событие", "an event"),
}
_ORDER = {
    "ticket": 1, "button": 2, "stale_button": 2, "command": 2, "option": 3, "cancel": 4, "operator": 4, "menu": 4,
    "near": 5, "value": 5, "limits": 5, "faq": 6, "phrase": 7, "text": 8, "miss": 8,
}  # fmt: skip
"""The numbers of the documented order in which a message is decided."""
_DESK = {
    "banned": ("клиент заблокирован: молчим", "the customer is banned: silence"),
    "held": ("слишком часто: ждём", "too many messages: held"),
    "set_aside": ("отложено: бот не справился", "set aside: the bot could not answer"),
    "desk:requeued": ("заявка вернулась в очередь", "the ticket went back to its queue"),
    "desk:taken": ("оператор взял заявку", "an operator took the ticket"),
    "desk:closed": ("заявка закрыта", "the ticket was closed"),
    "desk:returned": ("разговор возвращён боту", "the conversation went back to the bot"),
    "desk:rated": ("клиент поставил оценку", "the customer rated"),
    "desk:rated_why": ("клиент пояснил оценку", "the customer said why"),
    "desk:held": ("заявка открыта, бот молчит", "a ticket is open, the bot is silent"),
    "desk:reopened": ("заявка открыта снова", "the ticket was reopened"),
    "desk:opened": ("открыта заявка", "a ticket was opened"),
    "desk:filed": ("заявка записана", "a ticket was filed"),
    "braked": ("слишком много сообщений: только меню", "too many messages: the menu only"),
    "desk:not_delivered": ("строка оператора не дошла", "an operator's line did not arrive"),
    "desk:no_ticket": ("заявки здесь нет", "there is no ticket here"),
    "desk:reaction": ("реакция показана операторам", "the reaction was shown to the operators"),
    "desk:topic_lost": ("тема сделана заново", "the topic was made anew"),
    "desk:relayed": ("передано операторам", "relayed to the operators"),
    "desk:held_back": ("придержано", "held back"),
    "desk:note": ("заметка для своих", "a note among operators"),
    "desk:replied": ("ответ оператора передан", "the operator's answer was relayed"),
}


def told(turn: "TracedTurn", config: "Config") -> str:
    """One event and the decisions that answered it, a line each."""
    at = config.business.hours.local(turn.at)
    head = f"{at:%Y-%m-%d %H:%M:%S}  {_happened(turn.event)}"
    return "\n".join([head, *(f"    {_decided(one)}" for one in turn.decisions)])


def _happened(event: Event) -> str:
    who = speak(*_WHO.get(type(event), (type(event).__name__, type(event).__name__)))
    about = _about(event)
    return f"{who}: {about}" if about else who


def _about(event: Event) -> str:
    message = getattr(event, "message", None)
    if message is not None and hasattr(message, "text"):
        if message.text.plain:
            return f"«{quoted(message.text.plain)}»"
        if message.contact is not None:
            return speak("свой номер телефона", "a phone number")
        return speak("файл", "a file") if message.attachments else ""
    about = getattr(event, "label", "") or getattr(event, "verb", "") or getattr(event, "name", "")
    return f"«{quoted(about)}»" if about else ""


def _decided(decision: Decision) -> str:
    words = RULES.get(decision.rule) or _DESK.get(decision.rule)
    why = speak(*words) if words else decision.rule
    number = _ORDER.get(decision.rule)
    rule = f"{speak('правило', 'rule')} {number}, {why}" if number else why
    detail = f": {quoted(decision.detail)}" if decision.detail else ""
    sure = speak("похоже на", "a match of") if decision.score else ""
    score = f" ({sure} {decision.score:.0%})" if decision.score else ""
    return f"{decision.step or '-':28} {rule}{detail}{score}"
