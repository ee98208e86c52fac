"""The rules that a trace names: `Decision.rule` is a key of `RULES`, or the action word of a step that was walked."""

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # the documented order, 1 to 8
        "ticket": (
            "заявка у людей: бот молчит",
            "a ticket holds the conversation: the bot is silent",
        ),
        "button": ("нажата кнопка", "a button was pressed"),
        "stale_button": ("кнопка от прошлого вопроса", "a button of an older question"),
        "command": ("команда", "a command"),
        "aside": (
            "бот на это не отвечает: писала машина, или прочесть не удалось",
            "the bot does not answer this: a machine wrote it, or it could not be read",
        ),
        "option": ("вариант ответа", "one of the current options"),
        "skip": ("вопрос пропущен", "the question was skipped"),
        "cancel": ("слово отмены", "a word for cancel"),
        "operator": ("просят человека", "a person is wanted"),
        "menu": ("слово меню", "a word for the menu"),
        "near": ("почти вариант ответа", "a near spelling of an option"),
        "value": ("значение подошло", "the value fits the slot"),
        "limits": ("значение вне границ", "a value outside of its limits"),
        "faq": ("ответ из FAQ", "the FAQ answers"),
        "phrase": ("фраза другого сценария", "a phrase of another flow"),
        "text": ("текст записан", "the free text was taken"),
        "miss": ("не понято", "a miss"),
        "failed": ("слишком много промахов", "too many misses in a row"),
        # outside a flow
        "suggest": ("предложены похожие вопросы", "near questions were offered"),
        "suggested": ("выбран предложенный вопрос", "an offered question was picked"),
        "none_of_these": ("ничего из предложенного", "none of what was offered"),
        "braked": (
            "слишком много сообщений: пока только меню",
            "too many messages: the menu only, for now",
        ),
        "asked_again": (
            "спрошено снова другими словами: прошлый ответ не помог",
            "asked again in other words: the last answer did not help",
        ),
        "helped": ("ответ помог", "the answer helped"),
        "not_helped": ("ответ не помог", "the answer did not help"),
        "link_offered": (
            "дан код, чтобы узнать клиента на другом канале",
            "a code was given to know the customer elsewhere",
        ),
        "link_refused": ("код неверный", "the code is wrong"),
        "linked": (
            "клиент узнан: он же и на другом канале",
            "the customer is known from another channel",
        ),
        "unlinked": ("каналы клиента разделены", "the customer's channels were parted"),
        "fallback": ("запасной сценарий", "the fallback flow"),
        "nothing_to_cancel": ("отменять нечего", "there is nothing to cancel"),
        # our own questions
        "offer": ("задан уточняющий вопрос", "a question of our own was asked"),
        "agreed": ("клиент согласился", "the customer agreed"),
        "declined": ("клиент отказался", "the customer declined"),
        "consent": ("спрошено согласие", "consent was asked for"),
        "agreement": ("согласие дано", "consent was given"),
        "refusal": ("согласие не дано", "consent was refused"),
        # how flows begin, stop and end
        "start": ("начат сценарий", "a flow begins"),
        "first_contact": ("первое обращение", "the first contact"),
        "event": ("событие", "an event"),
        "end": ("сценарий закончен", "the flow ended"),
        "handover": ("передано людям", "handed over to people"),
        "resume": ("люди вернули разговор", "people gave the conversation back"),
        "dropped": (
            "сценарий оставлен людьми",
            "the flow was left by people who closed the ticket",
        ),
        "stuck": ("сценарий ходит по кругу", "the flow runs in a circle"),
        "busy": ("ждём другую систему", "waiting for another system"),
        "finished": ("другая система ответила", "the other system answered"),
        "call_failed": ("другая система не ответила", "the other system failed"),
        "remind": ("напоминание", "a reminder"),
        "time": ("ожидание закончено", "the wait is over"),
        "meanwhile": ("сообщение во время ожидания", "a message during a wait"),
        "late": ("опоздало: ничего не сделано", "too late: nothing was done"),
        "edited": ("правка уже отвеченного", "an edit of what was answered"),
        # the script changed under the customer
        "changed": ("вопрос изменился", "the question has changed"),
        "step_gone": ("вопроса больше нет", "the question is gone"),
        # steps
        "say": ("сказано", "said"),
        "ask": ("спрошено", "asked"),
        "choose": ("предложен выбор", "a choice was offered"),
        "find": ("поиск в таблице", "looked up in a table"),
        "set": ("записано", "set"),
        "if": ("условие", "a condition"),
        "call": ("вызван сценарий", "a flow was called"),
        "goto": ("переход", "a jump"),
        "action": ("действие", "an action"),
        "http": ("запрос", "a request"),
        "handoff": ("передача людям", "a handoff"),
        "wait": ("ожидание", "a wait"),
        "browse": ("ответы по темам", "the FAQ by topic"),
    }
)
"""What each rule means to a reader of a trace: in Russian, in English."""

REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ru": {
            "asked": "Клиент просит человека",
            "failed": "Бот не смог понять ответ клиента",
            "not_understood": "Бот не понял вопрос клиента",
            "none_of_these": "Клиенту не подошли предложенные вопросы",
            "refused": "Клиент не дал согласие на хранение данных",
            "stuck": "Сценарий ходит по кругу",
            "call_failed": "Не ответила другая система",
            "nothing_to_choose": "Клиенту нечего предложить",
        },
        "en": {
            "asked": "The customer wants a person",
            "failed": "The bot could not understand the answer",
            "not_understood": "The bot did not understand the question",
            "none_of_these": "None of the offered questions was meant",
            "refused": "The customer did not consent to keeping data",
            "stuck": "The flow runs in a circle",
            "call_failed": "Another system did not answer",
            "nothing_to_choose": "There is nothing to offer to the customer",
        },
    }
)
"""Why people are wanted, in words for them; by language."""
