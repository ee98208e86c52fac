"""The example's form walked by mail by a process, with a question in its middle and an operator in a Telegram group.

What both sides saw stands in `whole_path.txt`.
"""

from pathlib import Path

from tests.acceptance.email.office import Customer, Office, example
from tests.acceptance.telegram.program import DESK_TOKEN, Program, leaked
from tests.acceptance.whole_path import same, screens
from tests.fakes.mail.box import PASSWORD
from tests.fakes.mail.pymap_box import PymapBox
from tests.fakes.telegram import FakeGroup, FakeTelegram, Limits, Person

GOLDEN = Path(__file__).with_name("whole_path.txt")


def business(folder: Path, office: Office, telegram: FakeTelegram) -> Path:
    """The example, by mail; its first start takes what lies in the box, so that nothing has to be waited for."""
    operators = {
        "telegram": {
            "token": DESK_TOKEN,
            "api_url": telegram.url,
            "edit_every": "1s",
            "per_minute": 400,
            "gentle_start": "0s",
        },
        "queues": {"ремонт": {"title": "Ремонт"}, "качество": {"title": "Жалобы и возвраты"}},
    }
    return example(folder, {"email": office.channel(begin="all", quote=False)}, operators=operators)


async def test_the_form_is_walked_with_a_question_and_an_operator(tmp_path: Path) -> None:
    async with (
        Office(PymapBox(tmp_path / "box")) as office,
        FakeTelegram(limits=Limits(speed=20)) as telegram,
    ):
        desk = telegram.bot(DESK_TOKEN, "Стойка", "impulse_desk_bot")
        maria = telegram.person("Мария")
        group = telegram.forum("Операторы", members=[maria], bot=desk)
        anna = Customer(office, "anna@example.org", "Анна")
        async with Program(business(tmp_path / "business", office, telegram)) as program:
            await maria.writes(f"/connect {await program.code()}", in_=group.general)
            await maria.waits_for("группа связана")
            await ask_and_call(anna)
            await help_and_give_back(anna, group, maria)
            await finish(anna, group, maria)
            await a_machine_answers(office, anna, group, maria)
            await same(telegram, GOLDEN, lambda: told(anna, group))
            assert await program.stop() == 0
        assert leaked(program.printed, PASSWORD, "разбит экран", "9161234567") == []
        people = [one for one in office.post.sent if "Мария" in str(one.mail["From"])]
        assert people
        assert all(one.mail["Auto-Submitted"] is None for one in people)
        machine = [one for one in office.post.sent if one not in people]
        assert all(one.mail["Auto-Submitted"] == "auto-replied" for one in machine)


async def ask_and_call(anna: Customer) -> None:
    """Anna walks half of a flow, asks a question in its middle, and calls a person. One letter answers each of hers."""
    await anna.writes("Здравствуйте!", subject="Ремонт телефона")
    await anna.gets("Чем помочь?")
    await anna.answers("1")
    await anna.gets("Что случилось?")
    await anna.answers("iPhone 12, разбит экран")
    await anna.gets("Как вас зовут?")
    await anna.answers("А сколько стоит диагностика?")
    answer = await anna.gets("Диагностика бесплатна")
    assert "Как вас зовут?" in answer.text
    await anna.answers("Анна")
    await anna.gets("нужно ваше согласие")
    await anna.answers("Согласен")
    await anna.gets("на какой номер")
    await anna.answers("оператор")
    await anna.gets("Зову оператора")


async def help_and_give_back(anna: Customer, group: FakeGroup, maria: Person) -> None:
    """Maria takes the ticket, answers with a file, Anna answers with one; the talk is given back."""
    topic = await group.waits_for_topic("Анна")
    await maria.waits_for("Заявка №1", in_=topic)
    take = await maria.presses("Взять", in_=topic)
    assert take
    assert "заявка №1 ваша" in await take.answered()
    await anna.answers("А как выглядит новый экран?")
    await maria.waits_for("А как выглядит", in_=topic)
    await maria.sends_photo("Вот такой, оригинал", to=topic)
    sent = await anna.gets("Вот такой, оригинал")
    assert [part.get_content_type() for part in sent.mail.iter_attachments()] == ["image/jpeg"]
    await anna.answers("Спасибо! Беру", files=(("мой.txt", b"text"),))
    await maria.waits_for("Спасибо! Беру", in_=topic)
    back = await maria.presses("Вернуть боту", in_=topic)
    assert back
    assert await back.answered() == "Разговор возвращён боту."


async def finish(anna: Customer, group: FakeGroup, maria: Person) -> None:
    """The flow goes on where it was."""
    await anna.gets("на какой номер")
    await anna.answers("8 916 123-45-67")
    await anna.gets("Когда вам удобно")
    await anna.answers("Пока не знаю")
    await anna.gets("Проверьте, пожалуйста")
    await anna.answers("1")
    await anna.gets("Готово! Заявка №2")
    await maria.waits_for("Заявка №2", in_=group.topic("Анна"))


async def a_machine_answers(
    office: Office, anna: Customer, group: FakeGroup, maria: Person
) -> None:
    """A machine's letter is answered by nobody, but it is seen; what came back is told where it was said."""
    robot = Customer(office, "noreply@shop.example", "Магазин")
    await robot.writes("Ваш заказ отправлен", subject="Заказ 4512")
    topic = await group.waits_for_topic("Магазин")
    await maria.waits_for("Ваш заказ отправлен", in_=topic)
    assert office.post.to("noreply@shop.example") == []


def told(anna: Customer, group: FakeGroup) -> str:
    """What stands on both sides' screens, without times and codes."""
    parts = {
        "Что пишут клиенту и что он отвечает": anna.lines,
        "Что видят операторы в теме клиента": group.topic("Анна").transcript(),
        "Что видят операторы в теме машины": group.topic("Магазин").transcript(),
    }
    return screens(parts)
