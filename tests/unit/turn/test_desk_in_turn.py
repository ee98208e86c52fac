"""What the turn looks up for the desk: seats, canned answers, the FAQ, older tickets, floods."""

import itertools
import json
from typing import Any

import msgspec
import pytest

from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import (
    Appoint,
    ChangeTicket,
    Edit,
    OpenTicket,
    React,
    Send,
    SetTimer,
)
from bot.model.event import (
    ButtonPressed,
    DeliveryFailed,
    Event,
    Happened,
    MessageDelivered,
    MessageReceived,
    OperatorActed,
    OperatorReplied,
    ReactionChanged,
    TimerFired,
)
from bot.model.message import Message, say
from bot.model.person import Person
from bot.model.ticket import Ticket
from bot.model.turn import Turn
from bot.model.view import Found, NothingToSee, Sent
from bot.project import Project, read_project
from bot.stage import Stage
from bot.storage.fold import after
from bot.storage.store import Waiting
from bot.turn import set_aside, take_turn

START = 1_780_909_200_000
MENU: dict[str, Any] = {
    "flow": "меню",
    "start": {"commands": ["menu", "start"]},
    "steps": [
        {
            "choose": "Чем помочь?",
            "options": {
                "человек": {"text": "Человек", "handoff": "Просит человека"},
                "файл": {"text": "Заявка", "goto": "файл"},
            },
        },
        {"end": "всё"},
        {"id": "файл", "action": "ticket.create", "with": {"title": "Перезвонить"}},
        {"say": "Готово."},
    ],
}
FORM: dict[str, Any] = {
    "flow": "форма",
    "start": {"commands": ["form"]},
    "slots": {"имя": {"type": "text"}},
    "steps": [{"ask": "Имя?", "save": "имя"}, {"say": "Спасибо, {{ имя }}"}],
}
FAQ = [
    {
        "id": "цена",
        "questions": ["Сколько стоит диагностика?"],
        "answer": "Бесплатно, {{ customer.name }}.",
    },
    {"id": "адрес", "questions": ["Где вы находитесь?"], "answer": "На Ленина."},
]
REPLIES = [
    {"name": "Привет", "text": "Здравствуйте, {{ customer.name }}!"},
    {"name": "прайс", "text": "Наш прайс.", "files": ["price.txt"]},
]
CONFIG = {
    "name": "Импульс",
    "language": "ru",
    "operators": {"owners": ["1"]},
    "spam": {"burst": 5, "new_conversations": 2},
}


class Memory(NothingToSee):
    """What the turn may look up."""

    def __init__(self) -> None:
        self.known: dict[str, Person] = {}
        self.kept: dict[int, Ticket] = {}
        self.copies: dict[str, str] = {}
        self.sent: list[Sent] = []

    def people(self) -> list[Person]:
        return [*self.known.values()]

    def ticket(self, number: int) -> Ticket | None:
        return self.kept.get(number)

    def tickets(self) -> list[Ticket]:
        return [one for one in self.kept.values() if one.state != "closed"]

    def find(self, text: str, limit: int) -> list[Found]:
        return [Found(Conversation(7, "main", "anna", "telegram", Customer(3, text)))]

    def media(self, conversation: int, limit: int) -> list[Sent]:
        return self.sent

    def said(self, message: int) -> Message | None:
        return say(f"строка {message}")

    def meant(self, conversation: int, external_id: str) -> int:
        return 40 if external_id == "c1" else 0

    def copy(self, conversation: Conversation, external_id: str) -> str:
        return self.copies.get(external_id, "")


