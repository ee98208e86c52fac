"""The channel's own phrases, in the language of the configuration. Pure."""

from typing import Literal

Language = Literal["ru", "en"]

_RU = {
    "unread": "[сообщение не удалось прочитать, откройте переписку в Telegram]",
    "unsupported": "[сообщение такого вида видно только в Telegram: {kind}]",
    "leaving": "Я отвечаю только в личных сообщениях: {link}",
    "write_me": "напишите мне напрямую",
    "not_sent": "[файл «{name}» не отправлен: {reason}]",
    "a_file": "без имени",
    "too_big_to_send": "он больше {megabytes} МБ",
    "refused_file": "Telegram его не принял",
    "file_lost": "его нет на диске",
    "too_big_to_fetch": "файл больше 20 МБ: ботам Telegram таких не отдаёт",
    "unreachable": "клиент запретил боту писать или удалил аккаунт",
    "file_gone": "Telegram больше не отдаёт этот файл",
    "choose": "Выберите:",
    "unknown_token": "Telegram не знает этого токена: возьмите его у @BotFather командой /mybots и впишите в .env",
    "no_answer": "Telegram не отвечает ({problem})",
    "no_answer_cure": "проверьте сеть и ключ proxy: у канала; из некоторых сетей до Telegram нужен прокси",
    "bot_answers": "бот @{username} отвечает",
    "waiting": "у Telegram ждут обновления: {count}",
    "waiting_cure": "их прочтёт frontdesk run; Telegram хранит их сутки",
    "webhook_other": "для бота включён чужой вебхук, опрос с ним не работает",
    "webhook_other_cure": "отключите его в той программе, или вызовом deleteWebhook, или напишите mode: webhook",
    "webhook_ours": "вебхук остался от mode: webhook; frontdesk run снимет его сам",
    "webhook_set": "вебхук установлен",
    "webhook_unset": "вебхук ещё не установлен",
    "webhook_unset_cure": "его установит frontdesk run",
    "webhook_error": "Telegram не смог дозвониться до вебхука",
    "webhook_error_cure": "проверьте, что webhook.url открывается снаружи по https и ведёт на http.listen",
    "second_reader": "сообщения этого бота читает кто-то ещё",
    "second_reader_cure": "если это работающий frontdesk run, всё в порядке; иначе остановите ту программу или возьмите новый токен",
    "only_reader": "других читателей нет",
}
_EN = {
    "unread": "[a message that could not be read, open the chat in Telegram]",
    "unsupported": "[a kind of message that only Telegram shows: {kind}]",
    "leaving": "I answer in private messages only: {link}",
    "write_me": "write to me directly",
    "not_sent": "[the file «{name}» was not sent: {reason}]",
    "a_file": "unnamed",
    "too_big_to_send": "it is larger than {megabytes} MB",
    "refused_file": "Telegram did not take it",
    "file_lost": "it is not on the disk",
    "too_big_to_fetch": "the file is larger than 20 MB: Telegram does not give such files to bots",
    "unreachable": "the customer does not allow the bot to write, or the account is gone",
    "file_gone": "Telegram no longer has this file",
    "choose": "Choose:",
    "unknown_token": "Telegram does not know this token: get it from @BotFather with /mybots and put it into .env",
    "no_answer": "Telegram does not answer ({problem})",
    "no_answer_cure": "look at the network and the channel's proxy: key; some networks need a proxy to reach Telegram",
    "bot_answers": "the bot @{username} answers",
    "waiting": "updates waiting at Telegram: {count}",
    "waiting_cure": "frontdesk run will read them; Telegram keeps them for a day",
    "webhook_other": "somebody's webhook is set for the bot, so it cannot be polled",
    "webhook_other_cure": "turn it off in that program, or call deleteWebhook, or write mode: webhook",
    "webhook_ours": "a webhook is left from mode: webhook; frontdesk run takes it away by itself",
    "webhook_set": "the webhook is set",
    "webhook_unset": "the webhook is not set yet",
    "webhook_unset_cure": "frontdesk run will set it",
    "webhook_error": "Telegram could not call the webhook",
    "webhook_error_cure": "see that webhook.url opens from outside over https and leads to http.listen",
    "second_reader": "somebody else reads this bot's messages",
    "second_reader_cure": "if that is a running frontdesk run, all is well; else stop that program or take a new token",
    "only_reader": "there is no other reader",
}
_PHRASES: dict[Language, dict[str, str]] = {"ru": _RU, "en": _EN}


def language_of(settings: dict[str, object]) -> Language:
    """The configuration's language; Russian where none is told."""
    return "en" if settings.get("language") == "en" else "ru"


def phrase(language: Language, key: str, **values: object) -> str:
    """One phrase with its values filled in."""
    return _PHRASES[language][key].format(**values)
