"""Talks with flows as maintainers write them: what the loader builds and what the engine walks fit together."""

from pathlib import Path

import msgspec

from bot.dialog.loader import load
from bot.dialog.script import Script
from bot.model.effect import CallAction, OpenTicket, SetTimer
from bot.model.event import ActionFinished
from tests.unit.engine.builder import BUSINESS, HOUR, MINUTE, Talk

REQUEST = """
flow: заявка
title: Заявка на ремонт
start:
  commands: [repair]
  phrases: [заявка, нужен ремонт, сломался телефон]
slots:
  имя:     {type: text, min: 2, max: 60, keep: customer}
  телефон: {type: phone, region: RU, keep: customer, personal: true}
  когда:   {type: date, from: today, to: today+30d}
steps:
  - ask: Как вас зовут?
    save: имя
    retry: Напишите, пожалуйста, имя - хотя бы две буквы.
  - ask: "{{ имя }}, на какой номер вам позвонить?"
    save: телефон
    buttons: [{share: phone, text: 📱 Отправить мой номер}]
    retry:
      - Не похоже на номер.
      - Попробуйте ещё раз, только цифры.
    tries: 3
    on_fail: {handoff: Клиент не смог ввести номер}
    remind:
      - {after: 15m, say: "Вы ещё здесь? Остался только номер."}
      - {after: 24h, end: брошена, say: "Заявку пока отложил."}
  - ask: Когда вам удобно?
    save: когда
    optional: Пропустить
    hint: Например, «завтра» или 15.06
  - id: проверка
    choose: |
      Проверьте:
      **{{ имя }}**, {{ телефон | phone }}{% if когда %}, {{ когда | date }}{% endif %}
    options:
      верно:     {text: ✅ Всё верно, also: [да, ок]}
      исправить: {text: ✏️ Исправить, goto: что_исправить}
      отмена:    {text: ✖️ Отмена, cancel: true}
  - action: ticket.create
    with: {queue: ремонт, title: "Ремонт: {{ имя }}"}
    save: заявка
    on_error: {handoff: Ошибка при создании заявки}
  - say: Готово! Заявка №{{ заявка.number }}. Перезвоним {{ 'сегодня' if open_now else 'утром' }}.
  - end: готово
  - id: что_исправить
    choose: Что исправить?
    options:
      Имя:     {clear: имя, goto: start}
      Телефон: {clear: телефон, goto: start}
interrupts:
  faq: answer_and_return
  operator: {note: "Не закончена: {{ имя or '-' }}, {{ телефон or '-' }}"}
  cancel: {confirm: "Отменить заявку?", say: Заявка отменена.}
"""
CARE = """
flow: забота
start: {commands: [care]}
slots: {номер: {type: text}}
steps:
  - ask: Номер заказа?
    save: номер
  - http: GET https://api.example.ru/{{ номер }}
    save: заказ
    on_error: {say: Не узнал.}
  - if: заказ.готов
    then:
      - say: Готов!
    else:
      - say: Ещё нет.
      - wait: 2h
        on_message: {say: Рано пишете.}
  - id: ещё
    choose: Ещё что-нибудь?
    options:
      да: {then: [{say: Слушаю.}, {goto: start}]}
      нет: {say: До свидания.}
      человек: {handoff: Хочет человека, queue: ремонт}
  - end: всё
"""
FAQ = "- {id: цена, questions: [Сколько стоит диагностика?], answer: Бесплатно.}\n"


def script(folder: Path, **flows: str) -> Script:
    (folder / "flows").mkdir()
    for name, source in flows.items():
        (folder / "flows" / f"{name}.yaml").write_text(source, encoding="utf-8")
    (folder / "faq.yaml").write_text(FAQ, encoding="utf-8")
    allowed = msgspec.structs.replace(BUSINESS, http_allow=frozenset({"api.example.ru"}))
    loaded = load(folder, allowed)
    errors = [found for found in loaded.findings if found.severity == "error"]
    assert loaded.script is not None, errors
    return loaded.script


