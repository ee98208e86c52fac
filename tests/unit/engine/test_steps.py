"""Every action word that ends inside the turn."""

import msgspec

from bot.dialog.flow import Media
from bot.model.abilities import EMAIL
from bot.model.customer import Customer
from bot.model.effect import Edit, OpenTicket, Remember, Tag
from bot.model.hours import Hours
from tests.unit.engine.builder import BUSINESS, Talk, a_flow, a_script, button, do, option, slot


def run(*steps: object, **given: object) -> Talk:
    return Talk(a_script(a_flow("поток", *steps, **given))).start("поток")  # type: ignore[arg-type]


# say


def test_variants_of_a_text_are_taken_in_turn() -> None:
    script = a_script(a_flow("привет", do.say("раз", "Один", "Два", "Три"), commands=("hi",)))
    talk = Talk(script)
    assert [talk.user("/hi").said[0] for _ in range(4)] == ["Один", "Два", "Три", "Один"]


def test_a_picture_travels_with_its_text() -> None:
    talk = run(
        do.say(
            "раз", "Смотрите", media=(Media("photo", "media/a.png", "d1", "a.png", "image/png", 5),)
        )
    )
    attachment = talk.messages[0].attachments[0]
    assert (attachment.kind, attachment.digest, attachment.source) == ("photo", "d1", "media/a.png")


def test_formatting_and_values_of_customers_do_not_mix() -> None:
    flow = a_flow("поток", do.ask("имя", "Имя?"), do.say("раз", "**{{ имя }}**"))
    talk = Talk(a_script(flow)).start("поток").user("**x**[a](http://evil)")
    assert talk.said == ["**x**[a](http://evil)"]
    assert [span.kind for span in talk.messages[0].text.spans] == ["bold"]


def test_personal_values_are_marked_in_what_is_said() -> None:
    flow = a_flow(
        "поток",
        do.ask("телефон", "Номер?", "phone"),
        do.say("раз", "Позвоним на {{ телефон }}"),
        slots=(slot("телефон", "phone", personal=True),),
    )
    talk = Talk(a_script(flow)).start("поток").user("+79123456789")
    assert [span.kind for span in talk.messages[0].text.spans] == ["personal"]


def test_every_built_in_name_is_there() -> None:
    source = "{{ channel }} {{ now | time }} {{ 'да' if open_now else 'нет' }} {{ customer.name }} {{ vars.телефон_офиса }}"
    business = msgspec.structs.replace(
        BUSINESS, hours=Hours(week=((),) * 7, timezone="Europe/Moscow")
    )
    script = a_script(a_flow("поток", do.say("раз", source)))
    talk = Talk(script, customer=Customer(1, name="Анна")).start("поток")
    assert talk.said == ["telegram 12:00 да Анна +7 495 000-00-00"]
    assert " нет " in Talk(script, business=business).start("поток").said[0]


# ask


def test_a_known_slot_is_not_asked_unless_always() -> None:
    kept = Customer(1, attributes={"имя": "Анна"})
    steps = (do.ask("имя", "Имя?"), do.say("раз", "Здравствуйте, {{ имя }}"))
    flow = a_flow("поток", *steps, slots=(slot("имя", keep=True),))
    assert Talk(a_script(flow), customer=kept).start("поток").said == ["Здравствуйте, Анна"]
    always = a_flow(
        "поток", do.ask("имя", "Имя?", always=True), *steps[1:], slots=(slot("имя", keep=True),)
    )
    assert Talk(a_script(always), customer=kept).start("поток").said == ["Имя?"]


def test_what_the_customer_did_not_answer_now_does_not_count_as_filled() -> None:
    kept = Customer(1, attributes={"имя": "Анна"})
    flow = a_flow(
        "поток", do.ask("имя", "Имя?"), do.ask("город", "Город?"), slots=(slot("имя", keep=True),)
    )
    other = a_flow("другой", do.say("раз", "Другой"), commands=("other",))
    assert Talk(a_script(flow, other), customer=kept).start("поток").user("/other").said == [
        "Другой"
    ]