class Program:
    """A stage and what it remembers, without a store. `told` is what the last turn said to operators."""

    def __init__(self, project: Project, **changes: Any) -> None:
        assert project.script is not None, project.findings
        business: Business = msgspec.structs.replace(project.config.business, **changes)
        self.stage = Stage(project.script, business)
        self.memory = Memory()
        self.now = START
        self.inbox = itertools.count(1)
        self.numbers = itertools.count(1)
        self.general = Conversation(1, "operators", "general", "telegram_desk", Customer(1))
        self.customers: dict[int, Conversation] = {}
        self.turn = Turn(self.general)

    def customer(self, number: int = 2, **fields: Any) -> Conversation:
        return self.customers.setdefault(
            number,
            Conversation(
                number, "main", f"c{number}", "telegram", Customer(number, "Мария"), **fields
            ),
        )

    def hear(self, event: Event, number: int = 2) -> Turn:
        here = self.general if number == 1 else self.customer(number)
        waiting = Waiting(next(self.inbox), here, event, self.now, 0, self.memory)
        moment = self.stage.moments(self.now)(waiting, self.numbers)
        self.turn = take_turn(here, event, moment)
        left = after(self.turn.conversation, self.turn.effects, self.now)
        if number != 1:
            self.customers[number] = left
        for effect in self.turn.effects:
            if isinstance(effect, Appoint):
                self.memory.known[effect.person.id] = effect.person
        return self.turn

    def writes(self, words: str, number: int = 2) -> list[str]:
        self.hear(MessageReceived(say(words)), number)
        return self.said

    def line(self, words: str, by: str = "1", number: int = 2) -> list[str]:
        self.hear(OperatorReplied(by, say(words), f"Имя {by}", f"o{next(self.inbox)}"), number)
        return self.told

    def act(self, verb: str, argument: str = "", ticket: int = 0, number: int = 2) -> list[str]:
        self.hear(OperatorActed("1", verb, argument, ticket, "Ольга"), number)
        return self.told

    def of(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.turn.effects if isinstance(one, kind)]

    @property
    def said(self) -> list[str]:
        """To the customer."""
        return [one.message.text.plain for one in self.of(Send) if one.to is None]

    @property
    def told(self) -> list[str]:
        """To operators, cards left out."""
        return [
            one.message.text.plain
            for one in self.of(Send)
            if one.to is not None and not one.key.startswith("card:")
        ]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("business")
    (root / "flows").mkdir()
    for flow in (MENU, FORM):
        words = json.dumps(flow, ensure_ascii=False)
        (root / "flows" / f"{flow['flow']}.yaml").write_text(words, encoding="utf-8")
    for name, value in (("config.yaml", CONFIG), ("faq.yaml", FAQ), ("replies.yaml", REPLIES)):
        (root / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    (root / "price.txt").write_text("100", encoding="utf-8")
    return read_project(root)


@pytest.fixture
def program(project: Project) -> Program:
    """Nobody is braked but where a test says so."""
    return Program(project, burst=0, strangers=0)


@pytest.fixture
def held(program: Program) -> Program:
    """A customer whom the owner has taken over."""
    program.writes("оператор")
    program.act("take")
    assert program.customer().held
    return program


# seats


def test_a_stranger_to_the_desk_is_refused_and_nothing_leaves(held: Program) -> None:
    before = held.customer()
    (told,) = held.line("Здравствуйте", by="9")
    assert "Вы пока не оператор" in told
    assert held.said == []
    assert held.customer() == before


def test_an_appointed_operator_acts_from_then_on(held: Program) -> None:
    held.act("operator", "9 operator Глеб", number=1)
    held.line("/who", by="9")
    assert "Глеб - оператор" in held.told[0]
    held.line("Здравствуйте", by="9")
    assert "ведёт Ольга" in held.told[0]


def test_a_viewer_gets_a_card_of_their_own(held: Program) -> None:
    held.memory.known["9"] = Person("9", "Глеб", role="viewer")
    held.line("/card", by="9")
    (card,) = held.of(Send)
    assert card.operator == "9"
    assert card.message.buttons == ()


def test_a_trusted_group_is_what_the_configuration_says(project: Project) -> None:
    program = Program(project, trust_group=True, burst=0, strangers=0)
    program.writes("оператор")
    program.line("/take", by="9")
    ticket = program.customer().ticket
    assert ticket is not None
    assert ticket.owner == "9"


# canned answers


def test_a_canned_reply_is_made_for_this_customer_with_its_files(held: Program) -> None:
    held.line("/r привет")
    assert held.said == ["Здравствуйте, Мария!"]
    held.line("/r прайс")
    (sent,) = [one for one in held.of(Send) if one.to is None]
    (file,) = sent.message.attachments
    assert (file.kind, file.name, file.source) == ("document", "price.txt", "price.txt")
    assert len(file.digest) == 64
    assert held.line("/r нет") == ["Нет готового ответа «нет». Есть: Привет, прайс."]
    held.line("/r")
    buttons = [one.text for send in held.of(Send) for row in send.message.buttons for one in row]
    assert buttons == ["Привет", "прайс"]


def test_an_answer_of_the_faq_is_sent_by_words_or_by_its_id(held: Program) -> None:
    held.line("/faq сколько стоит диагностика")
    assert held.said == ["Бесплатно, Мария."]
    held.line("/faq адрес")
    assert held.said == ["На Ленина."]
    assert held.line("/faq сорок тысяч обезьян") == [
        "В FAQ ничего похожего на «сорок тысяч обезьян»."
    ]
    held.line("/faq")
    assert held.said == []


# older tickets


def test_a_button_of_an_older_ticket_acts_on_that_one(held: Program) -> None:
    held.memory.kept[90] = Ticket(90, 2, "общая", holds=False, opened_at=START)
    held.memory.kept[91] = Ticket(91, 3, "общая", holds=False, opened_at=START)
    held.act("take", ticket=90)
    (change,) = held.of(ChangeTicket)
    assert (change.ticket.number, change.ticket.owner) == (90, "1")
    ticket = held.customer().ticket
    assert ticket is not None
    assert ticket.number == 1
    for unknown in (91, 92):
        assert "её уже нет" in held.act("take", ticket=unknown)[0]
        assert held.of(ChangeTicket) == []


def test_a_timer_of_an_older_ticket_acts_on_that_one(held: Program) -> None:
    held.memory.kept[90] = Ticket(
        90, 2, "общая", holds=False, state="snoozed", snoozed_until=START, opened_at=START
    )
    held.hear(TimerFired("desk:snooze:90"))
    (change,) = held.of(ChangeTicket)
    assert (change.ticket.number, change.ticket.state) == (90, "waiting")
    held.hear(TimerFired("desk:snooze:91"))
    assert held.turn.effects == ()


def test_the_closing_question_of_an_older_ticket_is_answered_by_its_buttons(held: Program) -> None:
    held.memory.kept[90] = Ticket(90, 2, "общая", state="closed", taken_at=START)
    held.act("close")
    held.hear(ButtonPressed("desk:mark:90:5", "5"))
    (change,) = held.of(ChangeTicket)
    assert (change.ticket.number, change.ticket.mark) == (90, 5)


# what arrived


def test_a_line_that_failed_is_kept_to_be_sent_again(held: Program) -> None:
    held.hear(DeliveryFailed(5, "лимит", key="reply:o9", channel="main"))
    assert [one.emoji for one in held.of(React)] == ["👎"]
    held.act("retry", "o9")
    assert held.said == ["строка 5"]
    held.hear(MessageDelivered(6, "reply:o9"))
    assert [one.emoji for one in held.of(React)] == ["👌"]


def test_reactions_go_both_ways(held: Program) -> None:
    held.act("react", "c1 👍")
    assert held.of(React) == [React("👍", of=40)]
    held.memory.copies["77"] = "c1"
    held.hear(ReactionChanged("77", "🔥"))
    assert [(one.external_id, one.emoji) for one in held.of(React)] == [("c1", "🔥")]
    assert held.told == []
    held.hear(ReactionChanged("78", "🔥"))
    assert held.told == ["Реакция клиента: 🔥"]
    held.act("close")
    held.hear(ReactionChanged("77", ""))
    assert [one.emoji for one in held.of(React)] == [""]
    held.hear(ReactionChanged("78", "🔥"))
    assert held.turn.effects == ()


def test_when_operators_cannot_be_reached_the_customer_is_told_once(program: Program) -> None:
    program.stage.reachable = lambda: False
    program.writes("оператор")
    words = "Операторы пока не на связи"
    assert [line for line in program.said if words in line]
    assert program.writes("алло") == []
    program.stage.reachable = lambda: True
    assert program.writes("алло?") == []
    other = program.writes("оператор", number=5)
    assert not [line for line in other if words in line]


# the desk's own conversation


def test_nobody_is_a_customer_in_general(program: Program) -> None:
    for event in (
        MessageReceived(say("/start")),
        ButtonPressed("x"),
        Happened("first_contact"),
        TimerFired("wait"),
        DeliveryFailed(1, "x", unreachable=True),
        MessageDelivered(1, "list"),
    ):
        assert program.hear(event, number=1).effects == ()
    assert program.line("/find Мария", number=1) == ["Нашлось: 1\nМария (main)"]


def test_the_list_shows_what_is_kept(program: Program) -> None:
    program.memory.kept[4] = Ticket(4, 2, "общая", title="Экран", opened_at=START)
    program.hear(Happened("desk:list"), number=1)
    (edit,) = program.of(Edit)
    assert edit.message.text.plain == "Открытые заявки: 1\n№4 Экран - в очереди"


def test_an_event_of_general_that_cannot_be_answered_opens_no_ticket(program: Program) -> None:
    event = OperatorReplied("1", say("/find x"))
    waiting = Waiting(1, program.general, event, START, 3)
    moment = program.stage.moments(START)(waiting, program.numbers)
    turn = set_aside(program.general, event, moment)
    assert [type(one) for one in turn.effects] == [Send]
    assert turn.conversation == program.general


# floods


@pytest.fixture
def flooded(project: Project) -> Program:
    """Strangers came, three within a minute; the limit is two."""
    program = Program(project)
    for number in (2, 3, 4):
        program.writes("/start", number)
    assert program.stage.brakes.until > START
    return program


def test_a_braked_stranger_gets_the_menu_and_no_ticket(flooded: Program) -> None:
    assert flooded.said == ["Чем помочь?"]
    for words in ("оператор", "Человек", "Сколько стоит диагностика?", "/form"):
        flooded.writes(words, 4)
        assert any("Чем помочь?" in line for line in flooded.said), words
        assert flooded.of(OpenTicket) == []
        assert flooded.told == []
    assert not flooded.customer(4).held


def test_nor_does_a_press_call_anybody(flooded: Program) -> None:
    (menu,) = [one for one in flooded.of(Send) if one.to is None]
    payloads = [button.payload for row in menu.message.buttons for button in row]
    flooded.hear(ButtonPressed(payloads[0], "Человек"), 4)
    assert flooded.of(OpenTicket) == []
    assert flooded.told == []
    assert flooded.said
    flooded.hear(ButtonPressed("menu", "Меню"), 4)
    assert flooded.said


def test_a_ticket_that_is_filed_under_the_brakes_opens_no_topic(flooded: Program) -> None:
    (menu,) = [one for one in flooded.of(Send) if one.to is None]
    payloads = [button.payload for row in menu.message.buttons for button in row]
    flooded.hear(ButtonPressed(payloads[1], "Заявка"), 4)
    assert len(flooded.of(OpenTicket)) == 1
    assert [one for one in flooded.of(Send) if one.to is not None] == []


def test_who_is_known_is_heard_while_strangers_are_braked(flooded: Program) -> None:
    known = flooded.customer(9)
    dialog = msgspec.structs.replace(known.dialog, greeted=True)
    flooded.customers[9] = msgspec.structs.replace(known, dialog=dialog)
    flooded.writes("оператор", 9)
    assert len(flooded.of(OpenTicket)) == 1


def test_an_open_ticket_goes_on_being_relayed(project: Project) -> None:
    program = Program(project)
    program.writes("оператор")
    assert program.customer().held
    for number in (3, 4, 5):
        program.writes("/start", number)
    for at in range(20):
        program.writes(f"строка {at}")
        assert program.told == [f"строка {at}"]


def test_after_the_flood_strangers_are_heard(flooded: Program) -> None:
    flooded.now = flooded.stage.brakes.until
    flooded.writes("оператор", 4)
    assert len(flooded.of(OpenTicket)) == 1


def test_a_burst_of_one_person_leaves_what_they_answered_alone(project: Project) -> None:
    program = Program(project, strangers=0)
    program.writes("/form")
    for _ in range(4):
        program.writes("/form")
    asked = program.customer().dialog.stack
    program.writes("Анна")
    assert "очень много сообщений" in program.said[0]
    assert program.customer().dialog.stack == asked
    program.now += 61_000
    assert program.writes("Анна") == ["Спасибо, Анна"]


def test_the_list_says_that_strangers_are_braked(flooded: Program) -> None:
    flooded.hear(Happened("desk:list"), number=1)
    (edit,) = flooded.of(Edit)
    assert "показывает им только меню" in edit.message.text.plain


def test_a_reload_does_not_forget_a_flood(flooded: Program) -> None:
    old = flooded.stage
    flooded.stage = Stage(old.script, old.business)
    flooded.stage.follow(old)
    flooded.writes("оператор", 4)
    assert flooded.of(OpenTicket) == []
    assert flooded.of(SetTimer) == []