def test_the_whole_example(tmp_path: Path) -> None:
    talk = Talk(script(tmp_path, заявка=REQUEST))
    assert talk.user("нужен ремонт").said == ["Как вас зовут?"]
    assert talk.user("Анна").said == ["Анна, на какой номер вам позвонить?"]
    assert [timer.due - talk.now for timer in talk.got(SetTimer)] == [15 * MINUTE, 24 * HOUR]
    assert talk.user("А сколько стоит диагностика?").said[0] == "Бесплатно."
    assert talk.user("123").said == ["Не похоже на номер."]
    assert talk.timer("remind:0").said == ["Вы ещё здесь? Остался только номер."]
    talk.user("8 912 345-67-89").tap("Пропустить").user("исправить")
    assert talk.said == ["Что исправить?"]
    assert talk.user("имя").user("Ольга").said == ["Проверьте:\nОльга, +7 912 345-67-89"]
    assert talk.tap("✅ Всё верно").said == ["Готово! Заявка №1. Перезвоним сегодня."]
    assert talk.got(OpenTicket)[0].ticket.title == "Ремонт: Ольга"
    assert talk.conversation.dialog.ended == "готово"


def test_too_many_misses_call_people_and_come_back_to_the_number(tmp_path: Path) -> None:
    talk = Talk(script(tmp_path, заявка=REQUEST)).user("/repair").user("Анна")
    talk.user("раз").user("два").user("три")
    assert talk.handover.reason == "Клиент не смог ввести номер"
    assert talk.resume().said == ["Анна, на какой номер вам позвонить?"]


def test_blocks_rejoin_where_the_language_says(tmp_path: Path) -> None:
    talk = Talk(script(tmp_path, забота=CARE)).user("/care").user("А1")
    call = talk.got(CallAction)[0]
    assert call.request["url"] == "https://api.example.ru/%D0%901"
    assert talk.hear(
        ActionFinished(call.id, True, {"status": 200, "json": {"готов": False}})
    ).said == ["Ещё нет."]
    assert talk.user("ну как?").said == ["Рано пишете.", "Ещё что-нибудь?"]
    assert talk.user("да").said == ["Слушаю."]
    failed = talk.got(CallAction)[0]
    assert talk.hear(ActionFinished(failed.id, False, None, "no")).said == ["Не узнал.", "Ещё нет."]
    talk.user("ну как?").user("человек")
    assert (talk.handover.queue, talk.handover.reason) == ("ремонт", "Хочет человека")
    assert talk.resume().said == []
    assert talk.conversation.dialog.ended == "всё"


def test_the_last_option_says_its_word_and_the_flow_ends(tmp_path: Path) -> None:
    talk = Talk(script(tmp_path, забота=CARE)).user("/care").user("А1")
    talk.hear(
        ActionFinished(talk.got(CallAction)[0].id, True, {"status": 200, "json": {"готов": True}})
    )
    assert talk.said == ["Готов!", "Ещё что-нибудь?"]
    assert talk.user("нет").said == ["До свидания."]
    assert talk.conversation.dialog.ended == "всё"


ROWS = """
flow: запись
start: {commands: [book]}
steps:
  - find: услуги
    save: все
  - choose: Что делаем?
    options_from: все
    option: "{{ row.услуга }} ({{ row.зал }}) - {{ row.цена | money }}"
    save: одна
  - choose: Что ещё?
    options_from: все
    option: "{{ row.услуга }}"
    save: много
    multiple: true
  - say: "{{ одна }}; {{ много }}; {{ одна.цена }}; {{ много[1].зал }}"
"""


def test_rows_that_were_chosen_read_as_they_were_offered(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    rows = "зал;услуга;цена\nЖенский;Стрижка;1500\nМужской;Бритьё;900\n"
    (tmp_path / "tables" / "услуги.csv").write_text(rows, encoding="utf-8")
    talk = Talk(script(tmp_path, запись=ROWS))
    talk.user("/book").user("1").user("2 1")
    assert talk.said == ["Стрижка; Бритьё, Стрижка; 1500; Женский"]


def test_a_row_is_named_by_what_its_label_begins_with_unless_two_begin_so(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    rows = "услуга;зал;цена\nСтрижка;Женский;1500\nСтрижка;Мужской;900\nБритьё;Мужской;900\n"
    (tmp_path / "tables" / "услуги.csv").write_text(rows, encoding="utf-8")
    talk = Talk(script(tmp_path, запись=ROWS))
    assert talk.user("/book").user("стрижка").said[0].startswith("Выберите, пожалуйста, один")
    assert talk.user("бритье").said == ["Что ещё?"]
    assert talk.user("бритьё, 1").said == ["Бритьё; Бритьё, Стрижка; 900; Женский"]
