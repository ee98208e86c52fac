"""Where all operators read: who may act, what there is to find, the list, the morning."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import desk
from bot.desk import lists
from bot.desk.commands import VERBS
from bot.desk.people import Room, present, role_of
from bot.model.business import Business
from bot.model.conversation import Conversation
from bot.model.customer import Customer
from bot.model.effect import Appoint, Audit, Edit, Effect, Follow, Send, SetTimer
from bot.model.event import Event, Happened, OperatorActed, OperatorReplied, TimerFired
from bot.model.hours import ALWAYS
from bot.model.message import say
from bot.model.person import Person, Role
from bot.model.text import Text
from bot.model.ticket import Ticket
from bot.model.view import Found
from tests.unit.desk.room_of_tests import MINUTE, NOON, OFFICE, Talk, at, hours, make_business

ANNA = Person("1", "Анна", "anna", role="senior")
BORIS = Person("2", "Борис", busy=True)
PHONE = "+79123456789"


class General:
    """The desk's own conversation. `people` are those who are known."""

    def __init__(self, *people: Person, **changes: Any) -> None:
        self.business: Business = make_business(**changes)
        self.known = {one.id: one for one in people}
        self.tickets: list[Ticket] = []
        self.found: list[Found] = []
        self.searched: list[str] = []
        self.now = NOON
        self.effects: tuple[Effect, ...] = ()
        self.braked_until = 0

    def hear(self, event: Event, operator: str = "") -> None:
        conversation = Conversation(1, "operators", "general", "telegram_desk", Customer(1))
        room = Room(
            people=present(self.known.values(), self.business),
            known=dict(self.known),
            search=self._search,
            tickets=lambda: self.tickets,
        )
        outcome = desk.hear_room(
            conversation,
            event,
            business=self.business,
            now=self.now,
            role=role_of(self.known.get(operator), operator, self.business),
            room=room,
            braked_until=self.braked_until,
        )
        self.effects = outcome.effects
        for effect in outcome.effects:
            if isinstance(effect, Appoint):
                self.known[effect.person.id] = effect.person

    def _search(self, words: str) -> list[Found]:
        self.searched.append(words)
        return self.found

    def line(self, words: str, by: str = "1") -> list[str]:
        """Somebody writes in General; what is answered there."""
        self.hear(OperatorReplied(by, say(words), f"Имя {by}", "m1"), by)
        return self.told

    def act(self, verb: str, argument: str = "", by: str = "1") -> list[str]:
        self.hear(OperatorActed(by, verb, argument, operator_name=f"Имя {by}"), by)
        return self.told

    def listed(self) -> Edit:
        self.hear(Happened("desk:list"))
        (edit,) = self.of(Edit)
        assert isinstance(edit, Edit)
        return edit

    @property
    def told(self) -> list[str]:
        assert all(one.to == desk.GENERAL for one in self.of(Send))
        return [one.message.text.plain for one in self.of(Send)]

    def of(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.effects if isinstance(one, kind)]


@pytest.fixture
def general() -> General:
    return General(ANNA, BORIS, Person("3", "Вера", role="viewer"))


def ticket(number: int, **fields: Any) -> Ticket:
    return msgspec.structs.replace(Ticket(number, number, "ремонт", opened_at=NOON), **fields)


# what is said there


@pytest.mark.parametrize("words", ["Всем доброе утро", "// обед", "кто возьмёт №12?", ""])
def test_what_operators_say_to_each_other_is_not_answered(general: General, words: str) -> None:
    assert general.line(words) == []
    assert general.effects == ()


def test_a_command_that_does_not_exist_or_belongs_into_a_topic_is_answered_in_a_line(
    general: General,
) -> None:
    (told,) = general.line("/clsoe")
    assert "Нет такой команды: /clsoe" in told
    assert general.line("/close") == ["Эта команда пишется в теме клиента."]
    assert general.line("/take@desk_bot") == ["Эта команда пишется в теме клиента."]
    assert general.act("x") == ["Такой кнопки больше нет."]


def test_help_lists_commands_by_role(general: General) -> None:
    assert "/operator" in general.line("/help")[0]
    assert "/operator" not in general.line("/help", by="2")[0]
    assert "/take" not in general.line("/help", by="3")[0]


def test_who_has_no_seat_is_refused_with_one_line_and_may_talk(general: General) -> None:
    (told,) = general.line("/who", by="9")
    assert "Вы пока не оператор" in told
    assert general.line("Привет!", by="9") == []
    assert general.line("/nope", by="9") == []


def test_where_nobody_can_appoint_yet_the_way_out_is_told() -> None:
    general = General(BORIS)
    (told,) = general.line("/who", by="9")
    assert "operators: owners: [9]" in told


