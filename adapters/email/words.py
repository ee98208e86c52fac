"""What people read that this adapter says itself."""

from adapters.email.settings import Language

TEXTS: dict[Language, dict[str, str]] = {
    "ru": {
        "parts": "Письмо не удалось прочитать: в нём слишком много частей. Оригинал приложен.",
        "depth": "Письмо не удалось прочитать: его части вложены слишком глубоко. Оригинал приложен.",
        "broken": "Письмо не удалось прочитать: оно испорчено. Оригинал приложен.",
        "time": "Письмо не удалось прочитать за отведённое время. Оригинал приложен.",
        "size": "Письмо больше {limit} МБ: принято только его начало, файлов в нём нет.",
        "gone": "Письмо не удалось скачать из ящика (папка {folder}, номер {uid}). Посмотрите его там.",
        "whole": "письмо.eml",
        "too_big": "письмо больше {limit} МБ",
        "nobody": "неизвестный отправитель",
        "subject": "Сообщение",
        "said": "{date}, {name} пишет:",
        "buttons": "Ответьте номером:",
    },
    "en": {
        "parts": "The letter could not be read: it has too many parts. The original is attached.",
        "depth": "The letter could not be read: its parts are nested too deep. The original is attached.",
        "broken": "The letter could not be read: it is damaged. The original is attached.",
        "time": "The letter could not be read in the time allowed. The original is attached.",
        "size": "The letter is bigger than {limit} MB: only its beginning was taken, without files.",
        "gone": "The letter could not be fetched from the mailbox (folder {folder}, number {uid}). Look at it there.",
        "whole": "letter.eml",
        "too_big": "the letter is bigger than {limit} MB",
        "nobody": "unknown sender",
        "subject": "A message",
        "said": "On {date}, {name} wrote:",
        "buttons": "Answer with a number:",
    },
}


def phrase(language: Language, key: str, **values: object) -> str:
    """One of the phrases, its values filled in."""
    return TEXTS[language][key].format(**values)
