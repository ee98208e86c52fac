"""Flows are laid out flat: ids, what follows what, where blocks rejoin."""

from pathlib import Path

import pytest

from bot.dialog.flow import Action, Ask, Call, Choose, Find, Goto, Handoff, Http, If, Say, Set, Wait
from bot.dialog.templates import Template
from tests.unit.loader.projects import flow, loaded, script


def test_a_step_is_named_by_its_id_its_slot_or_its_word_and_place(tmp_path: Path) -> None:
    found = flow(
        tmp_path,
        """
- say: Раз
- id: второй
  say: Два
- if: open_now
  then:
    - say: Три
- ask: Имя?
  save: имя
- ask: Ещё раз имя?
  save: имя
  always: true
- say: Четыре
""",
    )
    assert list(found.steps) == ["say1", "второй", "if1", "say3", "имя", "имя.2", "say4"]
    assert [step.named for step in found.steps.values()] == [
        False,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_a_block_rejoins_behind_the_step_that_holds_it(tmp_path: Path) -> None:
    steps = flow(
        tmp_path,
        """
- if: open_now
  then:
    - say: Да
    - if: channel == 'vk'
      then: {say: ВК}
  else:
    - say: Нет
- say: Дальше
""",
    ).steps
    first = steps["if1"]
    assert isinstance(first, If)
    assert (first.then, first.otherwise, first.next) == ("say1", "say3", "say4")
    assert [steps[step].next for step in ("say1", "if2", "say2", "say3", "say4")] == [
        "if2", "say4", "say4", "say4", None,
    ]  # fmt: skip


@pytest.mark.parametrize("block, behind", [("{say: Жаль}", "say2"), ("{handoff: Помогите}", "имя")])
def test_on_fail_comes_back_to_the_question_only_after_a_handoff(
    tmp_path: Path, block: str, behind: str
) -> None:
    steps = flow(
        tmp_path, f"- ask: Имя?\n  save: имя\n  on_fail: {block}\n- id: say2\n  say: Дальше"
    ).steps
    question = steps["имя"]
    assert isinstance(question, Ask)
    assert question.on_fail is not None
    assert steps[question.on_fail].next == behind


def test_what_an_option_does_becomes_steps_of_its_own(tmp_path: Path) -> None:
    steps = flow(
        tmp_path,
        """
- ask: Имя?
  save: имя
- id: выбор
  choose: Что?
  options:
    да: {text: ✅ Да, also: [ок, ага]}
    нет: {say: Жаль, goto: выбор}
    сброс: {clear: имя, goto: start}
    человек: {handoff: Просит человека, say: Зову}
    вопросы: {call: faq}
    длинно: {then: [{say: Раз}, {say: Два}]}
    сайт: {url: "https://example.ru"}
    конец: {cancel: true}
- say: Дальше
""",
    ).steps
    choose = steps["выбор"]
    assert isinstance(choose, Choose)
    targets = {option.key: option.target for option in choose.options}
    assert targets == {
        "да": None, "нет": "выбор.нет", "сброс": "выбор.сброс", "человек": "выбор.человек",
        "вопросы": "выбор.вопросы", "длинно": "say1", "сайт": None, "конец": None,
    }  # fmt: skip
    assert steps["выбор.нет"].next == "выбор.нет.2"
    assert isinstance(steps["выбор.нет.2"], Goto)
    handoff = steps["выбор.человек"]
    assert isinstance(handoff, Handoff)
    assert handoff.say is not None
    assert (steps["say2"].next, steps["выбор.вопросы"].next) == ("say3", "say3")
    assert isinstance(steps["выбор.вопросы"], Call)
    assert choose.options[0].also == ("ок", "ага")
    assert choose.options[2].clear == ("имя",)
    assert choose.options[7].cancel


def test_a_snippet_that_is_inserted_twice_keeps_its_jumps_to_itself(tmp_path: Path) -> None:
    steps = flow(
        tmp_path,
        "- insert: вопрос\n- insert: вопрос",
        """
snippets:
  вопрос:
    - id: ещё
      choose: Ещё?
      options:
        да: {goto: ещё}
        нет: Нет
""",
    ).steps
    first, second = steps["ещё.да"], steps["ещё.2.да"]
    assert isinstance(first, Goto)
    assert isinstance(second, Goto)
    assert (first.target, second.target) == ("ещё", "ещё.2")
    assert steps["ещё"].next == "ещё.2"


def test_plain_words_stay_the_text_that_was_written(tmp_path: Path) -> None:
    steps = flow(
        tmp_path,
        "- id: выбор\n  choose: Готовы?\n  options: {yes: on, 08: 5:30, null: ~}\n- say: [2026-01-01, 1_000]",
    ).steps
    choose, say = steps["выбор"], steps["say1"]
    assert isinstance(choose, Choose)
    assert isinstance(say, Say)
    assert [(o.key, o.text.default.source) for o in choose.options] == [
        ("yes", "on"), ("08", "5:30"), ("null", "~"),
    ]  # fmt: skip
    assert [text.default.source for text in say.texts] == ["2026-01-01", "1_000"]


def test_every_kind_of_step_is_built(tmp_path: Path) -> None:
    found = script(
        tmp_path,
        {
            "config.yaml": "http: {allow: [api.example.ru]}\nsecrets: {KEY: abc}\n",
            "tables/услуги.csv": "название;цена\nЭкран;5000\nЧистка;08\n",
            "flows/а.yaml": """
flow: а
start: {commands: [/A], phrases: начать}
steps:
  - find: услуги
    where: {цена: "<= {{ 500 + 1 }}", название: Экран}
    sort: -цена
    top: 3
    save: строки
  - http: POST https://api.example.ru/x/{{ channel }}
    headers: {Authorization: "{{ secret.KEY }}"}
    json: {числа: [1, 2.5, true, null, "7", "{{ channel }}"]}
    timeout: 3s
    retries: 2
    save: ответ
  - set: {сумма: 1 + 2, имя: "'Анна'"}
  - action: tag.add
    with: {tag: важный}
    save: метки
  - id: пауза
    wait: 1h 30m
  - id: утро
    wait: until 09:05
  - handoff: Вопрос
    priority: high
  - end: готово
""",
        },
    )
    steps = found.flows["а"].steps
    find, http, assign = steps["find1"], steps["http1"], steps["set1"]
    assert isinstance(find, Find)
    assert [(c.column, c.operator) for c in find.where] == [("цена", "<="), ("название", "=")]
    assert (find.table, find.sort, find.descending, find.top, find.save) == (
        "услуги",
        "цена",
        True,
        3,
        "строки",
    )
    assert isinstance(http, Http)
    assert (http.method, http.timeout, http.retries) == ("POST", 3_000, 2)
    numbers = http.json["числа"]
    assert numbers[:4] == [1, 2.5, True, None]
    assert isinstance(numbers[4], Template)
    assert isinstance(assign, Set)
    assert [name for name, _ in assign.values] == ["сумма", "имя"]
    pause, morning = steps["пауза"], steps["утро"]
    assert isinstance(pause, Wait)
    assert isinstance(morning, Wait)
    assert (pause.duration, morning.until) == (5_400_000, 545)
    assert isinstance(steps["action1"], Action)
    handoff = steps["handoff1"]
    assert isinstance(handoff, Handoff)
    assert handoff.priority == 1
    assert found.commands == {"a": "а"}
    assert [dict(row) for row in found.tables["услуги"]] == [
        {"название": "Экран", "цена": 5000}, {"название": "Чистка", "цена": "08"},
    ]  # fmt: skip


QUESTION = "- ask: Имя?\n  save: имя\n  retry: Ещё раз\n- say: Пока"


@pytest.mark.parametrize(
    "edited, same",
    [
        (QUESTION.replace("Ещё раз", "Снова"), True),
        (QUESTION.replace("Пока", "До встречи"), True),
        (QUESTION.replace("Имя?", "Ваше имя?"), False),
        (QUESTION.replace("save: имя", "save: имя\n  type: {type: text, min: 2}"), False),
        (QUESTION.replace("save: имя", "save: имя\n  optional: Пропустить"), False),
    ],
)
def test_a_shape_changes_with_what_the_customer_is_asked(
    tmp_path: Path, edited: str, same: bool
) -> None:
    before = flow(tmp_path, QUESTION).steps["имя"].shape
    after = flow(tmp_path, edited).steps["имя"].shape
    assert before
    assert (before == after) is same


@pytest.mark.parametrize(
    "written, label",
    [("true", "Пропустить"), ("да", "Пропустить"), ("yes", "Пропустить"), ("нет", "нет")],
)
def test_yes_beside_optional_is_the_businesss_own_word(
    tmp_path: Path, written: str, label: str
) -> None:
    step = flow(tmp_path, f"- ask: Аллергия?\n  save: имя\n  optional: {written}").steps["имя"]
    assert isinstance(step, Ask)
    assert step.optional is not None
    assert step.optional.default.source == label


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    files = {"flows/а.yaml": "flow: а\nstart: {commands: [a]}\nsteps:\n  - say: Раз\n"}
    first = script(tmp_path / "1", files).hash
    assert script(tmp_path / "2", files).hash == first
    files["flows/а.yaml"] += "  - say: Два\n"
    assert script(tmp_path / "3", files).hash != first


def test_a_text_may_differ_by_channel(tmp_path: Path) -> None:
    say = flow(tmp_path, "- say: [Раз, Два]\n  by_channel: {email: Письмом}").steps["say1"]
    assert isinstance(say, Say)
    assert [text.on("email").source for text in say.texts] == ["Письмом", "Письмом"]
    assert [text.on("vk").source for text in say.texts] == ["Раз", "Два"]


def test_ids_are_compared_in_one_unicode_form(tmp_path: Path) -> None:
    composed, apart = "й", "и\u0306"
    steps = flow(
        tmp_path,
        f"- id: ча{apart}\n  choose: Чай?\n  options:\n    да: {{goto: ча{composed}}}\n    нет: Нет",
    ).steps
    assert "чай" in steps


def test_the_faq_and_the_phrases_of_flows_are_what_the_matcher_is_built_from(
    tmp_path: Path,
) -> None:
    found = script(
        tmp_path,
        {
            "faq.yaml": "answer_from: 0.8\nsynonyms: [[Телефон, мобила], [экран, дисплей]]\nentries:\n  - {id: адрес, topic: Где, questions: [Где вы?], answer: Тут}\n",
            "flows/а.yaml": "flow: а\nstart: {phrases: [начать], fallback: true, event: first_contact}\nsteps: [{say: Раз}]\n",
            "replies.yaml": "- {name: привет, text: Здравствуйте}\n",
        },
    )
    assert [(q.id, q.variants) for q in found.questions] == [
        ("адрес", ("Где вы?",)),
        ("flow:а", ("начать",)),
    ]
    assert (found.fallback, found.menu, dict(found.events)) == ("а", "", {"first_contact": ("а",)})
    assert found.settings.answer == 0.8
    assert found.settings.synonyms == (("телефон", "мобила"), ("экран", "дисплей"))
    assert found.replies["привет"].text.source == "Здравствуйте"


def test_an_error_anywhere_leaves_no_script(tmp_path: Path) -> None:
    from tests.unit.loader.projects import loaded

    result = loaded(tmp_path, {"flows/а.yaml": "flow: а\nsteps: [{say: Раз}, {goto: нет}]\n"})
    assert result.script is None
    assert [finding.code for finding in result.findings if finding.severity == "error"] == ["E204"]


@pytest.mark.parametrize("event", ["webhook:оплата", '"webhook: оплата"', "{webhook: оплата}"])
def test_a_webhook_may_be_named_in_three_ways(tmp_path: Path, event: str) -> None:
    found = script(
        tmp_path,
        {
            "config.yaml": "http: {webhooks: {оплата: {secret: abc}}}\n",
            "flows/а.yaml": f'flow: а\nstart: {{event: {event}}}\nslots: {{сумма: text}}\nsteps:\n  - say: "{{{{ сумма }}}}"\n',
        },
    )
    assert dict(found.events) == {"webhook:оплата": ("а",)}


def test_a_table_is_read_as_excel_saves_it(tmp_path: Path) -> None:
    """A mark in front, CR LF, a note about the separator, columns and lines that hold nothing."""
    text = (
        '\ufeffsep=;\r\nуслуга;цена;;\r\nСтрижка;1 500;;\r\n"Укладка; ""люкс""";2000;;\r\n;;;\r\n'
    )
    result = loaded(
        tmp_path,
        {
            "tables/услуги.csv": text,
            "flows/а.yaml": "flow: а\nstart: {commands: [a]}\nsteps:\n  - say: Привет\n",
        },
    )
    assert result.findings == ()
    assert result.script is not None
    assert result.script.tables["услуги"] == (
        {"услуга": "Стрижка", "цена": "1 500"},
        {"услуга": 'Укладка; "люкс"', "цена": 2000},
    )