def test_in_a_trusted_group_everybody_has_a_seat() -> None:
    general = General(Person("3", "Вера", role="viewer"), trust_group=True)
    assert "Кто здесь" in general.line("/who", by="9")[0]
    assert "может сделать оператор" in general.line("/me busy", by="3")[0]


@given(
    st.sampled_from([*VERBS, *VERBS.values(), "connected", "react", "topic_lost", "x", ""]),
    st.text(max_size=40),
    st.sampled_from(["1", "2", "3", "9"]),
)
def test_whatever_is_said_there_is_answered_there(verb: str, words: str, by: str) -> None:
    general = General(ANNA, BORIS, Person("3", "Вера", role="viewer"))
    general.found = [found("строка")]
    general.act(verb, words, by)
    general.line(f"/{verb} {words}", by)
    general.line(words, by)
    edits = [one for one in general.effects if isinstance(one, Edit)]
    assert all(one.to == desk.GENERAL for one in edits)


# who is here


def test_who_tells_roles_the_busy_and_how_many_tickets_each_has(general: General) -> None:
    general.tickets = [
        ticket(1, owner="1", state="taken"),
        ticket(2, owner="1", state="snoozed"),
        ticket(3),
    ]
    assert general.line("/who")[0].splitlines() == [
        "Кто здесь:",
        "Анна - старший, заявок: 2",
        "Борис - оператор, заявок: 0, новых не берёт",
        "Вера - наблюдатель, заявок: 0",
        "Никем не взято: 1",
    ]


def test_me_busy_is_remembered(general: General) -> None:
    assert "новых заявок вам не даём" in general.line("/me busy")[0]
    assert general.known["1"] == Person("1", "Имя 1", "anna", role="senior", busy=True)
    general.line("/me free")
    assert not general.known["1"].busy
    assert "/me busy" in general.line("/me tired")[0]


def test_to_be_busy_gives_nobody_a_seat_of_their_own() -> None:
    general = General(owners=frozenset({"1"}), trust_group=True)
    for who in ("1", "5"):
        general.line("/me busy", by=who)
        assert general.known[who].busy
    strict = make_business()
    assert present(general.known.values(), strict) == {}
    assert role_of(general.known["1"], "1", strict) is None


def test_whoever_acts_is_known_by_name_from_then_on() -> None:
    general = General(Person("2", "Боря", role="viewer"), owners=frozenset({"1"}))
    assert "1 - владелец" in general.line("/who", by="2")[0]
    assert general.known["2"] == Person("2", "Имя 2", role="viewer")
    general.line("/help", by="1")
    assert general.known["1"] == Person("1", "Имя 1", appointed=False)
    assert "Имя 1 - владелец" in general.line("/who", by="2")[0]
    assert general.of(Appoint) == []
    general.line("/who", by="9")
    assert "9" not in general.known


def test_an_owner_who_is_a_senior_too_stays_one_when_busy() -> None:
    general = General(ANNA, owners=frozenset({"1"}))
    general.line("/me busy")
    assert role_of(general.known["1"], "1", make_business()) == "senior"


def test_an_owner_is_one_by_configuration_alone() -> None:
    kept = Person("1", "Анна", role="owner")
    assert role_of(kept, "1", make_business(owners=frozenset({"1"}))) == "owner"
    assert role_of(kept, "1", make_business()) == "operator"


# who may act


def test_who_connects_becomes_a_senior_and_learns_what_to_do_next() -> None:
    general = General(hours=OFFICE)
    told = general.act("connected", "anna")
    assert general.known["1"] == Person("1", "Имя 1", "anna", role="senior")
    assert "/operator" in told[0]
    assert [one.key for one in general.of(Edit)] == ["list"]
    assert [one.name for one in general.of(SetTimer)] == ["desk:digest"]
    assert [one.verb for one in general.of(Audit)] == ["connected"]


@pytest.mark.parametrize(
    "argument,role,name,username",
    [
        ("7 operator Глеб", "operator", "Глеб", ""),
        ("7 senior Глеб Иванов @gleb", "senior", "Глеб Иванов", "gleb"),
        ("7 старший Глеб", "senior", "Глеб", ""),
        ("7 Наблюдатель Глеб", "viewer", "Глеб", ""),
        ("7  Глеб Иванов", "operator", "Глеб Иванов", ""),
        ("7", "operator", "7", ""),
    ],
)
def test_a_senior_appoints(
    general: General, argument: str, role: Role, name: str, username: str
) -> None:
    (told,) = general.act("operator", argument)
    assert general.known["7"] == Person("7", name, username, role=role)
    assert told.startswith(name)
    assert [(one.operator, one.verb) for one in general.of(Audit)] == [("1", "operator")]


