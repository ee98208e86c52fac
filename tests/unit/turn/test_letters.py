"""What letters ask of the brain: one answer for one letter, none to machines, nothing personal of the unproven."""

import json
from typing import Any

import msgspec
import pytest

from bot.model.effect import Link, OfferLink, OpenTicket, Remember, Send, TriedLink
from bot.model.event import MessageReceived
from bot.model.message import Attachment, Message, say
from bot.model.text import Text
from bot.project import Project, read_project
from tests.invariants.life import Life

FLOW: dict[str, Any] = {
    "flow": "заявка",
    "start": {"commands": ["start"]},
    "slots": {
        "имя": {"type": "text", "keep": "customer", "personal": True},
        "город": {"type": "text", "keep": "customer"},
        "файл": {"type": "file"},
    },
    "steps": [
        {"say": "Здравствуйте."},
        {"say": "Запишем вас."},
        {"ask": "Имя?", "save": "имя"},
        {"ask": "Город?", "save": "город"},
        {"ask": "Файл?", "save": "файл"},
        {"say": "Готово."},
    ],
}
CONFIG = {"name": "Импульс", "language": "ru"}
WHOLE = Attachment("document", "письмо.eml", "message/rfc822", source="w", whole=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("business")
    (root / "flows").mkdir()
    (root / "config.yaml").write_text(json.dumps(CONFIG), encoding="utf-8")
    (root / "flows" / "заявка.yaml").write_text(json.dumps(FLOW), encoding="utf-8")
    return read_project(root)


@pytest.fixture
def mail(project: Project) -> Life:
    return Life([project], "email")


def machine(text: str, aside: Any) -> MessageReceived:
    return MessageReceived(Message(Text(text), subject="Заказ 4512"), aside)


def test_what_the_bot_says_in_one_turn_is_one_letter(mail: Life) -> None:
    turn = mail.hear(MessageReceived(say("/start")))
    said = [one for one in turn.effects if isinstance(one, Send)]
    assert [one.message.text.plain for one in said] == ["Здравствуйте.\n\nЗапишем вас.\n\nИмя?"]


def test_elsewhere_it_is_as_many_messages_as_there_are(project: Project) -> None:
    life = Life([project], "telegram")
    life.text("/start")
    assert life.said == ["Здравствуйте.", "Запишем вас.", "Имя?"]


def test_a_letter_of_a_machine_opens_a_ticket_without_a_word(mail: Life) -> None:
    turn = mail.hear(machine("Ваш заказ отправлен", "people"))
    (opened,) = [one for one in turn.effects if isinstance(one, OpenTicket)]
    assert opened.ticket.reason == "Заказ 4512"
    assert mail.said == []
    assert any("Ваш заказ отправлен" in line for line in mail.to_desk)


def test_an_automatic_answer_is_no_answer_to_a_question(mail: Life) -> None:
    mail.text("/start")
    before = mail.conversation.dialog
    turn = mail.hear(machine("Я в отпуске до понедельника", "history"))
    assert turn.effects == ()
    assert mail.conversation.dialog == before


@pytest.mark.parametrize("aside", ["people", "history"])
def test_where_a_ticket_is_open_people_see_it_and_the_bot_says_nothing(
    mail: Life, aside: str
) -> None:
    mail.text("/start")
    mail.text("оператор")
    assert mail.conversation.held
    mail.said.clear()
    mail.to_desk.clear()
    mail.hear(machine("Я в отпуске", aside))
    assert mail.said == []
    assert any("Я в отпуске" in line for line in mail.to_desk)


@pytest.mark.parametrize(
    "address, kept", [("anna@example.org", ["город", "имя"]), ("?anna@example.org", ["город"])]
)
def test_nothing_personal_is_kept_of_one_whom_nobody_vouches_for(
    mail: Life, address: str, kept: list[str]
) -> None:
    mail.conversation = msgspec.structs.replace(mail.conversation, address=address)
    mail.text("/start")
    turns = [mail.hear(MessageReceived(say(words))) for words in ("Анна", "Тверь")]
    remembered = [one.name for turn in turns for one in turn.effects if isinstance(one, Remember)]
    assert sorted(remembered) == kept
    assert sorted(mail.conversation.customer.attributes) == kept


def test_the_whole_letter_is_no_answer_to_a_question_about_a_file(mail: Life) -> None:
    for words in ("/start", "Анна", "Тверь"):
        mail.text(words)
    mail.hear(MessageReceived(Message(Text("вот"), attachments=(WHOLE,))))
    assert "Готово." not in mail.said[-1]
    mail.hear(
        MessageReceived(
            Message(Text("вот"), attachments=(WHOLE, Attachment("document", "a.pdf", source="a")))
        )
    )
    assert "Готово." in mail.said[-1]


@pytest.mark.parametrize("words", ["/link", "/link 12345678"])
def test_nobody_whom_nobody_vouches_for_is_linked_to_another_customer(
    mail: Life, words: str
) -> None:
    mail.conversation = msgspec.structs.replace(mail.conversation, address="?anna@example.org")
    turn = mail.hear(MessageReceived(say(words)))
    assert not [one for one in turn.effects if isinstance(one, Link | OfferLink | TriedLink)]
