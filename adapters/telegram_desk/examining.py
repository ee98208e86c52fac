"""What `frontdesk doctor --online` says about the operators' bot and its group. Looks, changes nothing."""

from adapters.telegram_desk.api import Api, BadToken, OtherReader
from adapters.telegram_desk.group import RIGHTS, Group
from adapters.telegram_desk.me import Me
from bot.channel import Finding

OTHERS_SECONDS = 3

_RUSSIAN = {
    "token": "бот операторов: @{name}",
    "bad_token": "бот операторов: Telegram не знает такого токена",
    "bad_token_cure": "возьмите токен у @BotFather и запишите в OPERATORS_TOKEN (operators.telegram.token)",
    "no_answer": "бот операторов: Telegram не отвечает ({reason})",
    "no_answer_cure": "проверьте сеть, operators.telegram.api_url и proxy",
    "no_group": "группа операторов не подключена",
    "no_group_cure": "запустите frontdesk run и напишите в группе /connect с кодом, который он напечатает",
    "no_chat": "группа операторов недоступна: {reason}",
    "no_chat_cure": "верните бота в группу или подключите другую командой /connect",
    "group": "группа операторов: «{title}»",
    "topics": "темы включены",
    "no_topics": "темы в группе выключены: у каждого сообщения будет заголовок, отвечают ответом на него",
    "no_topics_cure": "Управление группой → Темы",
    "rights": "права бота в группе",
    "no_admin": "бот в группе не администратор",
    "no_admin_cure": "Управление группой → Администраторы → Добавить; нужны права на темы, закрепление и удаление сообщений",
    "can_manage_topics": "нет права «Управление темами»: темы клиентов не открыть",
    "can_pin_messages": "нет права «Закрепление сообщений»: карточки и список не закрепить",
    "can_delete_messages": "нет права «Удаление сообщений»: служебные строки останутся",
    "right_cure": "Управление группой → Администраторы → бот → включите это право",
    "hears": "бот слышит все сообщения группы",
    "deaf": "бот слышит в группе только команды (режим приватности)",
    "deaf_cure": "сделайте бота администратором группы или выключите режим: @BotFather → /setprivacy → Disable",
    "polling": "никто другой этого бота не читает",
    "webhook": "у бота операторов стоит webhook, а он читается опросом",
    "webhook_cure": "frontdesk run снимет его сам; если его поставила другая программа, дайте ей другого бота",
    "reader": "бота операторов сейчас читает ещё кто-то",
    "reader_cure": "если это запущенный frontdesk run, всё в порядке; иначе остановите другую программу: у токена один читатель",
}
_ENGLISH = {
    "token": "operators' bot: @{name}",
    "bad_token": "operators' bot: Telegram does not know this token",
    "bad_token_cure": "take the token from @BotFather and put it into OPERATORS_TOKEN (operators.telegram.token)",
    "no_answer": "operators' bot: Telegram does not answer ({reason})",
    "no_answer_cure": "look at the network, operators.telegram.api_url and proxy",
    "no_group": "no operators' group is connected",
    "no_group_cure": "start frontdesk run and write /connect in the group, with the code that it prints",
    "no_chat": "the operators' group cannot be reached: {reason}",
    "no_chat_cure": "add the bot to the group again, or connect another one with /connect",
    "group": "operators' group: “{title}”",
    "topics": "topics are on",
    "no_topics": "topics are off in the group: every message will carry a header, and is answered with a reply",
    "no_topics_cure": "Manage group → Topics",
    "rights": "the bot's rights in the group",
    "no_admin": "the bot is no administrator of the group",
    "no_admin_cure": "Manage group → Administrators → Add; it needs to manage topics, pin and delete messages",
    "can_manage_topics": "the right “Manage topics” is missing: customers' topics cannot be opened",
    "can_pin_messages": "the right “Pin messages” is missing: cards and the list cannot be pinned",
    "can_delete_messages": "the right “Delete messages” is missing: service lines stay",
    "right_cure": "Manage group → Administrators → the bot → turn this right on",
    "hears": "the bot hears all messages of the group",
    "deaf": "the bot hears only commands in the group (privacy mode)",
    "deaf_cure": "make the bot an administrator of the group, or turn the mode off: @BotFather → /setprivacy → Disable",
    "polling": "nobody else reads this bot",
    "webhook": "the operators' bot has a webhook, but it is read by polling",
    "webhook_cure": "frontdesk run takes it away; if another program has set it, give that one another bot",
    "reader": "somebody else reads the operators' bot just now",
    "reader_cure": "if that is a running frontdesk run, all is well; else stop the other program: one token has one reader",
}