def test_a_role_is_changed_and_a_seat_taken_away(general: General) -> None:
    general.act("operator", "2 senior Борис")
    assert role_of(general.known["2"], "2", general.business) == "senior"
    assert general.act("operator", "2 нет Борис") == ["Борис больше не оператор."]
    assert role_of(general.known["2"], "2", general.business) is None
    assert "Вы пока не оператор" in general.line("/me free", by="2")[0]


def test_who_left_the_room_has_no_ticket_waiting_for_them_and_no_seat(general: General) -> None:
    general.known["2"] = msgspec.structs.replace(general.known["2"], busy=False)
    general.tickets = [ticket(4, owner="2", state="taken"), ticket(5, owner="1", state="taken")]

    general.hear(OperatorActed("", "left", "2"))

    assert general.of(Follow) == [Follow(OperatorActed("", "owner_gone", "2", 4), 4)]
    assert role_of(general.known["2"], "2", general.business) is None
    general.hear(OperatorActed("", "left", "1"))
    assert role_of(general.known["1"], "1", general.business) == "senior"


def test_nobody_says_of_another_that_they_left(general: General) -> None:
    general.tickets = [ticket(5, owner="1", state="taken")]

    general.act("left", "1", by="2")

    assert general.of(Follow) == []


@pytest.mark.parametrize("argument", ["2 нет Борис", "2 viewer Борис"])
def test_tickets_of_who_is_gone_do_not_wait_for_them(general: General, argument: str) -> None:
    general.tickets = [ticket(4, owner="2", state="taken"), ticket(5, owner="1", state="taken")]
    general.act("operator", argument)
    gone = OperatorActed("", "owner_gone", "2", 4)
    assert general.of(Follow) == [Follow(gone, 4)]
    general.act("operator", "1 senior Анна")
    assert general.of(Follow) == []

    talk = Talk(room=Room(people={"1": ANNA}))
    talk.handover()
    talk.act("take", by=("2", "Борис"))
    for other in (
        OperatorActed("", "owner_gone", "1", 12),
        OperatorActed("", "owner_gone", "2", 9),
    ):
        talk._operator(other, None)
        assert talk.effects == ()
    talk._operator(OperatorActed("", "owner_gone", "2", 12), None)
    assert (talk.ticket.state, talk.ticket.owner) == ("waiting", "")
    (told,) = talk.to_desk
    assert told == "Борис больше не оператор, заявка №12 снова в очереди. Свободны: Анна."


def test_only_seniors_appoint_and_nobody_makes_an_owner(general: General) -> None:
    before = {id: one.role for id, one in general.known.items()}
    assert "может сделать старший" in general.act("operator", "7 operator Глеб", by="2")[0]
    assert "config.yaml" in general.act("operator", "7 owner Глеб")[0]
    assert "Ответьте командой /operator" in general.act("operator")[0]
    assert {id: one.role for id, one in general.known.items()} == before


def test_the_last_who_can_appoint_keeps_the_seat(general: General) -> None:
    for argument in ("1 operator Анна", "1 none Анна"):
        assert "не останется никого" in general.act("operator", argument)[0]
    assert role_of(general.known["1"], "1", general.business) == "senior"
    general.act("operator", "2 senior Борис")
    general.act("operator", "1 operator Анна")
    assert role_of(general.known["1"], "1", general.business) == "operator"


def test_an_owner_of_the_configuration_is_not_appointed_away() -> None:
    general = General(ANNA, owners=frozenset({"8"}))
    assert "config.yaml" in general.act("operator", "8 viewer Хозяин")[0]
    assert "8" not in general.known


# what there is to find


def found(line: str | None = None) -> Found:
    customer = Customer(3, "Мария", attributes={"телефон": PHONE}, personal=("телефон",))
    there = Conversation(7, "telegram", "55", "telegram", customer, ticket=ticket(12))
    return Found(there, Text(line) if line is not None else None)


def test_find_shows_ticket_customer_and_line(general: General) -> None:
    general.found = [found(), found("Мой номер\n" + PHONE)]
    assert general.line("/find Мария")[0].splitlines() == [
        "Нашлось: 2",
        "№12 Мария (telegram) - в очереди",
        f"№12 Мария (telegram) - в очереди: Мой номер {PHONE}",
    ]
    assert general.searched == ["Мария"]
    assert [(one.verb, one.detail) for one in general.of(Audit)] == [("find", "")]
    assert PHONE not in general.line("/find Мария", by="3")[0]
    general.found = []
    assert general.line("/find слон") == ["Ничего не нашлось: слон"]
    assert "/find Мария" in general.line("/find")[0]
    assert general.searched == ["Мария", "Мария", "слон"]


