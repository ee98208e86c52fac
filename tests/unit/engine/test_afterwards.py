"""After an answer of the FAQ: whether it helped, and a question that is asked again in other words."""

from msgspec.structs import replace

from bot.faq import Candidate, Match, Settings
from bot.model.abilities import EMAIL
from bot.model.effect import Meant, Missed
from tests.unit.engine.builder import Talk, a_flow, a_script, button, do, entry

PRICE = entry("цена", "Сколько стоит ремонт?", "цена ремонта")
HOURS = entry("часы", "Когда вы открыты?", buttons=(button("Записаться", call="заявка"),))
REQUEST = a_flow("заявка", do.ask("имя", "Как вас зовут?"))
PLAIN = a_script(REQUEST, faq=(PRICE, HOURS))
ASKING = replace(PLAIN, settings=Settings(ask_helped=True))
MINUTE = 60_000


class Heard(Talk):
    """A talk whose matcher says what the test wants."""

    answer = Match("none", (), exact=False)

    def look_up(self, words: str) -> Match:
        return self.answer

    def asks(self, words: str, decision: str, **scores: float) -> "Heard":
        found = tuple(Candidate(id, id, score) for id, score in scores.items())
        self.answer = Match(decision, found, exact=False)  # type: ignore[arg-type]
        self.user(words)
        return self


def test_nobody_is_asked_whether_it_helped_unless_the_faq_wants_it() -> None:
    talk = Talk(PLAIN).user("сколько стоит ремонт")
    assert talk.labels == []


def test_below_an_answer_stands_whether_it_helped() -> None:
    talk = Talk(ASKING).user("сколько стоит ремонт")
    assert talk.said == ["Ответ: цена\n\nЭто помогло?"]
    assert talk.labels == ["Да, спасибо", "Нет"]
    assert talk.tap("Да, спасибо").said == ["Рад, что помогло."]
    assert talk.rules == ["helped"]


def test_an_answer_that_did_not_help_is_a_miss_with_a_way_to_a_person() -> None:
    talk = Heard(ASKING).asks("почём", "answer", цена=0.9)
    talk.tap("Нет")
    assert talk.got(Missed) == [Missed("почём", "цена", 0.9)]
    assert "Позвать человека" in talk.labels


def test_whether_it_helped_may_be_typed_and_another_question_is_heard_at_once() -> None:
    talk = Talk(ASKING).user("сколько стоит ремонт").user("нет")
    assert len(talk.got(Missed)) == 1
    talk = Talk(ASKING).user("сколько стоит ремонт").user("когда вы открыты")
    assert talk.rules[-1] == "faq"


def test_where_there_are_no_buttons_a_digit_never_means_two_things() -> None:
    talk = Talk(ASKING, abilities=EMAIL).user("когда вы открыты")
    assert "помогло" not in talk.said[0]


def test_a_question_asked_again_in_other_words_makes_a_miss_of_the_first() -> None:
    talk = Heard(PLAIN).asks("почём у вас", "answer", цена=0.9)
    assert talk.got(Missed) == []
    talk.asks("ремонт сколько денег", "suggest", цена=0.5, часы=0.3)
    assert talk.got(Missed)[0] == Missed("почём у вас", "цена", 0.9)
    assert "asked_again" in talk.rules


def test_another_question_the_same_words_or_a_late_one_is_no_miss() -> None:
    other = Heard(PLAIN).asks("почём", "answer", цена=0.9).asks("часы", "answer", часы=0.9)
    assert other.got(Missed) == []
    same = Heard(PLAIN).asks("почём", "answer", цена=0.9).asks("почём", "answer", цена=0.9)
    assert same.got(Missed) == []
    late = Heard(PLAIN).asks("почём", "answer", цена=0.9)
    late.now += 11 * MINUTE
    assert late.asks("цена?", "answer", цена=0.9).got(Missed) == []


def test_what_was_chosen_from_the_offered_is_kept_with_the_miss() -> None:
    talk = Heard(PLAIN).asks("а деньги", "suggest", цена=0.5, часы=0.3)
    talk.tap("цена")
    assert talk.got(Meant) == [Meant("а деньги", "цена")]