def test_an_optional_slot_is_skipped_by_button_and_by_word_and_is_known_then() -> None:
    flow = a_flow(
        "поток",
        do.ask("имя", "Имя?", optional="Пропустить"),
        do.choose(
            "ещё",
            "Ещё раз?",
            option("да", target="имя"),
            option("забыть", clear=("имя",), target="имя"),
        ),
    )
    talk = Talk(a_script(flow)).start("поток")
    assert talk.labels == ["Пропустить"]
    assert talk.user("ПРОПУСТИТЬ.").said == ["Ещё раз?"]
    assert talk.user("да").said == ["Ещё раз?"]
    assert talk.user("забыть").said == ["Имя?"]
    assert talk.tap("Пропустить").said == ["Ещё раз?"]


def test_the_contact_button_is_there_only_where_the_channel_has_one() -> None:
    step = do.ask("телефон", "Номер?", "phone", buttons=(button("Отправить", share="phone"),))
    flow = a_flow("поток", step, do.say("раз", "{{ телефон }}"))
    talk = Talk(a_script(flow)).start("поток")
    assert talk.messages[0].buttons[0][0].share == "phone"
    assert talk.shares("+79123456789").said == ["+79123456789"]
    assert Talk(a_script(flow), abilities=EMAIL).start("поток").messages[0].buttons == ()


def test_choices_and_yes_or_no_have_buttons_of_their_own() -> None:
    flow = a_flow(
        "поток", do.ask("да", "Согласны?", "yesno"), do.say("раз", "{{ 'да' if да else 'нет' }}")
    )
    talk = Talk(a_script(flow)).start("поток")
    assert talk.labels == ["Да", "Нет"]
    assert talk.tap("Нет").said == ["нет"]
    assert talk.start("поток").user("ага").said == ["да"]


def test_a_button_without_a_target_types_its_own_text() -> None:
    flow = a_flow(
        "поток",
        do.ask("когда", "Когда?", "date", buttons=(button("завтра"),)),
        do.say("раз", "{{ когда }}"),
    )
    assert Talk(a_script(flow)).start("поток").tap("завтра").said == ["2026-06-09"]


def test_clear_forgets_the_kept_value_too() -> None:
    flow = a_flow(
        "поток",
        do.set("раз", clear=("имя",)),
        do.ask("имя", "Имя?"),
        slots=(slot("имя", keep=True),),
    )
    talk = Talk(a_script(flow), customer=Customer(1, attributes={"имя": "Анна"})).start("поток")
    assert talk.said == ["Имя?"]
    assert [(one.name, one.value) for one in talk.got(Remember)] == [("имя", None)]
    assert talk.conversation.customer.attributes == {}


# choose


def test_a_choice_from_rows_saves_the_row() -> None:
    rows = (
        {"название": "Экран", "цена": 3000},
        {"название": "Батарея", "цена": 1500},
        {"название": "Корпус", "цена": 9000},
    )
    flow = a_flow(
        "поток",
        do.find(
            "найти", "услуги", where=(("цена", "<=", "5000"),), sort="цена", top=2, save="варианты"
        ),
        do.choose(
            "что",
            "Вот:",
            rows_from="варианты",
            label="{{ row.название }} - {{ row.цена | money }}",
            save="услуга",
        ),
        do.say("раз", "{{ услуга.название }}"),
    )
    talk = Talk(a_script(flow, tables={"услуги": rows})).start("поток")
    assert [label.split(" - ")[0] for label in talk.labels] == ["Батарея", "Экран"]
    assert talk.tap(talk.labels[1]).said == ["Экран"]
    assert talk.start("поток").user("1").said == ["Батарея"]


def test_several_options_are_ticked_and_then_done() -> None:
    flow = a_flow(
        "поток",
        do.choose(
            "что",
            "Что?",
            option("экран"),
            option("корпус"),
            option("звук"),
            multiple=True,
            save="что",
        ),
        do.say("раз", "{% if 'звук' in что %}и звук{% endif %}"),
    )
    talk = Talk(a_script(flow)).start("поток")
    assert talk.labels == ["экран", "корпус", "звук", "Готово"]
    talk.tap("экран").tap("звук")
    edit = talk.got(Edit)[0]
    assert [b.text for row in edit.message.buttons for b in row] == [
        "✓ экран",
        "корпус",
        "✓ звук",
        "Готово",
    ]
    assert talk.tap("Готово").said == ["и звук"]
    assert talk.slots["что"] == ["экран", "звук"]
    assert talk.start("поток").user("1, корпус").slots["что"] == ["экран", "корпус"]