def test_commands_about_no_conversation_are_answered_in_a_topic_too() -> None:
    talk = Talk(room=Room(people={"1": ANNA}, search=lambda _: [found()]))
    talk.handover()
    talk.operator("/find Мария")
    assert talk.to_desk == ["Нашлось: 1\n№12 Мария (telegram) - в очереди"]
    talk.operator("/who")
    assert "Анна - старший" in talk.to_desk[0]
    assert {one.to for one in talk.of(Send)} == {desk.address(7)}
    talk.act("operator", "7 operator Глеб", role="senior")
    assert talk.of(Appoint) == [Appoint(Person("7", "Глеб"))]
    assert talk.to_customer == []


# the list


def test_the_list_is_edited_in_its_place_behind_everything_else(general: General) -> None:
    general.tickets = [ticket(12, title="Экран", waiting_since=NOON)]
    edit = general.listed()
    assert (edit.key, edit.to, edit.priority) == ("list", desk.GENERAL, 5)
    assert edit.message.text.plain == "Открытые заявки: 1\n№12 Экран - в очереди"
    general.tickets = []
    assert general.listed().message.text.plain == "Открытых заявок нет."


def test_the_list_is_one_message_however_long_the_titles_are(general: General) -> None:
    general.tickets = [ticket(n, title="очень длинно\n" * 50, waiting_since=n) for n in range(60)]
    plain = general.listed().message.text.plain
    assert len(plain) < 4_096
    assert len(plain.splitlines()) == 32


def test_while_strangers_are_braked_the_list_says_so(general: General) -> None:
    general.braked_until = NOON + 10 * MINUTE
    assert "до 12:10 бот показывает им только меню" in general.listed().message.text.plain
    general.now = NOON + 10 * MINUTE
    assert "меню" not in general.listed().message.text.plain


# the morning


@pytest.mark.parametrize(
    "now,due",
    [
        ("2026-06-10T12:00", "2026-06-11T09:00"),
        ("2026-06-10T13:30", "2026-06-11T09:00"),
        ("2026-06-11T08:59", "2026-06-11T09:00"),
        ("2026-06-11T09:00", "2026-06-12T09:00"),
        ("2026-06-12T20:00", "2026-06-15T09:00"),
    ],
)
def test_the_morning_is_when_people_come_first_on_a_day(now: str, due: str) -> None:
    assert lists.next_morning(OFFICE, at(now)) == at(due)


def test_there_is_no_morning_where_people_never_leave_or_never_come() -> None:
    assert lists.next_morning(ALWAYS, NOON) is None
    assert lists.next_morning(hours(mon="closed"), NOON) is None


def test_the_morning_starts_with_what_waits_and_since_when() -> None:
    general = General(hours=OFFICE)
    general.now = at("2026-06-11T09:00")
    general.tickets = [
        ticket(1, title="Экран", waiting_since=at("2026-06-10T21:14")),
        ticket(
            2, state="taken", owner="1", owner_name="Анна", waiting_since=at("2026-06-11T08:00")
        ),
        ticket(3, state="taken", owner="1", owner_name="Анна"),
        ticket(4, state="snoozed", waiting_since=NOON),
        ticket(5, state="waiting", opened_at=at("2026-06-11T07:00")),
    ]
    general.hear(TimerFired("desk:digest"))
    assert general.told[0].splitlines() == [
        "Доброе утро! Ждут ответа: 3",
        "№1 Экран - с 10.06 21:14",
        "№5 Ремонт - с 07:00",
        "№2 Ремонт - с 08:00, ведёт Анна",
    ]
    (timer,) = general.of(SetTimer)
    assert (timer.name, timer.due) == ("desk:digest", at("2026-06-12T09:00"))


def test_a_morning_on_which_nothing_waits_is_quiet_and_the_next_one_comes() -> None:
    general = General(hours=OFFICE)
    general.now = at("2026-06-11T09:00")
    general.hear(TimerFired("desk:digest"))
    assert general.told == []
    assert len(general.of(SetTimer)) == 1


def test_a_morning_that_is_late_is_not_put_off_by_the_list() -> None:
    general = General(hours=OFFICE)
    general.now = at("2026-06-11T09:05")
    general.listed()
    assert general.of(SetTimer) == []
    general.now = at("2026-06-11T20:00")
    general.listed()
    assert [one.due for one in general.of(SetTimer)] == [at("2026-06-12T09:00")]
