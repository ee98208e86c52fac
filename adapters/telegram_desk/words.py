"""What this face of the desk says by itself, to operators and to whoever connects the group."""

from collections.abc import Mapping
from types import MappingProxyType

_RUSSIAN = {
    "code": "Чтобы подключить группу операторов: добавьте бота{bot} в группу администратором и напишите в ней\n\n    /connect {code}\n\nКод действует 10 минут.",
    "code_again": "Группу операторов просят подключить заново. Если это вы, напишите в ней\n\n    /connect {code}\n\nКод действует 10 минут.",
    "in_private": "Команду /connect пишут в группе операторов, а не боту лично.",
    "wrong_code": "Код не подошёл. Верный напечатала программа Frontdesk там, где она запущена. Осталось попыток: {left}.",
    "no_tries": "Слишком много неверных кодов. Через {minutes} мин программа напечатает новый.",
    "code_printed": "Напишите /connect и шесть цифр, которые программа Frontdesk только что напечатала там, где она запущена.",
    "group_fixed": "Группа задана в config.yaml (operators: telegram: group). Чтобы подключать командой, оставьте там null.",
    "connect_missing": "Ещё не подключено, не хватает вот чего:\n{missing}\n\nПоправьте и напишите /connect {code} ещё раз, код тот же.",
    "missing_topics": "- темы выключены: Управление группой → Темы. Чтобы работать без тем: /connect {code} plain",
    "missing_admin": "- бот не администратор: Управление группой → Администраторы → Добавить",
    "missing_can_manage_topics": "- у бота нет права «Управление темами»",
    "missing_can_pin_messages": "- у бота нет права «Закрепление сообщений»",
    "missing_can_delete_messages": "- у бота нет права «Удаление сообщений»",
    "anonymous": "Вы пишете от имени группы, и я не вижу, кто вы. Выключите «Анонимность» в правах администратора и напишите ещё раз.",
    "too_big_in": "Файл «{name}» больше 20 МБ, Telegram не даст его скачать. Клиенту он не отправлен: пришлите файл поменьше или ссылку.",
    "too_big_out": "файл больше 50 МБ, Telegram его не примет",
    "not_accepted": "Telegram не принял файл",
    "file_gone": "файла больше нет на диске",
    "in_general": "Клиенту отсюда не ответить. Пишите в его теме: {link}",
    "no_rights": "Я не могу открыть тему: {missing}. Пока пишу сюда; ответить клиенту можно ответом на его сообщение.",
    "rights_unknown": "проверьте, что я администратор с правом «Управление темами»",
    "topics_off": "темы в группе выключены",
    "bad_token": "Telegram не знает токена бота операторов: возьмите верный у @BotFather и запишите в OPERATORS_TOKEN (operators.telegram.token)",
    "bad_address": "operators.telegram.api_url - это адрес целиком: https://api.telegram.org",
    "bad_proxy": "operators.telegram.proxy: такой прокси не подходит, нужен http://хост:порт; для socks5:// установите пакет socksio",
    "photo": "фото",
    "video": "видео",
    "voice": "голосовое",
    "audio": "аудио",
    "document": "файл",
    "sticker": "стикер",
    "location": "Место",
    "contact": "Контакт",
    "poll": "(опрос: {question})",
}
_ENGLISH = {
    "code": "To connect the operators' group: add the bot{bot} to the group as an administrator and write there\n\n    /connect {code}\n\nThe code is good for 10 minutes.",
    "code_again": "Somebody asks to connect the operators' group anew. If it is you, write there\n\n    /connect {code}\n\nThe code is good for 10 minutes.",
    "in_private": "The command /connect is for the operators' group, not for a private chat.",
    "wrong_code": "That is not the code. Frontdesk printed the right one where it runs. Tries left: {left}.",
    "no_tries": "Too many wrong codes. A new one will be printed in {minutes} min.",
    "code_printed": "Write /connect and the six digits that Frontdesk has just printed where it runs.",
    "group_fixed": "The group is set in config.yaml (operators: telegram: group). To connect by command leave null there.",
    "connect_missing": "Not connected yet, this is missing:\n{missing}\n\nMend it and write /connect {code} again, the code stays the same.",
    "missing_topics": "- topics are off: Manage group → Topics. To work without them: /connect {code} plain",
    "missing_admin": "- the bot is no administrator: Manage group → Administrators → Add",
    "missing_can_manage_topics": "- the bot lacks the right “Manage topics”",
    "missing_can_pin_messages": "- the bot lacks the right “Pin messages”",
    "missing_can_delete_messages": "- the bot lacks the right “Delete messages”",
    "anonymous": "You write in the name of the group, so I cannot see who you are. Turn off “Remain anonymous” in your administrator's rights and write again.",
    "too_big_in": "The file “{name}” is over 20 MB, Telegram does not let me fetch it. The customer did not get it: send a smaller one or a link.",
    "too_big_out": "the file is over 50 MB, Telegram does not take it",
    "not_accepted": "Telegram did not take the file",
    "file_gone": "the file is no longer on the disk",
    "in_general": "A customer cannot be answered from here. Write in their topic: {link}",
    "no_rights": "I cannot open a topic: {missing}. Until then I write here; reply to a customer's message to answer it.",
    "rights_unknown": "check that I am an administrator with the right “Manage topics”",
    "topics_off": "topics are off in this group",
    "bad_token": "Telegram does not know the token of the operators' bot: take the right one from @BotFather and put it into OPERATORS_TOKEN (operators.telegram.token)",
    "bad_address": "operators.telegram.api_url is a whole address: https://api.telegram.org",
    "bad_proxy": "operators.telegram.proxy: this proxy cannot be used, write http://host:port; for socks5:// install the package socksio",
    "photo": "photo",
    "video": "video",
    "voice": "voice",
    "audio": "audio",
    "document": "file",
    "sticker": "sticker",
    "location": "Place",
    "contact": "Contact",
    "poll": "(poll: {question})",
}

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"ru": _RUSSIAN, "en": _ENGLISH})
"""By language, then by key. Both languages have the same keys."""


def say(language: str, key: str, **values: object) -> str:
    """One of our phrases."""
    return WORDS.get(language, _RUSSIAN)[key].format(**values)
