"""Edits of faq.yaml: everything else stays as it was."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.faq import Candidate, MissGroup, normalise
from bot.faq.patch import Addition, patch_faq, propose

SOURCE = """\
# Вопросы мастерской
- id: цена   # главное
  topic: Цены
  questions:
    - Сколько стоит диагностика?   # первый виден людям
    - "цена: диагностики"
  answer: Диагностика **бесплатна**.
  buttons: [{text: Записаться, call: заявка}]

- {id: адрес, questions: [Где вы, ваш адрес], answer: "Мира, 1"}   # в одну строку
# конец
"""


def test_new_questions_are_inserted_and_nothing_else_changes() -> None:
    patched = patch_faq(
        SOURCE,
        [
            Addition("цена", ("почём диагностика", "№5 # скидка")),
            Addition("адрес", ("куда ехать?",)),
        ],
    )
    expected = SOURCE.replace(
        '    - "цена: диагностики"\n',
        '    - "цена: диагностики"\n    - почём диагностика\n    - "№5 # скидка"\n',
    ).replace("ваш адрес]", 'ваш адрес, "куда ехать?"]')
    assert patched == expected


def test_what_is_known_is_not_repeated() -> None:
    known = Addition("цена", ("СКОЛЬКО стоит диагностика", "цена диагностики!", "👍"))
    assert patch_faq(SOURCE, [known]) == SOURCE


def test_a_new_entry_needs_an_answer() -> None:
    assert patch_faq(SOURCE, [Addition("парковка", ("есть парковка?",))]) == SOURCE
    patched = patch_faq(SOURCE, [Addition("парковка", ("есть парковка?",), "Да: во дворе")])
    assert patched.startswith(SOURCE.removesuffix("# конец\n"))
    assert yaml.safe_load(patched)[-1] == {
        "id": "парковка",
        "questions": ["есть парковка?"],
        "answer": "Да: во дворе",
    }


@pytest.mark.parametrize("empty", ["", "# пусто\n", "[]", "entries: []\n"])
def test_the_first_entry_of_an_empty_file(empty: str) -> None:
    patched = yaml.safe_load(patch_faq(empty, [Addition("a", ("q: 1", "q, 2"), "b: 3")]))
    entries = patched["entries"] if isinstance(patched, dict) else patched
    assert entries == [{"id": "a", "questions": ["q: 1", "q, 2"], "answer": "b: 3"}]


def test_entries_inside_a_mapping_keep_their_neighbours() -> None:
    source = "entries:\n- id: a\n  questions:\n  - |\n    long\n    text\n  answer: b\nanswer_from: 0.9\n"
    patched = patch_faq(source, [Addition("a", ("short",)), Addition("c", ("d",), "e")])
    loaded = yaml.safe_load(patched)
    assert [entry["id"] for entry in loaded["entries"]] == ["a", "c"]
    assert loaded["entries"][0]["questions"] == ["long\ntext\n", "short"]
    assert loaded["answer_from"] == 0.9


@pytest.mark.parametrize("other", ["just text", "flows: 1\n"])
def test_another_kind_of_file_is_refused(other: str) -> None:
    with pytest.raises(ValueError, match="entries"):
        patch_faq(other, [Addition("a", ("b",), "c")])


SHAPES = {
    "one question without a list": "- id: b\n  questions: это?   # прим\n  answer: y\n",
    "one question without a list, in braces": "- {id: b, questions: это, answer: y}\n",
    "a comma behind the last": "- id: b\n  questions: [\n    это,  # прим, ещё\n  ]\n  answer: y\n",
    "a comment behind the last": "- id: b\n  questions: [\n    это # прим\n  ]\n  answer: y\n",
    "a list with a name": "- id: b\n  questions: &this # прим\n    - это\n  answer: y\n",
    "entries with a name": "entries: &all\n- id: b\n  questions: [это]\n  answer: y\n",
}


@pytest.mark.parametrize("source", SHAPES.values(), ids=SHAPES.keys())
def test_however_a_list_is_written_it_takes_a_question(source: str) -> None:
    patched = patch_faq(source, [Addition("b", ("а это?",)), Addition("c", ("то?",), "z")])

    loaded = yaml.safe_load(patched)
    entries = loaded["entries"] if isinstance(loaded, dict) else loaded
    assert entries[0]["questions"] in (["это?", "а это?"], ["это", "а это?"])
    assert entries[0]["answer"] == "y"
    assert entries[1] == {"id": "c", "questions": ["то?"], "answer": "z"}
    assert source.count("# прим") == patched.count("# прим")


@pytest.mark.parametrize("source", ["- id: b\n  questions: [это]\n  answer: y\n", "[]\n", ""])
def test_an_answer_keeps_its_lines(source: str) -> None:
    patched = patch_faq(source, [Addition("c", ("то?",), "Да:\n\n- раз\n- два ")])

    assert yaml.safe_load(patched)[-1]["answer"] == "Да:\n\n- раз\n- два"


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_customers_write_stays_text(question: str, answer: str) -> None:
    for source in (SOURCE, "entries: []", ""):
        patched = patch_faq(source, [Addition("новое", (question,), answer or "-")])
        if not normalise(" ".join(question.split())):
            continue
        loaded = yaml.safe_load(patched)
        entries = loaded["entries"] if isinstance(loaded, dict) else loaded
        assert isinstance(entries[-1]["questions"][0], str)
        assert isinstance(entries[-1]["answer"], str)
        assert normalise(entries[-1]["questions"][0]) == normalise(question.strip()) or not (
            question.isprintable()
        )


def group(
    text: str, answers: tuple[str, ...] = (), near: str = "цена", score: float = 0.5
) -> MissGroup:
    return MissGroup((text,), 1, Candidate(near, "?", score), answers)


ANSWERS = {"цена": "Диагностика бесплатна.", "адрес": "Улица Мира, 1, вход со двора."}


def test_an_operators_answer_names_the_entry() -> None:
    said = group("куда нести телефон", ("улица мира 1, вход со двора",))
    assert propose([said], ANSWERS) == (Addition("адрес", ("куда нести телефон",)),)


def test_a_new_answer_makes_an_entry() -> None:
    said = group("Есть ли у вас парковка?", ("Да, бесплатная.",))
    assert propose([said], ANSWERS) == (
        Addition("есть_ли_у_вас_парковка", ("Есть ли у вас парковка?",), "Да, бесплатная."),
    )


def test_without_an_answer_only_a_near_entry_is_proposed() -> None:
    near, far, flow = (
        group("почём"),
        group("пицца", score=0.01),
        group("ремонт", near="flow:заявка"),
    )
    assert propose([near, far, flow], ANSWERS) == (Addition("цена", ("почём",)),)
