"""What each key of the flow language does, in a line: Russian, English."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "say": ("сказать; список - варианты по очереди", "say; a list means variants in turn"),
        "ask": ("спросить и ждать ответа в слот", "ask and wait for a slot's answer"),
        "choose": ("предложить варианты кнопками", "offer options as buttons"),
        "find": ("найти строки таблицы", "find rows of a table"),
        "set": ("записать значения: имя: выражение", "set values: name: expression"),
        "if": ("условие", "a condition"),
        "call": (
            "пройти другой сценарий и вернуться; faq - ответы по темам",
            "another flow, and back; faq browses the FAQ",
        ),
        "goto": ("перейти к шагу, к start или к menu", "go to a step, start or menu"),
        "action": (
            "действие: ticket.create, tag.add, tag.remove, customer.set или своё",
            "a verb: ticket.create, tag.add, tag.remove, customer.set, or your own",
        ),
        "http": (
            "запрос к другой системе: «GET https://…»",
            "a call to another system: “GET https://…”",
        ),
        "handoff": ("передать людям; текст - почему", "hand over to people; the text says why"),
        "wait": ("подождать: for: 2h или until 09:00", "wait: for: 2h or until 09:00"),
        "end": ("закончить с этой меткой", "end with this label"),
    }
)

KEYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "flow": ("имя сценария, как у файла", "the flow's id, as the file's name"),
        "title": ("название для людей", "a title for people"),
        "start": ("с чего начинается", "how it begins"),
        "slots": ("ответы, которые собирает сценарий", "the answers that the flow collects"),
        "steps": ("шаги по порядку", "the steps in order"),
        "interrupts": ("что можно посреди сценария", "how it may be interrupted"),
        "on_update": (
            "что с теми, кто внутри, когда файл меняется",
            "what happens to people inside when the file changes",
        ),
        "snippets": ("именованные куски для insert", "named pieces for insert"),
        "commands": ("команды без косой черты", "commands without the slash"),
        "phrases": ("примеры того, как об этом пишут", "examples of how people ask for it"),
        "event": (
            "событие: first_contact, ticket_closed, webhook: ИМЯ",
            "an event: first_contact, ticket_closed, webhook: NAME",
        ),
        "channels": ("только на этих каналах", "only on these channels"),
        "fallback": ("когда больше ничего не подошло", "when nothing else matched"),
        "id": ("имя шага, чтобы перейти к нему", "the step's name, to go to it"),
        "comment": ("для того, кто читает файл", "for whoever reads the file"),
        "by_channel": ("другой текст на одном канале", "another text on one channel"),
        "save": ("куда записать", "where it is saved"),
        "type": ("тип ответа", "the type of the answer"),
        "buttons": ("кнопки под текстом", "buttons beneath the text"),
        "retry": (
            "что сказать, когда не понял; список - всё настойчивее",
            "what to say when it was not understood; a list escalates",
        ),
        "tries": (
            "столько промахов подряд ведут к on_fail",
            "so many misses in a row lead to on_fail",
        ),
        "on_fail": ("что делать после последнего промаха", "what to do after the last miss"),
        "optional": ("надпись кнопки «пропустить»", "the label of the button that skips"),
        "hint": ("подсказка, когда спрашиваем снова", "a hint when we ask again"),
        "remind": ("напоминания, если молчат", "reminders when nobody answers"),
        "always": ("спрашивать, даже если уже знаем", "ask even if it is known"),
        "options": ("варианты: ключ: надпись или подробности", "options: key: label or details"),
        "options_from": ("варианты из найденных строк", "options from the rows found"),
        "option": ("надпись строки: {{ row.столбец }}", "a row's label: {{ row.column }}"),
        "columns": ("кнопок в ряду", "buttons in a row"),
        "multiple": ("можно выбрать несколько", "several may be chosen"),
        "where": (
            "условия на столбцы; =, <, <=, >, >=, != впереди",
            "conditions on columns; =, <, <=, >, >=, != in front",
        ),
        "sort": (
            "по какому столбцу; минус - по убыванию",
            "by which column; a minus means descending",
        ),
        "top": ("сколько строк взять", "how many rows"),
        "then": ("шаги, если да", "the steps if it holds"),
        "else": ("шаги, если нет", "the steps if it does not"),
        "with": ("что передать: имя: значение", "what to pass: name: value"),
        "timeout": ("сколько ждать ответа", "how long to wait"),
        "on_error": ("что делать, если не вышло", "what to do if it fails"),
        "on_message": (
            "что делать с сообщением во время ожидания",
            "what to do with a message meanwhile",
        ),
        "retries": ("сколько раз повторить", "how many times to repeat"),
        "queue": ("очередь заявок", "the queue of tickets"),
        "priority": ("важность: больше - раньше", "priority: more goes first"),
        "offline": ("что сказать, когда закрыто", "what to say out of hours"),
        "note": ("заметка операторам", "a note for the operators"),
        "text": ("надпись", "the label"),
        "also": ("что ещё понимать как этот вариант", "what else means this option"),
        "clear": ("забыть эти ответы", "forget these answers"),
        "cancel": ("это отмена", "this cancels"),
        "url": ("открыть адрес", "open an address"),
        "share": ("отправить номер или место", "share the phone or the place"),
        "keep": ("customer: запомнить за клиентом", "customer: remember for the customer"),
        "personal": ("личные данные: скрывать и стирать", "personal data: mask and erase"),
        "after": ("через сколько", "after how long"),
        "image": ("картинка: файл проекта", "an image: a file of the project"),
        "file": ("файл проекта", "a file of the project"),
        "insert": ("вставить кусок из snippets", "insert a piece of snippets"),
    }
)


def about(key: str, language: str) -> str:
    """A line about an action word or a key; "" where it speaks for itself."""
    found = WORDS.get(key) or KEYS.get(key)
    return "" if found is None else found[0 if language == "ru" else 1]
