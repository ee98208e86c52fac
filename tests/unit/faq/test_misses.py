"""Grouping what was not answered."""

from bot.faq import Matcher, Miss, Question, group_misses

MATCHER = Matcher([Question("часы", ("часы работы", "когда открыты"))])


def test_similar_misses_stand_together() -> None:
    groups = group_misses(
        MATCHER,
        [
            Miss("есть ли у вас парковка", "Да, во дворе"),
            Miss("Есть ли у вас ПАРКОВКА?", "Да, во дворе"),
            Miss("парковка у вас есть?", "Въезд с улицы"),
            Miss("делаете ли скидку студентам"),
            Miss("👍"),
        ],
    )
    assert [group.count for group in groups] == [3, 1]
    assert groups[0].texts == ("есть ли у вас парковка", "парковка у вас есть?")
    assert groups[0].answers == ("Да, во дворе", "Въезд с улицы")
    assert groups[1].answers == ()
    assert groups[0].nearest is not None
    assert groups[0].nearest.id == "часы"


def test_nothing_missed_is_no_group() -> None:
    assert group_misses(MATCHER, []) == ()


def test_an_empty_faq_has_no_nearest_entry() -> None:
    assert group_misses(Matcher([]), [Miss("парковка")])[0].nearest is None