def test_who_types_an_option_sees_it_ticked_below_and_not_far_above() -> None:
    options = option("экран"), option("звук")
    flow = a_flow("поток", do.choose("что", "Что?", *options, multiple=True, save="что"))
    talk = Talk(a_script(flow)).start("поток").user("экран")
    assert talk.said == ["Что?"]
    assert talk.labels == ["✓ экран", "звук", "Готово"]
    assert talk.got(Edit) == []


def test_done_without_a_choice_asks_again() -> None:
    flow = a_flow("поток", do.choose("что", "Что?", option("экран"), multiple=True, save="что"))
    talk = Talk(a_script(flow)).start("поток").tap("Готово")
    assert talk.said[0].startswith("Выберите один или несколько")


def test_a_link_that_is_typed_is_said_and_the_question_comes_again() -> None:
    flow = a_flow(
        "поток",
        do.choose("что", "Что?", option("сайт", "Сайт", url="https://example.ru"), option("нет")),
    )
    talk = Talk(a_script(flow)).start("поток")
    assert talk.messages[0].buttons[0][0].url == "https://example.ru"
    assert talk.user("сайт").said == ["Сайт: https://example.ru\nЧто?"]


# set, if, goto, guards


def test_set_if_and_goto() -> None:
    talk = run(
        do.set("раз", сумма="2 + 3"),
        do.branch("два", "сумма > 4", "много", "мало"),
        do.say("три", "дальше"),
        blocks=(
            do.say("много", "много", next="прыжок"),
            do.say("мало", "мало"),
            do.goto("прыжок", "три"),
        ),
    )
    assert talk.said == ["много", "дальше"]


def test_a_guard_passes_a_step_over() -> None:
    assert run(do.say("раз", "Нет", when="channel == 'vk'"), do.say("два", "Да")).said == ["Да"]


def test_goto_menu_leaves_for_the_menu() -> None:
    menu = a_flow("меню", do.choose("что", "Меню:", option("раз")), commands=("menu",))
    flow = a_flow("поток", do.goto("раз", "menu"))
    talk = Talk(a_script(flow, menu)).start("поток")
    assert talk.said == ["Меню:"]
    assert [frame.flow for frame in talk.conversation.dialog.stack] == ["меню"]


def test_goto_start_asks_only_what_is_unknown() -> None:
    flow = a_flow(
        "поток", do.ask("имя", "Имя?"), do.ask("город", "Город?"), do.goto("снова", "start")
    )
    talk = Talk(a_script(flow)).start("поток").user("Анна").user("Тверь")
    assert talk.handover.reason == "Сценарий ходит по кругу"


# call


def test_a_called_flow_has_slots_of_its_own_and_comes_back_with_its_result() -> None:
    inner = a_flow(
        "адрес", do.ask("город", "Город для {{ кому }}?"), do.end("есть"), slots=(slot("кому"),)
    )
    outer = a_flow(
        "заказ",
        do.ask("имя", "Имя?"),
        do.call("вызов", "адрес", values={"кому": "{{ имя }}"}, save="адрес"),
        do.say("итог", "{{ имя }}, {{ адрес.город }}, {{ адрес.ended }}{{ город }}"),
    )
    talk = Talk(a_script(inner, outer)).start("заказ").user("Анна")
    assert talk.said == ["Город для Анна?"]
    assert talk.user("Тверь").said == ["Анна, Тверь, есть"]


# action


def test_a_ticket_is_filed_and_holds_nothing() -> None:
    flow = a_flow(
        "поток",
        do.ask("телефон", "Номер?", "phone"),
        do.action(
            "раз",
            "ticket.create",
            values={"title": "Звонок {{ телефон }}", "priority": "2"},
            save="заявка",
        ),
        do.say("два", "№{{ заявка.number }}"),
        slots=(slot("телефон", "phone", personal=True),),
    )
    talk = Talk(a_script(flow)).start("поток").user("+79123456789")
    ticket = talk.got(OpenTicket)[0].ticket
    assert (ticket.number, ticket.conversation, ticket.queue, ticket.priority) == (1, 7, "общая", 2)
    assert not ticket.holds
    assert ticket.title == "Звонок •••"
    assert ticket.fields == {"телефон": "+7 912 345-67-89"}
    assert talk.said == ["№1"]
    assert talk.conversation.ticket is None