class Examination:
    """One look at everything."""

    def __init__(self, api: Api, group: Group, me: Me, language: str) -> None:
        self._api = api
        self._group = group
        self._me = me
        self._words = _ENGLISH if language == "en" else _RUSSIAN
        self.findings: list[Finding] = []

    async def look(self) -> list[Finding]:
        """Everything that can be looked at; what cannot be is a finding too."""
        try:
            await self._me.learn(self._api)
        except BadToken:
            self._failure("bad_token")
            return self.findings
        except Exception as problem:  # noqa: BLE001  (whatever it is, the owner should read it)
            self._failure("no_answer", reason=str(problem) or type(problem).__name__)
            return self.findings
        self._ok("token", name=self._me.username)
        await self._readers()
        await self._look_at_group()
        return self.findings

    async def _readers(self) -> None:
        try:
            hook = await self._api.call("get_webhook_info")
            if hook.url:
                self._failure("webhook")
                return
            # From offset 0 nothing is confirmed: whoever reads this bot gets it all the same. Another reader is cut off
            # by our question, and asks again soon, which cuts off ours.
            await self._api.updates(0, OTHERS_SECONDS)
        except OtherReader:
            self._warning("reader")
        except Exception as problem:  # noqa: BLE001  (see above)
            self._failure("no_answer", reason=str(problem))
        else:
            self._ok("polling")

    async def _look_at_group(self) -> None:
        if not self._group.id:
            self._failure("no_group")
            return
        try:
            chat = await self._api.call("get_chat", chat_id=self._group.id)
            member = await self._api.call(
                "get_chat_member", chat_id=self._group.id, user_id=self._me.id
            )
        except Exception as problem:  # noqa: BLE001  (see above)
            self._failure("no_chat", reason=str(problem))
            return
        self._ok("group", title=chat.title)
        if chat.is_forum:
            self._ok("topics")
        else:
            self._warning("no_topics")
        rules = member.status in ("administrator", "creator")
        self._rights(member, rules=rules, forum=bool(chat.is_forum))
        if rules or self._me.reads_all:
            self._ok("hears")
        else:
            self._failure("deaf")

    def _rights(self, member: object, *, rules: bool, forum: bool) -> None:
        if not rules:
            (self._failure if forum else self._warning)("no_admin")
            return
        wanted = RIGHTS if forum else RIGHTS[1:]
        owner = getattr(member, "status", "") == "creator"
        missing = [] if owner else [one for one in wanted if not getattr(member, one, False)]
        for right in missing:
            self.findings.append(Finding("failure", self._words[right], self._words["right_cure"]))
        if not missing:
            self._ok("rights")

    def _ok(self, key: str, **values: object) -> None:
        self.findings.append(Finding("ok", self._words[key].format(**values)))

    def _warning(self, key: str, **values: object) -> None:
        what = self._words[key].format(**values)
        self.findings.append(Finding("warning", what, self._words[f"{key}_cure"]))

    def _failure(self, key: str, **values: object) -> None:
        what = self._words[key].format(**values)
        self.findings.append(Finding("failure", what, self._words[f"{key}_cure"]))