def test_tags_are_added_once_and_removed() -> None:
    talk = run(
        do.action("раз", "tag.add", values={"tag": "вип"}),
        do.action("два", "tag.add", values={"tag": "вип"}),
        do.action("три", "tag.add", values={"tag": "опт"}),
        do.action("четыре", "tag.remove", values={"tag": "вип"}),
    )
    assert [(tag.name, tag.remove) for tag in talk.got(Tag)] == [
        ("вип", False),
        ("опт", False),
        ("вип", True),
    ]
    assert talk.conversation.customer.tags == ("опт",)


def test_the_customer_is_remembered() -> None:
    talk = run(
        do.action("раз", "customer.set", values={"город": "Тверь"}),
        do.say("два", "{{ customer.город }}"),
    )
    assert talk.said == ["Тверь"]
    assert [(one.name, one.value) for one in talk.got(Remember)] == [("город", "Тверь")]


# handoff, end


def test_a_handoff_waits_and_the_flow_goes_on_when_people_give_it_back() -> None:
    talk = run(
        do.handoff(
            "раз",
            "Нужен мастер",
            queue="ремонт",
            priority=3,
            say="Зову мастера",
            note="из {{ channel }}",
        ),
        do.say("два", "Мы снова с вами"),
    )
    handover = talk.handover
    assert (handover.queue, handover.reason, handover.priority) == ("ремонт", "Нужен мастер", 3)
    assert (handover.say.plain, handover.note, handover.title) == (
        "Зову мастера",
        "из telegram",
        "Поток",
    )
    assert talk.said == []
    assert talk.resume().said == ["Мы снова с вами"]


def test_a_handoff_at_the_end_comes_back_to_nothing() -> None:
    talk = run(do.handoff("раз", "Мастер"))
    assert talk.handover.queue == "общая"
    assert talk.resume().said == []
    assert talk.conversation.dialog.stack == ()


def test_a_flow_whose_ticket_was_closed_is_over() -> None:
    script = a_script(
        a_flow("поток", do.handoff("раз", "Мастер"), do.ask("ещё", "Ещё что-нибудь?"))
    )
    talk = Talk(script).start("поток").user("здравствуйте")
    assert talk.rules[:2] == ["dropped", "end"]
    assert talk.conversation.dialog.stack == ()


def test_the_end_has_a_label_and_a_word() -> None:
    talk = run(do.end("успех", "Спасибо"))
    assert talk.said == ["Спасибо"]
    assert talk.conversation.dialog.ended == "успех"


# the guard


def test_the_same_step_ten_times_without_a_word_stops_the_flow() -> None:
    talk = run(do.say("раз", "Круг", next="раз"))
    assert len(talk.said) == 10
    assert "stuck" in talk.rules
    assert talk.handover.reason == "Сценарий ходит по кругу"
    assert talk.conversation.dialog.stack == ()


def test_more_than_a_hundred_steps_in_a_turn_stop_the_flow() -> None:
    talk = run(*(do.set(f"шаг{number}", а="1") for number in range(150)))
    assert talk.handover.reason == "Сценарий ходит по кругу"
    assert run(*(do.set(f"шаг{number}", а="1") for number in range(90))).handover is None


def test_a_caller_with_nothing_left_to_do_is_not_what_ended_last() -> None:
    inner = a_flow("форма", do.ask("имя", "Имя?"), do.end("готово"))
    outer = a_flow(
        "меню",
        do.choose("что", "Что?", option("форма", target="ф")),
        blocks=(do.call("ф", "форма"),),
    )
    talk = Talk(a_script(inner, outer)).start("меню").user("форма").user("Анна")
    assert talk.conversation.dialog.ended == "готово"
    assert talk.slots == {"имя": "Анна"}


def test_buttons_may_lead_to_the_start_and_to_the_menu() -> None:
    menu = a_flow("меню", do.choose("что", "Меню:", option("раз")), commands=("menu",))
    flow = a_flow(
        "поток",
        do.choose("раз", "Раз?", option("да")),
        do.ask(
            "имя",
            "Имя?",
            buttons=(button("Сначала", target="start"), button("В меню", target="menu")),
        ),
    )
    assert Talk(a_script(flow, menu)).start("поток").tap("да").tap("Сначала").said == ["Раз?"]
    assert Talk(a_script(flow, menu)).start("поток").tap("да").tap("В меню").said == ["Меню:"]
